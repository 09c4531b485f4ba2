/* Probing: what initialization does to a signal, layer by layer, before any training, beside mean-field theory.
 *
 *     #include <initlab.h>
 *     #include <stdio.h>
 *     int main(void) {
 *         il_error err;
 *         il_call init;
 *         il_probe *probe = NULL;
 *         il_probe_config config = {.batch = 16, .seeds = 16, .first_seed = 1};
 *         if (il_widths_parse("20-[32]x10-1", NULL, &config.network, &err) == IL_OK &&
 *             il_call_parse(&il_activations, "relu", NULL, &config.hidden, &err) == IL_OK &&
 *             il_call_parse(&il_inits, "xavier_normal", NULL, &init, &err) == IL_OK)
 *             il_probe_new(&config, &init, &probe, &err);
 *         for (size_t k = 0; probe && k < probe->n_layers; k++)
 *             printf("%g %g\n", probe->layer[k].statistic[IL_PROBE_A_RMS].mean,
 *                    probe->layer[k].theory[IL_PROBE_A_RMS]);
 *         il_probe_free(probe);
 *         return probe == NULL;
 *     }
 */
#ifndef INITLAB_PROBE_H
#define INITLAB_PROBE_H

#include "init.h"
#include "network.h"
#include "statistics.h"
#include "theory.h"
#include "train.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* What is measured of a layer. A pre-activation u is what the activation sees, after a norm where one comes before it;
 * a is what the activation makes of it; delta is the gradient with respect to the layer's product; gradient that with
 * respect to its weights. Means, roots of mean squares and extremes are over all samples and units, or all weights. */
typedef enum il_probe_statistic {
    IL_PROBE_U_MEAN,
    IL_PROBE_U_RMS,
    IL_PROBE_U_MIN,
    IL_PROBE_U_MAX,
    IL_PROBE_A_MEAN,
    IL_PROBE_A_RMS,
    IL_PROBE_A_MIN,
    IL_PROBE_A_MAX,
    IL_PROBE_WEIGHT_MEAN,
    IL_PROBE_WEIGHT_RMS,
    IL_PROBE_WEIGHT_MIN,
    IL_PROBE_WEIGHT_MAX,
    IL_PROBE_DELTA_MEAN,
    IL_PROBE_DELTA_RMS,
    IL_PROBE_DELTA_MIN,
    IL_PROBE_DELTA_MAX,
    IL_PROBE_GRADIENT_MEAN,
    IL_PROBE_GRADIENT_RMS,
    IL_PROBE_GRADIENT_MIN,
    IL_PROBE_GRADIENT_MAX,
    IL_PROBE_CORRELATION, /* of two samples' pre-activations: u·v/(|u| |v|), mean over neighbouring samples */
    IL_PROBE_ZERO, /* share of activations that are exactly 0 */
    IL_PROBE_SATURATED, /* share within 0.01 of a limit, of an activation with finite limits at both ends */
    IL_PROBE_DEAD, /* share of units whose slope φ' is exactly 0 on every sample: no gradient passes */
    IL_PROBE_UPDATE_RATIO, /* gradient_rms/weight_rms: the relative step of gradient descent at rate 1; on data only */
    IL_PROBE_STATISTICS
} il_probe_statistic;

/* "u_mean", "weight_rms" …: the names in JSON and CSV. */
const char *il_probe_statistic_name(il_probe_statistic statistic);

typedef struct il_probe_config {
    il_widths network;
    il_call hidden;
    il_call loss;          /* with `data` only */
    il_call norm, dropout; /* desc NULL: none; in training mode */
    il_call bias;          /* desc NULL: the scheme's own where it brings one, else zeros */
    /* Samples for all seeds, of which the first `batch` are used, with gradients of the mean loss; or X NULL: every seed
     * has standard normal inputs of its own, from the stream (seed, IL_PURPOSE_DATA, 0), and in place of a loss's
     * gradient standard normal deltas at the output, from (seed, IL_PURPOSE_DATA, 1). These depend on nothing that went
     * forward, as mean-field theory has it. */
    il_samples data;
    double correlation; /* of any two samples of normal inputs, at least 0 and below 1 */
    size_t batch;       /* samples, at least 1 */
    size_t seeds;       /* networks, at least 1: seeds first_seed … first_seed + seeds - 1 */
    uint64_t first_seed;
} il_probe_config;

/* Over the seeds: the mean (for an rms: the root of the mean square over all of them; for an extreme: the extreme) and
 * the 95 % interval of that mean by Student's t. NAN where there is none: one seed, extremes, no such statistic. */
typedef struct il_probe_value {
    double mean;
    il_interval interval;
} il_probe_value;

typedef struct il_probe_layer {
    size_t fan_in, fan_out;
    double sigma_w2; /* fan_in times a weight's variance: as the scheme states it where theory
                        applies, else its mean square */
    double sigma_b2; /* mean square of a bias */
    il_probe_value statistic[IL_PROBE_STATISTICS];
    double theory[IL_PROBE_STATISTICS];  /* NAN where theory says nothing */
    size_t nonfinite_u, nonfinite_delta; /* seeds in which some u, some delta is infinite or NaN */
} il_probe_layer;

/* Singular values of the input-output Jacobian at one sample, in evaluation: the largest and the smallest of the
 * min(inputs, outputs) (see linalg/svd.h for how exactly), and the root of the mean of their squares. */
typedef struct il_probe_spectrum {
    double largest, smallest, rms;
} il_probe_spectrum;

/* That of replica `replica` at x [inputs]. The network's batch must be at least its number of outputs, and its norms none.
 * Errors: IL_NO_MEMORY. */
il_status il_probe_jacobian(il_network *net, size_t replica, const il_real *x,
                            il_probe_spectrum *out, il_error *err);

typedef struct il_probe {
    il_call init, bias; /* as they were used: bias.desc is never NULL */
    il_engine engine; /* lockstep for small networks, blas for wide ones: as il_study_run chooses */
    size_t seeds, batch, n_layers;
    bool mean_field;                        /* theory applies: see il_probe_new */
    double input_square, input_correlation; /* of the inputs, over seeds */
    /* At the first sample, means over seeds (rms: root of the mean square); NAN with a norm or more outputs than samples.
     * Beside it what theory says of wide layers (il_jacobian_edge): NAN where it does not apply, with dropout, and of
     * schemes whose weights are neither independent nor orthogonal; `smallest` only where all values are equal. */
    il_probe_spectrum jacobian, jacobian_theory;
    il_probe_layer *layer; /* [n_layers] */
} il_probe;

/* Measures one scheme, forward and backward.
 *
 * Theory is mean-field theory layer by layer, from the samples' own lengths and the output's own deltas, with the
 * scheme's stated variance where it has one and the measured one elsewhere. It covers u_rms, a_mean, a_rms, correlation,
 * delta_rms and, with normal deltas, gradient_rms. It is there when weights and biases are random with mean 0 and were
 * not fitted to data, when no norm intervenes and when dropout is none or `dropout`.
 *
 * Errors: IL_INVALID for an impossible network, batch or scheme; IL_NO_MEMORY. */
il_status il_probe_new(const il_probe_config *config, const il_call *init, il_probe **out,
                       il_error *err);
void il_probe_free(il_probe *probe);

/* What the numbers say. Factors are per layer, over the hidden layers; NAN with fewer than two. */
typedef struct il_diagnosis {
    double signal, signal_theory;     /* factor on the activations' rms, forward */
    double gradient, gradient_theory; /* factor on the deltas' rms, backward */
    double signal_left;   /* the activations' rms in the last hidden layer over that in the first */
    double gradient_left; /* the deltas' rms in the first layer over that at the output */
    double dead;          /* the largest share of dead units of a hidden layer … */
    size_t dead_layer;    /* … and which, from 1 */
    size_t nonfinite;     /* the first layer, from 1, where some seed has a non-finite u; 0: none */
    size_t
        nonfinite_delta; /* the last layer, from 1, where some seed has a non-finite delta; 0: none */
    double
        trainable; /* depth to which layers like the middle one train: see il_mean_field; NAN: unknown */
    bool vanishing, exploding, dying;
} il_diagnosis;

/* vanishing: signal_left or gradient_left is below IL_VANISHING; exploding: one of them is above IL_EXPLODING, or
 * something is not finite; dying: `dead` is above IL_DYING. */
#define IL_VANISHING 1e-3
#define IL_EXPLODING 1e3
#define IL_DYING 0.75
void il_probe_diagnose(const il_probe_config *config, const il_probe *probe, il_diagnosis *out);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
