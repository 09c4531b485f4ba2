#include "lab/session.h"

#include "initlab/weights.h"
#include "lab/criterion.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void after_step(void *context, const il_trainer *trainer, size_t step) {
    il_session *s = context;
    if (s->every)
        il_monitor_before(&s->monitor, step + 1);
    if (s->stepped)
        s->stepped(s->context, trainer, step);
}

static il_status open_monitor(il_session *s, il_error *err) {
    s->layer = calloc(s->arm->network.n - 1, sizeof *s->layer);
    return s->layer ? il_monitor_open(s->trainer, &s->monitor, err)
                    : il_fail(err, IL_NO_MEMORY, "no memory for %zu layers", s->arm->network.n - 1);
}

il_status il_session_open(const il_study *study, uint64_t seed,
                          void (*stepped)(void *context, const il_trainer *trainer, size_t step),
                          void *context, il_session *out, il_error *err) {
    *out = (il_session){.study = study,
                        .arm = &study->arms[0],
                        .seed = seed,
                        .stepped = stepped,
                        .context = context,
                        .every = il_recording_of(&study->record).layers};
    size_t R = out->arm->engine == IL_BLAS ? 1 : IL_SESSION_LANES;
    const il_network_config config = il_arm_network(out->arm, R);
    il_training training = il_arm_training(study, out->arm);
    training.stepped = stepped || out->every ? after_step : NULL;
    training.context = out;
    training.room = out->every ? IL_MONITOR_SAMPLES : 0;
    il_status status = il_task_open(study, out->arm, &out->task, err);
    const il_samples *train = &out->task.part[IL_TRAIN],
                     *judges = &out->task.part[out->task.judges];
    if (status == IL_OK)
        status = il_trainer_new(&config, &training, train, judges, &out->trainer, err);
    if (status == IL_OK)
        status = il_starter_open(out->arm, train, &out->starter, err);
    if (status == IL_OK && out->every)
        status = open_monitor(out, err);
    for (size_t r = 0; r < R && status == IL_OK; r++) {
        il_trainer_begin(out->trainer, r, seed);
        status = il_starter_start(&out->starter, il_trainer_network(out->trainer), r, seed, err);
    }
    return status;
}

void il_session_close(il_session *session) {
    il_monitor_close(&session->monitor);
    free(session->layer);
    il_trainer_free(session->trainer);
    il_starter_close(&session->starter);
    il_task_close(&session->task);
}

static bool within(const il_bounds *b, il_real loss, il_real accuracy) {
    return loss >= b->loss_low && loss <= b->loss_high && accuracy >= b->accuracy_low &&
           accuracy <= b->accuracy_high;
}

/* As a group judges its lanes. */
static void decide(il_session *s, const il_samples *judges, il_epoch *at) {
    const il_bounds bounds = il_criterion_bounds(&s->study->converged);
    at->ended = true;
    if (!isfinite(s->loss[0])) {
        at->outcome = IL_DIVERGED;
        at->layer = il_trainer_diverged_layer(s->trainer, judges, 0);
    } else if (at->epoch > 0 && within(&bounds, s->loss[0], s->correct[0] / (il_real)judges->n))
        at->outcome = IL_CONVERGED;
    else if (at->epoch >= s->study->budget)
        at->outcome = IL_CENSORED;
    else if (il_trainer_stalled(s->trainer, 0))
        at->outcome = IL_STALLED;
    else
        at->ended = false;
}

static void measure(il_session *s, il_epoch *at) {
    const size_t lane = 0;
    at->measured = s->every && (at->ended || at->epoch % s->every == 0);
    if (!at->measured)
        return;
    il_monitor_measure(&s->monitor, &lane, 1, s->layer);
    il_alarms_watch(&s->alarms, (uint32_t)at->epoch, s->layer, s->monitor.layers);
}

/* `observe` tells the trainer, which counts how often it is told. */
static il_epoch judge(il_session *s, bool observe) {
    const il_samples *judges = &s->task.part[s->task.judges];
    il_epoch at = {.epoch = il_trainer_finished(s->trainer, 0),
                   .train_loss = (double)NAN,
                   .train_accuracy = (double)NAN};
    il_trainer_evaluate(s->trainer, judges, s->loss, s->correct);
    at.test_loss = (double)s->loss[0];
    at.test_accuracy =
        s->task.data->target ? (double)NAN : (double)s->correct[0] / (double)judges->n;
    if (s->task.judges == IL_TRAIN) {
        at.train_loss = at.test_loss;
        at.train_accuracy = at.test_accuracy;
    }
    if (observe)
        il_trainer_observe(s->trainer, s->loss);
    decide(s, judges, &at);
    measure(s, &at);
    return at;
}

il_epoch il_session_begin(il_session *s) {
    return judge(s, true);
}

il_epoch il_session_epoch(il_session *s) {
    il_real loss[IL_SESSION_LANES], accuracy[IL_SESSION_LANES];
    if (s->every)
        il_monitor_before(&s->monitor, 1);
    il_trainer_epoch(s->trainer, loss, accuracy);
    il_epoch at = judge(s, true);
    if (s->task.judges == IL_TRAIN)
        return at;
    at.train_loss = (double)loss[0];
    at.train_accuracy = s->task.data->target ? (double)NAN : (double)accuracy[0];
    return at;
}

il_status il_session_save(const il_session *s, const char *path, il_error *err) {
    size_t n = strlen(path);
    bool noted = n > 12 && strcmp(path + n - 12, ".safetensors") == 0;
    il_tensors *set;
    il_status status = il_tensors_new(&set, err);
    if (status != IL_OK)
        return status;
    status = il_weights_put(il_trainer_network(s->trainer), 0, set, err);
    if (status == IL_OK && noted)
        status = il_tensors_note(set, "format", "pt", err); /* for PyTorch's readers */
    if (status == IL_OK)
        status = il_tensors_write(set, path, IL_REPLACE, err);
    il_tensors_free(set);
    return status;
}

/* What the trainer itself does not know. */
enum { NOTES = 7 };
typedef struct notes {
    il_remark remark[NOTES];
    char text[NOTES][IL_WIDTHS_TEXT];
} notes;

static void write_notes(const il_session *s, notes *out) {
    static const il_key keys[] = {IL_KEY_DATA, IL_KEY_SPLIT, IL_KEY_SCALE, IL_KEY_BIAS,
                                  IL_KEY_INIT};
    enum { CALLS = sizeof keys / sizeof *keys, SEED = CALLS, JUDGES };
    for (size_t i = 0; i < CALLS; i++) {
        il_arm_format(s->arm, keys[i], out->text[i]);
        out->remark[i] = (il_remark){il_key_name(keys[i]), out->text[i]};
    }
    snprintf(out->text[SEED], sizeof out->text[0], "%llu", (unsigned long long)s->seed);
    out->remark[SEED] = (il_remark){"seed", out->text[SEED]};
    out->remark[JUDGES] = (il_remark){"evaluate", il_part_name(s->task.judges)};
}

il_status il_session_checkpoint(const il_session *s, const char *path, il_error *err) {
    notes n;
    write_notes(s, &n);
    return il_trainer_save(s->trainer, n.remark, NOTES, path, err);
}

il_status il_session_resume(il_session *s, const char *path, bool *older, il_epoch *at,
                            il_error *err) {
    notes n;
    write_notes(s, &n);
    il_status status = il_trainer_load(s->trainer, n.remark, NOTES, path, older, err);
    if (status == IL_OK)
        *at = judge(s, false);
    return status;
}
