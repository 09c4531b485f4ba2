/* Optimizer descriptors: each is one loop over parameters seen as rows of R columns, one file in optim/optimizer, and
 * one line in its registry.
 *
 * The replicas of a group start at different times and follow schedules of their own, so whatever depends on a
 * replica's step or learning rate stands in rows of R factors, which `advance` writes once a step. A single
 * replica is seen as rows of IL_SPAN equal columns: one loop serves both engines.
 */
#ifndef IL_OPTIM_OPTIMIZER_H
#define IL_OPTIM_OPTIMIZER_H

#include "initlab/optim.h"

#define IL_MAX_SLOTS 4

/* Parameters that optimizers share. */
#define IL_PARAM_LR(text, value)                                                                   \
    { .name = "lr", .doc = text, .initial = value, .min = 1e-30, .max = 1e6 }
#define IL_PARAM_DECAY(word, text, value)                                                          \
    { .name = word, .doc = text, .initial = value, .max = 0.999999999 }
#define IL_PARAM_EPS(text, value)                                                                  \
    { .name = "eps", .doc = text, .initial = value, .min = 1e-30, .max = 1 }

/* One step of some rows: w, g and every slot are [rows][R], rate[i] is [R]. */
typedef struct il_step {
    size_t rows, R;
    il_real *w;
    const il_real *g;
    il_real *slot[IL_MAX_SLOTS];
    const il_real *rate[IL_MAX_RATES];
} il_step;

typedef struct il_optimizer_type {
    il_desc desc; /* the first parameter is the learning rate */
    size_t slots, lane_slots, rates;
    size_t decay;      /* the index of the parameter weight_decay, which `all` follows; 0: none */
    double lane_start; /* of every lane slot */
    double (*slot_start)(const double *arg, size_t slot); /* NULL: slots start at 0 */

    /* Once a step: advances lane [lane_slots][R] and writes rate[0 … rates-1] [R] from the learning rates lr [R]. */
    void (*advance)(const double *arg, size_t R, const double *lr, double *lane,
                    il_real *const *rate);
    void (*step)(const double *arg, const il_step *step);
} il_optimizer_type;

extern const il_optimizer_type il_optimizer_adadelta, il_optimizer_adagrad, il_optimizer_adam,
    il_optimizer_adamw, il_optimizer_amsgrad, il_optimizer_lion, il_optimizer_momentum,
    il_optimizer_nadam, il_optimizer_nesterov, il_optimizer_rmsprop, il_optimizer_rprop,
    il_optimizer_sgd;

/* The `advance` of optimizers that need nothing but the learning rate: rate[0] = lr. */
void il_optimizer_advance_plain(const double *arg, size_t R, const double *lr, double *lane,
                                il_real *const *rate);

#endif
