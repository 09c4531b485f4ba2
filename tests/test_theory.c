/* Moments, gains and the edge of chaos against mpmath, closed forms and the defining equations. */
#include "cmocka_all.h"

#include "golden/theory.h"
#include "initlab.h"
#include "nn/activation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static il_call parse(const char *text) {
    il_error err;
    il_call call;
    if (il_call_parse(&il_activations, text, NULL, &call, &err) != IL_OK)
        fail_msg("%s", err.message);
    return call;
}

static il_moments moments_of(const char *text, double q) {
    il_error err;
    il_moments m;
    il_call call = parse(text);
    if (il_moments_of(&call, q, &m, &err) != IL_OK)
        fail_msg("%s", err.message);
    return m;
}

static void expect(const char *what, const char *name, double at, double got, double exact,
                   double error) {
    if (!(fabs(got - exact) <= error))
        fail_msg("%s of %s at %g: %.17g, not %.17g", what, name, at, got, exact);
}

static void moments_agree_with_mpmath(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof golden_moments / sizeof *golden_moments; i++) {
        const struct golden_moments *g = golden_moments + i;
        il_moments m = moments_of(g->activation, g->q);
        expect("mean", g->activation, g->q, m.mean, g->mean, 1e-13 * sqrt(g->square));
        expect("square", g->activation, g->q, m.square, g->square, 1e-13 * g->square);
        expect("slope square", g->activation, g->q, m.slope_square, g->slope_square,
               1e-13 * g->slope_square);
    }
}

static void every_activation_has_goldens(void **state) {
    (void)state;
    for (size_t i = 0; i < il_activations.n; i++) {
        size_t found = 0;
        for (size_t g = 0; g < sizeof golden_moments / sizeof *golden_moments; g++)
            found += parse(golden_moments[g].activation).desc == il_activations.items[i];
        if (!found)
            fail_msg("%s is not in golden/theory.py", il_activations.items[i]->name);
    }
}

/* E[sin²] = (1 - exp(-2q))/2; a rectifier halves; E[tanh²] tends to 1 like 1 - sqrt(2/(π q)). */
static void extreme_variances(void **state) {
    (void)state;
    static const double q[] = {0, 1e-30, 1e-6, 0.7, 30, 1e4, 1e8};
    for (size_t i = 0; i < sizeof q / sizeof *q; i++) {
        il_moments relu = moments_of("relu", q[i]);
        expect("square", "relu", q[i], relu.square, q[i] / 2, 1e-14 * q[i]);
        expect("slope square", "relu", q[i], relu.slope_square, 0.5, 1e-14);
        expect("mean", "relu", q[i], relu.mean, sqrt(q[i] / 6.283185307179586), 1e-14 * sqrt(q[i]));
        if (q[i] <= 1e4)
            expect("square", "sine", q[i], moments_of("sine", q[i]).square, -expm1(-2 * q[i]) / 2,
                   1e-13 * fmin(q[i], 1));
        if (q[i] >= 1e4)
            expect("square", "tanh", q[i], moments_of("tanh", q[i]).square,
                   1 - sqrt(2 / (3.141592653589793 * q[i])), 1e-6);
    }
}

/* The gains of the literature. */
static void gains(void **state) {
    (void)state;
    static const struct {
        const char *activation;
        double forward, backward, error;
    } known[] = {
        {"tanh", 1.5925, 1.4674, 5e-5},
        {"sigmoid", 1.8462, 4.7226, 5e-5},
        {"relu", 1.4142135623730951, 1.4142135623730951, 1e-14},
        {"selu", 1, 0.96603, 5e-6},
        {"linear", 1, 1, 1e-14},
        {"abs", 1, 1, 1e-14},
        {"leaky_relu(slope=0.2)", 1.3867504905630728, 1.3867504905630728, 1e-14},
        {"prelu", 1.3719886811400708, 1.3719886811400708, 1e-14},
        {"prelu(slope=0.2, per_unit=true)", 1.3867504905630728, 1.3867504905630728, 1e-14},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        il_error err;
        double gain;
        il_call call = parse(known[i].activation);
        assert_int_equal(il_gain_forward(&call, &gain, &err), IL_OK);
        expect("forward gain", known[i].activation, 1, gain, known[i].forward, known[i].error);
        assert_int_equal(il_gain_backward(&call, &gain, &err), IL_OK);
        expect("backward gain", known[i].activation, 1, gain, known[i].backward, known[i].error);
    }
    for (size_t i = 0; i < sizeof golden_moments / sizeof *golden_moments; i++) {
        const struct golden_moments *g = golden_moments + i;
        il_error err;
        double gain;
        il_call call = parse(g->activation);
        if (g->q != 1)
            continue;
        assert_int_equal(il_gain_forward(&call, &gain, &err), IL_OK);
        expect("forward gain", g->activation, 1, gain, 1 / sqrt(g->square), 1e-12 * gain);
        assert_int_equal(il_gain_backward(&call, &gain, &err), IL_OK);
        expect("backward gain", g->activation, 1, gain, 1 / sqrt(g->slope_square), 1e-12 * gain);
    }
}

static double nothing(const double *arg, double z) {
    return (void)arg, (void)z, 0;
}
static double reciprocal(const double *arg, double z) {
    return (void)arg, 1 / (z - z);
}

static void impossible(void **state) {
    (void)state;
    il_activation_type zero = {.desc = {.name = "zero"}, .value = nothing, .slope = nothing};
    il_activation_type pole = {.desc = {.name = "pole"}, .value = reciprocal, .slope = nothing};
    il_call dead = {.desc = &zero.desc}, wild = {.desc = &pole.desc}, tanh = parse("tanh");
    il_error err;
    il_moments m;
    double gain, q;
    assert_int_equal(il_gain_forward(&dead, &gain, &err), IL_INVALID);
    assert_string_equal(err.message, "zero has no gain, as E[φ(z)²] is 0: give gain= a number");
    assert_int_equal(il_gain_backward(&dead, &gain, &err), IL_INVALID);
    assert_int_equal(il_critical(&dead, 0, &gain, &q, &err), IL_INVALID);
    assert_int_equal(il_gain_forward(&wild, &gain, &err), IL_INVALID);
    assert_string_equal(err.message, "pole: a moment at q=1 is not finite");
    assert_int_equal(il_critical(&wild, 0.1, &gain, &q, &err), IL_INVALID);
    assert_int_equal(il_moments_of(&tanh, -1, &m, &err), IL_INVALID);
    assert_string_equal(err.message, "tanh: no moments at a variance of q=-1: give q >= 0");
    assert_int_equal(il_moments_of(&tanh, (double)NAN, &m, &err), IL_INVALID);
    assert_int_equal(il_moments_of(&tanh, (double)INFINITY, &m, &err), IL_INVALID);
    assert_int_equal(il_critical(&tanh, -0.1, &gain, &q, &err), IL_INVALID);
    assert_string_equal(err.message, "tanh: sigma_b2=-0.1 is no variance: give 0 or more");
    assert_int_equal(il_length_map(&tanh, 1, 0, -1, &q, &err), IL_INVALID);
    assert_int_equal(il_chi1(&tanh, 1, -1, &q, &err), IL_INVALID);
}

static void critical_points_agree_with_mpmath(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof golden_criticals / sizeof *golden_criticals; i++) {
        const struct golden_critical *g = golden_criticals + i;
        il_error err;
        double sigma_w2, q;
        il_call call = parse(g->activation);
        if (il_critical(&call, g->sigma_b2, &sigma_w2, &q, &err) != IL_OK)
            fail_msg("%s", err.message);
        expect("sigma_w2", g->activation, g->sigma_b2, sigma_w2, g->sigma_w2, 1e-11 * sigma_w2);
        expect("q", g->activation, g->sigma_b2, q, g->q, 1e-11 * q);
    }
}

static void critical_points_known_exactly(void **state) {
    (void)state;
    static const struct {
        const char *activation;
        double sigma_w2, q;
    } at_zero[] = {
        {"linear", 1, 1},
        {"relu", 2, 1},
        {"leaky_relu(slope=0.2)", 2 / 1.04, 1},
        {"abs", 1, 1},
        {"tanh", 1, 0},
        {"hard_tanh", 1, 0},
        {"softsign", 1, 0},
        {"sine", 1, 0},
        {"elu", 1, 0},
        {"selu",
         2 / (1.0507009873554805 * 1.0507009873554805 *
              (1 + 1.6732632423543772 * 1.6732632423543772)),
         0},
    };
    il_error err;
    double sigma_w2, q;
    for (size_t i = 0; i < sizeof at_zero / sizeof *at_zero; i++) {
        il_call call = parse(at_zero[i].activation);
        assert_int_equal(il_critical(&call, 0, &sigma_w2, &q, &err), IL_OK);
        expect("sigma_w2", at_zero[i].activation, 0, sigma_w2, at_zero[i].sigma_w2, 1e-12);
        expect("q", at_zero[i].activation, 0, q, at_zero[i].q, 0);
    }
    il_call tanh = parse("tanh");
    assert_int_equal(il_critical(&tanh, 0.05, &sigma_w2, &q, &err), IL_OK);
    expect("sigma_w2", "tanh", 0.05, sigma_w2, 1.7610, 5e-5);
    expect("q", "tanh", 0.05, q, 0.570, 5e-4);
}

/* sigma_b2 from which there is a critical point; 0 with only_there: nowhere else. */
static const struct existence {
    const char *activation;
    double from;
    bool only_there;
} existences[] = {
    {"linear", 0, true},     {"relu", 0, true},        {"leaky_relu", 0, true},
    {"prelu", 0, true},      {"abs", 0, true},         {"elu", 0, false},
    {"selu", 0, false},      {"tanh", 0, false},       {"hard_tanh", 0, false},
    {"softsign", 0, false},  {"sigmoid", 0, false},    {"sine", 0, false},
    {"silu", 0.557, false},  {"gelu", 0.1735, false},  {"gelu_tanh", 0.174, false},
    {"mish", 0.0954, false}, {"softplus", 1e9, false},
};

static const struct existence *existence_of(const char *name) {
    for (size_t i = 0; i < sizeof existences / sizeof *existences; i++)
        if (strcmp(existences[i].activation, name) == 0)
            return existences + i;
    fail_msg("%s: say in test_theory.c where it has a critical point", name);
    return NULL;
}

/* χ₁ = 1, a fixed point, and lengths a little beside it do not move away. */
static void check_definition(const il_call *call, double sigma_b2) {
    il_error err;
    double sigma_w2 = 0, q = 0, chi1 = 0, next = 0;
    const char *name = call->desc->name;
    if (il_critical(call, sigma_b2, &sigma_w2, &q, &err) != IL_OK)
        fail_msg("%s", err.message);
    assert_int_equal(il_chi1(call, sigma_w2, q, &chi1, &err), IL_OK);
    expect("chi1", name, sigma_b2, chi1, 1, 1e-12);
    assert_int_equal(il_length_map(call, sigma_w2, sigma_b2, q, &next, &err), IL_OK);
    expect("length map", name, sigma_b2, next, q, 1e-12 * q);
    for (int side = -1; side <= 1; side += 2) {
        double beside = q > 0 ? q * (1 + 1e-4 * side) : 1e-4;
        assert_int_equal(il_length_map(call, sigma_w2, sigma_b2, beside, &next, &err), IL_OK);
        if (!(fabs(next - q) <= fabs(beside - q) * (1 + 1e-9)))
            fail_msg("%s at sigma_b2=%g leaves q=%g", name, sigma_b2, q);
    }
}

/* The message names the activation and sigma_b2, and a sigma_b2 that it offers does have a point. */
static void check_refusal(const il_call *call, double sigma_b2) {
    il_error err;
    double sigma_w2, q;
    char start[128];
    snprintf(start, sizeof start, "%s has no critical point at sigma_b2=%g", call->desc->name,
             sigma_b2);
    assert_int_equal(il_critical(call, sigma_b2, &sigma_w2, &q, &err), IL_INVALID);
    if (strncmp(err.message, start, strlen(start)) != 0)
        fail_msg("'%s' does not begin with '%s'", err.message, start);
    const char *offer = strstr(err.message + strlen(start), "sigma_b2=");
    if (offer)
        check_definition(call, strtod(offer + strlen("sigma_b2="), NULL));
    else
        assert_non_null(strstr(err.message, "another activation"));
}

static void every_activation_at_the_edge(void **state) {
    (void)state;
    static const double sigma_b2[] = {0,    1e-10, 1e-3, 0.05, 0.09, 0.17,
                                      0.18, 0.55,  0.57, 1,    5,    300};
    for (size_t i = 0; i < il_activations.n; i++) {
        const struct existence *e = existence_of(il_activations.items[i]->name);
        il_call call = parse(e->activation);
        for (size_t k = 0; k < sizeof sigma_b2 / sizeof *sigma_b2; k++)
            if (e->only_there ? sigma_b2[k] == 0 : sigma_b2[k] >= e->from)
                check_definition(&call, sigma_b2[k]);
            else
                check_refusal(&call, sigma_b2[k]);
    }
}

/* sin: E[φ²]/E[φ'²] = tanh q, so q - tanh q = sigma_b2 and sigma_w2 = 2/(1 + exp(-2q)). */
static void sine_in_closed_form(void **state) {
    (void)state;
    il_call sine = parse("sine");
    for (double sigma_b2 = 1e-8; sigma_b2 < 100; sigma_b2 *= 7) {
        il_error err;
        double sigma_w2, q;
        assert_int_equal(il_critical(&sine, sigma_b2, &sigma_w2, &q, &err), IL_OK);
        expect("q - tanh q", "sine", sigma_b2, q - tanh(q), sigma_b2, 1e-14 * q);
        expect("sigma_w2", "sine", sigma_b2, sigma_w2, 2 / (1 + exp(-2 * q)), 1e-12);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_agree_with_mpmath),
        cmocka_unit_test(every_activation_has_goldens),
        cmocka_unit_test(extreme_variances),
        cmocka_unit_test(gains),
        cmocka_unit_test(impossible),
        cmocka_unit_test(critical_points_agree_with_mpmath),
        cmocka_unit_test(critical_points_known_exactly),
        cmocka_unit_test(every_activation_at_the_edge),
        cmocka_unit_test(sine_in_closed_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
