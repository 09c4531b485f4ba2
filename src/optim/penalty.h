/* Penalties: each is one line in the registry of optim/penalty. penalty.c walks the layers and shows each parameter
 * array that a penalty is for. */
#ifndef IL_OPTIM_PENALTY_H
#define IL_OPTIM_PENALTY_H

#include "initlab/optim.h"

#include <math.h>

/* One parameter array of one layer. */
typedef struct il_penalized {
    size_t fan_in, fan_out, R; /* fan_in is 1 for biases and normalization parameters */
    il_real *w, *g;            /* [fan_in][fan_out][R] and its gradient */
    const double *lr;          /* [R] */
    double *sum;               /* [R] to which `value` adds */
} il_penalized;

typedef void il_penalty_act(const double *arg, const il_penalized *x);

typedef struct il_penalty_type {
    il_desc desc;
    int all; /* the index of the parameter `all`, or -1 */
    il_penalty_act *gradient, *decay, *project, *value; /* each may be NULL */
} il_penalty_type;

extern const il_penalty_type il_penalty_none, il_penalty_l1, il_penalty_l2, il_penalty_elastic,
    il_penalty_weight_decay, il_penalty_max_norm;

static inline const il_penalty_type *il_penalty_of(const il_call *call) {
    return (const il_penalty_type *)(const void *)call->desc;
}

/* Parameters that penalties and optimizers share. */
#define IL_PARAM_WEIGHT_DECAY(value)                                                               \
    {                                                                                              \
        .name = "weight_decay", .doc = "share of lr by which weights shrink in a step",            \
        .initial = value, .max = 1e6                                                               \
    }
#define IL_PARAM_ALL                                                                               \
    {                                                                                              \
        .name = "all", .doc = "also for biases, gains, shifts and learned slopes",                 \
        .kind = IL_BOOL, .max = 1                                                                  \
    }
#define IL_PARAM_LAMBDA(word, text, alone)                                                         \
    { .name = word, .doc = text, .initial = (double)NAN, .max = 1e6, .bare = alone }

/* What an optimizer with a weight decay of its own does: the penalty weight_decay. arg: weight_decay and `all`. */
void il_weight_decay(const double *arg, il_network *net);

#endif
