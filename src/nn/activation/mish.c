/* z tanh(log(1 + exp z)). With t = exp z the tanh is t(t + 2)/(t(t + 2) + 2); for z > 0 both are divided by
 * t², so that only exp(-|z|) is needed. */
#include "nn/activation.h"

#include "base/clones.h"
#include "base/elementary.h"

#define FAR 1024 /* cuts like silu's */

IL_CLONES static void mish_forward(const double *arg, size_t n, const il_real *restrict z,
                                   il_real *restrict a) {
    (void)arg;
    for (size_t i = 0; i < n; i++) {
        il_real x = z[i] < -FAR ? -FAR : z[i], e = IL_EXP_NONPOSITIVE(x > 0 ? -x : x);
        il_real above = x > 0 ? 1 + 2 * e : e * (e + 2), rest = x > 0 ? 2 * (e * e) : 2;
        a[i] = x * (above / (above + rest));
    }
}

/* φ' = T + z (1 - T²) σ(z), T the tanh; the second factor is 4 t (1 + t)/(t(t + 2) + 2)². */
IL_CLONES static void mish_backward(const double *arg, size_t n, const il_real *restrict z,
                                    const il_real *restrict a, il_real *restrict delta) {
    (void)arg, (void)a;
    for (size_t i = 0; i < n; i++) {
        il_real x = z[i] < -FAR ? -FAR : z[i] > FAR ? FAR : z[i];
        il_real e = IL_EXP_NONPOSITIVE(x > 0 ? -x : x);
        il_real above = x > 0 ? 1 + 2 * e : e * (e + 2), rest = x > 0 ? 2 * (e * e) : 2;
        il_real d = 1 / (above + rest), change = 4 * (x > 0 ? e * e : e) * (1 + e);
        delta[i] *= (above + x * (change * d)) * d;
    }
}

static double value(const double *arg, double z) {
    (void)arg;
    double e = il_exp(z > 0 ? -z : z);
    double above = z > 0 ? 1 + 2 * e : e * (e + 2), rest = z > 0 ? 2 * e * e : 2;
    return z * above / (above + rest);
}

static double slope(const double *arg, double z) {
    (void)arg;
    double e = il_exp(z > 0 ? -z : z);
    double above = z > 0 ? 1 + 2 * e : e * (e + 2), rest = z > 0 ? 2 * e * e : 2;
    double change = 4 * (z > 0 ? e * e : e) * (1 + e);
    return (above + z * change / (above + rest)) / (above + rest);
}

const il_activation_type il_activation_mish = {
    .desc = {.name = "mish", .formula = "z*tanh(log(1 + exp(z)))", .source = "Misra 2020"},
    .forward = mish_forward,
    .backward = mish_backward,
    .value = value,
    .slope = slope,
};
