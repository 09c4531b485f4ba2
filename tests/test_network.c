#include "cmocka_all.h"
#include "naive.h"

#include "initlab.h"

#include <stdlib.h>

#define SAMPLES 6

static il_network *build(const char *widths, const char *hidden, const char *loss, il_engine engine,
                         size_t R) {
    il_error err;
    il_network *net = NULL;
    il_network_config config = {.engine = engine, .replicas = R, .batch = SAMPLES};
    assert_int_equal(il_widths_parse(widths, NULL, &config.widths, &err), IL_OK);
    assert_int_equal(il_call_parse(&il_activations, hidden, NULL, &config.hidden, &err), IL_OK);
    assert_int_equal(il_call_parse(&il_losses, loss, NULL, &config.loss, &err), IL_OK);
    if (il_network_new(&config, &net, &err) != IL_OK)
        fail_msg("%s", err.message);
    return net;
}

static void initialize(il_network *net, uint64_t first_seed) {
    il_error err;
    il_call weights, bias;
    assert_int_equal(il_call_parse(&il_inits, "normal(std=0.9)", NULL, &weights, &err), IL_OK);
    assert_int_equal(il_call_parse(&il_inits, "normal(std=0.4)", NULL, &bias, &err), IL_OK);
    for (size_t r = 0; r < il_network_replicas(net); r++)
        assert_int_equal(il_init_network(&weights, &bias, net, r, first_seed + r, &err), IL_OK);
}

static void copy_to_naive(const il_network *net, size_t replica, naive *n) {
    n->layers = il_network_layers(net);
    for (size_t k = 0; k < n->layers; k++) {
        const il_layer *y = il_network_layer(net, k);
        il_real W[NAIVE_MOST * NAIVE_MOST], b[NAIVE_MOST];
        il_network_get(net, k, replica, W, b);
        n->width[k] = y->fan_in;
        n->width[k + 1] = y->fan_out;
        for (size_t j = 0; j < y->fan_out; j++) {
            n->b[k][j] = (double)b[j];
            for (size_t p = 0; p < y->fan_in; p++)
                n->W[k][p][j] = (double)W[p * y->fan_out + j];
        }
    }
}

static void assert_near(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance * (1 + fabs(expected))))
        fail_msg("%.9g is not %.9g", value, expected);
}

static void make_data(size_t inputs, size_t outputs, il_real *X, il_real *Y, double *x, double *y) {
    il_stream s = il_stream_open(5, IL_PURPOSE_DATA, 0);
    il_stream_normal(&s, SAMPLES * inputs, X);
    for (size_t i = 0; i < SAMPLES * inputs; i++)
        x[i] = (double)X[i];
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t j = 0; j < outputs; j++) {
            Y[i * outputs + j] = outputs == 1 ? (il_real)(i % 2) : (il_real)(i % outputs == j);
            y[i * outputs + j] = (double)Y[i * outputs + j];
        }
}

/* Rounding of float grows with the weights; the double build shows that nothing else is behind it.
 */
#define TOLERANCE (sizeof(il_real) == 4 ? 3e-5 : 1e-11)

/* Logits, loss and every gradient against the textbook network, replica by replica. */
static void matches_textbook(const char *widths, size_t hidden, size_t loss, il_engine engine,
                             size_t R) {
    static const char *const hiddens[] = {"linear", "relu", "leaky_relu", "tanh", "sigmoid"};
    static const char *const losses[] = {"bce", "softmax_ce", "mse"};
    il_network *net = build(widths, hiddens[hidden], losses[loss], engine, R);
    initialize(net, 40);
    size_t L = il_network_layers(net), outputs = il_network_layer(net, L - 1)->fan_out;
    il_real X[SAMPLES * NAIVE_MOST], Y[SAMPLES * NAIVE_MOST], value[64], correct[64];
    double x[SAMPLES * NAIVE_MOST], y[SAMPLES * NAIVE_MOST];
    make_data(il_network_layer(net, 0)->fan_in, outputs, X, Y, x, y);
    il_network_forward(net, SAMPLES, X);
    il_network_loss(net, SAMPLES, Y, value, correct);
    il_network_backward(net, SAMPLES, X);
    for (size_t r = 0; r < R; r++) {
        naive n = {.hidden = (naive_hidden)hidden, .loss = (naive_loss)loss};
        copy_to_naive(net, r, &n);
        assert_near((double)value[r], naive_pass(&n, SAMPLES, x, y), TOLERANCE);
        for (size_t k = 0; k < L; k++) {
            const il_layer *l = il_network_layer(net, k);
            for (size_t j = 0; j < l->fan_out; j++) {
                assert_near((double)l->gb[j * R + r], n.gb[k][j], TOLERANCE);
                for (size_t p = 0; p < l->fan_in; p++)
                    assert_near((double)l->gW[(p * l->fan_out + j) * R + r], n.gW[k][p][j],
                                TOLERANCE);
            }
        }
    }
    il_network_free(net);
}

static void textbook(void **state) {
    (void)state;
    static const char *const shapes[] = {"2-3", "2-8-1", "3-7-2", "4-5-9-3"};
    for (size_t s = 0; s < 4; s++)
        for (size_t hidden = 0; hidden < 5; hidden++)
            for (size_t loss = 0; loss < 3; loss++) {
                if (s == 1 && loss == NAIVE_SOFTMAX_CE)
                    continue;
                matches_textbook(shapes[s], hidden, loss, IL_BLAS, 1);
                matches_textbook(shapes[s], hidden, loss, IL_LOCKSTEP, 16);
                matches_textbook(shapes[s], hidden, loss, IL_LOCKSTEP, 48);
            }
}

/* Accuracy by hand: the replicas' output biases alone decide. */
static void counts_correct(void **state) {
    (void)state;
    static const struct {
        const char *widths, *loss;
        il_real bias[3];
        int correct;
    } cases[] = {
        /* labels 0 1 0 1 0 */
        {"2-1", "bce", {1}, 2},             /* all "true" */
        {"2-1", "bce", {-1}, 3},            /* all "false" */
        {"2-1", "bce", {0}, 3},             /* logit 0 counts as false */
        {"2-1", "mse", {(il_real)0.55}, 2}, /* true above one half */
        {"2-1", "mse", {(il_real)0.45}, 3},
        {"2-2", "softmax_ce", {1, 2}, 2},
        /* labels 0 1 2 0 1 */
        {"2-3", "softmax_ce", {0, 0, 0}, 2}, /* the first of equals */
        {"2-3", "softmax_ce", {0, 0, 1}, 1},
        {"2-3", "mse", {0, 3, 1}, 2},
        {"2-3", "bce", {1, -1, -1}, 2}, /* every output must be on its side */
        {"2-3", "bce", {1, 1, -1}, 0},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int engine = 0; engine < 2; engine++) {
            size_t R = engine == IL_BLAS ? 1 : 16;
            il_network *net = build(cases[c].widths, "relu", cases[c].loss, (il_engine)engine, R);
            size_t K = il_network_layer(net, 0)->fan_out;
            il_real X[SAMPLES * 2], Y[SAMPLES * 3], W[6] = {0}, loss[16], correct[16];
            double x[SAMPLES * 2], y[SAMPLES * 3];
            make_data(2, K, X, Y, x, y);
            il_network_put(net, 0, R - 1, W, cases[c].bias);
            il_network_forward(net, 5, X);
            il_network_loss(net, 5, Y, loss, correct);
            assert_int_equal((int)correct[R - 1], cases[c].correct);
            il_network_free(net);
        }
}

/* Losses stay finite and right where exp would overflow, and NaN is never swallowed. */
static void extreme_logits(void **state) {
    (void)state;
    for (int engine = 0; engine < 2; engine++) {
        size_t R = engine == IL_BLAS ? 1 : 16;
        il_network *net = build("1-1", "relu", "bce", (il_engine)engine, R);
        il_real x = 1, y = 0, loss[16], correct[16], b = 0;
        static const il_real logits[] = {(il_real)1e4, (il_real)-1e4, (il_real)1e30};
        static const double expected[] = {1e4, 0, 1e30};
        for (size_t i = 0; i < 3; i++) {
            il_network_put(net, 0, R - 1, &logits[i], &b);
            il_network_forward(net, 1, &x);
            il_network_loss(net, 1, &y, loss, correct);
            assert_near((double)loss[R - 1], expected[i], 1e-6);
        }
        il_network_free(net);

        net = build("1-2", "relu", "softmax_ce", (il_engine)engine, R);
        il_real W[2] = {(il_real)1e4, (il_real)-1e4}, b2[2] = {0, 0}, y2[2] = {0, 1};
        il_network_put(net, 0, R - 1, W, b2);
        il_network_forward(net, 1, &x);
        il_network_loss(net, 1, y2, loss, correct);
        assert_near((double)loss[R - 1], 2e4, 1e-6);
        il_network_free(net);
    }
    static const char *const hidden[] = {"linear", "relu", "leaky_relu", "tanh", "sigmoid"};
    static const char *const loss_names[] = {"bce", "softmax_ce", "mse"};
    for (size_t h = 0; h < 5; h++)
        for (size_t l = 0; l < 3; l++) {
            il_network *net = build("1-2-2", hidden[h], loss_names[l], IL_LOCKSTEP, 16);
            initialize(net, 1);
            il_real W[2] = {(il_real)NAN, 1}, b[2] = {0, 0}, x = 1, y[2] = {0, 1}, loss[16],
                    correct[16];
            il_network_put(net, 0, 3, W, b);
            il_network_forward(net, 1, &x);
            il_network_loss(net, 1, y, loss, correct);
            for (size_t r = 0; r < 16; r++)
                assert_int_equal(isnan(loss[r]) != 0, r == 3);
            il_network_free(net);
        }
}

/* Both engines after 100 full-batch SGD steps: 1e-5 relative, as a norm over all parameters. */
static void engines_agree(void **state) {
    (void)state;
    static const char *const hidden[] = {"relu", "tanh", "sigmoid"};
    for (size_t h = 0; h < 3; h++) {
        il_network *one = build("2-8-1", hidden[h], "bce", IL_BLAS, 1);
        il_network *many = build("2-8-1", hidden[h], "bce", IL_LOCKSTEP, 16);
        il_error err;
        il_optimizer sgd;
        assert_int_equal(il_optimizer_parse("sgd(lr=0.5)", &sgd, &err), IL_OK);
        initialize(one, 7);
        initialize(many, 7);
        il_optimizer_reset(&sgd, one, 0);
        il_optimizer_reset(&sgd, many, 0);
        il_real X[8] = {0, 0, 0, 1, 1, 0, 1, 1}, Y[4] = {0, 1, 1, 0}, loss[16], correct[16];
        size_t n = il_network_size(one);
        for (size_t i = 0; i < n; i++) /* the same initial weights, bit for bit */
            assert_memory_equal(il_network_parameters(one) + i,
                                il_network_parameters(many) + i * 16, sizeof(il_real));
        double moved = 0, before[64];
        for (size_t i = 0; i < n; i++)
            before[i] = (double)il_network_parameters(one)[i];
        for (int step = 0; step < 100; step++)
            for (int e = 0; e < 2; e++) {
                il_network *net = e ? many : one;
                il_network_forward(net, 4, X);
                il_network_loss(net, 4, Y, loss, correct);
                il_network_backward(net, 4, X);
                il_optimizer_step(&sgd, net);
            }
        double difference = 0, norm = 0;
        for (size_t i = 0; i < n; i++) {
            double a = (double)il_network_parameters(one)[i];
            double d = a - (double)il_network_parameters(many)[i * 16];
            difference += d * d;
            norm += a * a;
            moved += (a - before[i]) * (a - before[i]);
        }
        assert_true(sqrt(moved / norm) > 0.01);
        if (!(sqrt(difference / norm) < 1e-5))
            fail_msg("%s: engines differ by %.2e", hidden[h], sqrt(difference / norm));
        il_network_free(one);
        il_network_free(many);
    }
}

/* Shrinking keeps the listed replicas, bit for bit, with their optimizer state. */
static void keep(void **state) {
    (void)state;
    il_error err;
    il_network *net = NULL;
    il_network_config config = {
        .engine = IL_LOCKSTEP, .replicas = 64, .batch = 4, .slots = 2, .lane_slots = 1};
    il_widths_parse("2-3-1", NULL, &config.widths, &err);
    il_call_parse(&il_activations, "relu", NULL, &config.hidden, &err);
    il_call_parse(&il_losses, "bce", NULL, &config.loss, &err);
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    size_t n = il_network_size(net);
    il_real *arrays[3] = {il_network_parameters(net), il_network_slot(net, 0),
                          il_network_slot(net, 1)};
    for (size_t a = 0; a < 3; a++)
        for (size_t p = 0; p < n; p++)
            for (size_t r = 0; r < 64; r++)
                arrays[a][p * 64 + r] = (il_real)(a * 10000 + p * 100 + r);
    for (size_t r = 0; r < 64; r++)
        il_network_lane_slots(net)[r] = (double)r;
    size_t lanes[18];
    for (size_t i = 0; i < 18; i++)
        lanes[i] = 3 * i + 5;
    il_network_keep(net, lanes, 18);
    assert_int_equal(il_network_replicas(net), 32);
    for (size_t a = 0; a < 3; a++)
        for (size_t p = 0; p < n; p++)
            for (size_t r = 0; r < 32; r++)
                assert_true(arrays[a][p * 32 + r] ==
                            (r < 18 ? (il_real)(a * 10000 + p * 100 + lanes[r]) : 0));
    for (size_t r = 0; r < 18; r++)
        assert_true(il_network_lane_slots(net)[r] == (double)lanes[r]);
    /* W and b of each layer follow the parameters. */
    il_real W[6], b[3];
    il_network_get(net, 0, 1, W, b);
    assert_true(W[5] == 500 + 8 && b[0] == 600 + 8);
    il_network_free(net);
}

static void refuses(void **state) {
    (void)state;
    il_error err;
    il_network *net = NULL;
    il_network_config good = {.engine = IL_LOCKSTEP, .replicas = 16, .batch = 4};
    il_widths_parse("2-3-1", NULL, &good.widths, &err);
    il_call_parse(&il_activations, "relu", NULL, &good.hidden, &err);
    il_call_parse(&il_losses, "bce", NULL, &good.loss, &err);
    il_network_config bad = good;
    bad.replicas = 17;
    assert_int_equal(il_network_new(&bad, &net, &err), IL_INVALID);
    assert_string_equal(err.message,
                        "17 replicas: the blas engine takes 1, lockstep a multiple of 16");
    assert_null(net);
    bad = good;
    bad.widths.width[1] = 0;
    assert_int_equal(il_network_new(&bad, &net, &err), IL_INVALID);
    assert_string_equal(err.message, "width 2 is 0, outside [1, 1000000]");
    static const size_t counts[] = {0, 1, IL_MAX_LAYERS + 2};
    for (size_t i = 0; i < 3; i++) {
        bad = good;
        bad.widths.n = counts[i];
        assert_int_equal(il_network_new(&bad, &net, &err), IL_INVALID);
        assert_non_null(strstr(err.message, "widths: a network has from 2"));
    }
    bad = good;
    bad.batch = 0;
    assert_int_equal(il_network_new(&bad, &net, &err), IL_INVALID);
    bad = good;
    il_call_parse(&il_losses, "softmax_ce", NULL, &bad.loss, &err);
    assert_int_equal(il_network_new(&bad, &net, &err), IL_INVALID);
    assert_string_equal(err.message, "softmax_ce needs at least 2 outputs, the network has 1");
    bad = good;
    bad.hidden.desc = NULL;
    assert_int_equal(il_network_new(&bad, &net, &err), IL_INVALID);
    assert_string_equal(err.message, "no activation is given: read one with il_call_parse");
    bad = good;
    bad.loss = good.hidden;
    assert_int_equal(il_network_new(&bad, &net, &err), IL_INVALID);
    assert_string_equal(err.message, "'relu' is no loss");
    bad = good;
    bad.norm = bad.dropout = good.loss;
    assert_int_equal(il_network_new(&bad, &net, &err), IL_INVALID);
    assert_string_equal(err.message, "'bce' is no norm");
    bad = good;
    bad.dropout = good.loss;
    assert_int_equal(il_network_new(&bad, &net, &err), IL_INVALID);
    assert_string_equal(err.message, "'bce' is no dropout");
    bad = good;
    bad.replicas = (size_t)-1 / 16 * 16;
    assert_int_equal(il_network_new(&bad, &net, &err), IL_NO_MEMORY);
    assert_null(net);
    il_network_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(textbook),       cmocka_unit_test(counts_correct),
        cmocka_unit_test(extreme_logits), cmocka_unit_test(engines_agree),
        cmocka_unit_test(keep),           cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
