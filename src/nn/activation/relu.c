#include "nn/activation.h"

#include "base/clones.h"

/* Written so that NaN stays NaN; the derivative at 0 is 0, which is what makes a unit that is never
 * positive dead for ever. */
IL_CLONES static void relu_forward(const double *arg, size_t n, const il_real *restrict z,
                                   il_real *restrict a) {
    (void)arg;
    for (size_t i = 0; i < n; i++)
        a[i] = z[i] < 0 ? 0 : z[i];
}

IL_CLONES static void relu_backward(const double *arg, size_t n, const il_real *restrict z,
                                    const il_real *restrict a, il_real *restrict delta) {
    (void)arg, (void)a;
    for (size_t i = 0; i < n; i++) {
        const il_real d = delta[i]; /* loaded in any case, or clang branches */
        delta[i] = z[i] > 0 ? d : 0;
    }
}

static double value(const double *arg, double z) {
    (void)arg;
    return z < 0 ? 0 : z;
}

static double slope(const double *arg, double z) {
    (void)arg;
    return z > 0 ? 1 : 0;
}

const il_activation_type il_activation_relu = {
    .desc = {.name = "relu", .formula = "max(z, 0)", .source = "Nair & Hinton 2010"},
    .forward = relu_forward,
    .backward = relu_backward,
    .value = value,
    .slope = slope,
    .n_kinks = 1,
    .kink = {0},
};
