/* Krähenbühl's two steps. Within layers, each unit gets mean beta and variance 1 over the batch. Between layers,
 * the rates at which weights change, C_k = sqrt(mean g²/mean w²) of layer k under random gradients at the
 * output, are brought to their geometric mean: a factor s on W_k divides C_k by s² when the others make up
 * for it, so s_k = sqrt(C_k/C). Biases follow the scale of what enters their layer, measured on the batch,
 * which in a network of rectifiers keeps its function.
 *
 * The paper damps s_k; here, as in the authors' program (magic_init), there is no damping, C is multiplied by the
 * mean deviation of the outputs to the power 1/layers so that networks that are not homogeneous keep their outputs'
 * scale, and the rounds end when every rate is within 1 % of C (in the program, when its logarithm is). The
 * gradients of each round come from a stream of their own.
 */
#include "init/fitting.h"

#include "base/elementary.h"

#include <stdlib.h>

enum { BASE, ROUNDS, BETA };

/* Standard normal gradients at the outputs, all samples and units, passed back. noise [n][outputs]. */
static void backward(const il_init_fit *fit, size_t round, il_real *noise) {
    const il_layer *top = il_network_layer(fit->net, il_network_layers(fit->net) - 1);
    size_t R = il_network_replicas(fit->net), count = fit->n * top->fan_out;
    il_stream stream = il_stream_open(fit->seed, IL_PURPOSE_FIT, (uint32_t)round);
    il_stream_normal(&stream, count, noise);
    for (size_t i = 0; i < count; i++)
        for (size_t r = 0; r < R; r++)
            top->delta[i * R + r] = r == fit->replica ? noise[i] : 0;
    il_network_backward(fit->net, fit->n, fit->X);
}

static il_status rates(const il_init_fit *fit, double *rate) {
    for (size_t k = 0; k < il_network_layers(fit->net); k++) {
        const il_layer *y = il_network_layer(fit->net, k);
        size_t weights = y->fan_in * y->fan_out;
        double g = il_fit_mean_square(fit, y->gW, weights);
        rate[k] = sqrt(g / il_fit_mean_square(fit, y->W, weights));
        if (!(rate[k] > 0 && rate[k] - rate[k] == 0))
            return il_fit_fail(fit, k,
                               "no gradient reaches the weights from the outputs (mean square "
                               "%g): choose a smaller beta, another hidden activation, or rounds=0",
                               g);
    }
    return IL_OK;
}

/* The geometric mean of the rates, times (mean deviation of an output)^(1/layers). */
static il_status target(const il_init_fit *fit, const double *rate, double *out) {
    size_t layers = il_network_layers(fit->net);
    size_t outputs = il_network_layer(fit->net, layers - 1)->fan_out;
    double deviation = 0, logs = 0;
    for (size_t j = 0; j < outputs; j++) {
        il_moments m;
        il_status status = il_fit_measure(fit, layers - 1, j, 1, &m);
        if (status != IL_OK)
            return status;
        deviation += sqrt(m.variance) / (double)outputs;
    }
    for (size_t k = 0; k < layers; k++)
        logs += il_log(rate[k]);
    *out = il_exp((logs + il_log(deviation)) / (double)layers);
    return IL_OK;
}

/* The sum of the absolute values that the layer hands on, of which only ratios are used. */
static double activity(const il_init_fit *fit, size_t k) {
    const il_layer *y = il_network_layer(fit->net, k);
    size_t R = il_network_replicas(fit->net);
    double sum = 0;
    for (size_t i = 0; i < fit->n * y->fan_out; i++) {
        double a = (double)y->out[i * R + fit->replica];
        sum += a < 0 ? -a : a;
    }
    return sum;
}

static void scale_bias(const il_init_fit *fit, size_t k, double factor) {
    const il_layer *y = il_network_layer(fit->net, k);
    size_t R = il_network_replicas(fit->net);
    for (size_t j = 0; j < y->fan_out; j++) {
        il_real *b = &y->b[j * R + fit->replica];
        *b = (il_real)((double)*b * factor);
    }
}

/* W_k *= s_k and b_k *= s_k times the growth of the layer's inputs, upwards. */
static void rescale(const il_init_fit *fit, const double *rate, double wanted) {
    size_t layers = il_network_layers(fit->net);
    double before[IL_MAX_LAYERS], growth = 1;
    for (size_t k = 0; k < layers; k++)
        before[k] = activity(fit, k);
    for (size_t k = 0; k < layers; k++) {
        double s = sqrt(rate[k] / wanted);
        il_fit_scale(fit, k, 0, il_network_layer(fit->net, k)->fan_out, s);
        scale_bias(fit, k, s * growth);
        il_fit_forward(fit);
        growth = activity(fit, k) / before[k];
    }
}

static bool all_near(const double *rate, size_t layers, double wanted) {
    for (size_t k = 0; k < layers; k++)
        if (rate[k] > 1.01 * wanted || rate[k] < wanted / 1.01)
            return false;
    return true;
}

static il_status balance_layers(const il_init_fit *fit, il_real *noise) {
    double rate[IL_MAX_LAYERS], wanted;
    il_fit_forward(fit);
    for (size_t round = 0; (double)round < fit->init->arg[ROUNDS]; round++) {
        backward(fit, round, noise);
        il_status status = rates(fit, rate);
        if (status == IL_OK)
            status = target(fit, rate, &wanted);
        if (status != IL_OK || all_near(rate, il_network_layers(fit->net), wanted))
            return status;
        rescale(fit, rate, wanted);
    }
    return IL_OK;
}

static il_status fit(const il_init_fit *fit) {
    size_t outputs = il_network_layer(fit->net, il_network_layers(fit->net) - 1)->fan_out;
    il_status status = il_fit_normalize_units(fit, fit->init->arg[BETA]);
    if (status != IL_OK)
        return status;
    il_real *noise = calloc(fit->n * outputs, sizeof *noise);
    if (!noise)
        return il_fail(fit->err, IL_NO_MEMORY, "data_dependent: no memory for %zu gradients",
                       fit->n * outputs);
    status = balance_layers(fit, noise);
    free(noise);
    return status;
}

const il_init_type il_init_data_dependent = {
    .desc = {.name = "data_dependent",
             .aliases = "krahenbuhl",
             .formula = "base, then per unit W /= sigma, b = beta - mu/sigma over the batch; then "
                        "layers scaled to equal rates sqrt(mean g^2/mean w^2)",
             .source = "Krähenbühl, Doersch, Donahue & Darrell 2016, algorithms 1 and 2",
             .params = {{.name = "base",
                         .doc = "scheme to start from",
                         .kind = IL_CALL,
                         .family = &il_inits,
                         .inner = "normal(std=1)"},
                        {.name = "rounds",
                         .doc = "most rounds of scaling between layers; 0: within layers only",
                         .kind = IL_INTEGER,
                         .initial = 10,
                         .min = 0,
                         .max = 1000},
                        {.name = "beta",
                         .doc = "mean of every unit's pre-activations before the rounds",
                         .min = -1e3,
                         .max = 1e3}},
             .n_params = 3},
    .family = "data-dependent",
    .note = "As in the authors' program, the factors between layers are not damped; the paper "
            "damps them.",
    .weights = il_fit_base,
    .bias = il_fit_zero_bias,
    .brings_bias = true,
    .resolve = il_fit_resolve_base,
    .fit = fit,
};
