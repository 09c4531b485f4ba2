#include "nn/activation.h"

#include "base/clones.h"

IL_CLONES static void leaky_relu_forward(const double *arg, size_t n, const il_real *restrict z,
                                         il_real *restrict a) {
    il_real slope = (il_real)arg[0];
    for (size_t i = 0; i < n; i++)
        a[i] = z[i] > 0 ? z[i] : slope * z[i];
}

IL_CLONES static void leaky_relu_backward(const double *arg, size_t n, const il_real *restrict z,
                                          const il_real *restrict a, il_real *restrict delta) {
    (void)a;
    il_real slope = (il_real)arg[0];
    for (size_t i = 0; i < n; i++)
        delta[i] = z[i] > 0 ? delta[i] : slope * delta[i];
}

static double value(const double *arg, double z) {
    return z > 0 ? z : arg[0] * z;
}

static double slope(const double *arg, double z) {
    return z > 0 ? 1 : arg[0];
}

const il_activation_type il_activation_leaky_relu = {
    .desc = {.name = "leaky_relu",
             .aliases = "leakyrelu",
             .formula = "z where z > 0, else slope*z",
             .source = "Maas, Hannun & Ng 2013",
             .params =
                 {{.name = "slope", .doc = "slope below 0", .initial = 0.01, .min = -1, .max = 1}},
             .n_params = 1},
    .forward = leaky_relu_forward,
    .backward = leaky_relu_backward,
    .value = value,
    .slope = slope,
    .n_kinks = 1,
    .kink = {0},
};
