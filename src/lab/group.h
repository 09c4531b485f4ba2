/* A group trains a block of one arm's seeds, R at a time, in one network. A replica that finishes
 * gives its lane to the next seed; when no seed is left and half the lanes are idle, the group
 * shrinks. Neither changes a bit of any run, because lanes do not know of each other.
 */
#ifndef IL_LAB_GROUP_H
#define IL_LAB_GROUP_H

#include "initlab/study.h"

typedef struct il_block {
    const il_study *study;
    const il_arm *arm;
    il_samples train, judges; /* to train and to be judged on */
    uint64_t first_seed;      /* the block's seeds are consecutive */
    size_t n;
    size_t lanes; /* R, or 0 to choose */
    const volatile sig_atomic_t *cancel;
    void (*finished)(void *context, size_t runs); /* called when runs end; may be NULL */
    void *context;
} il_block;

/* Replicas that fit the first-level cache beside each other, a multiple of 16; 1 for the blas
 * engine. */
size_t il_group_lanes(const il_arm *arm, size_t samples);

/* Fills runs[0 … n-1]. IL_INTERRUPTED when *cancel became nonzero. */
il_status il_group_run(const il_block *block, il_run *runs, il_error *err);

#endif
