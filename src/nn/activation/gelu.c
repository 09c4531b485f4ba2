/* z Φ(z), computed in double also for float: only the result is rounded. */
#include "nn/activation.h"

#include "base/clones.h"
#include "base/normal.h"

#define DENSITY_AT_0 0.398942280401432677939946059934381868 /* 1/sqrt(2π) */

/* The cut keeps infinity times 0 away. */
IL_INLINE double gelu(double z) {
    return (z < -IL_NORMAL_FAR ? -IL_NORMAL_FAR : z) * il_normal_cdf(z);
}

/* φ' = Φ + z exp(-z²/2)/sqrt(2π), and φ'(-z) = 1 - φ'(z). */
IL_INLINE double gelu_slope(double z) {
    const double a = il_normal_distance(z);
    const double below = il_gaussian(a) * (il_normal_ratio(a) - DENSITY_AT_0 * a);
    return z < 0 ? below : 1 - below;
}

IL_CLONES static void gelu_forward(const double *arg, size_t n, const il_real *restrict z,
                                   il_real *restrict a) {
    (void)arg;
    for (size_t i = 0; i < n; i++)
        a[i] = (il_real)gelu((double)z[i]);
}

IL_CLONES static void gelu_backward(const double *arg, size_t n, const il_real *restrict z,
                                    const il_real *restrict a, il_real *restrict delta) {
    (void)arg, (void)a;
    for (size_t i = 0; i < n; i++)
        delta[i] *= (il_real)gelu_slope((double)z[i]);
}

static double value(const double *arg, double z) {
    (void)arg;
    return gelu(z);
}

static double slope(const double *arg, double z) {
    (void)arg;
    return gelu_slope(z);
}

const il_activation_type il_activation_gelu = {
    .desc = {.name = "gelu",
             .formula = "z*Phi(z), Phi the normal distribution function",
             .source = "Hendrycks & Gimpel 2016"},
    .forward = gelu_forward,
    .backward = gelu_backward,
    .value = value,
    .slope = slope,
};
