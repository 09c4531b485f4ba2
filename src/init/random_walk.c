/* Keeps the mean of the *logarithm* of a gradient's length from layer to layer, where others keep the mean of its
 * square: by Jensen's inequality the typical gradient then shrinks, the more so the narrower the layers. The paper has
 * layers of one width N; here N is fan_in, as in the random walk initializer that TensorFlow once had.
 *
 * A layer multiplies the square of the length by g² times the mean of N terms x = φ'² w², w ~ N(0, 1). For wide layers
 * E[log mean(x)] = log E[x] - Var(x)/(2N E[x]²), and what takes that back is
 *
 *     g = exp((3 E[φ'⁴]/E[φ'²]² - 1)/(4N))/sqrt(E[φ'²]).
 *
 * For a linear layer that is the paper's exp(1/(2N)). For an activation of one slope on each side of 0 it holds
 * whatever the scale of the signal; the rectifier has the paper's fit to simulations, which is right for narrow layers
 * too. For all others φ' depends on that scale, and the paper has no formula.
 */
#include "init/scheme.h"

#include "base/draw.h"
#include "base/elementary.h"
#include "nn/activation.h"

#include <string.h>

#define ROOT_TWO 0x1.6a09e667f3bcdp+0

/* Whether φ is slope[0] u for u < 0 and slope[1] u for u > 0, as far as a few points tell. No activation is linear. */
static bool has_two_slopes(const il_call *activation, double slope[2]) {
    static const double at[] = {1e-6, 0.1, 1, 30, 1e6};
    slope[0] = slope[1] = 1;
    if (!activation->desc)
        return true;
    const il_activation_type *type = il_activation_of(activation);
    for (int side = 0; side < 2; side++) {
        double sign = side ? 1 : -1;
        slope[side] = type->slope(activation->arg, sign);
        for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
            double u = sign * at[i], wanted = slope[side] * u;
            if (!(fabs(type->value(activation->arg, u) - wanted) <= 1e-12 * fabs(wanted)))
                return false;
        }
    }
    return slope[0] != 0 || slope[1] != 0;
}

static double gain_of(const double slope[2], double N) {
    double a = slope[0] * slope[0], b = slope[1] * slope[1];
    double square = (a + b) / 2, fourth = (a * a + b * b) / 2;
    if (a == 0 || b == 0)
        return ROOT_TWO * il_exp(1.2 / ((N < 6 ? 6 : N) - 2.4)) / __builtin_sqrt(a + b);
    return il_exp((3 * fourth / (square * square) - 1) / (4 * N)) / __builtin_sqrt(square);
}

static double std_of(const il_call *init, const il_init_layer *layer) {
    double N = (double)layer->fan_in, g = init->arg[0], slope[2];
    if (isnan(g))
        g = has_two_slopes(&layer->activation, slope) ? gain_of(slope, N) : g;
    return g / __builtin_sqrt(N);
}

static il_status random_walk(il_init_job *job, il_real *W) {
    il_draw_normal(&job->stream, job->n, IL_NO_MEAN, std_of(job->init, job->layer), W);
    return IL_OK;
}

/* g=auto depends on fan_in too and is left to random_walk(); an activation without a gain is refused before
 * anything runs. */
static il_status resolve(il_call *init, const il_call *activation, il_error *err) {
    double slope[2];
    if (isnan(init->arg[0]) && !has_two_slopes(activation, slope))
        return il_fail(err, IL_INVALID,
                       "random_walk has no gain for %s, which is not straight on both sides of 0: "
                       "give g=, about 1.1 for tanh",
                       activation->desc->name);
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
                         .doc =
                             "gain; auto: the formula's, and for other activations of two slopes "
                             "exp((3*E[φ'⁴]/E[φ'²]² - 1)/(4N))/sqrt(E[φ'²])",
                         .initial = __builtin_nan(""),
                         .min = 0,
                         .max = 1e6,
                         .above_min = true,
                         .automatic = true}},
             .n_params = 1},
    .family = "variance scaling",
    .note =
        "The paper has formulas for relu and linear layers only; the one for leaky_relu, abs and "
        "others that are straight on both sides of 0 continues its argument. For tanh "
        "TensorFlow's initializer of this name took g=1.13.",
    .weights = random_walk,
    .resolve = resolve,
    .law = law,
};
