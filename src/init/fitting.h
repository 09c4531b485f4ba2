/* What the schemes that look at data share. Each fills the layers by its base, and its fit() then adjusts one
 * replica: here are that replica's statistics, its gradients and the factors on its layers.
 *
 * A batch passes as in evaluation: without dropout, and through batchnorm with its first running statistics, mean 0 and
 * variance 1, as if it were not there.
 *
 * Everything reads and writes the lane fit->replica alone, sums in double in a fixed order and uses portable
 * arithmetic only, so a fit in the lockstep engine gives the same bits on every machine, for every R and in
 * every lane. Messages begin "seed 17, layer 2: " and name the scheme.
 */
#ifndef IL_INIT_FITTING_H
#define IL_INIT_FITTING_H

#include "init/scheme.h"

/* weights() and resolve() of a scheme whose IL_CALL parameter is its base. A base that needs data itself is
 * refused. */
il_status il_fit_base(il_init_job *job, il_real *W);
il_status il_fit_resolve_base(il_call *init, const il_call *activation, il_error *err);

/* bias() of a scheme whose fit() sets all biases, whatever they were: zeros. */
il_status il_fit_zero_bias(il_init_job *job, il_real *b);

/* A pass of the batch, which the functions below look at. */
void il_fit_forward(const il_init_fit *fit);

typedef struct il_moments {
    double mean, variance;
} il_moments;

/* Moments over the batch of the pre-activations of layer k's units [first, first + count), taken together.
 * IL_INVALID when they are not finite, or differ by nothing but rounding: no factor would give them variance
 * 1. */
il_status il_fit_measure(const il_init_fit *fit, size_t k, size_t first, size_t count,
                         il_moments *out);

/* Multiplies the weights into layer k's units [first, first + count) by `factor`. */
void il_fit_scale(const il_init_fit *fit, size_t k, size_t first, size_t count, double factor);

/* Gives each unit of each layer, first layer first, mean beta and variance 1 over the batch: W /= sigma and
 * b = beta - (mean without bias)/sigma. */
il_status il_fit_normalize_units(const il_init_fit *fit, double beta);

/* The mean square of n values of the replica's lane. */
double il_fit_mean_square(const il_init_fit *fit, const il_real *lanes, size_t n);

/* IL_INVALID with "seed 17, layer k + 1: scheme: " and the message. */
il_status il_fit_fail(const il_init_fit *fit, size_t k, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A search over one factor per layer's weights, s = exp(log_scale), for an objective that depends on the loss.
 * All other parameters stay as they are. */
typedef struct il_search {
    const il_init_fit *fit;
    size_t layers, size;
    void *block;       /* the one allocation, that of the arrays below */
    il_real *start;    /* [size] the replica's parameters before the search */
    il_real *gradient; /* [size] of the mean loss, both in the order of il_network_parameters */
    il_real *other;    /* [size] room for a second gradient */
    il_real *lanes[2]; /* [R] each */
    double log_scale[IL_MAX_LAYERS], best[IL_MAX_LAYERS];
} il_search;

/* IL_INVALID when some layer's weights are all zero or not finite, or the loss is not finite: there is nothing
 * to scale. To be closed when it succeeded. */
il_status il_search_open(const il_init_fit *fit, il_search *out);
void il_search_close(il_search *search);

/* Puts the parameters that belong to log_scale into the network. */
void il_search_place(const il_search *search);

/* Adds step * direction [size] to the replica's parameters. */
void il_search_move(const il_search *search, const il_real *direction, double step);

/* The mean loss at the replica's parameters; with its gradient where `gradient` [size] is not NULL. */
double il_search_loss(const il_search *search, il_real *gradient);

/* The central difference of an objective with respect to log_scale[k]. An objective that is not finite counts
 * as very large. */
typedef double il_objective(const il_search *search);
double il_search_slope(il_search *search, size_t k, il_objective *objective);

#endif
