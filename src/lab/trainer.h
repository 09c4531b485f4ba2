/* The trainer's one struct, for the files of lab that share it. */
#ifndef IL_LAB_TRAINER_H
#define IL_LAB_TRAINER_H

#include "initlab/train.h"

struct il_trainer {
    il_network *net;
    il_training training;
    il_network_config config; /* as it was asked for */
    il_samples train;
    size_t batch, chunk,
        steps; /* samples in a step and in a pass of evaluation; steps in an epoch */
    size_t inputs, outputs;
    bool full;                     /* one batch of all samples, in their own order */
    bool reusable;                 /* evaluating the training set is the forward pass of its step */
    bool evaluated;                /* … and this has just happened */
    bool scheduled;                /* the learning rate changes */
    bool pixels;                   /* among the samples are some that must be read as numbers */
    uint64_t *seed, *step, *epoch; /* [R] */
    double *schedule; /* [IL_SCHEDULE_STATE][R]… of each replica together: [R][STATE] */
    double *best;     /* [R] least loss so far */
    uint64_t *stale;  /* [R] epochs since */
    double *loss_sum, *right_sum; /* [R] of this epoch … */
    size_t seen;                  /* … and its samples so far */
    il_real *loss, *correct;      /* [R] */
    uint32_t *order;              /* [n][R] the samples in this epoch's order */
    il_real *X, *Y;               /* a batch: [batch][inputs][R], [batch][outputs][R] */
    il_real *shared;              /* [chunk][inputs] of pixels as numbers */
};

/* Writes replica r's order of its current epoch. */
void il_order_shuffle(size_t n, size_t R, uint64_t seed, uint64_t epoch, uint32_t *order);

/* Gathers rows[i][r] of the samples' inputs into X [n][inputs][R] and of their targets into Y [n][outputs][R]. */
void il_gather(size_t n, size_t inputs, size_t outputs, size_t R, const uint32_t *rows,
               const il_samples *from, il_real *X, il_real *Y);

/* Gathers n of the samples, evenly spaced as data may be sorted by class, into X [n][inputs] and Y [n][outputs]. */
void il_gather_spread(size_t n, size_t inputs, size_t outputs, const il_samples *from, il_real *X,
                      il_real *Y);

#endif
