/* The exponential linear unit whose constants make mean 0 and variance 1 a fixed point of wide layers with
 * LeCun's weights. */
#include "nn/activation.h"

#include "base/clones.h"
#include "base/expm1.h"

/* Klambauer et al. 2017. */
#define SCALE 1.0507009873554804934193349852946
#define ALPHA 1.6732632423543772848170429916717

IL_CLONES static void selu_forward(const double *arg, size_t n, const il_real *restrict z,
                                   il_real *restrict a) {
    (void)arg;
    for (size_t i = 0; i < n; i++) {
        il_real low = (il_real)(SCALE * ALPHA) * IL_EXPM1_NONPOSITIVE(z[i] > 0 ? 0 : z[i]);
        a[i] = z[i] > 0 ? (il_real)SCALE * z[i] : low;
    }
}

IL_CLONES static void selu_backward(const double *arg, size_t n, const il_real *restrict z,
                                    const il_real *restrict a, il_real *restrict delta) {
    (void)arg, (void)a;
    for (size_t i = 0; i < n; i++) {
        il_real low = (il_real)(SCALE * ALPHA) * IL_EXP_NONPOSITIVE(z[i] > 0 ? 0 : z[i]);
        delta[i] *= z[i] > 0 ? (il_real)SCALE : low;
    }
}

static double value(const double *arg, double z) {
    (void)arg;
    return z > 0 ? SCALE * z : SCALE * ALPHA * il_expm1_nonpositive(z);
}

static double slope(const double *arg, double z) {
    (void)arg;
    return z > 0 ? SCALE : SCALE * ALPHA * il_exp(z);
}

const il_activation_type il_activation_selu = {
    .desc = {.name = "selu",
             .formula = "1.0507*z where z > 0, else 1.0507*1.6733*(exp(z) - 1)",
             .source = "Klambauer, Unterthiner, Mayr & Hochreiter 2017"},
    .forward = selu_forward,
    .backward = selu_backward,
    .value = value,
    .slope = slope,
    .n_kinks = 1,
    .kink = {0},
};
