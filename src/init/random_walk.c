/* Keeps the mean of the *logarithm* of a gradient's length from layer to layer, where others keep the mean of its
 * square: by Jensen's inequality the typical gradient then shrinks, the more so the narrower the layers. For a
 * linear layer E[log(chi²_N/N)] is about -1/N, which g = exp(1/(2N)) takes back; the rectifier's gain is the
 * paper's fit to simulations. The paper has layers of one width N; here N is fan_in.
 */
#include "init/scheme.h"

#include "base/draw.h"
#include "base/elementary.h"

#include <string.h>

#define ROOT_TWO 0x1.6a09e667f3bcdp+0

static bool is(const il_call *activation, const char *name) {
    return activation->desc && strcmp(activation->desc->name, name) == 0;
}

static bool has_gain(const il_call *activation) {
    return !activation->desc || is(activation, "linear") || is(activation, "relu");
}

static double std_of(const il_call *init, const il_init_layer *layer) {
    double N = (double)layer->fan_in, g = init->arg[0];
    if (isnan(g) && is(&layer->activation, "relu"))
        g = ROOT_TWO * il_exp(1.2 / ((N < 6 ? 6 : N) - 2.4));
    else if (isnan(g))
        g = il_exp(1 / (2 * N));
    return g / sqrt(N);
}

static il_status random_walk(il_init_job *job, il_real *W) {
    if (isnan(job->init->arg[0]) && !has_gain(&job->layer->activation))
        return il_fail(job->err, IL_INVALID,
                       "layer %zu: random_walk knows gains for relu and linear, not %s: give g=",
                       job->layer->index + 1, job->layer->activation.desc->name);
    il_draw_normal(&job->stream, job->n, IL_NO_MEAN, std_of(job->init, job->layer), W);
    return IL_OK;
}

/* g=auto depends on fan_in too and is left to random_walk(); an activation without a gain is refused before
 * anything runs. */
static il_status resolve(il_call *init, const il_call *activation, il_error *err) {
    if (isnan(init->arg[0]) && !has_gain(activation))
        return il_fail(
            err, IL_INVALID,
            "random_walk knows gains for relu and linear, not %s: give g=", activation->desc->name);
    return IL_OK;
}

static il_init_law law(const il_call *init, const il_init_layer *layer) {
    return (il_init_law){0, std_of(init, layer), il_density_normal};
}

const il_init_type il_init_random_walk = {
    .desc = {.name = "random_walk",
             .formula =
                 "W ~ N(0, g^2/N), N = fan_in; relu: g = sqrt(2)*exp(1.2/(max(N, 6) - 2.4)), "
                 "linear: g = exp(1/(2N))",
             .source = "Sussillo & Abbott 2014",
             .params = {{.name = "g",
                         .doc = "gain; auto is the paper's for relu and linear layers",
                         .initial = __builtin_nan(""),
                         .min = 0,
                         .max = 1e6,
                         .above_min = true,
                         .automatic = true}},
             .n_params = 1},
    .family = "variance scaling",
    .weights = random_walk,
    .resolve = resolve,
    .law = law,
};
