/* Optimizer descriptors: each is one loop over the flat parameters [size][R], one file, and one line in
 * the registry. */
#ifndef IL_OPTIM_OPTIMIZER_H
#define IL_OPTIM_OPTIMIZER_H

#include "initlab/optim.h"

#define IL_MAX_SLOTS 4

/* One step: w and g are [size][R], slot[i] shaped like them, lane is [lane_slots][R]. */
typedef struct il_step {
    size_t size, R;
    il_real *w;
    const il_real *g;
    il_real *slot[IL_MAX_SLOTS];
    double *lane;
} il_step;

typedef struct il_optimizer_type {
    il_desc desc;
    size_t slots, lane_slots;
    double lane_start; /* value of every lane slot before the first step */
    void (*step)(const double *arg, const il_step *step);
} il_optimizer_type;

extern const il_optimizer_type il_optimizer_adam, il_optimizer_momentum, il_optimizer_sgd;

#endif
