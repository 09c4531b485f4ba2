#include "nn/activation.h"

#include "base/clones.h"
#include "base/elementary.h"

IL_CLONES static void tanh_forward(const double *arg, size_t n, const il_real *restrict z,
                                   il_real *restrict a) {
    (void)arg;
    for (size_t i = 0; i < n; i++)
        a[i] = IL_TANH(z[i]);
}

IL_CLONES static void tanh_backward(const double *arg, size_t n, const il_real *restrict z,
                                    const il_real *restrict a, il_real *restrict delta) {
    (void)arg, (void)z;
    for (size_t i = 0; i < n; i++)
        delta[i] *= 1 - a[i] * a[i];
}

static double value(const double *arg, double z) {
    (void)arg;
    return il_tanh(z);
}

static double slope(const double *arg, double z) {
    (void)arg;
    double a = il_tanh(z);
    return 1 - a * a;
}

const il_activation_type il_activation_tanh = {
    .desc = {.name = "tanh", .formula = "tanh z"},
    .forward = tanh_forward,
    .backward = tanh_backward,
    .value = value,
    .slope = slope,
};
