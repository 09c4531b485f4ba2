#include "nn/activation.h"

#include "base/clones.h"

IL_CLONES static void abs_forward(const double *arg, size_t n, const il_real *restrict z,
                                  il_real *restrict a) {
    (void)arg;
    for (size_t i = 0; i < n; i++)
        a[i] = z[i] > 0 ? z[i] : 0 - z[i];
}

IL_CLONES static void abs_backward(const double *arg, size_t n, const il_real *restrict z,
                                   const il_real *restrict a, il_real *restrict delta) {
    (void)arg, (void)a;
    for (size_t i = 0; i < n; i++) {
        il_real negative = z[i] < 0 ? -delta[i] : 0;
        delta[i] = z[i] > 0 ? delta[i] : negative;
    }
}

static double value(const double *arg, double z) {
    (void)arg;
    return z > 0 ? z : 0 - z;
}

static double slope(const double *arg, double z) {
    (void)arg;
    return z > 0 ? 1 : z < 0 ? -1 : 0;
}

const il_activation_type il_activation_abs = {
    .desc = {.name = "abs",
             .formula = "|z|",
             .source = "Jarrett, Kavukcuoglu, Ranzato & LeCun 2009"},
    .forward = abs_forward,
    .backward = abs_backward,
    .value = value,
    .slope = slope,
    .n_kinks = 1,
    .kink = {0},
};
