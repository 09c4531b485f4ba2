/* The tanh approximation of z Φ(z), within 5e-4 of it. As (1 + tanh y)/2 is the sigmoid of 2y, no digits
 * cancel in the lower tail. */
#include "nn/activation.h"

#include "base/clones.h"
#include "base/elementary.h"

#define FAR 1024 /* cuts like silu's */

#define SLOPE_AT_0 1.5957691216057307117597842397375 /* 2 sqrt(2/π) */
#define CUBIC 0.044715

IL_CLONES static void gelu_tanh_forward(const double *arg, size_t n, const il_real *restrict z,
                                        il_real *restrict a) {
    (void)arg;
    il_real first = (il_real)SLOPE_AT_0, cubic = (il_real)(SLOPE_AT_0 * CUBIC);
    for (size_t i = 0; i < n; i++) {
        il_real x = z[i] < -FAR ? -FAR : z[i];
        a[i] = x * IL_SIGMOID(x * (first + cubic * (x * x)));
    }
}

/* With y = x (first + cubic x²) and s its sigmoid: φ' = s + x y' s (1 - s). */
IL_CLONES static void gelu_tanh_backward(const double *arg, size_t n, const il_real *restrict z,
                                         const il_real *restrict a, il_real *restrict delta) {
    (void)arg, (void)a;
    il_real first = (il_real)SLOPE_AT_0, cubic = (il_real)(SLOPE_AT_0 * CUBIC);
    for (size_t i = 0; i < n; i++) {
        il_real x = z[i] < -FAR ? -FAR : z[i] > FAR ? FAR : z[i];
        il_real square = x * x, y = x * (first + cubic * square);
        il_real e = IL_EXP_NONPOSITIVE(y > 0 ? -y : y), d = 1 / (1 + e);
        delta[i] *= ((y > 0 ? 1 : e) + x * (first + 3 * cubic * square) * (e * d)) * d;
    }
}

static double value(const double *arg, double z) {
    (void)arg;
    return z * il_sigmoid(SLOPE_AT_0 * z * (1 + CUBIC * z * z));
}

static double slope(const double *arg, double z) {
    (void)arg;
    double y = SLOPE_AT_0 * z * (1 + CUBIC * z * z);
    return il_sigmoid(y) * (1 + SLOPE_AT_0 * z * (1 + 3 * CUBIC * z * z) * il_sigmoid(-y));
}

const il_activation_type il_activation_gelu_tanh = {
    .desc = {.name = "gelu_tanh",
             .formula = "z/2*(1 + tanh(sqrt(2/pi)*(z + 0.044715*z^3)))",
             .source = "Hendrycks & Gimpel 2016, section 2"},
    .forward = gelu_tanh_forward,
    .backward = gelu_tanh_backward,
    .value = value,
    .slope = slope,
};
