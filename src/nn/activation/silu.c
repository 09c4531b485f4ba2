#include "nn/activation.h"

#include "base/clones.h"
#include "base/elementary.h"

/* Beyond this the sigmoid is 0 or 1 to the last bit; a cut there keeps infinity times 0 away. */
#define FAR 1024

IL_CLONES static void silu_forward(const double *arg, size_t n, const il_real *restrict z,
                                   il_real *restrict a) {
    (void)arg;
    for (size_t i = 0; i < n; i++)
        a[i] = (z[i] < -FAR ? -FAR : z[i]) * IL_SIGMOID(z[i]);
}

/* φ' = s + z s (1 - s) with s the sigmoid of z, all from exp(-|z|), so that 1 - s keeps its digits. */
IL_CLONES static void silu_backward(const double *arg, size_t n, const il_real *restrict z,
                                    const il_real *restrict a, il_real *restrict delta) {
    (void)arg, (void)a;
    for (size_t i = 0; i < n; i++) {
        il_real x = z[i] < -FAR ? -FAR : z[i] > FAR ? FAR : z[i];
        il_real e = IL_EXP_NONPOSITIVE(x > 0 ? -x : x), d = 1 / (1 + e);
        delta[i] *= ((x > 0 ? 1 : e) + x * (e * d)) * d;
    }
}

static double value(const double *arg, double z) {
    (void)arg;
    return z * il_sigmoid(z);
}

static double slope(const double *arg, double z) {
    (void)arg;
    return il_sigmoid(z) * (1 + z * il_sigmoid(-z));
}

const il_activation_type il_activation_silu = {
    .desc = {.name = "silu",
             .aliases = "swish",
             .formula = "z/(1 + exp(-z))",
             .source = "Elfwing, Uchibe & Doya 2018; Ramachandran, Zoph & Le 2017"},
    .forward = silu_forward,
    .backward = silu_backward,
    .value = value,
    .slope = slope,
};
