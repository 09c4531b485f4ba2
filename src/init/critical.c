/* The edge of chaos of mean-field theory, where neither signals nor gradients shrink or grow exponentially with
 * depth.
 */
#include "base/draw.h"
#include "init/scheme.h"
#include "initlab/theory.h"

#include <math.h>
#include <string.h>

enum { SIGMA_B2, SIGMA_W2 };

static double variance(const il_call *init, const il_init_layer *layer) {
    return init->arg[SIGMA_W2] / (double)layer->fan_in;
}

static il_status scaled_normal(il_init_job *job, double std, il_real *out) {
    il_draw_normal(&job->stream, job->n, IL_NO_MEAN, std, out);
    return IL_OK;
}

static il_status weights(il_init_job *job, il_real *W) {
    return scaled_normal(job, sqrt(variance(job->init, job->layer)), W);
}

static il_status bias(il_init_job *job, il_real *b) {
    return scaled_normal(job, sqrt(job->init->arg[SIGMA_B2]), b);
}

static il_init_law law(const il_call *init, const il_init_layer *layer) {
    return (il_init_law){0, sqrt(variance(init, layer)), il_density_normal};
}

/* An output layer hands on no signal, so a linear layer gets 1 whatever sigma_b2, though with biases a deep
 * linear network has no fixed point. */
static il_status resolve(il_call *init, const il_call *activation, il_error *err) {
    double q, *sigma_w2 = &init->arg[SIGMA_W2];
    if (!isnan(*sigma_w2))
        return IL_OK;
    if (strcmp(activation->desc->name, "linear") != 0)
        return il_critical(activation, init->arg[SIGMA_B2], sigma_w2, &q, err);
    *sigma_w2 = 1;
    return IL_OK;
}

const il_init_type il_init_critical = {
    .desc = {.name = "critical",
             .formula = "W ~ N(0, sigma_w2/fan_in), b ~ N(0, sigma_b2), sigma_w2*E[φ'(u)²] = 1",
             .source = "Poole et al. 2016; Schoenholz et al. 2017",
             .params = {{.name = "sigma_b2", .doc = "variance of the biases", .max = 1e6},
                        {.name = "sigma_w2",
                         .doc = "fan_in times the variance of the weights; auto: where chi1 = 1",
                         .initial = __builtin_nan(""),
                         .min = 0,
                         .max = 1e6,
                         .above_min = true,
                         .automatic = true}},
             .n_params = 2},
    .family = "mean field",
    .note = "A linear layer, such as the output, gets sigma_w2 = 1 whatever sigma_b2: chi1 is 1, "
            "but with "
            "biases a deep linear network has no fixed point.",
    .weights = weights,
    .bias = bias,
    .brings_bias = true,
    .resolve = resolve,
    .law = law,
};
