/* A group trains a block of one arm's seeds, R at a time, in one network. A replica that finishes
 * gives its lane to the next seed; when no seed is left and half the lanes are idle, the group
 * shrinks. Neither changes a bit of any run, because lanes do not know of each other.
 */
#ifndef IL_LAB_GROUP_H
#define IL_LAB_GROUP_H

#include "initlab/study.h"
#include "lab/recorder.h"

typedef struct il_block {
    const il_study *study;
    const il_arm *arm;
    il_samples train, judges; /* to train and to be judged on */
    const uint32_t *seed;     /* [n] each at least 1, above the study's seed_base */
    size_t n;
    uint32_t *ended; /* [n] filled with the seeds in the order in which their runs end */
    bool fail_fast;  /* a seed from which the scheme cannot begin ends the block */
    size_t lanes;    /* R, or 0 to choose */
    size_t threads;  /* that share each step of the blas engine */
    il_recording recording;
    il_record **record; /* [recording.seeds] as il_recorder has them; NULL: nothing is recorded */
    il_alarms *alarms;
    const volatile sig_atomic_t *cancel;
    il_status (*finished)(void *context, size_t runs,
                          il_error *err); /* called when runs have ended */
    void (*failed)(void *context, uint32_t seed, const il_error *why);
    void *context;
} il_block;

/* Replicas that step together fastest, a multiple of 16: as many as fit some of the second-level cache beside each other;
 * 1 for the blas engine. */
size_t il_group_lanes(const il_arm *arm, size_t samples);

/* Fills runs[seed[i] - 1] for every i < n. IL_INTERRUPTED when *cancel became nonzero. */
il_status il_group_run(const il_block *block, il_run *runs, il_error *err);

#endif
