/* Elementary functions: accuracy against libm and mpmath, limits, and the same bits everywhere.
 *
 * The bounds are what a run over all 2^32 floats found, rounded up; a run here takes every 1031st
 * and all those around the places where a formula changes.
 */
#include "base/elementary.h"
#include "base/normal.h"
#include "cmocka_all.h"
#include "golden/elementary.h"
#include <initlab.h>

typedef enum arguments { EVERY, NONPOSITIVE, UNIT } arguments;

typedef struct float_function {
    const char *name;
    void (*map)(size_t n, const float *x, float *y);
    double (*exact)(double x);
    double bound; /* ulp */
    arguments domain;
} float_function;

IL_INLINE float turn(float u, int cosine) {
    float s, c;
    il_sincos_turnf(u, &s, &c);
    return cosine ? c : s;
}

/* Kernels as the library writes them, so that their vector code is what gets tested. */
#define KERNEL(name, expression)                                                                   \
    IL_CLONES static void name(size_t n, const float *restrict x, float *restrict y) {             \
        for (size_t i = 0; i < n; i++)                                                             \
            y[i] = expression;                                                                     \
    }

KERNEL(map_exp, il_expf(x[i]))
KERNEL(map_exp_nonpositive, il_exp_nonpositivef(x[i]))
KERNEL(map_log, il_logf(x[i]))
KERNEL(map_log1p, il_log1pf(x[i]))
KERNEL(map_log1p_unit, il_log1p_unitf(x[i]))
KERNEL(map_tanh, il_tanhf(x[i]))
KERNEL(map_sigmoid, il_sigmoidf(x[i]))

KERNEL(map_sin_turn, turn(x[i], 0))
KERNEL(map_cos_turn, turn(x[i], 1))
KERNEL(map_sin, il_sinf(x[i]))
KERNEL(map_cos, il_cosf(x[i]))
KERNEL(map_normal_cdf, il_normal_cdff(x[i]))

static double exact_sigmoid(double x) {
    return 1.0 / (1.0 + exp(-x));
}

static double exact_normal_cdf(double x) {
    return 0.5 * erfc(-x * 0x1.6a09e667f3bcdp-1);
}

/* sin(pi/2 (4 u + shift)); 4 u minus its nearest integer is exact. */
static double exact_turn(double u, int shift) {
    const double n = rint(4.0 * u), angle = (4.0 * u - n) * 0x1.921fb54442d18p+0;
    const int quarter = (int)n + shift;
    const double y = quarter & 1 ? cos(angle) : sin(angle);
    return quarter & 2 ? -y : y;
}

static double exact_sin_turn(double u) {
    return exact_turn(u, 0);
}
static double exact_cos_turn(double u) {
    return exact_turn(u, 1);
}

static const float_function functions[] = {
    {"exp", map_exp, exp, 0.90, EVERY},
    {"exp_nonpositive", map_exp_nonpositive, exp, 0.90, NONPOSITIVE},
    {"log", map_log, log, 0.85, EVERY},
    {"log1p", map_log1p, log1p, 1.40, EVERY},
    {"log1p_unit", map_log1p_unit, log1p, 1.35, UNIT},
    {"tanh", map_tanh, tanh, 1.45, EVERY},
    {"sigmoid", map_sigmoid, exact_sigmoid, 1.75, EVERY},
    {"sin_turn", map_sin_turn, exact_sin_turn, 1.70, UNIT},
    {"cos_turn", map_cos_turn, exact_cos_turn, 1.70, UNIT},
    {"sin", map_sin, sin, 0.501, EVERY},
    {"cos", map_cos, cos, 0.501, EVERY},
    {"normal_cdf", map_normal_cdf, exact_normal_cdf, 0.501, EVERY},
};
enum { FUNCTIONS = sizeof functions / sizeof functions[0], BLOCK = 1024 };

static int in_domain(arguments domain, float x) {
    return domain == EVERY || (domain == NONPOSITIVE ? !(x > 0.0f) : x >= 0.0f && x <= 1.0f);
}

/* |got - exact| in units of the last place of a float of exact's size; infinity counts as 2^128. */
static double float_error(float got, double exact) {
    if (isnan(exact) || isnan(got))
        return isnan(exact) && isnan(got) ? 0.0 : HUGE_VAL;
    if (fabs(exact) >= 0x1p128)
        return (double)got == copysign(HUGE_VAL, exact) ? 0.0 : HUGE_VAL;
    const uint64_t exponent = il_double_bits(exact) >> 52 & 0x7ff;
    const double scale = exponent < 1023 - 126
                             ? 0x1p149
                             : il_bits_double(((uint64_t)(2 * 1023 + 23) - exponent) << 52);
    const double value = isinf(got) ? copysign(0x1p128, (double)got) : (double)got;
    return fabs(value - exact) * scale;
}

static void check_block(const float_function *f, size_t n, const float *x) {
    static float y[BLOCK];
    f->map(n, x, y);
    for (size_t i = 0; i < n; i++) {
        const double exact = f->exact((double)x[i]);
        const double error = float_error(y[i], exact);
        if (!(error <= f->bound))
            fail_msg("%s(%a) = %a, not %a: %.3f ulp", f->name, (double)x[i], (double)y[i], exact,
                     error);
        if (exact == 0.0 && f->domain != UNIT && !signbit(y[i]) != !signbit(exact))
            fail_msg("%s(%a) = %a has the wrong sign", f->name, (double)x[i], (double)y[i]);
    }
}

/* Checks f at the bit patterns first, first + stride … up to last. */
static void check_range(const float_function *f, uint64_t first, uint64_t last, uint64_t stride) {
    static float x[BLOCK];
    size_t n = 0;
    for (uint64_t bits = first; bits <= last; bits += stride) {
        const float value = il_bits_float((uint32_t)bits);
        if (in_domain(f->domain, value))
            x[n++] = value;
        if (n == BLOCK) {
            check_block(f, n, x);
            n = 0;
        }
    }
    check_block(f, n, x);
}

static void floats_are_accurate_over_the_whole_range(void **state) {
    (void)state;
    for (size_t k = 0; k < FUNCTIONS; k++)
        check_range(&functions[k], k, UINT32_MAX, 1031);
}

static void check_around(float centre) {
    const uint64_t bits = il_float_bits(centre);
    const uint64_t first = bits < 64 ? 0 : bits - 64;
    for (size_t k = 0; k < FUNCTIONS; k++)
        check_range(&functions[k], first, bits > UINT32_MAX - 64 ? UINT32_MAX : bits + 64, 1);
}

static void floats_are_accurate_where_formulas_change(void **state) {
    (void)state;
    static const float centres[] = {
        0.0f,      FLT_MIN,  FLT_MAX,  INFINITY, 1.0f,        0.55f,       10.0f,
        87.33654f, 88.7228f, 103.972f, 104.0f,   128.0f,      0x1p-30f,    0x1p-26f,
        0x1p-14f,  0x1p20f,  0x1p24f,  0x1p-24f, 0.41421356f, 0.29289322f, 0.25f,
        0.5f,      0.75f,    0.125f,   0.375f,   0.625f,      0.875f,      5.5f,
        8.3f,      13.2f,    14.1f,    14.2f,    40.0f,
    };
    for (size_t i = 0; i < sizeof centres / sizeof centres[0]; i++) {
        check_around(centres[i]);
        check_around(-centres[i]);
    }
    for (int k = -151; k < 129; k++) /* breakpoints of exp, then those of log and log1p */
        check_around((float)((k + 0.5) * 0.69314718055994531));
    for (int k = -149; k < 128; k++) {
        check_around((float)ldexp(0.70710678118654752, k));
        check_around((float)(ldexp(0.70710678118654752, k) - 1.0));
    }
    for (int k = 1; k < 64; k++) /* breakpoints and zeros of sine and cosine */
        check_around((float)(k * 0.78539816339744831));
}

/* Both kernels at BLOCK arguments from the given bits on. */
static void check_same_exp(uint64_t bits, uint32_t stride) {
    float x[BLOCK], y[BLOCK], z[BLOCK];
    for (uint32_t i = 0; i < BLOCK; i++)
        x[i] = fminf(-0.0f, il_bits_float((uint32_t)bits + stride * i));
    map_exp(BLOCK, x, y);
    map_exp_nonpositive(BLOCK, x, z);
    for (size_t i = 0; i < BLOCK; i++)
        assert_int_equal(il_float_bits(y[i]), il_float_bits(z[i]));
}

static void nonpositive_exp_is_exp(void **state) {
    (void)state;
    for (uint64_t bits = UINT32_C(0x80000000); bits <= UINT32_C(0xff800000); bits += 4099 * BLOCK)
        check_same_exp(bits, 4099);
    for (int k = 0; k < 152; k++) /* where both must round to the same exponent */
        check_same_exp(il_float_bits((float)((k + 0.5) * -0.69314718055994531)) - BLOCK / 2, 1);
}

static void assert_same(const char *name, double x, double got, double want) {
    if (isnan(want) ? !isnan(got) : il_double_bits(got) != il_double_bits(want))
        fail_msg("%s(%a) = %a, not %a", name, x, got, want);
}

/* Both precisions take the limits of C Annex F. */
static void limits_are_exact(void **state) {
    (void)state;
    const double inf = HUGE_VAL, nan = (double)NAN;
    const double x[] = {0.0, -0.0, inf, -inf, nan, -nan, -1.0, -2.0};
    enum { N = sizeof x / sizeof x[0] };
#define ANY (-12345.0) /* a value that the accuracy tests cover */
    const double exp_limit[N] = {1, 1, inf, 0.0, nan, nan, ANY, ANY};
    const double log_limit[N] = {-inf, -inf, inf, nan, nan, nan, nan, nan};
    const double log1p_limit[N] = {0.0, -0.0, inf, nan, nan, nan, -inf, nan};
    const double tanh_limit[N] = {0.0, -0.0, 1, -1, nan, nan, ANY, ANY};
    const double sigmoid_limit[N] = {0.5, 0.5, 1, 0.0, nan, nan, ANY, ANY};
    const double sin_limit[N] = {0.0, -0.0, nan, nan, nan, nan, ANY, ANY};
    const double cos_limit[N] = {1, 1, nan, nan, nan, nan, ANY, ANY};
    const double normal_cdf_limit[N] = {0.5, 0.5, 1, 0.0, nan, nan, ANY, ANY};
#define CHECK(name)                                                                                \
    for (size_t i = 0; i < N; i++)                                                                 \
        if (name##_limit[i] != ANY) {                                                              \
            assert_same(#name "f", x[i], (double)il_##name##f((float)x[i]), name##_limit[i]);      \
            assert_same(#name, x[i], il_##name(x[i]), name##_limit[i]);                            \
        }
    CHECK(exp)
    CHECK(log)
    CHECK(log1p)
    CHECK(tanh)
    CHECK(sigmoid)
    CHECK(sin)
    CHECK(cos)
    CHECK(normal_cdf)
    assert_same("log1p_unitf", 0.0, (double)il_log1p_unitf(0.0f), 0.0);
    assert_true(isnan(il_log1p_unitf(NAN)));
    assert_true(isnan(il_exp_nonpositivef(NAN)));
    assert_same("exp_nonpositivef", -inf, (double)il_exp_nonpositivef(-INFINITY), 0.0);
}

static void quarter_turns_are_exact(void **state) {
    (void)state;
    for (int k = 0; k <= 4; k++) {
        float s, c;
        il_sincos_turnf(0.25f * (float)k, &s, &c);
        assert_true(s == (float)((int[]){0, 1, 0, -1, 0})[k]);
        assert_true(c == (float)((int[]){1, 0, -1, 0, 1})[k]);
    }
}

/* |got - (high + low)| in units of the last place of a double of that size. */
static double double_error(double got, double high, double low) {
    if (isinf(high))
        return got == high ? 0.0 : HUGE_VAL;
    int exponent;
    frexp(high, &exponent);
    const double difference = (got - high) - low;
    return ldexp(fabs(difference), exponent < -1021 ? 1074 : 53 - exponent);
}

/* The inline functions have no address to keep in a table. */
#define CALL(name)                                                                                 \
    static double call_##name(double x) {                                                          \
        return il_##name(x);                                                                       \
    }
CALL(exp)
CALL(log)
CALL(log1p)
CALL(tanh)
CALL(sigmoid)
CALL(normal_cdf)

static long double long_sigmoid(long double x) {
    return 1 / (1 + expl(-x));
}

/* erfc magnifies the rounding of its argument, which is taken back. */
static long double long_normal_cdf(long double x) {
    const long double root = 0x0.b504f333f9de6484p0L, root_rest = 0x1.65f626cdd52bp-66L;
    if (fabsl(x) > 100)
        return x > 0 ? 1 : 0;
    const long double y = -x * root, rest = fmal(-x, root, -y) - x * root_rest;
    const long double slope = -1.1283791670955125739L * expl(-y * y);
    return 0.5L * (erfcl(y) + rest * slope);
}

#define GOLDEN(name) golden_##name, sizeof golden_##name / sizeof golden_##name[0]
typedef struct double_function {
    const char *name;
    double (*f)(double);
    long double (*exact)(long double);
    const golden_value *golden;
    size_t n_golden;
    double bound; /* ulp */
} double_function;

static const double_function double_functions[] = {
    {"exp", call_exp, expl, GOLDEN(exp), 1.0},
    {"log", call_log, logl, GOLDEN(log), 0.9},
    {"log1p", call_log1p, log1pl, GOLDEN(log1p), 1.5},
    {"tanh", call_tanh, tanhl, GOLDEN(tanh), 1.6},
    {"sigmoid", call_sigmoid, long_sigmoid, GOLDEN(sigmoid), 1.8},
    {"sin", il_sin, sinl, GOLDEN(sin), 0.8},
    {"cos", il_cos, cosl, GOLDEN(cos), 0.8},
    {"normal_cdf", call_normal_cdf, long_normal_cdf, GOLDEN(normal_cdf), 5.0},
};
enum { DOUBLES = sizeof double_functions / sizeof double_functions[0] };

static void doubles_match_mpmath(void **state) {
    (void)state;
    for (const double_function *d = double_functions; d < double_functions + DOUBLES; d++) {
        assert_true(d->n_golden >= 150);
        for (size_t i = 0; i < d->n_golden; i++) {
            const golden_value *golden = &d->golden[i];
            const double got = d->f(golden->x);
            const double error = double_error(got, golden->high, golden->low);
            if (!(error <= d->bound))
                fail_msg("%s(%a) = %a, not %a: %.3f ulp", d->name, golden->x, got, golden->high,
                         error);
        }
    }
}

/* Random arguments: any bit pattern, then ever narrower intervals. */
static double draw(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    const uint64_t bits = *seed ^ *seed >> 29;
    static const double width[4] = {0.0, 760.0, 40.0, 2.0};
    const double half = width[*seed >> 40 & 3];
    return half == 0.0 ? il_bits_double(bits) : (double)(int64_t)bits * 0x1p-63 * half;
}

static void doubles_match_long_double(void **state) {
    (void)state;
    if (LDBL_MANT_DIG < 64)
        skip();
    for (const double_function *d = double_functions; d < double_functions + DOUBLES; d++) {
        uint64_t seed = 1;
        for (int i = 0; i < 100000; i++) {
            const double x = draw(&seed);
            const long double exact = d->exact((long double)x);
            const double got = d->f(x), high = (double)exact;
            if (isnan(high) || isinf(high)) {
                assert_same(d->name, x, got, high);
                continue;
            }
            const double error = double_error(got, high, (double)(exact - (long double)high));
            if (!(error <= d->bound))
                fail_msg("%s(%a) = %a, not %a: %.3f ulp", d->name, x, got, high, error);
        }
    }
}

static uint64_t fnv1a(uint64_t hash, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; i++)
        hash = (hash ^ (value >> 8 * i & 0xff)) * UINT64_C(0x100000001b3);
    return hash;
}

/* The i-th of 2^16 bit patterns spread over a function's domain. */
static float spread(arguments domain, uint32_t i) {
    const uint32_t bits = i * UINT32_C(0x9e3779b1);
    if (domain == UNIT)
        return (float)(bits >> 8) * 0x1p-24f;
    return il_bits_float(domain == NONPOSITIVE ? bits | UINT32_C(0x80000000) : bits);
}

/* The promise of equal bits: the hash is that of an unoptimized scalar build, and every compiler,
 * instruction set and machine has to reproduce it. NaN counts as one value. */
static void floats_have_the_same_bits_everywhere(void **state) {
    (void)state;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    static float x[BLOCK], y[BLOCK];
    for (size_t k = 0; k < FUNCTIONS; k++)
        for (uint32_t start = 0; start < UINT32_C(65536); start += BLOCK) {
            for (uint32_t i = 0; i < BLOCK; i++)
                x[i] = spread(functions[k].domain, start + i);
            functions[k].map(BLOCK, x, y);
            for (size_t i = 0; i < BLOCK; i++)
                hash = fnv1a(hash, isnan(y[i]) ? UINT32_C(0x7fc00000) : il_float_bits(y[i]), 4);
        }
    if (hash != UINT64_C(0x198df81856340179))
        fail_msg("hash 0x%016llx", (unsigned long long)hash);
}

static void doubles_have_the_same_bits_everywhere(void **state) {
    (void)state;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t k = 0; k < DOUBLES; k++)
        for (uint64_t i = 0, seed = 1; i < 65536; i++) {
            const double y = double_functions[k].f(draw(&seed));
            hash = fnv1a(hash, isnan(y) ? UINT64_C(0x7ff8) << 48 : il_double_bits(y), 8);
        }
    if (hash != UINT64_C(0x4e0c7b7ef108e928))
        fail_msg("hash 0x%016llx", (unsigned long long)hash);
}

static void il_real_picks_its_precision(void **state) {
    (void)state;
#define PICKS(f, x, value)                                                                         \
    assert_int_equal(sizeof f((il_real)(x)), sizeof(il_real));                                     \
    assert_true(fabs((double)f((il_real)(x)) - (value)) < 1e-6)
    PICKS(IL_EXP, 1, exp(1.0));
    PICKS(IL_EXP_NONPOSITIVE, -1, exp(-1.0));
    PICKS(IL_LOG, 1, 0.0);
    PICKS(IL_LOG1P, 1, log(2.0));
    PICKS(IL_LOG1P_UNIT, 1, log(2.0));
    PICKS(IL_TANH, 1, tanh(1.0));
    PICKS(IL_SIGMOID, 1, exact_sigmoid(1.0));
    PICKS(IL_SIN, 1, sin(1.0));
    PICKS(IL_COS, 1, cos(1.0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floats_are_accurate_over_the_whole_range),
        cmocka_unit_test(floats_are_accurate_where_formulas_change),
        cmocka_unit_test(nonpositive_exp_is_exp),
        cmocka_unit_test(limits_are_exact),
        cmocka_unit_test(quarter_turns_are_exact),
        cmocka_unit_test(doubles_match_mpmath),
        cmocka_unit_test(doubles_match_long_double),
        cmocka_unit_test(floats_have_the_same_bits_everywhere),
        cmocka_unit_test(doubles_have_the_same_bits_everywhere),
        cmocka_unit_test(il_real_picks_its_precision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
