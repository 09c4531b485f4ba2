/* Normalization descriptors: each is one file in nn/norm and one line in its registry.
 *
 * Both are loops over [n][units][R], the replica innermost; batchnorm sees units·R independent columns, and only
 * layernorm knows which columns belong to one replica. */
#ifndef IL_NN_NORM_H
#define IL_NN_NORM_H

#include "initlab/network.h"

typedef struct il_norm_pass {
    size_t n, units, R;
    bool training;
    const il_real *x;            /* [n][units][R] */
    il_real *y;                  /* [n][units][R]: normalized * gain + shift */
    il_real *normalized;         /* [n][units][R] */
    il_real *inverse;            /* [units][R] or [n][R]: 1/sqrt(variance + eps) */
    const il_real *gain, *shift; /* [units][R] */
    il_real *mean, *variance;    /* [units][R] running statistics; NULL for a norm without */
    il_real *delta;            /* [n][units][R], backward: gradient with respect to y, then to x */
    il_real *g_gain, *g_shift; /* [units][R], backward */
    double *scratch;           /* 2 max(units, n) R doubles */
} il_norm_pass;

typedef struct il_norm_type {
    il_desc desc;
    bool
        per_unit; /* statistics over the batch for each unit, with running ones; else over a sample's units */
    void (*forward)(const double *arg, const il_norm_pass *pass);
    void (*backward)(const double *arg, const il_norm_pass *pass);
} il_norm_type;

extern const il_norm_type il_norm_none, il_norm_batchnorm, il_norm_layernorm;

/* The first parameter of every norm is `after`: it follows the activation and not the product. */
enum { IL_NORM_AFTER };

static inline const il_norm_type *il_norm_of(const il_call *call) {
    return (const il_norm_type *)(const void *)call->desc;
}

#endif
