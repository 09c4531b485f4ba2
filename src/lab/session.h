/* One run of one arm, epoch by epoch, as `initlab train` shows it: the run that a study has with the same seed. */
#ifndef IL_LAB_SESSION_H
#define IL_LAB_SESSION_H

#include "lab/monitor.h"
#include "lab/starter.h"
#include "lab/task.h"

#define IL_SESSION_LANES 16 /* of the lockstep engine, all of them the same run */

/* Where the run stands after an epoch. NAN where there is no such number. */
typedef struct il_epoch {
    uint64_t epoch;
    double train_loss,
        train_accuracy; /* means over the epoch's steps; or of `test` when that is the training set */
    double test_loss, test_accuracy; /* on the samples that judge, in evaluation mode */
    bool ended;
    il_outcome outcome; /* when it has ended */
    size_t layer;       /* diverged: the first layer, from 1, with a non-finite pre-activation */
    bool measured;      /* its layers, which are in the session until the next epoch */
} il_epoch;

typedef struct il_session {
    const il_study *study;
    const il_arm *arm;
    uint64_t seed;
    il_task task;
    il_starter starter;
    il_trainer *trainer;
    il_real loss[IL_SESSION_LANES], correct[IL_SESSION_LANES];
    void (*stepped)(void *context, const il_trainer *trainer, size_t step);
    void *context;
    uint32_t every; /* epochs from one measurement of the layers to the next; 0: none */
    il_monitor monitor;
    il_layer_point *layer; /* [layers] */
    il_alarms alarms;      /* of all measurements */
} il_session;

/* Builds and initializes; `stepped` and `context` as in il_training. To be closed also after an error. */
il_status il_session_open(const il_study *study, uint64_t seed,
                          void (*stepped)(void *context, const il_trainer *trainer, size_t step),
                          void *context, il_session *out, il_error *err);
void il_session_close(il_session *session);

/* Judges the run before its first epoch. */
il_epoch il_session_begin(il_session *session);

/* One epoch more, then judges. */
il_epoch il_session_epoch(il_session *session);

/* The run's weights, and its checkpoint, with notes of what it is. Errors: those of il_tensors_write, il_trainer_load. */
il_status il_session_save(const il_session *session, const char *path, il_error *err);
il_status il_session_checkpoint(const il_session *session, const char *path, il_error *err);

/* Goes on from a checkpoint in place of il_session_begin. */
il_status il_session_resume(il_session *session, const char *path, bool *older, il_epoch *at,
                            il_error *err);

#endif
