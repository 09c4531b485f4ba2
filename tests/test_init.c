/* Schemes against their closed forms, measured in the built network, where fans could be mixed up.
 */
#include "call.h"

#include "initlab.h"

#include <math.h>
#include <string.h>

static il_call parse(const char *text) {
    return parse_call(&il_inits, text);
}

static il_network *build(const char *widths, il_engine engine, size_t R) {
    il_error err;
    il_network *net = NULL;
    il_network_config config = {.engine = engine, .replicas = R, .batch = 1};
    assert_int_equal(il_widths_parse(widths, NULL, &config.widths, &err), IL_OK);
    assert_int_equal(il_call_parse(&il_activations, "relu", NULL, &config.hidden, &err), IL_OK);
    assert_int_equal(il_call_parse(&il_losses, "mse", NULL, &config.loss, &err), IL_OK);
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    return net;
}

typedef struct law {
    const char *text;
    bool uniform;
    double mean;
    double (*variance)(double in, double out);
} law;

static double xavier(double in, double out) {
    return 2 / (in + out);
}
static double xavier_gain(double in, double out) {
    return 25.0 / 9 * 2 / (in + out);
}
static double he(double in, double out) {
    return (void)out, 2 / in;
}
static double he_out(double in, double out) {
    return (void)in, 2 / out;
}
static double he_leaky(double in, double out) {
    return (void)out, 2 / (1.04 * in);
}
static double lecun(double in, double out) {
    return (void)out, 1 / in;
}
static double fixed(double in, double out) {
    return (void)in, (void)out, 0.0009;
}
static double half_unit(double in, double out) {
    return (void)in, (void)out, 1.0 / 48;
}

static const law laws[] = {
    {"xavier_uniform", true, 0, xavier},
    {"glorot_normal", false, 0, xavier},
    {"xavier_normal(gain=5/3)", false, 0, xavier_gain},
    {"he_uniform", true, 0, he},
    {"kaiming_normal", false, 0, he},
    {"he_normal(mode=fan_out)", false, 0, he_out},
    {"he_normal(slope=0.2)", false, 0, he_leaky},
    {"lecun_uniform", true, 0, lecun},
    {"lecun_normal", false, 0, lecun},
    {"normal(mean=-0.1, std=0.03)", false, -0.1, fixed},
    {"uniform(low=-0.5, high=0)", true, -0.25, half_unit},
};

/* Mean and variance within 4 standard errors (6e-5 each under the law; the draws are fixed), and
 * the largest uniform within the stated ends and near them. Wide, tall and square layers. */
static void moments(void **state) {
    (void)state;
    il_error err;
    il_call zeros = parse("zeros");
    for (size_t c = 0; c < sizeof laws / sizeof *laws; c++) {
        il_call call = parse(laws[c].text);
        il_network *net = build("30-200-200-40", IL_LOCKSTEP, 16);
        for (size_t r = 0; r < 16; r++)
            assert_int_equal(il_init_network(&call, &zeros, net, r, 50 + r, &err), IL_OK);
        for (size_t k = 0; k < 3; k++) {
            const il_layer *y = il_network_layer(net, k);
            double variance = laws[c].variance((double)y->fan_in, (double)y->fan_out);
            size_t n = y->fan_in * y->fan_out * 16;
            double m1 = 0, m2 = 0, N = (double)n, most = 0;
            for (size_t i = 0; i < n; i++) {
                double w = (double)y->W[i] - laws[c].mean;
                m1 += w;
                m2 += w * w;
                most = fmax(most, fabs(w));
            }
            double excess =
                laws[c].uniform ? 0.8 : 2; /* fourth central moment / variance², less 1 */
            if (!(fabs(m1 / N) < 4 * sqrt(variance / N)) ||
                !(fabs(m2 / N - variance) < 4 * variance * sqrt(excess / N)))
                fail_msg("%s layer %zu: mean %.6f, variance %.6g, not %.6g", laws[c].text, k + 1,
                         m1 / N, m2 / N, variance);
            double end = sqrt(3 * variance);
            if (laws[c].uniform)
                assert_true(most <= end * (1 + 1e-6) && most > end * 0.999);
            for (size_t i = 0; i < y->fan_out * 16; i++)
                assert_true(y->b[i] == 0);
        }
        il_network_free(net);
    }
}

static void constants(void **state) {
    (void)state;
    il_error err;
    il_network *net = build("3-4-2", IL_BLAS, 1);
    il_call ones = parse("ones"), half = parse("constant(0.5)"), zeros = parse("zeros");
    assert_int_equal(il_init_network(&half, &ones, net, 0, 1, &err), IL_OK);
    const il_layer *y = il_network_layer(net, 1);
    for (size_t i = 0; i < 8; i++)
        assert_true(y->W[i] == (il_real)0.5);
    assert_true(y->b[0] == 1 && y->b[1] == 1);
    assert_int_equal(il_init_network(&zeros, &zeros, net, 0, 1, &err), IL_OK);
    for (size_t i = 0; i < il_network_size(net); i++)
        assert_true(il_network_parameters(net)[i] == 0);
    il_network_free(net);
}

/* Schemes of one base distribution rescale the same draws; weights, bias and layers do not share
 * any. */
static void common_random_numbers(void **state) {
    (void)state;
    il_error err;
    il_init_layer layer = {.index = 1, .fan_in = 6, .fan_out = 10};
    il_real a[60], b[60], c[60], d[10];
    il_call unit = parse("normal(std=1)"), he_normal = parse("he_normal"),
            flat = parse("lecun_uniform"), wide = parse("uniform(low=-1, high=1)");
    il_init_fill(&unit, &layer, 5, IL_PURPOSE_WEIGHT, a, &err);
    il_init_fill(&he_normal, &layer, 5, IL_PURPOSE_WEIGHT, b, &err);
    for (size_t i = 0; i < 60; i++)
        assert_true(fabs((double)b[i] - (double)a[i] * sqrt(2.0 / 6)) < 1e-6 * fabs((double)a[i]));
    il_init_fill(&flat, &layer, 5, IL_PURPOSE_WEIGHT, b, &err);
    il_init_fill(&wide, &layer, 5, IL_PURPOSE_WEIGHT, c, &err);
    for (size_t i = 0; i < 60; i++)
        assert_true(fabs((double)b[i] - (double)c[i] * sqrt(3.0 / 6)) < 1e-6);
    il_init_fill(&unit, &layer, 6, IL_PURPOSE_WEIGHT, b, &err);
    assert_memory_not_equal(a, b, sizeof a);
    layer.index = 2;
    il_init_fill(&unit, &layer, 5, IL_PURPOSE_WEIGHT, b, &err);
    assert_memory_not_equal(a, b, sizeof a);
    layer.index = 1;
    il_init_fill(&unit, &layer, 5, IL_PURPOSE_BIAS, d, &err);
    assert_memory_not_equal(a, d, sizeof d);
}

/* Every scheme gives a replica the same bits in both engines and any lane. */
static void engines_start_alike(void **state) {
    (void)state;
    il_error err;
    static const char *const given[] = {
        "constant(0.5)",           "normal(std=2)", "uniform(low=-1, high=2)",
        "truncated_normal(std=2)", "sparse(k=2)",   "sparse_columns(sparsity=0.3)"};
    il_call bias = parse("uniform(low=-0.1, high=0.1)");
    for (size_t i = 0; i < il_inits.n; i++) {
        const char *text = il_inits.items[i]->name;
        for (size_t g = 0; g < sizeof given / sizeof *given; g++)
            if (strncmp(given[g], text, strlen(text)) == 0 && given[g][strlen(text)] == '(')
                text = given[g];
        const il_init_type *type = (const il_init_type *)(const void *)il_inits.items[i];
        if (type->fit || type->open)
            continue; /* need data, or a file: test_data_dependent.c, test_weights.c */
        il_call call = parse(text);
        il_network *one = build("3-7-7-2", IL_BLAS, 1), *many = build("3-7-7-2", IL_LOCKSTEP, 64);
        assert_int_equal(il_init_network(&call, &bias, one, 0, 77, &err), IL_OK);
        assert_int_equal(il_init_network(&call, &bias, many, 41, 77, &err), IL_OK);
        for (size_t p = 0; p < il_network_size(one); p++)
            assert_memory_equal(il_network_parameters(one) + p,
                                il_network_parameters(many) + p * 64 + 41, sizeof(il_real));
        il_network_free(one);
        il_network_free(many);
    }
}

static void impossible(void **state) {
    (void)state;
    il_error err;
    il_init_layer layer = {.index = 2, .fan_in = 2, .fan_out = 2};
    il_real W[4];
    il_call call = parse("uniform(low=1, high=-1)");
    assert_int_equal(il_init_fill(&call, &layer, 1, IL_PURPOSE_WEIGHT, W, &err), IL_INVALID);
    assert_string_equal(err.message, "layer 3: uniform needs low < high, got low=1, high=-1");
    call = parse("uniform(low=1, high=1)");
    assert_int_equal(il_init_fill(&call, &layer, 1, IL_PURPOSE_WEIGHT, W, &err), IL_INVALID);
    layer.fan_in = 0;
    call = parse("he_normal");
    assert_int_equal(il_init_fill(&call, &layer, 1, IL_PURPOSE_WEIGHT, W, &err), IL_INVALID);
    assert_string_equal(err.message, "layer 3: 0x2 has no weights");
    layer.fan_in = 2, layer.fan_out = 0;
    assert_int_equal(il_init_fill(&call, &layer, 1, IL_PURPOSE_WEIGHT, W, &err), IL_INVALID);
    assert_string_equal(err.message, "layer 3: 2x0 has no weights");
    layer.fan_out = 2;

    /* What call notation refuses, in calls that a program put together. */
    static const struct {
        const char *text;
        size_t param;
        double value;
        const char *message;
    } cases[] = {
        {"normal(std=1)", 1, -1, "layer 3: normal: std=-1 is not in [0, 1e+06]"},
        {"normal(std=1)", 1, (double)NAN, "layer 3: normal: std=nan is not in [0, 1e+06]"},
        {"normal(std=1)", 0, (double)INFINITY,
         "layer 3: normal: mean=inf is not in [-1e+06, 1e+06]"},
        {"orthogonal", 0, 0, "layer 3: orthogonal: gain=0 is not in (0, 1e+06]"},
        {"xavier_normal", 0, -1, "layer 3: xavier_normal: gain=-1 is not in (0, 1.79769e+308]"},
        {"he_normal", 0, 2, "layer 3: he_normal: mode=2 is not in [0, 1], whole numbers"},
        {"sparse(k=1)", 0, 1.5, "layer 3: sparse: k=1.5 is not in [1, 1e+06], whole numbers"},
        {"variance_scaling", 2, -1,
         "layer 3: variance_scaling: distribution=-1 is not in [0, 2], whole numbers"},
    };
    layer.fan_in = 2;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        call = parse(cases[c].text);
        call.arg[cases[c].param] = cases[c].value;
        assert_int_equal(il_init_fill(&call, &layer, 1, IL_PURPOSE_WEIGHT, W, &err), IL_INVALID);
        assert_string_equal(err.message, cases[c].message);
    }
    call = parse("lsuv(base=normal(std=1))");
    call.inner_arg[1] = -1;
    assert_int_equal(il_init_fill(&call, &layer, 1, IL_PURPOSE_WEIGHT, W, &err), IL_INVALID);
    assert_string_equal(err.message, "layer 3: normal: std=-1 is not in [0, 1e+06]");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments),
        cmocka_unit_test(constants),
        cmocka_unit_test(common_random_numbers),
        cmocka_unit_test(engines_start_alike),
        cmocka_unit_test(impossible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
