/* The learned slope: its gradient, and that initialization, shrinking, freezing and training know of it; and likewise of
 * the other parameters that initialization leaves alone, gains and shifts. */
#include "cmocka_all.h"

#include "initlab.h"
#include "nn/activation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static il_call parse(const il_family *family, const char *text) {
    il_error err;
    il_call call;
    if (il_call_parse(family, text, NULL, &call, &err) != IL_OK)
        fail_msg("%s", err.message);
    return call;
}

#define SAMPLES 20

static il_network *build(const char *hidden, const char *norm, size_t R) {
    il_error err;
    il_network *net = NULL;
    il_network_config config = {.widths = {4, {3, 6, 5, 2}},
                                .hidden = parse(&il_activations, hidden),
                                .loss = parse(&il_losses, "softmax_ce"),
                                .norm = parse(&il_norms, norm),
                                .engine = R == 1 ? IL_BLAS : IL_LOCKSTEP,
                                .replicas = R,
                                .batch = SAMPLES};
    if (il_network_new(&config, &net, &err) != IL_OK)
        fail_msg("%s", err.message);
    return net;
}

static void initialize(il_network *net, const char *init, size_t replica, uint64_t seed) {
    il_error err;
    il_call weights = parse(&il_inits, init), bias = parse(&il_inits, "normal(std=0.2)");
    assert_int_equal(il_init_network(&weights, &bias, net, replica, seed, &err), IL_OK);
}

static il_real X[SAMPLES * 3], Y[SAMPLES * 2];

static int make_data(void **state) {
    (void)state;
    il_stream s = il_stream_open(8, IL_PURPOSE_DATA, 0);
    il_stream_normal(&s, SAMPLES * 3, X);
    for (size_t i = 0; i < SAMPLES; i++)
        Y[2 * i + (X[3 * i] > 0)] = 1;
    return 0;
}

/* The kernels against the definition, for sums of any width: one slope or one per unit, in 1 or 16 replicas. */
static void kernels(void **state) {
    (void)state;
    enum { N = 7, UNITS = 21, MOST = N * UNITS * 16 };
    static il_real z[MOST], a[MOST], delta[MOST], above[MOST], p[UNITS * 16], gp[UNITS * 16];
    for (int per_unit = 0; per_unit < 2; per_unit++)
        for (size_t R = 1; R <= 16; R += 15) {
            size_t slopes = per_unit ? UNITS : 1;
            il_stream s = il_stream_open(4, IL_PURPOSE_DATA, (uint32_t)R);
            il_stream_normal(&s, MOST, z);
            il_stream_normal(&s, MOST, above);
            il_stream_normal(&s, slopes * R, p);
            memcpy(delta, above, sizeof delta);
            il_activation_prelu.forward_learned(N, UNITS, R, slopes, p, z, a);
            il_activation_prelu.backward_learned(N, UNITS, R, slopes, p, z, delta, gp);
            double sum[UNITS * 16] = {0};
            for (size_t i = 0; i < N; i++)
                for (size_t j = 0; j < UNITS; j++)
                    for (size_t r = 0; r < R; r++) {
                        size_t at = (i * UNITS + j) * R + r, k = (per_unit ? j : 0) * R + r;
                        assert_true(a[at] == (z[at] > 0 ? z[at] : p[k] * z[at]));
                        assert_true(delta[at] == (z[at] > 0 ? above[at] : p[k] * above[at]));
                        sum[k] += z[at] > 0 ? 0 : (double)above[at] * (double)z[at];
                    }
            for (size_t k = 0; k < slopes * R; k++)
                assert_true(gp[k] == (il_real)sum[k]);
        }
}

/* One slope or one per unit in each hidden layer, none in the output layer; before training as leaky_relu, bit for bit. */
static void starts_as_a_leaky_relu(void **state) {
    (void)state;
    for (int per_unit = 0; per_unit < 2; per_unit++)
        for (size_t R = 1; R <= 16; R += 15) {
            il_network *net = build(per_unit ? "prelu(per_unit=true)" : "prelu", "none", R);
            il_network *leaky = build("leaky_relu(slope=0.25)", "none", R);
            size_t slopes = per_unit ? 11 : 2;
            assert_int_equal(il_network_size(net), il_network_size(leaky) + slopes);
            for (size_t k = 0; k < 3; k++) {
                const il_layer *y = il_network_layer(net, k);
                assert_int_equal(y->slopes, k == 2 ? 0 : per_unit ? y->fan_out : 1);
                assert_int_equal(y->slope != NULL, k < 2);
                for (size_t i = 0; i < y->slopes * R; i++)
                    assert_true(y->slope[i] == (il_real)0.25);
            }
            for (size_t r = 0; r < R; r++) {
                initialize(net, "he_normal", r, r);
                initialize(leaky, "he_normal", r, r);
            }
            assert_memory_equal(il_network_forward(net, SAMPLES, X),
                                il_network_forward(leaky, SAMPLES, X), SAMPLES * 2 * R * sizeof *X);
            il_network_free(net);
            il_network_free(leaky);
        }
}

/* Puts x + the parameter's index + 100 times the replica into everything that a network remembers. */
static void number_all(il_network *net) {
    size_t R = il_network_replicas(net);
    for (size_t i = 0; i < il_network_size(net) * R; i++)
        il_network_parameters(net)[i] = (il_real)(i / R + 1000 * (i % R));
    for (size_t i = 0; i < il_network_running_size(net) * R; i++)
        il_network_running(net)[i] = (il_real)(500 + i / R + 1000 * (i % R));
}

static void shrinking_keeps_all(void **state) {
    (void)state;
    il_network *net = build("prelu(per_unit=true)", "batchnorm", 48);
    size_t n = il_network_size(net), m = il_network_running_size(net), lanes[20];
    assert_int_equal(m, 2 * 11);
    number_all(net);
    for (size_t i = 0; i < 20; i++)
        lanes[i] = 2 * i + 3;
    il_network_keep(net, lanes, 20);
    assert_int_equal(il_network_replicas(net), 32);
    for (size_t r = 0; r < 20; r++) {
        for (size_t i = 0; i < n; i++)
            assert_true(il_network_parameters(net)[i * 32 + r] == (il_real)(i + 1000 * lanes[r]));
        for (size_t i = 0; i < m; i++)
            assert_true(il_network_running(net)[i * 32 + r] ==
                        (il_real)(500 + i + 1000 * lanes[r]));
    }
    /* The layers' pointers follow: W, b, gain, shift, slope. */
    const il_layer *y = il_network_layer(net, 1);
    size_t first = il_network_layer(net, 0)->parameters;
    assert_int_equal(first, 6 * (3 + 1 + 2 + 1));
    assert_true(y->W[5] == (il_real)(first + 1000 * lanes[5]));
    assert_true(y->gain[5] == (il_real)(first + 35 + 1000 * lanes[5]));
    assert_true(y->shift[5] == (il_real)(first + 40 + 1000 * lanes[5]));
    assert_true(y->slope[5] == (il_real)(first + 45 + 1000 * lanes[5]));
    assert_true(y->variance[5] == (il_real)(500 + 12 + 5 + 1000 * lanes[5]));
    il_network_free(net);
}

/* Gains 1, shifts 0, slopes at their start, running means 0 and variances 1, in this replica and no other. */
static void assert_reset(const il_network *net, size_t replica, double slope) {
    size_t R = il_network_replicas(net);
    for (size_t k = 0; k + 1 < il_network_layers(net); k++) {
        const il_layer *y = il_network_layer(net, k);
        for (size_t j = 0; j < y->fan_out; j++) {
            size_t at = j * R + replica;
            assert_true(y->gain[at] == 1 && y->shift[at] == 0);
            assert_true(!y->mean || (y->mean[at] == 0 && y->variance[at] == 1));
        }
        for (size_t j = 0; j < y->slopes; j++)
            assert_true(y->slope[j * R + replica] == (il_real)slope);
    }
}

static void reset(void **state) {
    (void)state;
    il_network *net = build("prelu(slope=0.125, per_unit=true)", "batchnorm", 16);
    size_t n = il_network_size(net);
    number_all(net);
    il_network_reset(net, 7);
    assert_reset(net, 7, 0.125);
    number_all(net);
    initialize(net, "he_normal", 7, 1); /* initialization resets */
    assert_reset(net, 7, 0.125);
    for (size_t i = 0; i < n; i++)
        assert_true(il_network_parameters(net)[i * 16 + 8] == (il_real)(i + 8000));
    il_network_free(net);
}

/* Schemes that move all parameters while they search put back what is not theirs. */
static void fitting_leaves_them_alone(void **state) {
    (void)state;
    static const char *const schemes[] = {"grad_init(steps=3)", "meta_init(steps=3)", "lsuv",
                                          "weight_norm_dd", "data_dependent"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        il_error err;
        il_network *net = build("prelu(per_unit=true)", "layernorm", 16);
        il_initializer initializer;
        il_call init = parse(&il_inits, schemes[i]), hidden = parse(&il_activations, "prelu");
        if (il_initializer_bind(&init, NULL, &hidden, &initializer, &err) != IL_OK ||
            il_initializer_fill(&initializer, net, 4, 9, &err) != IL_OK ||
            il_initializer_fit(&initializer, net, 4, 9, SAMPLES, X, Y, &err) != IL_OK)
            fail_msg("%s", err.message);
        assert_reset(net, 4, 0.25);
        il_network_free(net);
    }
}

/* Gains are those of the starting slope. */
static void gains(void **state) {
    (void)state;
    il_network *net = build("prelu", "none", 1);
    il_real by_gain[3 * 6], b[6], by_slope[3 * 6];
    initialize(net, "he_normal(gain=auto)", 0, 1);
    il_network_get(net, 0, 0, by_gain, b);
    initialize(net, "he_normal(slope=0.25)", 0, 1);
    il_network_get(net, 0, 0, by_slope, b);
    for (size_t i = 0; i < 18; i++)
        assert_true(fabs((double)(by_gain[i] - by_slope[i])) < 1e-6);
    il_network_free(net);
}

/* Slopes, gains and shifts learn; in a frozen layer nothing moves. */
static void training_and_freezing(void **state) {
    (void)state;
    for (int frozen = 0; frozen < 2; frozen++) {
        il_error err;
        il_network *net = build("prelu(per_unit=true)", "batchnorm", 16);
        il_optimizer sgd;
        il_real loss[16], correct[16], first = 0;
        uint64_t seed[16] = {0}, step[16] = {0};
        const il_draws draws = {seed, step};
        assert_int_equal(il_optimizer_parse("sgd(lr=0.5)", &sgd, &err), IL_OK);
        for (size_t r = 0; r < 16; r++) {
            initialize(net, "he_normal", r, r);
            il_optimizer_reset(&sgd, net, r);
        }
        il_network_freeze(net, 0, frozen);
        const il_layer *y = il_network_layer(net, 0), *next = il_network_layer(net, 1);
        il_real *before = malloc(y->parameters * 16 * sizeof *before);
        assert_non_null(before);
        memcpy(before, y->W, y->parameters * 16 * sizeof *before);
        for (int epoch = 0; epoch < 60; epoch++) {
            il_pass pass = {.n = SAMPLES, .X = X, .Y = Y, .training = &draws};
            il_pass_forward(net, &pass);
            il_pass_loss(net, &pass, loss, correct);
            first = epoch ? first : loss[3];
            il_pass_backward(net, &pass);
            il_optimizer_step(&sgd, net);
        }
        assert_true(loss[3] < first / 4);
        assert_int_equal(memcmp(before, y->W, y->parameters * 16 * sizeof *before) == 0, frozen);
        assert_int_equal(y->slope[3] == (il_real)0.25, frozen);
        assert_int_equal(y->gain[3] == 1, frozen);
        assert_true(next->slope[3] != (il_real)0.25 && next->gain[3] != 1 && next->shift[3] != 0);
        free(before);
        il_network_free(net);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels),
        cmocka_unit_test(starts_as_a_leaky_relu),
        cmocka_unit_test(shrinking_keeps_all),
        cmocka_unit_test(reset),
        cmocka_unit_test(fitting_leaves_them_alone),
        cmocka_unit_test(gains),
        cmocka_unit_test(training_and_freezing),
    };
    return cmocka_run_group_tests(tests, make_data, NULL);
}
