/* Portable elementary functions: the same bits on every IEEE-754 machine.
 *
 * They use + - * /, comparisons, integers and exact conversions only, so they need round to
 * nearest, no contraction (-ffp-contract=off) and no excess precision. The float functions have no
 * branch and no table: a plain loop over them vectorizes in every clone of a kernel.
 *
 *     IL_CLONES void logistic(size_t n, const float *x, float *y) {
 *         for (size_t i = 0; i < n; i++)
 *             y[i] = il_sigmoidf(x[i]);
 *     }
 *
 * Errors stay below 2 ulp over the whole range, subnormals included. Limits and invalid arguments
 * follow C Annex F (log(-0) = -inf, tanh(-0) = -0, sin(inf) = NaN). The sign and payload of a NaN
 * are not specified. The coefficients come from tests/golden/elementary_minimax.py.
 */
#ifndef IL_BASE_ELEMENTARY_H
#define IL_BASE_ELEMENTARY_H

#include "base/clones.h"
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#if FLT_EVAL_METHOD != 0
#error "initlab needs float evaluated as float: on 32-bit x86 add -msse2 -mfpmath=sse"
#endif

/* The functions of il_real. */
#ifdef IL_DOUBLE
#define IL_EXP il_exp
#define IL_EXP_NONPOSITIVE il_exp
#define IL_LOG il_log
#define IL_LOG1P il_log1p
#define IL_LOG1P_UNIT il_log1p
#define IL_TANH il_tanh
#define IL_SIGMOID il_sigmoid
#define IL_SIN il_sin
#define IL_COS il_cos
#else
#define IL_EXP il_expf
#define IL_EXP_NONPOSITIVE il_exp_nonpositivef
#define IL_LOG il_logf
#define IL_LOG1P il_log1pf
#define IL_LOG1P_UNIT il_log1p_unitf
#define IL_TANH il_tanhf
#define IL_SIGMOID il_sigmoidf
#define IL_SIN il_sinf
#define IL_COS il_cosf
#endif

/* Any argument, however large: the reduction modulo pi/2 is exact to 2^-70. */
double il_sin(double x);
double il_cos(double x);
float il_sinf(float x);
float il_cosf(float x);

IL_INLINE uint32_t il_float_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

IL_INLINE float il_bits_float(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

IL_INLINE uint64_t il_double_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

IL_INLINE double il_bits_double(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

#define IL_FLOAT_SIGN UINT32_C(0x80000000)
#define IL_DOUBLE_SIGN (UINT64_C(1) << 63)

/* Adding 1.5 * 2^23 (1.5 * 2^52) rounds a small float (double) to an integer, which then stands in
 * the low bits; a bias added to it makes those bits an exponent field. */
#define IL_FLOAT_ROUND 0x1.8p23f
#define IL_DOUBLE_ROUND 0x1.8p52

/* The bits of ln 2 are split so that k * HIGH is exact for every exponent k. */
#define IL_FLOAT_LN2_HIGH 0x1.62e4p-1f
#define IL_FLOAT_LN2_LOW 0x1.7f7d1cp-20f
#define IL_DOUBLE_LN2_HIGH 0x1.62e42fefa3p-1
#define IL_DOUBLE_LN2_LOW 0x1.3de6af278ece6p-42

/* exp(high - low) - 1 for |high - low| <= 0.347: r + r^2 q(r), to which the parts of r are added
 * apart so that its own rounding is not felt. */
IL_INLINE float il_expm1_reducedf(float high, float low) {
    const float r = high - low;
    const float q =
        0x1.fffffcp-2f +
        r * (0x1.55548cp-3f + r * (0x1.555858p-5f + r * (0x1.123dep-7f + r * 0x1.6acc0ep-10f)));
    return high + (r * r * q - low);
}

/* exp(x) = (1 + w) 2^n; returns w, and n + bias in the low bits of *e. Garbage, but no trap, for
 * |x| that is too large: callers select. */
IL_INLINE float il_exp_splitf(float x, float bias, uint32_t *e) {
    const float t = x * 0x1.715476p+0f + (IL_FLOAT_ROUND + bias);
    const float n = t - (IL_FLOAT_ROUND + bias);
    *e = il_float_bits(t);
    return il_expm1_reducedf(x - n * IL_FLOAT_LN2_HIGH, n * IL_FLOAT_LN2_LOW);
}

/* The power of two comes in halves, since it may itself be subnormal or too large. The limits are
 * selected last: gcc turns a clamp of the argument into more work. */
IL_INLINE float il_expf(float x) {
    uint32_t e;
    const float w = il_exp_splitf(x, 254.0f, &e);
    const uint32_t half = e >> 1;
    float y = (1.0f + w) * il_bits_float(half << 23) * il_bits_float((e - half) << 23);
    y = x > 128.0f ? INFINITY : y;
    return x < -104.0f ? 0.0f : y;
}

/* An operation with a subnormal result costs as much as a hundred others, so lanes that are out of
 * range, or too near 0 to matter, are kept from making one. A mask does so where gcc would move an
 * ordinary clamp behind the arithmetic; and adding a constant below half of the last place does so
 * where every argument that counts absorbs it. */
IL_INLINE uint32_t il_mask(int condition) {
    return (uint32_t)-condition;
}

/* The split of a nonpositive x, or of 0 outside the mask. Its bias is even like that of il_expf, so
 * that ties round to the same n. */
IL_INLINE float il_exp_split_maskedf(float x, uint32_t inside, uint32_t *e) {
    return il_exp_splitf(il_bits_float(il_float_bits(x) & inside) - 0x1p-60f, 190.0f, e);
}

/* il_expf(x), the same bits, for x <= 0 only: it keeps its speed below -104, where il_expf can make
 * stray subnormals. */
IL_INLINE float il_exp_nonpositivef(float x) {
    const uint32_t inside = il_mask(!(x < -104.0f));
    uint32_t e;
    const float w = il_exp_split_maskedf(x, inside, &e);
    const float y = (1.0f + w) * il_bits_float(e << 23) * 0x1p-63f;
    return il_bits_float(il_float_bits(y) & inside);
}

/* log(1 + f) - m ln 2 for 1 + f in [sqrt(1/2), sqrt(2)]: log(1 + f) is 2 atanh(s), s = f / (2 + f).
 * Subtracting m rather than adding keeps the sign of f = -0. */
IL_INLINE float il_log_reducedf(float f, float m) {
    const float s = f / (2.0f + f), z = s * s, h = 0.5f * f * f;
    const float R = z * (0x1.55557ap-1f + z * (0x1.995ec6p-2f + z * 0x1.31e366p-2f));
    return (f - (h - (s * (h + R) - m * IL_FLOAT_LN2_LOW))) - m * IL_FLOAT_LN2_HIGH;
}

/* The exponent k of x / sqrt(1/2), in its place: k << 23. */
IL_INLINE uint32_t il_exponent_bitsf(float x) {
    return (il_float_bits(x) - UINT32_C(0x3f3504f3)) & UINT32_C(0xff800000);
}

/* il_logf(x), the same bits, for positive normal x only. */
IL_INLINE float il_log_normalf(float x) {
    const uint32_t k = il_exponent_bitsf(x);
    const float f = il_bits_float(il_float_bits(x) - k) - 1.0f;
    return il_log_reducedf(f, (float)(int32_t)(0 - k) * 0x1p-23f);
}

IL_INLINE float il_logf(float x) {
    const int subnormal = x < FLT_MIN;
    const float normal = subnormal ? x * 0x1p23f : x;
    const uint32_t k = il_exponent_bitsf(normal);
    const float f = il_bits_float(il_float_bits(normal) - k) - 1.0f;
    const uint32_t m = (subnormal ? UINT32_C(23) << 23 : 0) - k;
    float y = il_log_reducedf(f, (float)(int32_t)m * 0x1p-23f);
    y = x < INFINITY ? y : x;
    return x > 0.0f ? y : x == 0.0f ? -INFINITY : NAN;
}

/* The reduced f is 2^-k x - (1 - 2^-k), in which only the last subtraction rounds. It is computed
 * four times as large, because 2^-k can be subnormal. */
IL_INLINE float il_log1pf(float x) {
    const float u = 1.0f + x;
    const uint32_t k = il_exponent_bitsf(u);
    const float scale = il_bits_float(UINT32_C(0x40800000) - k);
    const float f = 0.25f * (scale * x - (4.0f - scale));
    float y = il_log_reducedf(f, (float)(int32_t)(0 - k) * 0x1p-23f);
    y = x == INFINITY ? x : y;
    y = u == 0.0f ? -INFINITY : y;
    return u < 0.0f ? NAN : y;
}

/* log1p(x) for x in [0, 1] only: cheaper, for the log1p(exp(-|x|)) of losses. Not the same bits as
 * il_log1pf. */
IL_INLINE float il_log1p_unitf(float x) {
    const float b = x + 0x1p-60f;
    const float s = b / (2.0f + b), z = s * s;
    const float R =
        z * (0x1.555502p-1f + z * (0x1.99d1ccp-2f + z * (0x1.1ec042p-2f + z * 0x1.1eca0ep-2f)));
    const float y = b - s * (b - R);
    return x < 0x1p-30f ? x : y;
}

/* A polynomial below 0.55, 1 - 2 / (exp(2|x|) + 1) above. */
IL_INLINE float il_tanhf(float x) {
    const float a = il_bits_float(il_float_bits(x) & ~IL_FLOAT_SIGN);
    const float b = a + 0x1p-41f, z = b * b;
    const float P =
        -0x1.555548p-2f +
        z * (0x1.110c5ep-3f + z * (-0x1.b905c6p-5f + z * (0x1.581218p-6f + z * -0x1.945604p-8f)));
    const float small = a < 0x1p-14f ? a : b + b * (z * P);

    uint32_t n;
    const float w = il_exp_splitf(2.0f * b, 127.0f, &n);
    const float e = (1.0f + w) * il_bits_float(n << 23);
    const float large = a > 10.0f ? 1.0f : 1.0f - 2.0f / (e + 1.0f);

    const float y = a < 0.55f ? small : large;
    return il_bits_float(il_float_bits(y) | (il_float_bits(x) & IL_FLOAT_SIGN));
}

/* t / (1 + t) or 1 / (1 + t) with t = exp(-|x|). The rounding of 1 + t is taken back from t before
 * t is rounded itself; without this the error would exceed 2 ulp. */
IL_INLINE float il_sigmoidf(float x) {
    const float a = il_bits_float(il_float_bits(x) | IL_FLOAT_SIGN);
    const uint32_t inside = il_mask(!(a < -104.0f));
    uint32_t e;
    const float w = il_exp_split_maskedf(a, inside, &e);
    const float scale = il_bits_float(e << 23 & inside);
    const float t = (1.0f + w) * scale * 0x1p-63f;
    const float d = 1.0f + t, excess = (d - 1.0f) - t;
    const float corrected = (1.0f + (w + excess)) * scale * 0x1p-63f;
    return (x < 0.0f ? corrected : 1.0f) / d;
}

/* sin(2 pi u) and cos(2 pi u) for u in [0, 1]; exact at the quarters, where a zero has either sign.
 */
IL_INLINE void il_sincos_turnf(float u, float *sine, float *cosine) {
    const float t = 4.0f * u + IL_FLOAT_ROUND;
    const float g = 4.0f * u - (t - IL_FLOAT_ROUND), z = g * g;
    const uint32_t quarter = il_float_bits(t);
    const float P =
        -0x1.a33d64p-25f + z * (-0x1.4abbb8p-1f + z * (0x1.465e16p-4f + z * -0x1.2d7932p-8f));
    const float Q =
        -0x1.3bd3ccp+0f + z * (0x1.03c1bp-2f + z * (-0x1.55b2b6p-6f + z * 0x1.d4f7ecp-11f));
    const float s = g * 0x1.921fb6p+0f + g * P;
    const float c = 1.0f + z * Q;
    const int odd = (quarter & 1) != 0;
    *sine = il_bits_float(il_float_bits(odd ? c : s) ^ (quarter & 2) << 30);
    *cosine = il_bits_float(il_float_bits(odd ? s : c) ^ ((quarter + 1) & 2) << 30);
}

/* The same in double. */

IL_INLINE double il_expm1_reduced(double high, double low) {
    const double r = high - low;
    double q = 0x1.28adbeb3b3bf1p-22 + r * 0x1.adac25a2fccf3p-26;
    q = 0x1.a01998e170aa4p-16 + r * (0x1.71df06601a011p-19 + r * q);
    q = 0x1.6c16c184bbe38p-10 + r * (0x1.a01a013770a6bp-13 + r * q);
    q = 0x1.55555555505fdp-5 + r * (0x1.11111111252bep-7 + r * q);
    q = 0x1.000000000000ap-1 + r * (0x1.5555555555502p-3 + r * q);
    return high + (r * r * q - low);
}

IL_INLINE double il_exp_split(double x, double bias, uint64_t *e) {
    const double t = x * 0x1.71547652b82fep+0 + (IL_DOUBLE_ROUND + bias);
    const double n = t - (IL_DOUBLE_ROUND + bias);
    *e = il_double_bits(t);
    return il_expm1_reduced(x - n * IL_DOUBLE_LN2_HIGH, n * IL_DOUBLE_LN2_LOW);
}

IL_INLINE double il_exp(double x) {
    uint64_t e;
    const double w = il_exp_split(x, 2046.0, &e);
    const uint64_t half = e >> 1;
    double y = (1.0 + w) * il_bits_double(half << 52) * il_bits_double((e - half) << 52);
    y = x > 1024.0 ? HUGE_VAL : y;
    return x < -746.0 ? 0.0 : y;
}

IL_INLINE double il_log_reduced(double f, double m) {
    const double s = f / (2.0 + f), z = s * s, h = 0.5 * f * f;
    double R = z * (0x1.39a073fb6cbddp-3 + z * 0x1.2f12a498da30ep-3);
    R = z * (0x1.c71c51d29f702p-3 + z * (0x1.74664ae293416p-3 + R));
    R = z * (0x1.5555555555593p-1 + z * (0x1.999999997f9c8p-2 + z * (0x1.249249422f4e4p-2 + R)));
    return (f - (h - (s * (h + R) - m * IL_DOUBLE_LN2_LOW))) - m * IL_DOUBLE_LN2_HIGH;
}

IL_INLINE uint64_t il_exponent_bits(double x) {
    return (il_double_bits(x) - UINT64_C(0x3fe6a09e667f3bcd)) & UINT64_C(0xfff0000000000000);
}

IL_INLINE double il_log(double x) {
    const int subnormal = x < DBL_MIN;
    const double normal = subnormal ? x * 0x1p52 : x;
    const uint64_t k = il_exponent_bits(normal);
    const double f = il_bits_double(il_double_bits(normal) - k) - 1.0;
    const uint64_t m = (subnormal ? UINT64_C(52) << 52 : 0) - k;
    double y = il_log_reduced(f, (double)(int64_t)m * 0x1p-52);
    y = x < HUGE_VAL ? y : x;
    return x > 0.0 ? y : x == 0.0 ? -HUGE_VAL : (double)NAN;
}

IL_INLINE double il_log1p(double x) {
    const double u = 1.0 + x;
    const uint64_t k = il_exponent_bits(u);
    const double scale = il_bits_double(UINT64_C(0x4010000000000000) - k);
    const double f = 0.25 * (scale * x - (4.0 - scale));
    double y = il_log_reduced(f, (double)(int64_t)(0 - k) * 0x1p-52);
    y = x == HUGE_VAL ? x : y;
    y = u == 0.0 ? -HUGE_VAL : y;
    return u < 0.0 ? (double)NAN : y;
}

IL_INLINE double il_tanh(double x) {
    const double a = il_bits_double(il_double_bits(x) & ~IL_DOUBLE_SIGN);
    const double z = a * a;
    double P = 0x1.5ab5def1be89dp-14 + z * -0x1.405936c91065ep-16;
    P = 0x1.346ad9f8db63ap-11 + z * (-0x1.e87785f108c82p-13 + z * P);
    P = 0x1.d6d25c85e6f0ap-9 + z * (-0x1.7d8cbd5144b7ep-10 + z * P);
    P = 0x1.664f484c88bbdp-6 + z * (-0x1.226e2d78f1d0dp-7 + z * P);
    P = 0x1.1111111110393p-3 + z * (-0x1.ba1ba1b942ca5p-5 + z * P);
    const double small = a + a * (z * (-0x1.555555555554cp-2 + z * P));

    uint64_t n;
    const double w = il_exp_split(2.0 * a, 1023.0, &n);
    const double e = (1.0 + w) * il_bits_double(n << 52);
    const double large = a > 20.0 ? 1.0 : 1.0 - 2.0 / (e + 1.0);

    const double y = a < 0.55 ? small : large;
    return il_bits_double(il_double_bits(y) | (il_double_bits(x) & IL_DOUBLE_SIGN));
}

IL_INLINE double il_sigmoid(double x) {
    double a = il_bits_double(il_double_bits(x) | IL_DOUBLE_SIGN);
    a = a < -746.0 ? -746.0 : a;
    uint64_t e;
    const double w = il_exp_split(a, 1535.0, &e);
    const double scale = il_bits_double(e << 52);
    const double t = (1.0 + w) * scale * 0x1p-512;
    const double d = 1.0 + t, excess = (d - 1.0) - t;
    const double corrected = (1.0 + (w + excess)) * scale * 0x1p-512;
    return (x < 0.0 ? corrected : 1.0) / d;
}

#endif
