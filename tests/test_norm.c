/* Norms: what they make of a batch, what they remember, and the edges. PyTorch's values are in test_torch.c, gradients
 * against difference quotients in test_gradient.c. */
#include "cmocka_all.h"

#include "initlab.h"
#include "nn/norm.h"

#include <math.h>
#include <string.h>

enum { N = 6, UNITS = 5, R = 16, MOST = N * UNITS * R };

/* A norm of n samples of `units` units in R replicas, with everything that it needs. */
typedef struct bench {
    il_call norm;
    il_norm_pass pass;
    il_real x[MOST], y[MOST], normalized[MOST], inverse[MOST], delta[MOST];
    il_real gain[UNITS * R], shift[UNITS * R], mean[UNITS * R], variance[UNITS * R];
    il_real g_gain[UNITS * R], g_shift[UNITS * R];
    double scratch[2 * MOST];
} bench;

static void make(bench *b, const char *norm, size_t n, size_t units, bool training) {
    il_error err;
    *b = (bench){0};
    if (il_call_parse(&il_norms, norm, NULL, &b->norm, &err) != IL_OK)
        fail_msg("%s", err.message);
    bool running = il_norm_of(&b->norm)->per_unit;
    for (size_t c = 0; c < UNITS * R; c++)
        b->gain[c] = b->variance[c] = 1;
    b->pass = (il_norm_pass){.n = n,
                             .units = units,
                             .R = R,
                             .training = training,
                             .x = b->x,
                             .y = b->y,
                             .normalized = b->normalized,
                             .inverse = b->inverse,
                             .gain = b->gain,
                             .shift = b->shift,
                             .mean = running ? b->mean : NULL,
                             .variance = running ? b->variance : NULL,
                             .delta = b->delta,
                             .g_gain = b->g_gain,
                             .g_shift = b->g_shift,
                             .scratch = b->scratch};
}

static void forward(bench *b) {
    il_norm_of(&b->norm)->forward(b->norm.arg, &b->pass);
}

static void draw(uint32_t layer, size_t n, il_real *x) {
    il_stream s = il_stream_open(3, IL_PURPOSE_DATA, layer);
    il_stream_normal(&s, n, x);
}

static void assert_near(double got, double exact, double error) {
    if (!(fabs(got - exact) <= error))
        fail_msg("%.12g, not %.12g", got, exact);
}

/* The smallest eps takes 5e-13 from a result. */
#define ROUNDING (sizeof(il_real) == 4 ? 1e-6 : 2e-12)

/* Samples 1 and 3: mean 2, variance 1, or 2 unbiased, of which the running one takes a tenth. */
static void by_hand(void **state) {
    (void)state;
    bench b;
    make(&b, "batchnorm(eps=1e-12)", 2, 1, true);
    for (size_t r = 0; r < R; r++) {
        b.x[r] = 1;
        b.x[R + r] = 3;
        b.gain[r] = 5;
        b.shift[r] = 7;
    }
    forward(&b);
    for (size_t r = 0; r < R; r++) {
        assert_near((double)b.y[r], 2, 5 * ROUNDING);
        assert_near((double)b.y[R + r], 12, 5 * ROUNDING);
        assert_near((double)b.mean[r], 0.2, ROUNDING);
        assert_near((double)b.variance[r], 1.1, ROUNDING);
    }
    forward(&b);
    assert_near((double)b.mean[3], 0.38, ROUNDING);
    assert_near((double)b.variance[3], 1.19, ROUNDING);
    b.pass.training = false;
    forward(&b);
    assert_near((double)b.y[3], 5 * (1 - 0.38) / sqrt(1.19) + 7, 10 * ROUNDING);
    assert_near((double)b.mean[3], 0.38, ROUNDING); /* evaluation remembers nothing */
    assert_near((double)b.variance[3], 1.19, ROUNDING);
}

/* Mean 0 and variance v/(v + eps) over what a norm averages; gain and shift are applied to that. */
static void standardizes(void **state) {
    (void)state;
    static const char *const names[] = {"batchnorm(eps=1e-12)", "layernorm(eps=1e-12)"};
    for (size_t k = 0; k < 2; k++) {
        bench b;
        make(&b, names[k], N, UNITS, true);
        draw(1, MOST, b.x);
        draw(2, UNITS * R, b.gain);
        draw(3, UNITS * R, b.shift);
        forward(&b);
        size_t groups = k ? N : UNITS, members = k ? UNITS : N;
        for (size_t g = 0; g < groups; g++)
            for (size_t r = 0; r < R; r++) {
                double sum = 0, squares = 0;
                for (size_t m = 0; m < members; m++) {
                    size_t i = k ? g : m, j = k ? m : g, at = (i * UNITS + j) * R + r;
                    double u = (double)b.normalized[at];
                    sum += u;
                    squares += u * u;
                    assert_near((double)b.y[at],
                                u * (double)b.gain[j * R + r] + (double)b.shift[j * R + r],
                                10 * ROUNDING);
                }
                assert_near(sum / (double)members, 0, ROUNDING);
                assert_near(squares / (double)members, 1, sizeof(il_real) == 4 ? 1e-5 : 1e-9);
            }
    }
}

/* A mean that is thousands of deviations away costs no digits: these samples are exact in float. */
static void far_means(void **state) {
    (void)state;
    static const char *const names[] = {"batchnorm(eps=1e-12)", "layernorm(eps=1e-12)"};
    for (size_t k = 0; k < 2; k++) {
        bench near, far;
        size_t n = k ? 1 : 4, units = k ? 4 : 1;
        make(&near, names[k], n, units, true);
        make(&far, names[k], n, units, true);
        for (size_t i = 0; i < 4; i++)
            for (size_t r = 0; r < R; r++) {
                near.x[i * R + r] = (il_real)(i * i) * (il_real)0x1p-11;
                far.x[i * R + r] = 4096 + near.x[i * R + r];
            }
        forward(&near);
        forward(&far);
        for (size_t i = 0; i < 4 * R; i++)
            assert_near((double)far.y[i], (double)near.y[i], 1e-6);
    }
}

/* In evaluation a sample's result depends on the sample alone. */
static void evaluation_sees_one_sample(void **state) {
    (void)state;
    static const char *const names[] = {"batchnorm", "layernorm"};
    for (size_t k = 0; k < 2; k++) {
        bench whole, one;
        make(&whole, names[k], N, UNITS, false);
        make(&one, names[k], 1, UNITS, false);
        draw(1, MOST, whole.x);
        draw(4, UNITS * R, whole.mean);
        memcpy(one.mean, whole.mean, sizeof one.mean);
        memcpy(one.x, whole.x + 4 * UNITS * R, UNITS * R * sizeof *one.x);
        forward(&whole);
        forward(&one);
        assert_memory_equal(one.y, whole.y + 4 * UNITS * R, UNITS * R * sizeof *one.y);
    }
}

/* Momentum 1 remembers the last batch, 0 none. */
static void momentum(void **state) {
    (void)state;
    bench last, none;
    make(&last, "batchnorm(momentum=1)", 2, 1, true);
    make(&none, "batchnorm(momentum=0)", 2, 1, true);
    for (size_t r = 0; r < R; r++)
        last.x[R + r] = none.x[R + r] = 8;
    forward(&last);
    forward(&none);
    assert_true(last.mean[0] == 4 && last.variance[0] == 32);
    assert_true(none.mean[0] == 0 && none.variance[0] == 1);
}

/* A training batch of one sample: the shift, no gradient, and a variance that stays as it was. */
static void one_sample(void **state) {
    (void)state;
    bench b;
    make(&b, "batchnorm", 1, UNITS, true);
    draw(1, UNITS * R, b.x);
    draw(3, UNITS * R, b.shift);
    draw(5, UNITS * R, b.delta);
    il_real above[UNITS * R];
    memcpy(above, b.delta, sizeof above);
    forward(&b);
    il_norm_of(&b.norm)->backward(b.norm.arg, &b.pass);
    for (size_t c = 0; c < UNITS * R; c++) {
        assert_true(b.y[c] == b.shift[c]);
        assert_near((double)b.mean[c], 0.1 * (double)b.x[c], ROUNDING);
        assert_true(b.variance[c] == 1);
        assert_true(b.delta[c] == 0 && b.g_gain[c] == 0 && b.g_shift[c] == above[c]);
    }
}

/* Equal samples have no variance: finite results, and the same for all. */
static void no_variance(void **state) {
    (void)state;
    static const char *const names[] = {"batchnorm", "layernorm"};
    for (size_t k = 0; k < 2; k++) {
        bench b;
        make(&b, names[k], N, UNITS, true);
        for (size_t i = 0; i < MOST; i++) {
            b.x[i] = (il_real)1e6;
            b.delta[i] = (il_real)(i % 7);
        }
        forward(&b);
        il_norm_of(&b.norm)->backward(b.norm.arg, &b.pass);
        for (size_t i = 0; i < MOST; i++) {
            assert_true(b.y[i] == 0);
            assert_true(isfinite(b.delta[i]));
        }
    }
}

/* A NaN shows in its own replica, and in no other. */
static void nan_stays_in_its_replica(void **state) {
    (void)state;
    static const char *const names[] = {"batchnorm", "layernorm"};
    for (size_t k = 0; k < 2; k++) {
        bench clean, sick;
        make(&clean, names[k], N, UNITS, true);
        draw(1, MOST, clean.x);
        make(&sick, names[k], N, UNITS, true);
        draw(1, MOST, sick.x);
        sick.x[(2 * UNITS + 3) * R + 9] = (il_real)NAN;
        forward(&clean);
        forward(&sick);
        size_t seen = 0;
        for (size_t i = 0; i < MOST; i++) {
            seen += isnan(sick.y[i]) != 0;
            if (i % R != 9)
                assert_memory_equal(sick.y + i, clean.y + i, sizeof *sick.y);
        }
        assert_int_equal(seen, k ? UNITS : N);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),     cmocka_unit_test(standardizes),
        cmocka_unit_test(far_means),   cmocka_unit_test(evaluation_sees_one_sample),
        cmocka_unit_test(momentum),    cmocka_unit_test(one_sample),
        cmocka_unit_test(no_variance), cmocka_unit_test(nan_stays_in_its_replica),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
