/* What each scheme promises beyond its moments: bounds, one vector for weights and bias, scale, determinism. The
 * draws are fixed, so that a test passes or fails for ever; where a limit is statistical, its chance under the law
 * is stated.
 */
#include "schemes.h"

#include "init/truncated.h"
#include "nn/activation.h"

static il_real b[MOST];

static double normal_cdf(double z) {
    return erfc(-z / sqrt(2)) / 2;
}

/* Each draw is the quantile of the uniform that it came from, and lies strictly inside (-2, 2). */
static void truncated(void **state) {
    (void)state;
    const double kept = normal_cdf(2) - normal_cdf(-2);
    il_stream u = il_stream_open(4, IL_PURPOSE_DATA, 0), z = u;
    il_stream_uniform(&u, MOST, V);
    il_draw_truncated(&z, MOST, IL_NO_MEAN, 1, W);
    assert_memory_equal(&u, &z, sizeof u);
    for (size_t i = 0; i < MOST; i++) {
        double F = (normal_cdf((double)W[i]) - normal_cdf(-2)) / kept;
        assert_true(fabs(F - ((double)V[i] + 1) / 2) < 2e-7);
        assert_true(fabs((double)W[i]) < 2);
    }
    for (size_t i = 1; i < MOST; i++)
        assert_true((V[i] < V[i - 1]) == (W[i] < W[i - 1]));
    fill("truncated_normal(mean=0.5, std=0.1)", 200, 300, 8, W);
    double low = 1, high = 0;
    for (size_t i = 0; i < 60000; i++) {
        low = fmin(low, (double)W[i]);
        high = fmax(high, (double)W[i]);
    }
    double end = 0.2 / IL_TRUNCATED_STD;
    assert_true(low > 0.5 - end - 1e-6 && low < 0.5 - end + 1e-3);
    assert_true(high < 0.5 + end + 1e-6 && high > 0.5 + end - 1e-3);
}

/* Of each unit's fan_in + 1 Gaussians exactly one is replaced by a draw from (0, 1), each equally often: 63.7 is
 * exceeded by chi-square of 19 degrees of freedom with a chance of 1e-6. Weights and bias tell of one vector. */
static void rai(void **state) {
    (void)state;
    enum { IN = 19, OUT = 3000 };
    double at[IN + 1] = {0};
    fill("rai", IN, OUT, 6, W);
    fill_bias("rai", IN, OUT, 6, b);
    il_stream stream = il_stream_open(6, IL_PURPOSE_WEIGHT, 2);
    il_stream_normal(&stream, IN * OUT, V);
    il_stream_normal(&stream, OUT, V + IN * OUT);
    for (size_t j = 0; j < OUT; j++) {
        size_t replaced = 0;
        for (size_t i = 0; i <= IN; i++) {
            double w = (double)(i < IN ? W[i * OUT + j] : b[j]);
            double z = (double)V[i * OUT + j] * 0.6007 / sqrt(IN);
            if (fabs(w - z) > 1e-6 * fabs(z)) {
                replaced++;
                at[i]++;
                assert_true(w > 0 && w < 1);
            }
        }
        assert_int_equal(replaced, 1);
    }
    assert_true(chi_square(IN + 1, at, OUT / (double)(IN + 1)) < 63.7);

    il_network *net = build("4-6-2", "relu");
    il_call call = parse(&il_inits, "rai");
    assert_int_equal(il_init_network(&call, NULL, net, 0, 3, &err), IL_OK);
    il_init_layer second = {.index = 1, .fan_in = 6, .fan_out = 2};
    assert_int_equal(il_init_fill(&call, &second, 3, IL_PURPOSE_BIAS, b, &err), IL_OK);
    assert_memory_equal(il_network_layer(net, 1)->b, b, 2 * sizeof *b);
    il_network_free(net);
}

/* Mean of log(|phi(xW)|^2 / |x|^2) over many square layers: 0 is what the scheme is made for. Its standard error is
 * below 0.008, and 0.04 is more than 5 of them; He's gain alone gives -0.136, a linear layer's -0.051. */
static double mean_log_growth(const char *activation) {
    enum { N = 20, LAYERS = 4000 };
    il_call call = parse(&il_inits, "random_walk");
    il_init_layer layer = layer_of(N, N, activation);
    const il_activation_type *type = il_activation_of(&layer.activation);
    double sum = 0;
    for (uint64_t seed = 0; seed < LAYERS; seed++) {
        double length = 0;
        assert_int_equal(il_init_fill(&call, &layer, seed, IL_PURPOSE_WEIGHT, W, &err), IL_OK);
        for (size_t j = 0; j < N; j++) {
            double z = 0;
            for (size_t i = 0; i < N; i++)
                z += (double)W[i * N + j];
            length += pow(type->value(layer.activation.arg, z), 2);
        }
        sum += log(length / N);
    }
    return sum / LAYERS;
}

static double mirrored(const double *arg, double z) {
    return (void)arg, z < 0 ? 3 * z : 0;
}
static double mirrored_slope(const double *arg, double z) {
    return (void)arg, z < 0 ? 3 : 0;
}

/* A rectifier of the other side and of slope 3 needs a third of the weights. */
static void random_walk_of_any_rectifier(void **state) {
    (void)state;
    const il_activation_type type = {
        .desc = {.name = "mirrored"}, .value = mirrored, .slope = mirrored_slope};
    il_call call = parse(&il_inits, "random_walk");
    il_init_layer layer = layer_of(40, 9, "relu");
    assert_int_equal(il_init_fill(&call, &layer, 4, IL_PURPOSE_WEIGHT, W, &err), IL_OK);
    layer.activation = (il_call){.desc = &type.desc};
    assert_int_equal(il_init_fill(&call, &layer, 4, IL_PURPOSE_WEIGHT, V, &err), IL_OK);
    for (size_t i = 0; i < 40 * 9; i++)
        assert_true(fabs((double)V[i] - (double)W[i] / 3) <= 2e-7 * fabs((double)W[i]));
}

static void random_walk(void **state) {
    (void)state;
    assert_true(fabs(mean_log_growth("relu")) < 0.04);
    assert_true(fabs(mean_log_growth("linear")) < 0.04);
    assert_true(fabs(mean_log_growth("abs")) < 0.04);
    assert_true(fabs(mean_log_growth("leaky_relu(slope=0.3)")) < 0.04);

    /* The formulas themselves, from the draws of normal(std=1). */
    static const struct {
        const char *text, *activation;
        size_t in;
        double g;
    } cases[] = {
        {"random_walk", "relu", 100, 1.4317087661298527}, /* sqrt(2) exp(1.2/97.6) */
        {"random_walk", "relu", 3, 1.973694019373153},    /* sqrt(2) exp(1.2/3.6) */
        {"random_walk", "linear", 3, 1.1813604128656459}, /* exp(1/6) */
        /* E[φ'²] = 0.545, E[φ'⁴] = 0.50405: exp(4.0909856/160)/sqrt(0.545) */
        {"random_walk", "leaky_relu(slope=0.3)", 40, 1.3896520640904066},
        {"random_walk(g=1.1)", "tanh", 50, 1.1},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        il_call call = parse(&il_inits, cases[c].text), unit = parse(&il_inits, "normal(std=1)");
        il_init_layer layer = layer_of(cases[c].in, 9, cases[c].activation);
        assert_int_equal(il_init_fill(&call, &layer, 4, IL_PURPOSE_WEIGHT, W, &err), IL_OK);
        assert_int_equal(il_init_fill(&unit, &layer, 4, IL_PURPOSE_WEIGHT, V, &err), IL_OK);
        for (size_t i = 0; i < cases[c].in * 9; i++) {
            double expected = (double)V[i] * cases[c].g / sqrt((double)cases[c].in);
            assert_true(fabs((double)W[i] - expected) <= 2e-7 * fabs(expected));
        }
    }
}

/* Twice the scale is twice the weights, to the last bit. */
static void equivariance(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"truncated_normal(std=0.3)", "truncated_normal(std=0.6)"},
        {"identity(gain=0.7)", "identity(gain=1.4)"},
        {"orthogonal(gain=0.7)", "orthogonal(gain=1.4)"},
        {"sparse(k=4, std=0.3)", "sparse(k=4, std=0.6)"},
        {"sparse_columns(sparsity=0.2, std=0.3)", "sparse_columns(sparsity=0.2, std=0.6)"},
        {"random_walk(g=0.7)", "random_walk(g=1.4)"},
    };
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        fill(pairs[p][0], 20, 30, 5, W);
        fill(pairs[p][1], 20, 30, 5, V);
        for (size_t i = 0; i < 600; i++)
            assert_true(V[i] == 2 * W[i]);
    }
}

/* Weights and biases reach the ends of their ranges and never leave them: with 20000 weights and 100 biases the
 * largest is 0.5 % and 10 % short of the end with a chance below 1e-9 and 3e-5 a layer. */
static void replicas(void **state) {
    (void)state;
    static const struct {
        const char *name, *hidden;
        double weight[2], bias[2]; /* ends in a 300-200-100 network's first and last layer */
    } cases[] = {
        {"torch_linear", "relu", {0.05773503, 0.07071068}, {0.05773503, 0.07071068}},
        {"keras_dense", "relu", {0.10954451, 0.14142136}, {0, 0}},
        {"caffe_xavier", "relu", {0.1, 0.12247449}, {0, 0}},
        {"genann", "relu", {0.5, 0.5}, {0.5, 0.5}},
        {"fann", "relu", {0.1, 0.1}, {0.1, 0.1}},
        {"darknet_dense", "relu", {0.08164966, 0.1}, {0, 0}},
        {"tiny_dnn", "relu", {0.10954451, 0.14142136}, {0, 0}},
        {"sklearn_mlp", "relu", {0.10954451, 0.14142136}, {0.10954451, 0.14142136}},
        {"sklearn_mlp", "sigmoid", {0.06324555, 0.08164966}, {0.06324555, 0.08164966}},
        {"flax_dense", "relu", {0.13127181, 0.16077448}, {0, 0}}, /* 2/sqrt(fan_in)/0.87962566 */
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        il_network *net = build("300-200-100", cases[c].hidden);
        il_call call = parse(&il_inits, cases[c].name);
        assert_int_equal(il_init_network(&call, NULL, net, 0, 1, &err), IL_OK);
        for (size_t k = 0; k < 2; k++) {
            const il_layer *y = il_network_layer(net, k);
            double w = 0, v = 0;
            for (size_t i = 0; i < y->fan_in * y->fan_out; i++)
                w = fmax(w, fabs((double)y->W[i]));
            for (size_t j = 0; j < y->fan_out; j++)
                v = fmax(v, fabs((double)y->b[j]));
            double W_end = cases[c].weight[k], b_end = cases[c].bias[k];
            if (!(w <= W_end * (1 + 1e-6) && w >= W_end * 0.995 && v <= b_end * (1 + 1e-6) &&
                  v >= b_end * 0.9))
                fail_msg("%s layer %zu: |W| <= %.8f, |b| <= %.8f", cases[c].name, k + 1, w, v);
        }
        il_network_free(net);
    }
    fill_bias("playground", 5, 10, 1, b);
    for (size_t j = 0; j < 10; j++)
        assert_true(b[j] == (il_real)0.1);
    fill_bias("tinn", 5, 10, 1, b);
    for (size_t j = 1; j < 10; j++)
        assert_true(b[j] == b[0]);
    fill_bias("tinn", 5, 10, 2, V);
    assert_true(V[0] != b[0]);
    fill_bias("kann", 5, 10, 1, b);
    assert_true(b[0] == 0 && b[9] == 0);
}

static void impossible(void **state) {
    (void)state;
    il_call call = parse(&il_inits, "sparse");
    il_init_layer layer = layer_of(4, 3, "tanh");
    assert_int_equal(il_init_fill(&call, &layer, 1, IL_PURPOSE_WEIGHT, W, &err), IL_INVALID);
    assert_string_equal(err.message,
                        "layer 3: sparse(k=15) needs at least 15 inputs, but fan_in is 4");
    call = parse(&il_inits, "random_walk");
    assert_int_equal(il_init_fill(&call, &layer, 1, IL_PURPOSE_WEIGHT, W, &err), IL_INVALID);
    assert_string_equal(err.message,
                        "layer 3: random_walk has no gain for tanh, which is not straight on both "
                        "sides of 0: give g=, about 1.1 for tanh");
    il_initializer bound;
    il_call tanh = parse(&il_activations, "tanh");
    assert_int_equal(il_initializer_bind(&call, NULL, &tanh, &bound, &err), IL_INVALID);
    static const char *const refused[] = {
        "sparse(k=0)",         "sparse(std=-1)",     "sparse(std=0)",
        "sparse_columns",      "orthogonal(gain=0)", "sparse_columns(sparsity=1.1)",
        "truncated_normal",    "random_walk(g=0)",   "truncated_normal(std=-1)",
        "orthogonal(gain=nan)"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_int_equal(il_call_parse(&il_inits, refused[i], NULL, &call, &err), IL_INVALID);
}

/* The exact tier: the same bits from every compiler and instruction set. */
#ifndef IL_DOUBLE
static void bits(void **state) {
    (void)state;
    static const char *const texts[] = {"truncated_normal(std=1)",
                                        "orthogonal",
                                        "sparse(k=7)",
                                        "sparse_columns(sparsity=0.4)",
                                        "random_walk",
                                        "rai",
                                        "zero_hadamard",
                                        "flax_dense",
                                        "sklearn_mlp"};
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (size_t shape = 0; shape < 2; shape++) {
            size_t in = shape ? 37 : 150, out = shape ? 101 : 70;
            fill(texts[t], in, out, t, W);
            for (size_t i = 0; i < in * out * sizeof *W; i++)
                hash = (hash ^ ((unsigned char *)W)[i]) * UINT64_C(0x100000001b3);
        }
    if (hash != UINT64_C(0x80826e3ce1ba7534))
        fail_msg("schemes hash to 0x%016llx", (unsigned long long)hash);
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncated),    cmocka_unit_test(rai),
        cmocka_unit_test(random_walk),  cmocka_unit_test(random_walk_of_any_rectifier),
        cmocka_unit_test(equivariance), cmocka_unit_test(replicas),
        cmocka_unit_test(impossible),
#ifndef IL_DOUBLE
        cmocka_unit_test(bits),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
