/* Penalties: each is one file and one line in the registry. penalty.c walks the layers and shows each parameter array
 * that a penalty is for. */
#ifndef IL_OPTIM_PENALTY_H
#define IL_OPTIM_PENALTY_H

#include "initlab/optim.h"

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

extern const il_penalty_type il_penalty_none;

static inline const il_penalty_type *il_penalty_of(const il_call *call) {
    return (const il_penalty_type *)(const void *)call->desc;
}

#endif
