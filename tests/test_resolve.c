/* Automatic parameters: what a scheme becomes on layers of a given activation, measured in the built network. */
#include "cmocka_all.h"

#include "golden/theory.h"
#include "initlab.h"

#include <math.h>
#include <string.h>

#define R 16

static il_call parse(const il_family *family, const char *text) {
    il_error err;
    il_call call;
    if (il_call_parse(family, text, NULL, &call, &err) != IL_OK)
        fail_msg("%s", err.message);
    return call;
}

static il_network *build(const char *hidden) {
    il_error err;
    il_network *net = NULL;
    il_network_config config = {.engine = IL_LOCKSTEP, .replicas = R, .batch = 1};
    assert_int_equal(il_widths_parse("30-200-200-40", NULL, &config.widths, &err), IL_OK);
    config.hidden = parse(&il_activations, hidden);
    config.loss = parse(&il_losses, "mse");
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    return net;
}

/* 1/E[φ(z)²], by mpmath. */
static double gain2(const char *activation) {
    for (size_t i = 0; i < sizeof golden_moments / sizeof *golden_moments; i++)
        if (golden_moments[i].q == 1 && strcmp(golden_moments[i].activation, activation) == 0)
            return 1 / golden_moments[i].square;
    fail_msg("no golden for %s", activation);
    return 0;
}

static double sigma_w2(const char *activation, double sigma_b2) {
    for (size_t i = 0; i < sizeof golden_criticals / sizeof *golden_criticals; i++)
        if (golden_criticals[i].sigma_b2 == sigma_b2 &&
            strcmp(golden_criticals[i].activation, activation) == 0)
            return golden_criticals[i].sigma_w2;
    fail_msg("no golden for %s at %g", activation, sigma_b2);
    return 0;
}

/* Fourth central moment / variance², less 1, and the largest draw / standard deviation. */
typedef enum shape { NORMAL, UNIFORM, TRUNCATED } shape;
static const double excess[] = {2, 0.8, 1.36550};
static const double end[] = {HUGE_VAL, 1.7320508075688772, 2 / 0.87962566103423978};

typedef enum count { IN, OUT, AVERAGE, GEOMETRIC } count;

static double connections(count n, double in, double out) {
    return n == IN ? in : n == OUT ? out : n == AVERAGE ? (in + out) / 2 : sqrt(in * out);
}

/* Mean and variance of N values within 4 standard errors: 6e-5 each under the law; the draws are fixed. */
static void check(const char *what, size_t layer, size_t N, const il_real *w, double variance,
                  shape s) {
    double n = (double)N, m1 = 0, m2 = 0, most = 0;
    for (size_t i = 0; i < N; i++) {
        m1 += (double)w[i];
        m2 += (double)w[i] * (double)w[i];
        most = fmax(most, fabs((double)w[i]));
    }
    if (!(fabs(m1 / n) < 4 * sqrt(variance / n)) ||
        !(fabs(m2 / n - variance) < 4 * variance * sqrt(excess[s] / n)))
        fail_msg("%s layer %zu: mean %.6f, variance %.6g, not %.6g", what, layer, m1 / n, m2 / n,
                 variance);
    double bound = end[s] * sqrt(variance);
    if (s != NORMAL && !(most <= bound * (1 + 1e-6) && most > 0.995 * bound))
        fail_msg("%s layer %zu: largest %g, not %g", what, layer, most, bound);
}

/* Draws all layers; Var(W) n is `hidden` there and `output` in the last layer. */
static void check_network(const char *text, const char *activation, count n, double hidden,
                          double output, shape s) {
    il_error err;
    il_call call = parse(&il_inits, text), zeros = parse(&il_inits, "zeros");
    il_network *net = build(activation);
    for (size_t r = 0; r < R; r++)
        if (il_init_network(&call, &zeros, net, r, 400 + r, &err) != IL_OK)
            fail_msg("%s", err.message);
    for (size_t k = 0; k < 3; k++) {
        const il_layer *y = il_network_layer(net, k);
        double fan = connections(n, (double)y->fan_in, (double)y->fan_out);
        check(text, k + 1, y->fan_in * y->fan_out * R, y->W, (k < 2 ? hidden : output) / fan, s);
    }
    il_network_free(net);
}

static void automatic_gains(void **state) {
    (void)state;
    static const char *const hidden[] = {"tanh", "sigmoid", "relu", "elu(alpha=0.25)", "gelu_tanh"};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        double g2 = gain2(hidden[i]);
        check_network("xavier_normal(gain=auto)", hidden[i], AVERAGE, g2, 1, NORMAL);
        check_network("xavier_uniform(gain=auto)", hidden[i], AVERAGE, g2, 1, UNIFORM);
        check_network("he_normal(gain=auto)", hidden[i], IN, g2, 1, NORMAL);
        check_network("he_uniform(mode=fan_out, slope=0.5, gain=auto)", hidden[i], OUT, g2, 1,
                      UNIFORM);
        check_network("variance_scaling(scale=auto)", hidden[i], IN, g2, 1, NORMAL);
    }
}

static void given_gains(void **state) {
    (void)state;
    check_network("he_normal(gain=0.5)", "tanh", IN, 0.5, 0.5, NORMAL);
    check_network("he_uniform(slope=0.5, gain=2)", "tanh", IN, 6.4, 6.4, UNIFORM);
    check_network("xavier_normal(gain=3)", "tanh", AVERAGE, 9, 9, NORMAL);
    check_network("critical(sigma_w2=1.5)", "softplus", IN, 1.5, 1.5, NORMAL);
}

static void variance_scaling(void **state) {
    (void)state;
    static const struct {
        const char *text;
        count n;
        double scale;
        shape shape;
    } cases[] = {
        {"variance_scaling", IN, 1, NORMAL},
        {"variance_scaling(2)", IN, 2, NORMAL},
        {"variance_scaling(scale=3, mode=fan_out)", OUT, 3, NORMAL},
        {"variance_scaling(mode=fan_avg)", AVERAGE, 1, NORMAL},
        {"variance_scaling(mode=fan_geo_avg)", GEOMETRIC, 1, NORMAL},
        {"variance_scaling(distribution=uniform)", IN, 1, UNIFORM},
        {"variance_scaling(scale=2, mode=fan_out, distribution=uniform)", OUT, 2, UNIFORM},
        {"variance_scaling(mode=fan_avg, distribution=uniform)", AVERAGE, 1, UNIFORM},
        {"variance_scaling(mode=fan_geo_avg, distribution=uniform)", GEOMETRIC, 1, UNIFORM},
        {"variance_scaling(distribution=truncated)", IN, 1, TRUNCATED},
        {"variance_scaling(scale=0.5, mode=fan_out, distribution=truncated)", OUT, 0.5, TRUNCATED},
        {"variance_scaling(mode=fan_avg, distribution=truncated)", AVERAGE, 1, TRUNCATED},
        {"variance_scaling(mode=fan_geo_avg, distribution=truncated)", GEOMETRIC, 1, TRUNCATED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_network(cases[i].text, "relu", cases[i].n, cases[i].scale, cases[i].scale,
                      cases[i].shape);
}

/* Presets of the general form draw the same weights. */
static void presets(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"variance_scaling", "lecun_normal"},
        {"variance_scaling(distribution=uniform)", "lecun_uniform"},
        {"variance_scaling(scale=2)", "he_normal"},
        {"variance_scaling(scale=2, mode=fan_out, distribution=uniform)",
         "he_uniform(mode=fan_out)"},
        {"variance_scaling(mode=fan_avg)", "xavier_normal"},
    };
    il_init_layer layer = {.fan_in = 9, .fan_out = 5};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        il_error err;
        il_real a[45], b[45];
        il_call one = parse(&il_inits, pairs[i][0]), other = parse(&il_inits, pairs[i][1]);
        assert_int_equal(il_init_fill(&one, &layer, 3, IL_PURPOSE_WEIGHT, a, &err), IL_OK);
        assert_int_equal(il_init_fill(&other, &layer, 3, IL_PURPOSE_WEIGHT, b, &err), IL_OK);
        for (size_t k = 0; k < 45; k++)
            assert_true(fabs((double)(a[k] - b[k])) <= 1e-6 * fabs((double)a[k]));
    }
}

static void critical(void **state) {
    (void)state;
    static const struct {
        const char *text, *activation;
        double sigma_b2;
    } cases[] = {
        {"critical(0.05)", "tanh", 0.05},
        {"critical(sigma_b2=2)", "elu", 2},
        {"critical", "sigmoid", 0},
        {"critical(sigma_b2=0.2)", "gelu_tanh", 0.2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_network(cases[i].text, cases[i].activation, IN,
                      sigma_w2(cases[i].activation, cases[i].sigma_b2), 1, NORMAL);
        il_error err;
        il_call call = parse(&il_inits, cases[i].text);
        il_network *net = build(cases[i].activation);
        for (size_t r = 0; r < R; r++)
            assert_int_equal(il_init_network(&call, NULL, net, r, 900 + r, &err), IL_OK);
        for (size_t k = 0; k < 3; k++) {
            const il_layer *y = il_network_layer(net, k);
            if (cases[i].sigma_b2 > 0)
                check("bias", k + 1, y->fan_out * R, y->b, cases[i].sigma_b2, NORMAL);
            else
                for (size_t j = 0; j < y->fan_out * R; j++)
                    assert_true(y->b[j] == 0);
        }
        il_network_free(net);
    }
    check_network("critical", "relu", IN, 2, 1, NORMAL);
    check_network("critical", "tanh", IN, 1, 1, NORMAL);
}

/* The search for the critical point is done once, when the scheme meets the activation. */
static void bound_calls_hold_numbers(void **state) {
    (void)state;
    il_error err;
    il_initializer bound;
    il_call tanh = parse(&il_activations, "tanh"), call = parse(&il_inits, "critical(0.05)");
    assert_int_equal(il_initializer_bind(&call, NULL, &tanh, &bound, &err), IL_OK);
    assert_true(fabs(bound.hidden.arg[1] - 1.76095464) < 1e-7 && bound.output.arg[1] == 1);
    assert_true(bound.hidden.arg[0] == 0.05 && bound.bias.desc == call.desc);
    call = parse(&il_inits, "critical(sigma_b2=0.05, sigma_w2=3)");
    assert_int_equal(il_initializer_bind(&call, NULL, &tanh, &bound, &err), IL_OK);
    assert_true(bound.hidden.arg[1] == 3 && bound.output.arg[1] == 3);
    call = parse(&il_inits, "he_normal(gain=auto)");
    assert_int_equal(il_initializer_bind(&call, NULL, &tanh, &bound, &err), IL_OK);
    assert_true(fabs(bound.hidden.arg[2] - 1.5925374 / sqrt(2)) < 1e-6);
    assert_true(fabs(bound.output.arg[2] - 1 / sqrt(2)) < 1e-15);
}

static void no_critical_point(void **state) {
    (void)state;
    il_error err;
    il_initializer bound;
    il_call relu = parse(&il_activations, "relu"), call = parse(&il_inits, "critical(0.1)");
    assert_int_equal(il_initializer_bind(&call, NULL, &relu, &bound, &err), IL_INVALID);
    assert_string_equal(err.message, "relu has no critical point at sigma_b2=0.1: with biases its "
                                     "signal grows without end; use sigma_b2=0");
}

/* What is printed reads back as the same call; auto where it is the default is left out. */
static void canonical_text(void **state) {
    (void)state;
    static const char *const texts[][2] = {
        {"xavier_normal(gain=auto)", NULL},
        {"glorot_uniform(auto)", "xavier_uniform(gain=auto)"},
        {"he_normal(gain=auto)", NULL},
        {"he_uniform(mode=fan_out, slope=0.2, gain=auto)", NULL},
        {"he_normal(gain=1)", "he_normal"},
        {"variance_scaling(scale=auto, mode=fan_avg, distribution=truncated)", NULL},
        {"variance_scaling(scale=2, distribution=uniform)", NULL},
        {"critical(sigma_b2=0.05)", NULL},
        {"critical(sigma_b2=0, sigma_w2=auto)", "critical"},
        {"critical(sigma_w2=1.5)", NULL},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char once[IL_CALL_TEXT], twice[IL_CALL_TEXT];
        il_call call = parse(&il_inits, texts[i][0]);
        il_call_format(&call, once);
        assert_string_equal(once, texts[i][1] ? texts[i][1] : texts[i][0]);
        il_call again = parse(&il_inits, once);
        assert_string_equal(il_call_format(&again, twice), once);
        for (size_t p = 0; p < call.desc->n_params; p++)
            assert_true(call.arg[p] == again.arg[p] || (isnan(call.arg[p]) && isnan(again.arg[p])));
    }
}

/* A call that was never bound is resolved where it is filled, rather than filled with NaN. */
static void unbound_calls_are_resolved(void **state) {
    (void)state;
    il_error err;
    il_call call, tanh_call, number;
    il_real a[12], b[12];
    assert_int_equal(il_call_parse(&il_inits, "xavier_normal(gain=auto)", NULL, &call, &err),
                     IL_OK);
    assert_int_equal(il_call_parse(&il_inits, "xavier_normal(gain=1.5925)", NULL, &number, &err),
                     IL_OK);
    assert_int_equal(il_call_parse(&il_activations, "tanh", NULL, &tanh_call, &err), IL_OK);
    il_init_layer layer = {.fan_in = 3, .fan_out = 4, .activation = tanh_call};
    assert_int_equal(il_init_fill(&call, &layer, 1, IL_PURPOSE_WEIGHT, a, &err), IL_OK);
    assert_int_equal(il_init_fill(&number, &layer, 1, IL_PURPOSE_WEIGHT, b, &err), IL_OK);
    for (size_t i = 0; i < 12; i++)
        assert_true(fabs((double)(a[i] - b[i])) < 1e-4 * fabs((double)b[i]));
}

/* A scheme that fits to data would leave a bias of zeros unsaid: as a bias of another it is refused. */
static void no_fitted_bias(void **state) {
    (void)state;
    il_error err;
    il_initializer initializer;
    il_call he, fitted, relu;
    assert_int_equal(il_call_parse(&il_inits, "he_normal", NULL, &he, &err), IL_OK);
    assert_int_equal(il_call_parse(&il_inits, "data_dependent", NULL, &fitted, &err), IL_OK);
    assert_int_equal(il_call_parse(&il_activations, "relu", NULL, &relu, &err), IL_OK);
    assert_int_equal(il_initializer_bind(&he, &fitted, &relu, &initializer, &err), IL_INVALID);
    assert_string_equal(err.message,
                        "data_dependent adjusts weights to data and is no scheme for a bias");
    assert_int_equal(il_initializer_bind(&fitted, &fitted, &relu, &initializer, &err), IL_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unbound_calls_are_resolved),
        cmocka_unit_test(no_fitted_bias),
        cmocka_unit_test(automatic_gains),
        cmocka_unit_test(given_gains),
        cmocka_unit_test(variance_scaling),
        cmocka_unit_test(presets),
        cmocka_unit_test(critical),
        cmocka_unit_test(bound_calls_hold_numbers),
        cmocka_unit_test(no_critical_point),
        cmocka_unit_test(canonical_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
