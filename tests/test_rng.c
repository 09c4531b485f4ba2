#include "cmocka_all.h"

#include "base/draw.h"

#include <math.h>
#include <stdlib.h>

/* Known answers published with the generator (Random123, kat_vectors, philox4x32 10). */
static void known_answers(void **state) {
    (void)state;
    static const uint32_t cases[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d,
         0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09,
         0x94fdcceb, 0x5001e420, 0x24126ea1},
    };
    for (size_t i = 0; i < 3; i++) {
        uint32_t out[4];
        il_philox4x32(cases[i], cases[i] + 4, out);
        for (size_t k = 0; k < 4; k++)
            assert_int_equal(out[k], cases[i][6 + k]);
    }
}

/* A stream is the block function of (block, layer, purpose) under the seed, also past 2^32 blocks.
 */
static void stream_is_counter(void **state) {
    (void)state;
    uint64_t seed = 0x123456789abcdef0;
    il_stream s = il_stream_open(seed, IL_PURPOSE_BIAS, 7);
    s.block = 0xfffffffe;
    uint32_t words[1000];
    il_stream_words(&s, 1000, words);
    assert_true(s.block == 0xfffffffeULL + 250);
    for (uint64_t b = 0; b < 250; b++) {
        uint64_t block = 0xfffffffe + b;
        uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), 7, IL_PURPOSE_BIAS};
        uint32_t key[2] = {0x9abcdef0, 0x12345678}, out[4];
        il_philox4x32(counter, key, out);
        for (size_t k = 0; k < 4; k++)
            assert_int_equal(words[4 * b + k], out[k]);
    }
}

static void prefixes_agree(void **state) {
    (void)state;
    il_real all[300], some[300];
    for (size_t n = 0; n <= 300; n += 7) {
        il_stream a = il_stream_open(3, IL_PURPOSE_WEIGHT, 1), b = a;
        il_stream_normal(&a, 300, all);
        il_stream_normal(&b, n, some);
        assert_memory_equal(all, some, n * sizeof *all);
        assert_true(b.block == (n + 3) / 4);
        il_stream_uniform(&a, 300, all);
        b = a;
        b.block -= 75;
        il_stream_uniform(&b, n, some);
        assert_memory_equal(all, some, n * sizeof *all);
    }
}

static void streams_differ(void **state) {
    (void)state;
    il_stream s[4] = {
        il_stream_open(1, IL_PURPOSE_WEIGHT, 0), il_stream_open(2, IL_PURPOSE_WEIGHT, 0),
        il_stream_open(1, IL_PURPOSE_BIAS, 0), il_stream_open(1, IL_PURPOSE_WEIGHT, 1)};
    uint32_t w[4];
    for (size_t i = 0; i < 4; i++)
        il_stream_words(&s[i], 1, &w[i]);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(w[i], w[j]);
}

/* Uniforms are the stated function of the words, exactly; also where many groups of blocks pass 2^32. */
static void uniform_values(void **state) {
    (void)state;
    enum { N = 4096 };
    static uint32_t w[N];
    static il_real u[N];
    il_stream a = il_stream_open(9, IL_PURPOSE_WEIGHT, 0), b;
    a.block = 0xffffffff - 100;
    b = a;
    il_stream_words(&a, N, w);
    il_stream_uniform(&b, N, u);
    for (size_t i = 0; i < N; i++) {
        double expected = 2 * (((double)(w[i] >> 9) + 0.5) / 8388608) - 1;
        assert_true((double)u[i] == expected);
        assert_true(u[i] > -1 && u[i] < 1);
    }
}

/* Normals agree with Box–Muller in double. The error is absolute in the radius (at most 6.7) and
 * the angle, a few float roundings each. */
static void normal_values(void **state) {
    (void)state;
    enum { N = 65536 };
    static uint32_t w[N];
    static il_real z[N];
    il_stream a = il_stream_open(9, IL_PURPOSE_WEIGHT, 0), b = a;
    il_stream_words(&a, N, w);
    il_stream_normal(&b, N, z);
    for (size_t i = 0; i < N; i += 2) {
        double u = ((double)(w[i] >> 1) + 0.5) / 2147483648.0,
               v = (double)(w[i + 1] >> 8) / 16777216;
        double radius = sqrt(-2 * log(u)), angle = 6.283185307179586476925 * v;
        /* Where u rounds to a float near 1, the radius is near 0 and known to sqrt(2^-24) only. */
        double bound = 2e-6 + (u > 0.9999 ? 3e-4 : 0);
        assert_true(fabs((double)z[i] - radius * cos(angle)) < bound);
        assert_true(fabs((double)z[i + 1] - radius * sin(angle)) < bound);
    }
}

/* Scaled draws are scaled as they would be afterwards, and IL_NO_MEAN keeps even the sign of a zero. */
static void scaled(void **state) {
    (void)state;
    enum { N = 1111 };
    static il_real z[N], x[N];
    for (int kind = 0; kind < 2; kind++) {
        il_stream a = il_stream_open(9, IL_PURPOSE_WEIGHT, 0), b = a, c = a;
        (kind ? il_stream_uniform : il_stream_normal)(&a, N, z);
        (kind ? il_draw_uniform : il_draw_normal)(&b, N, 0.3, -1.7, x);
        assert_memory_equal(&a, &b, sizeof a);
        for (size_t i = 0; i < N; i++)
            assert_true(x[i] == (il_real)0.3 + (il_real)-1.7 * z[i]);
        (kind ? il_draw_uniform : il_draw_normal)(&c, N, IL_NO_MEAN, -0.0, x);
        for (size_t i = 0; i < N; i++)
            assert_true(x[i] == 0 && !signbit(x[i]) == (z[i] < 0));
    }
}

static int ascending(const void *a, const void *b) {
    il_real x = *(const il_real *)a, y = *(const il_real *)b;
    return (x > y) - (x < y);
}

/* Kolmogorov–Smirnov distance of n sorted draws. */
static double distance(const il_real *x, size_t n, double (*cdf)(double)) {
    double d = 0;
    for (size_t i = 0; i < n; i++) {
        double F = cdf((double)x[i]);
        d = fmax(d, fmax(F - (double)i / (double)n, (double)(i + 1) / (double)n - F));
    }
    return d;
}

static double normal_cdf(double x) {
    return 0.5 * erfc(-x / sqrt(2));
}
static double uniform_cdf(double x) {
    return (x + 1) / 2;
}

/* The draws are fixed, so this either passes for ever or never: 2.23/sqrt(n) is exceeded with
 * probability 2 exp(-2 * 2.23^2) < 1e-4 under the null. Moments within 4 standard errors: 6e-5
 * each. */
static void distributions(void **state) {
    (void)state;
    size_t n = 100000;
    il_real *x = malloc(n * sizeof *x);
    assert_non_null(x);
    for (int kind = 0; kind < 2; kind++) {
        il_stream s = il_stream_open(2026, IL_PURPOSE_WEIGHT, (uint32_t)kind);
        (kind ? il_stream_uniform : il_stream_normal)(&s, n, x);
        double m1 = 0, m2 = 0, N = (double)n;
        for (size_t i = 0; i < n; i++) {
            m1 += (double)x[i];
            m2 += (double)x[i] * (double)x[i];
        }
        double variance = kind ? 1.0 / 3 : 1, fourth = kind ? 1.0 / 5 : 3;
        assert_true(fabs(m1 / N) < 4 * sqrt(variance / N));
        assert_true(fabs(m2 / N - variance) < 4 * sqrt((fourth - variance * variance) / N));
        qsort(x, n, sizeof *x, ascending);
        assert_true(distance(x, n, kind ? uniform_cdf : normal_cdf) < 2.23 / sqrt(N));
    }
    free(x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),  cmocka_unit_test(stream_is_counter),
        cmocka_unit_test(prefixes_agree), cmocka_unit_test(streams_differ),
        cmocka_unit_test(uniform_values), cmocka_unit_test(normal_values),
        cmocka_unit_test(scaled),         cmocka_unit_test(distributions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
