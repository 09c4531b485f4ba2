/* Dropout: which units are kept, what becomes of mean and variance, and where masks come from. Gradients under a mask are
 * in test_gradient.c. */
#include "cmocka_all.h"

#include "initlab.h"
#include "nn/dropout.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 50, MOST = 40 };

static il_call parse(const il_family *family, const char *text) {
    il_error err;
    il_call call;
    if (il_call_parse(family, text, NULL, &call, &err) != IL_OK)
        fail_msg("%s", err.message);
    return call;
}

/* Masks of a pass of n samples in R replicas with these seeds and steps, and what becomes of a; [n][UNITS][R]. */
static void drop(const char *dropout, size_t n, size_t R, const uint64_t *seed,
                 const uint64_t *step, size_t layer, const il_real *a, il_real *mask,
                 il_real *out) {
    il_call call = parse(&il_dropouts, dropout);
    uint32_t words[4 * IL_MASK_BLOCKS * 64];
    uint64_t block[64];
    const il_draws draws = {seed, step};
    assert_true(R <= 64);
    il_dropout_forward(&call, &(il_dropout_pass){.n = n,
                                                 .units = UNITS,
                                                 .R = R,
                                                 .layer = layer,
                                                 .draws = &draws,
                                                 .a = a,
                                                 .mask = mask,
                                                 .out = out,
                                                 .words = words,
                                                 .block = block});
}

static il_real a[MOST * UNITS * 64], mask[MOST * UNITS * 64], out[MOST * UNITS * 64];
static il_real other[MOST * UNITS * 64];

/* Units are kept at the stated rate: of 2000 steps of 2000 units, 4e6, the share lies within 5 standard deviations;
 * a false failure has chance 6e-7 for each p. Kept units are scaled by 1/(1 - p), others are 0. */
static void keep_rate(void **state) {
    (void)state;
    static const double rates[] = {0.05, 0.3, 0.5, 0.9};
    for (size_t i = 0; i < MOST * UNITS; i++)
        a[i] = (il_real)(1 + i % 3);
    for (size_t k = 0; k < 4; k++) {
        char text[32];
        double kept = 0, p = rates[k], N = 2000.0 * MOST * UNITS;
        snprintf(text, sizeof text, "dropout(%g)", p);
        for (uint64_t step = 0; step < 2000; step++) {
            uint64_t seed = 8;
            drop(text, MOST, 1, &seed, &step, 2, a, mask, out);
            for (size_t i = 0; i < MOST * UNITS; i++) {
                kept += mask[i] != 0;
                assert_true(mask[i] == 0 || mask[i] == (il_real)(1 / (1 - p)));
                assert_true(out[i] == a[i] * mask[i]);
            }
        }
        if (!(fabs(kept / N - (1 - p)) < 5 * sqrt(p * (1 - p) / N)))
            fail_msg("dropout(%g) keeps %.6f", p, kept / N);
    }
    uint64_t seed = 1, step = 0;
    drop("dropout(0)", MOST, 1, &seed, &step, 0, a, mask, out);
    assert_memory_equal(out, a, MOST * UNITS * sizeof *a);
}

/* Standard inputs keep mean 0 and variance 1 under alpha_dropout, and the value of a dropped unit is SELU's limit under the
 * same map. 4e5 draws: the mean's standard deviation is 1.6e-3, the variance's at most 2.5e-3 (fourth moments below 3.5);
 * five of them, false failure 1e-6 each. Plain dropout keeps the mean alone. */
static void alpha_keeps_mean_and_variance(void **state) {
    (void)state;
    static const double rates[] = {0.05, 0.1, 0.3, 0.5};
    const double limit = -1.7580993408473766;
    for (size_t k = 0; k < 4; k++) {
        char text[32];
        double sum = 0, squares = 0, N = 200.0 * MOST * UNITS, p = rates[k];
        double scale = 1 / sqrt((1 - p) * (1 + p * limit * limit)), shift = -scale * p * limit;
        snprintf(text, sizeof text, "alpha_dropout(%g)", p);
        for (uint64_t step = 0; step < 200; step++) {
            uint64_t seed = 5;
            il_stream s = il_stream_open(step, IL_PURPOSE_DATA, 1);
            il_stream_normal(&s, MOST * UNITS, a);
            drop(text, MOST, 1, &seed, &step, 0, a, mask, out);
            for (size_t i = 0; i < MOST * UNITS; i++) {
                double x = mask[i] != 0 ? (double)a[i] : limit;
                assert_true(fabs((double)out[i] - (scale * x + shift)) < 1e-5);
                sum += (double)out[i];
                squares += (double)out[i] * (double)out[i];
            }
        }
        assert_true(fabs(sum / N) < 5 * 1.6e-3);
        if (!(fabs(squares / N - 1) < 5 * 2.5e-3))
            fail_msg("alpha_dropout(%g): variance %.4f", p, squares / N);
    }
}

/* A mask depends on seed, step, layer and place alone: not on R, the lane, the number of samples, the values or the kind
 * of dropout; any other seed, step or layer has another mask. */
static void masks_are_their_own(void **state) {
    (void)state;
    uint64_t seed[48], step[48];
    for (size_t r = 0; r < 48; r++) {
        seed[r] = r % 5;
        step[r] = r % 7;
    }
    memset(a, 0, sizeof a);
    drop("dropout(0.5)", MOST, 48, seed, step, 3, a, mask, out);
    for (size_t r = 0; r < 48; r++) {
        drop("dropout(0.5)", MOST, 1, seed + r, step + r, 3, a, other, out);
        for (size_t i = 0; i < MOST * UNITS; i++)
            assert_true(mask[i * 48 + r] == other[i]);
        drop("alpha_dropout(0.5)", 7, 1, seed + r, step + r, 3, a, other, out);
        for (size_t i = 0; i < 7 * UNITS; i++)
            assert_int_equal(mask[i * 48 + r] != 0, other[i] != 0);
        for (size_t q = 0; q < r; q++) {
            size_t equal = 0;
            for (size_t i = 0; i < MOST * UNITS; i++)
                equal += mask[i * 48 + r] == mask[i * 48 + q];
            if (seed[r] == seed[q] && step[r] == step[q])
                assert_int_equal(equal, MOST * UNITS);
            else /* 1000 of 2000 expected, deviation 22.4 */
                assert_in_range(equal, 850, 1150);
        }
    }
    drop("dropout(0.5)", MOST, 1, seed, step, 4, a, other, out);
    size_t equal = 0;
    for (size_t i = 0; i < MOST * UNITS; i++)
        equal += mask[i * 48] == other[i];
    assert_in_range(equal, 850, 1150);
}

/* Common random numbers: the units dropped at a small p are among those dropped at a larger one. */
static void masks_are_nested(void **state) {
    (void)state;
    uint64_t seed = 3, step = 11;
    drop("dropout(0.2)", MOST, 1, &seed, &step, 0, a, mask, out);
    drop("dropout(0.6)", MOST, 1, &seed, &step, 0, a, other, out);
    for (size_t i = 0; i < MOST * UNITS; i++)
        assert_true(mask[i] != 0 || other[i] == 0);
}

/* Two arms that differ in weights, activation and engine train under the same masks; evaluation has none. */
static void arms_share_masks(void **state) {
    (void)state;
    enum { N = 6, HIDDEN = 7 };
    static const char *const hidden[] = {"tanh", "softplus"};
    il_real X[N * 2], masks[2][N * HIDDEN];
    il_stream s = il_stream_open(1, IL_PURPOSE_DATA, 0);
    il_stream_normal(&s, N * 2, X);
    for (size_t k = 0; k < 2; k++) {
        il_error err;
        il_network *net = NULL;
        size_t R = k ? 16 : 1, lane = R - 1;
        il_network_config config = {.widths = {3, {2, HIDDEN, 1}},
                                    .hidden = parse(&il_activations, hidden[k]),
                                    .loss = parse(&il_losses, "bce"),
                                    .dropout = parse(&il_dropouts, "dropout(0.4)"),
                                    .engine = k ? IL_LOCKSTEP : IL_BLAS,
                                    .replicas = R,
                                    .batch = k ? N : 300};
        il_call init = parse(&il_inits, "he_normal"), zeros = parse(&il_inits, "zeros");
        uint64_t seed[16] = {0}, step[16] = {0};
        seed[lane] = 77;
        step[lane] = 123456789;
        const il_draws draws = {seed, step};
        assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
        for (size_t r = 0; r < R; r++)
            assert_int_equal(il_init_network(&init, &zeros, net, r, 5 + k, &err), IL_OK);
        il_pass_forward(net, &(il_pass){.n = N, .X = X, .training = &draws});
        const il_layer *y = il_network_layer(net, 0);
        size_t dropped = 0;
        for (size_t i = 0; i < N * HIDDEN; i++) {
            masks[k][i] = y->mask[i * R + lane];
            dropped += masks[k][i] == 0;
            assert_true(y->out[i * R + lane] == y->a[i * R + lane] * masks[k][i]);
        }
        assert_in_range(dropped, 5, 30);
        il_pass_forward(net, &(il_pass){.n = N, .X = X});
        assert_ptr_equal(y->out, y->a);
        il_network_free(net);
    }
    assert_memory_equal(masks[0], masks[1], sizeof masks[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keep_rate),           cmocka_unit_test(alpha_keeps_mean_and_variance),
        cmocka_unit_test(masks_are_their_own), cmocka_unit_test(masks_are_nested),
        cmocka_unit_test(arms_share_masks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
