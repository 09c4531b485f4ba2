/* Phase diagrams: how deep a signal lives, over the variance of the weights, measured beside mean-field theory.
 *
 *     #include <initlab.h>
 *     #include <stdio.h>
 *     int main(void) {
 *         il_error err;
 *         il_phase *phase = NULL;
 *         il_phase_config config = {.sigma_b2 = 0.05, .first = 1, .last = 3, .points = 3,
 *                                   .layers = 20, .width = 48, .batch = 4, .seeds = 16, .first_seed = 1};
 *         if (il_call_parse(&il_activations, "tanh", NULL, &config.hidden, &err) == IL_OK)
 *             il_phase_new(&config, &phase, &err);
 *         for (size_t i = 0; phase && i < config.points; i++)
 *             printf("%g: 6 xi_c = %g\n", phase->column[i].sigma_w2, phase->column[i].field.trainable);
 *         il_phase_free(phase);
 *         return phase == NULL;
 *     }
 */
#ifndef INITLAB_PHASE_H
#define INITLAB_PHASE_H

#include "probe.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define IL_PHASE_POINTS 1000
#define IL_PHASE_CORRELATION                                                                       \
    0.6 /* of the two inputs that are followed, as in Schoenholz et al. 2017 */

/* Networks of `layers` equal hidden layers with Gaussian weights of variance sigma_w2/width and biases of variance
 * sigma_b2, for sigma_w2 at `points` equal steps from `first` to `last`. */
typedef struct il_phase_config {
    il_call hidden;
    il_call dropout; /* desc NULL: none */
    double sigma_b2;
    double first, last; /* 0 < first <= last, equal for one point */
    size_t points;      /* 1 … IL_PHASE_POINTS */
    size_t layers;      /* 1 … IL_MAX_LAYERS - 1 */
    size_t width;
    size_t batch; /* samples, at least 2: neighbours are the pairs whose correlation is followed */
    size_t seeds;
    uint64_t first_seed;
} il_phase_config;

/* One sigma_w2. Layers count from 1, hidden ones. */
typedef struct il_phase_column {
    double sigma_w2;
    il_mean_field field;
    double distance
        [IL_MAX_LAYERS]; /* [layers]: |c - c*|, how far the pairs' correlation after k + 1 layers is from its
                                       fixed point; NAN where that does not exist */
    double gradient
        [IL_MAX_LAYERS]; /* [layers]: the deltas' rms k layers before the last hidden one over that there */
} il_phase_column;

typedef struct il_phase {
    size_t points, layers;
    il_phase_column *column; /* [points] */
} il_phase;

/* Errors: IL_INVALID for a configuration outside its ranges and what il_probe_new refuses; IL_NO_MEMORY. */
il_status il_phase_new(const il_phase_config *config, il_phase **out, il_error *err);
void il_phase_free(il_phase *phase);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
