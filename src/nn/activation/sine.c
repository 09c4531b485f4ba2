#include "nn/activation.h"

#include "base/clones.h"
#include "base/elementary.h"

#ifdef IL_DOUBLE

static void sine_forward(const double *arg, size_t n, const il_real *z, il_real *a) {
    (void)arg;
    for (size_t i = 0; i < n; i++)
        a[i] = il_sin(z[i]);
}

static void sine_backward(const double *arg, size_t n, const il_real *z, const il_real *a,
                          il_real *delta) {
    (void)arg, (void)a;
    for (size_t i = 0; i < n; i++)
        delta[i] *= il_cos(z[i]);
}

#else

/* Up to here a quarter turn is counted exactly; il_sinf takes what is beyond, and what is not finite. */
#define LIMIT 0x1p20f

/* sin(x + turn π/2), within 0.53 ulp (all floats below LIMIT were tried): π/2 in two parts whose products are
 * exact, then the series on an eighth of a turn. */
IL_INLINE float sine_near(double x, uint64_t turn) {
    const double t = x * 0x1.45f306dc9c883p-1 + IL_DOUBLE_ROUND, quarters = t - IL_DOUBLE_ROUND;
    const double r = (x - quarters * 0x1.921fb544p+0) - quarters * 0x1.0b4611a6p-34;
    const double z = r * r;
    const double sine =
        r + r * z * (-1.0 / 6 + z * (1.0 / 120 + z * (-1.0 / 5040 + z * (1.0 / 362880))));
    const double cosine =
        1 + z * (-0.5 + z * (1.0 / 24 + z * (-1.0 / 720 + z * (1.0 / 40320 - z / 3628800))));
    const uint64_t quarter = il_double_bits(t) + turn;
    const double y = (quarter & 1) != 0 ? cosine : sine;
    return (float)il_bits_double(il_double_bits(y) ^ (quarter & 2) << 62);
}

/* How many arguments are too far away for sine_near. */
IL_CLONES static size_t sine_far(size_t n, const float *z) {
    size_t far = 0;
    for (size_t i = 0; i < n; i++)
        far += !(z[i] > -LIMIT && z[i] < LIMIT);
    return far;
}

IL_CLONES static void sine_near_forward(size_t n, const float *restrict z, float *restrict a) {
    for (size_t i = 0; i < n; i++)
        a[i] = sine_near((double)z[i], 0);
}

IL_CLONES static void sine_near_backward(size_t n, const float *restrict z, float *restrict delta) {
    for (size_t i = 0; i < n; i++) {
        float factor = sine_near((double)z[i], 1);
        delta[i] *= z[i] > -LIMIT && z[i] < LIMIT ? factor : 1;
    }
}

static void sine_forward(const double *arg, size_t n, const il_real *z, il_real *a) {
    (void)arg;
    sine_near_forward(n, z, a);
    if (sine_far(n, z))
        for (size_t i = 0; i < n; i++)
            a[i] = z[i] > -LIMIT && z[i] < LIMIT ? a[i] : il_sinf(z[i]);
}

static void sine_backward(const double *arg, size_t n, const il_real *z, const il_real *a,
                          il_real *delta) {
    (void)arg, (void)a;
    sine_near_backward(n, z, delta);
    if (sine_far(n, z))
        for (size_t i = 0; i < n; i++)
            delta[i] *= z[i] > -LIMIT && z[i] < LIMIT ? 1 : il_cosf(z[i]);
}

#endif

static double value(const double *arg, double z) {
    (void)arg;
    return il_sin(z);
}

static double slope(const double *arg, double z) {
    (void)arg;
    return il_cos(z);
}

const il_activation_type il_activation_sine = {
    .desc = {.name = "sine",
             .aliases = "sin",
             .formula = "sin(z)",
             .source = "Sitzmann, Martel, Bergman, Lindell & Wetzstein 2020"},
    .forward = sine_forward,
    .backward = sine_backward,
    .value = value,
    .slope = slope,
};
