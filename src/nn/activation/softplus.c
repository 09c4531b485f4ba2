#include "nn/activation.h"

#include "base/clones.h"
#include "base/elementary.h"

/* log(1 + exp z) = max(z, 0) + log(1 + exp(-|z|)), which cannot overflow. */
IL_CLONES static void softplus_forward(const double *arg, size_t n, const il_real *restrict z,
                                       il_real *restrict a) {
    (void)arg;
    for (size_t i = 0; i < n; i++)
        a[i] = (z[i] > 0 ? z[i] : 0) + IL_LOG1P_UNIT(IL_EXP_NONPOSITIVE(z[i] > 0 ? -z[i] : z[i]));
}

IL_CLONES static void softplus_backward(const double *arg, size_t n, const il_real *restrict z,
                                        const il_real *restrict a, il_real *restrict delta) {
    (void)arg, (void)a;
    for (size_t i = 0; i < n; i++)
        delta[i] *= IL_SIGMOID(z[i]);
}

static double value(const double *arg, double z) {
    (void)arg;
    return (z > 0 ? z : 0) + il_log1p(il_exp(z > 0 ? -z : z));
}

static double slope(const double *arg, double z) {
    (void)arg;
    return il_sigmoid(z);
}

const il_activation_type il_activation_softplus = {
    .desc = {.name = "softplus",
             .formula = "log(1 + exp(z))",
             .source = "Dugas, Bengio, Bélisle, Nadeau & Garcia 2001"},
    .forward = softplus_forward,
    .backward = softplus_backward,
    .value = value,
    .slope = slope,
};
