#include "nn/activation.h"

#include "base/clones.h"

/* Here z/(1 + |z|) is 1 to the last bit, which it must also be at infinity. */
#define FAR 0x1p60

IL_CLONES static void softsign_forward(const double *arg, size_t n, const il_real *restrict z,
                                       il_real *restrict a) {
    (void)arg;
    il_real far = (il_real)FAR;
    for (size_t i = 0; i < n; i++) {
        il_real x = z[i] < -far ? -far : z[i] > far ? far : z[i];
        a[i] = x / (1 + (x < 0 ? -x : x));
    }
}

IL_CLONES static void softsign_backward(const double *arg, size_t n, const il_real *restrict z,
                                        const il_real *restrict a, il_real *restrict delta) {
    (void)arg, (void)a;
    for (size_t i = 0; i < n; i++) {
        il_real d = 1 / (1 + (z[i] < 0 ? -z[i] : z[i]));
        delta[i] *= d * d;
    }
}

static double value(const double *arg, double z) {
    (void)arg;
    return z / (1 + (z < 0 ? -z : z));
}

static double slope(const double *arg, double z) {
    (void)arg;
    double d = 1 / (1 + (z < 0 ? -z : z));
    return d * d;
}

/* The second derivative jumps at 0, so quadrature stops there. */
const il_activation_type il_activation_softsign = {
    .desc = {.name = "softsign",
             .formula = "z/(1 + |z|)",
             .source = "Bergstra, Desjardins, Lamblin & Bengio 2009; Glorot & Bengio 2010"},
    .forward = softsign_forward,
    .backward = softsign_backward,
    .value = value,
    .slope = slope,
    .n_kinks = 1,
    .kink = {0},
};
