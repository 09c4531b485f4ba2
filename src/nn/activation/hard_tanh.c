#include "nn/activation.h"

#include "base/clones.h"

IL_CLONES static void hard_tanh_forward(const double *arg, size_t n, const il_real *restrict z,
                                        il_real *restrict a) {
    (void)arg;
    for (size_t i = 0; i < n; i++) {
        il_real low = z[i] < -1 ? -1 : z[i];
        a[i] = low > 1 ? 1 : low;
    }
}

IL_CLONES static void hard_tanh_backward(const double *arg, size_t n, const il_real *restrict z,
                                         const il_real *restrict a, il_real *restrict delta) {
    (void)arg, (void)a;
    for (size_t i = 0; i < n; i++) {
        il_real size = z[i] < 0 ? -z[i] : z[i];
        const il_real d = delta[i]; /* loaded in any case, or clang branches */
        delta[i] = size < 1 ? d : 0;
    }
}

static double value(const double *arg, double z) {
    (void)arg;
    return z < -1 ? -1 : z > 1 ? 1 : z;
}

static double slope(const double *arg, double z) {
    (void)arg;
    return z > -1 && z < 1 ? 1 : 0;
}

const il_activation_type il_activation_hard_tanh = {
    .desc = {.name = "hard_tanh",
             .aliases = "hardtanh",
             .formula = "max(-1, min(1, z))",
             .source = "Collobert 2004"},
    .forward = hard_tanh_forward,
    .backward = hard_tanh_backward,
    .value = value,
    .slope = slope,
    .n_kinks = 2,
    .kink = {-1, 1},
};
