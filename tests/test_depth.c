/* Pair moments, fixed points, depth scales, finite width and Saxe's curves against SciPy, closed forms and identities. */
#include "call.h"

#include "golden/depth.h"
#include "initlab.h"
#include "nn/activation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double PI = 3.141592653589793;

static il_call parse(const char *text) {
    return parse_call(&il_activations, text);
}

static void expect(const char *what, const char *name, double at, double got, double exact,
                   double error) {
    bool same = got == exact || fabs(got - exact) <= error;
    if (!same)
        fail_msg("%s of %s at %g: %.17g, not %.17g", what, name, at, got, exact);
}

static il_pair_moments pair_of(const il_call *call, double q, double c) {
    il_error err;
    il_pair_moments out;
    if (il_pair_moments_of(call, q, c, &out, &err) != IL_OK)
        fail_msg("%s", err.message);
    return out;
}

static il_moments moments_of(const il_call *call, double q) {
    il_error err;
    il_moments out;
    if (il_moments_of(call, q, &out, &err) != IL_OK)
        fail_msg("%s", err.message);
    return out;
}

static il_mean_field field_of(const il_random_layer *layer, double start) {
    il_error err;
    il_mean_field out;
    if (il_mean_field_of(layer, start, &out, &err) != IL_OK)
        fail_msg("%s", err.message);
    return out;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void pairs_agree_with_scipy(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_pairs); i++) {
        const struct golden_pair *g = golden_pairs + i;
        il_call call = parse(g->activation);
        il_pair_moments got = pair_of(&call, g->q, g->c);
        il_moments most = moments_of(&call, g->q);
        expect("product", g->activation, g->c, got.product, g->product, 1e-9 * most.square);
        expect("slope product", g->activation, g->c, got.slope_product, g->slope_product,
               1e-9 * most.slope_square);
    }
}

/* Cho & Saul 2009: arc-cosine kernels of order 1 and 0. sin: sums of exponentials. abs: two rectifiers. */
static void pairs_in_closed_form(void **state) {
    (void)state;
    il_call relu = parse("relu"), sine = parse("sine"), absolute = parse("abs");
    static const double cs[] = {-1, -0.999, -0.3, 0, 0.2, 0.9, 0.999999, 0.99999999, 1};
    for (size_t i = 0; i < COUNT(cs); i++) {
        double c = cs[i], angle = acos(c), wide = sqrt(1 - c * c);
        for (double q = 1e-6; q < 1e4; q *= 100) {
            il_pair_moments r = pair_of(&relu, q, c), a = pair_of(&absolute, q, c);
            double product = q / (2 * PI) * (wide + c * (PI - angle));
            expect("product", "relu", c, r.product, product, 1e-9 * q);
            expect("slope product", "relu", c, r.slope_product, (PI - angle) / (2 * PI), 1e-9);
            expect("product", "abs", c, a.product, 2 * q / PI * (wide + c * asin(c)), 1e-9 * q);
            if (q > 10)
                continue;
            il_pair_moments s = pair_of(&sine, q, c);
            expect("product", "sine", c, s.product, exp(-q) * sinh(c * q),
                   1e-9 * moments_of(&sine, q).square);
            expect("slope product", "sine", c, s.slope_product, exp(-q) * cosh(c * q), 1e-9);
        }
    }
}

/* For every activation: independent at 0, equal at 1, and the derivative of the product (Price 1958). */
static void pairs_of_every_activation(void **state) {
    (void)state;
    for (size_t i = 0; i < il_activations.n; i++) {
        const char *name = il_activations.items[i]->name;
        il_call call = parse(name);
        for (double q = 0.1; q < 20; q *= 12) {
            il_moments m = moments_of(&call, q);
            il_pair_moments independent = pair_of(&call, q, 0), equal = pair_of(&call, q, 1);
            expect("product", name, 0, independent.product, m.mean * m.mean, 1e-9 * m.square);
            expect("product", name, 1, equal.product, m.square, 0);
            expect("product near 1", name, 1, pair_of(&call, q, 1 - 1e-12).product, m.square,
                   1e-9 * m.square);
            double h = 1e-3, c = 0.4;
            double d = pair_of(&call, q, c + h).product - pair_of(&call, q, c - h).product;
            expect("slope product", name, c, pair_of(&call, q, c).slope_product * q, d / (2 * h),
                   2e-6 * m.square);
        }
    }
}

static void higher_moments_agree_with_scipy(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_highers); i++) {
        const struct golden_higher *g = golden_highers + i;
        il_error err;
        il_higher_moments m;
        il_call call = parse(g->activation);
        assert_int_equal(il_higher_moments_of(&call, g->q, &m, &err), IL_OK);
        expect("fourth", g->activation, g->q, m.fourth, g->fourth, 1e-11 * g->fourth);
        expect("length slope", g->activation, g->q, m.length_slope, g->length_slope,
               1e-11 * moments_of(&call, g->q).slope_square);
        expect("slope fourth", g->activation, g->q, m.slope_fourth, g->slope_fourth,
               1e-11 * g->slope_fourth);
    }
}

static void fields_agree_with_scipy(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_fields); i++) {
        const struct golden_field *g = golden_fields + i;
        il_random_layer layer = {parse(g->activation), g->sigma_w2, g->sigma_b2, g->dropout};
        il_mean_field got = field_of(&layer, 1);
        double at = g->sigma_w2;
        expect("q", g->activation, at, got.q, g->q, 1e-9 * g->q);
        expect("chi1", g->activation, at, got.chi1, g->chi1, 1e-9 * g->chi1);
        expect("c", g->activation, at, got.c, g->c, 1e-8);
        expect("chi_c", g->activation, at, got.chi_c, g->chi_c, 1e-8 * g->chi_c);
        expect("xi_q", g->activation, at, got.xi_q, g->xi_q, 1e-7 * g->xi_q);
        expect("xi_c", g->activation, at, got.xi_c, g->xi_c, 1e-6 * g->xi_c);
        expect("trainable", g->activation, at, got.trainable, 6 * got.xi_c, 0);
        expect("xi_gradient", g->activation, at, got.xi_gradient, fabs(1 / log(got.chi1)),
               1e-9 * got.xi_gradient);
        /* From far below and far above too. */
        expect("q", g->activation, at, field_of(&layer, 1e-3).q, got.q, 1e-9 * got.q);
        expect("q", g->activation, at, field_of(&layer, 300).q, got.q, 1e-9 * got.q);
    }
}

static void fields_known_exactly(void **state) {
    (void)state;
    il_random_layer relu = {parse("relu"), 2, 0, 0};
    il_mean_field m = field_of(&relu, 7);
    assert_true(m.q == 7 && m.c == 1 && isinf(m.xi_q) && isinf(m.xi_c) && isinf(m.trainable));
    expect("chi1", "relu", 2, m.chi1, 1, 1e-12);
    relu.sigma_w2 = 1.9;
    m = field_of(&relu, 7);
    assert_true(m.q == 0 && m.c == 1);
    expect("xi_c", "relu", 1.9, m.xi_c, -1 / log(0.95), 1e-9);
    expect("xi_q", "relu", 1.9, m.xi_q, -1 / log(0.95), 1e-9);
    relu.sigma_w2 = 2.2;
    m = field_of(&relu, 7);
    assert_true(isinf(m.q) && isnan(m.c) && isnan(m.xi_c) && isnan(m.trainable));
    expect("xi_gradient", "relu", 2.2, m.xi_gradient, 1 / log(1.1), 1e-9);
    relu = (il_random_layer){relu.activation, 1, 0.5, 0}; /* q = q/2 + 1/2 */
    expect("q", "relu", 1, field_of(&relu, 1e-3).q, 1, 1e-9);

    /* Klambauer et al. 2017: SELU keeps variance 1, which attracts. */
    il_random_layer selu = {parse("selu"), 1, 0, 0};
    m = field_of(&selu, 3);
    expect("q", "selu", 1, m.q, 1, 1e-8);
    expect("chi1", "selu", 1, m.chi1, 1.0716, 5e-5);

    il_random_layer tanh_layer = {parse("tanh"), 1.7610, 0.05, 0};
    m = field_of(&tanh_layer, 1);
    expect("q", "tanh", 1.7610, m.q, 0.570, 5e-4);
    expect("chi1", "tanh", 1.7610, m.chi1, 1, 5e-5);

    /* sin without biases: q = sigma_w2 (1 - exp(-2q))/2, independent inputs stay so, and there the slope is
     * sigma_w2 exp(-q). */
    il_random_layer sine = {parse("sine"), 3, 0, 0};
    m = field_of(&sine, 1);
    expect("q", "sine", 3, m.q, -1.5 * expm1(-2 * m.q), 1e-9);
    expect("c", "sine", 3, m.c, 0, 1e-12);
    expect("chi_c", "sine", 3, m.chi_c, 3 * exp(-m.q), 1e-8);
}

/* On the critical line xi_c is unbounded; dropout takes that away (Schoenholz et al. 2017, section 4). */
static void dropout_keeps_no_critical_point(void **state) {
    (void)state;
    il_error err;
    double q;
    il_random_layer layer = {parse("tanh"), 0, 0.05, 0};
    assert_int_equal(il_critical(&layer.activation, 0.05, &layer.sigma_w2, &q, &err), IL_OK);
    il_mean_field m = field_of(&layer, 1);
    assert_true(m.c == 1 && isinf(m.xi_c));
    double previous = 1e9;
    for (double p = 0.001; p < 0.5; p *= 5) {
        layer.dropout = p;
        m = field_of(&layer, 1);
        assert_true(m.c < 1 && m.xi_c < previous);
        previous = m.xi_c;
        double longest = 0; /* over all sigma_w2: about 1/sqrt(p), never without bound */
        for (double w2 = 0.5; w2 < 4; w2 += 0.5) {
            il_random_layer other = {layer.activation, w2, 0.05, p};
            longest = fmax(longest, field_of(&other, 1).xi_c);
        }
        assert_true(longest < 2 / sqrt(p));
    }
}

/* E[q²]/E[q]² of He ReLU follows Π(1 + 5/n), of linear Π(1 + 2/n), at widths that differ. */
static void finite_width_products(void **state) {
    (void)state;
    static const struct {
        const char *activation;
        double sigma_w2, noise;
    } known[] = {{"relu", 2, 5}, {"linear", 1, 2}, {"abs", 1, 2}};
    for (size_t i = 0; i < COUNT(known); i++) {
        il_error err;
        il_random_layer layer = {parse(known[i].activation), known[i].sigma_w2, 0, 0};
        il_length at = {3, 0};
        double product = 1;
        for (size_t n = 8; n < 400; n += 7) {
            il_length next;
            assert_int_equal(il_length_step(&layer, n, &at, &next, &err), IL_OK);
            at = next;
            product *= 1 + known[i].noise / (double)n;
            expect("mean", known[i].activation, (double)n, at.mean, 3, 1e-9);
            expect("second moment", known[i].activation, (double)n, 1 + at.variance / 9, product,
                   1e-6 * product);
        }
    }
}

static void saxe_agrees_with_scipy(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_saxes); i++) {
        const struct golden_saxe *g = golden_saxes + i;
        size_t layers = (size_t)g->layers;
        double u = il_saxe_strength(layers, g->s, g->start, g->t);
        expect("strength", "linear", g->layers, u, g->strength, 1e-8 * g->s);
        if (u < g->s * (1 - 1e-4))
            expect("time", "linear", g->layers, il_saxe_time(layers, g->s, g->start, u), g->t,
                   1e-9 * g->t);
    }
}

/* One layer: exponential. Two: logistic (Saxe et al. 2013, equation 12). */
static void saxe_in_closed_form(void **state) {
    (void)state;
    for (double t = 0; t < 100; t += 0.37) {
        double s = 2.5, a = 0.001;
        expect("strength", "one layer", t, il_saxe_strength(1, s, a, t), s - (s - a) * exp(-t),
               1e-12);
        expect("strength", "two layers", t, il_saxe_strength(2, s, a, t),
               s / (1 + (s / a - 1) * exp(-2 * s * t)), 1e-12);
    }
    assert_true(il_saxe_strength(3, 1, 0.1, 1e9) == 1);
    assert_true(il_saxe_strength(3, 1, 0.1, 0) > 0.1 - 1e-15);
    assert_true(il_saxe_time(3, 1, 0.1, 0.1) == 0);
    assert_true(isnan(il_saxe_time(0, 1, 0.1, 0.5)) && isnan(il_saxe_time(2, 1, 0, 0.5)));
    assert_true(isnan(il_saxe_time(2, 1, 0.1, 1)) && isnan(il_saxe_time(2, 1, 0.1, 0.05)));
    assert_true(isnan(il_saxe_strength(2, 1, 2, 1)) && isnan(il_saxe_strength(2, 1, 0.1, -1)));
}

enum { SIDE = 96 };

/* J <- D W J, with random slopes D at u ~ N(0, q). */
static void add_layer(const il_random_layer *layer, double q, bool orthogonal, uint64_t seed,
                      double *J) {
    static double next[SIDE * SIDE];
    static il_real W[SIDE * SIDE], z[SIDE];
    il_error err;
    il_call init;
    const il_init_layer shape = {.fan_in = SIDE, .fan_out = SIDE};
    const char *name = orthogonal ? "orthogonal" : "lecun_normal";
    assert_int_equal(il_call_parse(&il_inits, name, NULL, &init, &err), IL_OK);
    assert_int_equal(il_init_fill(&init, &shape, seed, IL_PURPOSE_WEIGHT, W, &err), IL_OK);
    il_stream stream = il_stream_open(seed, IL_PURPOSE_DATA, 0);
    il_stream_normal(&stream, SIDE, z);
    memset(next, 0, sizeof next);
    for (size_t i = 0; i < SIDE; i++) {
        const il_activation_type *type = il_activation_of(&layer->activation);
        double slope = type->slope(layer->activation.arg, sqrt(q) * (double)z[i]);
        for (size_t h = 0; h < SIDE; h++)
            for (size_t j = 0; j < SIDE; j++)
                next[i * SIDE + j] +=
                    slope * sqrt(layer->sigma_w2) * (double)W[i * SIDE + h] * J[h * SIDE + j];
    }
    memcpy(J, next, sizeof next);
}

/* Moments of the squared singular values: tr(JJ')/n and tr((JJ')²)/n. */
static void add_moments(const double *J, double *first, double *second) {
    for (size_t i = 0; i < SIDE; i++)
        for (size_t j = 0; j < SIDE; j++) {
            double product = 0;
            for (size_t h = 0; h < SIDE; h++)
                product += J[i * SIDE + h] * J[j * SIDE + h];
            *first += i == j ? product / SIDE : 0;
            *second += product * product / SIDE;
        }
}

/* Products of 3 random layers of 96 units, 30 times: their moments fluctuate by less than 1 %, and finite width changes
 * them by a few percent. */
static void jacobians_of_random_layers(void **state) {
    (void)state;
    static const struct {
        const char *activation;
        double sigma_w2, q, spread; /* spread: NAN where there is no closed form */
        bool orthogonal;
    } known[] = {{"linear", 0.9, 1, 3, false},
                 {"linear", 0.9, 1, 0, true},
                 {"relu", 2, 1, 6, false},
                 {"relu", 2, 1, 3, true},
                 {"tanh", 2, 0.7, (double)NAN, false},
                 {"tanh", 2, 0.7, (double)NAN, true}};
    enum { LAYERS = 3, TIMES = 30 };
    static double J[SIDE * SIDE];
    for (size_t k = 0; k < COUNT(known); k++) {
        il_error err;
        il_jacobian theory;
        il_random_layer layer = {parse(known[k].activation), known[k].sigma_w2, 0, 0};
        double first = 0, second = 0;
        assert_int_equal(
            il_jacobian_of(&layer, known[k].q, LAYERS, known[k].orthogonal, &theory, &err), IL_OK);
        if (!isnan(known[k].spread))
            expect("spread", known[k].activation, 0, theory.spread, known[k].spread, 1e-9);
        for (uint64_t time = 0; time < TIMES; time++) {
            memset(J, 0, sizeof J);
            for (size_t i = 0; i < SIDE; i++)
                J[i * SIDE + i] = 1;
            for (uint64_t l = 0; l < LAYERS; l++)
                add_layer(&layer, known[k].q, known[k].orthogonal, 1 + time * LAYERS + l, J);
            add_moments(J, &first, &second);
        }
        double mean = first / TIMES, spread = second / TIMES / (mean * mean) - 1;
        expect("mean square", known[k].activation, known[k].orthogonal, mean, theory.mean_square,
               0.05 * theory.mean_square);
        expect("spread", known[k].activation, known[k].orthogonal, spread, theory.spread,
               0.08 * theory.spread + 1e-5);
    }
}

static void impossible(void **state) {
    (void)state;
    il_error err;
    il_pair_moments pair;
    il_higher_moments higher;
    il_mean_field field;
    il_length at = {1, 0};
    il_jacobian jacobian;
    double next, slope;
    il_random_layer layer = {parse("tanh"), 1, 0, 0};
    assert_int_equal(il_pair_moments_of(&layer.activation, 1, 1.5, &pair, &err), IL_INVALID);
    assert_string_equal(err.message, "tanh: c=1.5 is no correlation: give -1 to 1");
    assert_int_equal(il_pair_moments_of(&layer.activation, 1, (double)NAN, &pair, &err),
                     IL_INVALID);
    assert_int_equal(il_pair_moments_of(&layer.activation, -1, 0, &pair, &err), IL_INVALID);
    assert_int_equal(il_higher_moments_of(&layer.activation, 0, &higher, &err), IL_INVALID);
    assert_string_equal(err.message, "tanh: no higher moments at q=0: give q > 0");
    assert_int_equal(il_correlation_map(&layer, 0, 0, &next, &slope, &err), IL_INVALID);
    assert_string_equal(err.message, "tanh: no correlation at q=0: give q > 0");
    assert_int_equal(il_mean_field_of(&layer, 0, &field, &err), IL_INVALID);
    assert_string_equal(err.message, "tanh: a signal of variance 0: give more than 0");
    assert_int_equal(il_length_step(&layer, 10, &(il_length){0, 0}, &at, &err), IL_INVALID);
    static const struct {
        double sigma_w2, sigma_b2, dropout;
        const char *message;
    } wrong[] = {
        {-1, 0, 0, "tanh: sigma_w2=-1 is no variance: give 0 or more"},
        {1, -2, 0, "tanh: sigma_b2=-2 is no variance: give 0 or more"},
        {1, 0, 1, "tanh: dropout=1: give 0 or more, and less than 1"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        layer.sigma_w2 = wrong[i].sigma_w2;
        layer.sigma_b2 = wrong[i].sigma_b2;
        layer.dropout = wrong[i].dropout;
        assert_int_equal(il_mean_field_of(&layer, 1, &field, &err), IL_INVALID);
        assert_string_equal(err.message, wrong[i].message);
        assert_int_equal(il_random_layer_length(&layer, 1, &next, &err), IL_INVALID);
        assert_int_equal(il_correlation_map(&layer, 1, 0, &next, &slope, &err), IL_INVALID);
        assert_int_equal(il_length_step(&layer, 10, &(il_length){1, 0}, &at, &err), IL_INVALID);
        assert_int_equal(il_jacobian_of(&layer, 1, 3, false, &jacobian, &err), IL_INVALID);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_agree_with_scipy),
        cmocka_unit_test(pairs_in_closed_form),
        cmocka_unit_test(pairs_of_every_activation),
        cmocka_unit_test(higher_moments_agree_with_scipy),
        cmocka_unit_test(fields_agree_with_scipy),
        cmocka_unit_test(fields_known_exactly),
        cmocka_unit_test(dropout_keeps_no_critical_point),
        cmocka_unit_test(finite_width_products),
        cmocka_unit_test(jacobians_of_random_layers),
        cmocka_unit_test(saxe_agrees_with_scipy),
        cmocka_unit_test(saxe_in_closed_form),
        cmocka_unit_test(impossible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
