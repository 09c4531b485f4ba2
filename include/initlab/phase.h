/* Phase diagrams: how deep a signal lives, over the variance of the weights, measured before training or by training, beside
 * mean-field theory.
 *
 *     #include <initlab.h>
 *     #include <stdio.h>
 *     int main(void) {
 *         il_error err;
 *         il_phase *phase = NULL;
 *         il_phase_config config = {.sigma_b2 = 0.05, .first = 1, .last = 3, .points = 3,
 *                                   .depths = {5, 20, 5}, .width = 48, .batch = 4, .seeds = 16,
 *                                   .first_seed = 1};
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
#include "study.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define IL_PHASE_POINTS 1000
/* Of the two inputs that are followed, as in Schoenholz et al. 2017. */
#define IL_PHASE_CORRELATION 0.6

/* Numbers of hidden layers: first, first + step … at most last. */
typedef struct il_depths {
    size_t first, last, step; /* 1 <= first <= last < IL_MAX_LAYERS, step at least 1 */
} il_depths;

/* How the networks of a diagram are trained: by `epochs` epochs of softmax cross-entropy. */
typedef struct il_phase_training {
    il_call data; /* with classes */
    il_call optimizer;
    uint32_t epochs;
    const il_folders *folders; /* where the data's files lie, or NULL */
    const il_run_options *run; /* store NULL; or NULL */
} il_phase_training;

/* Networks of equal hidden layers with Gaussian weights of variance sigma_w2/fan_in and biases of variance sigma_b2, for
 * sigma_w2 at `points` equal steps from `first` to `last`. */
typedef struct il_phase_config {
    il_call hidden;
    il_call dropout; /* desc NULL: none */
    double sigma_b2;
    double first, last; /* 0 < first <= last, equal for one point */
    size_t points;      /* 1 … IL_PHASE_POINTS */
    il_depths depths;
    size_t width;
    /* Samples: at least 2 untrained, of which neighbours are the pairs whose correlation is followed; of a step trained. */
    size_t batch;
    size_t seeds;
    uint64_t first_seed;               /* at least 1 */
    const il_phase_training *training; /* NULL: signals are followed, nothing is trained */
} il_phase_config;

/* One sigma_w2. Arrays begin with the first hidden layer. */
typedef struct il_phase_column {
    double sigma_w2;
    il_mean_field field;
    /* Untrained, of one network of depths.last hidden layers, else NAN. |c - c*|, how far the pairs' correlation after
     * k + 1 layers is from its fixed point, NAN where that does not exist; and the deltas' rms k layers before the last
     * hidden one over that there. */
    double distance[IL_MAX_LAYERS];
    double gradient[IL_MAX_LAYERS];
    /* Trained, of a network of k + 1 hidden layers, else NAN: the share of the training samples that are right at the end,
     * mean over seeds. A diverged run counts as `chance`. */
    double accuracy[IL_MAX_LAYERS];
} il_phase_column;

typedef struct il_phase {
    size_t points;
    double chance;           /* of a sample to be right: 1/classes; 0 untrained */
    il_phase_column *column; /* [points] */
} il_phase;

/* Errors: IL_INVALID for a configuration outside its ranges and what il_probe_new or, trained, il_study_parse refuses;
 * IL_NO_MEMORY; trained also those of il_dataset_new and il_study_run. */
il_status il_phase_new(const il_phase_config *config, il_phase **out, il_error *err);
void il_phase_free(il_phase *phase);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
