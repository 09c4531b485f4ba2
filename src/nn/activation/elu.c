#include "nn/activation.h"

#include "base/clones.h"
#include "base/expm1.h"

IL_CLONES static void elu_forward(const double *arg, size_t n, const il_real *restrict z,
                                  il_real *restrict a) {
    il_real alpha = (il_real)arg[0];
    for (size_t i = 0; i < n; i++) {
        il_real low = alpha * IL_EXPM1_NONPOSITIVE(z[i] > 0 ? 0 : z[i]);
        a[i] = z[i] > 0 ? z[i] : low;
    }
}

IL_CLONES static void elu_backward(const double *arg, size_t n, const il_real *restrict z,
                                   const il_real *restrict a, il_real *restrict delta) {
    (void)a;
    il_real alpha = (il_real)arg[0];
    for (size_t i = 0; i < n; i++) {
        il_real low = alpha * IL_EXP_NONPOSITIVE(z[i] > 0 ? 0 : z[i]);
        delta[i] *= z[i] > 0 ? 1 : low;
    }
}

static double value(const double *arg, double z) {
    return z > 0 ? z : arg[0] * il_expm1_nonpositive(z);
}

static double slope(const double *arg, double z) {
    return z > 0 ? 1 : arg[0] * il_exp(z);
}

const il_activation_type il_activation_elu = {
    .desc = {.name = "elu",
             .formula = "z where z > 0, else alpha*(exp(z) - 1)",
             .source = "Clevert, Unterthiner & Hochreiter 2016",
             .params = {{.name = "alpha",
                         .doc = "minus the limit at -infinity",
                         .initial = 1,
                         .min = 0,
                         .max = 100}},
             .n_params = 1},
    .forward = elu_forward,
    .backward = elu_backward,
    .value = value,
    .slope = slope,
    .n_kinks = 1,
    .kink = {0},
};
