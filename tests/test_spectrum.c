/* Singular values of the Jacobians of wide random networks against closed forms, SciPy and drawn networks. */
#include "call.h"

#include "golden/spectrum.h"
#include "initlab.h"

#include <math.h>

enum { MOST = 64 };

static void expect(const char *what, size_t layers, double got, double exact, double error) {
    if (!(fabs(got - exact) <= error * fabs(exact)))
        fail_msg("%s of %zu layers: %.15g, not %.15g", what, layers, got, exact);
}

static void edge_of(const il_jacobian_layer *layer, size_t n, double *rms, double *largest) {
    il_error err;
    if (il_jacobian_edge(layer, n, rms, largest, &err) != IL_OK)
        fail_msg("%s", err.message);
}

/* n linear square Gaussian layers: (n + 1)^(n + 1)/n^n squared. Orthogonal ones: the product of their gains. */
static void squares_in_closed_form(void **state) {
    (void)state;
    il_jacobian_layer layer[MOST];
    il_call linear = parse_call(&il_activations, "linear");
    for (size_t n = 1; n <= MOST; n++)
        for (int orthogonal = 0; orthogonal < 2; orthogonal++) {
            double L = (double)n, rms, largest;
            for (size_t k = 0; k < n; k++)
                layer[k] =
                    (il_jacobian_layer){100, 100, 1.1, orthogonal, k + 1 < n ? &linear : NULL, 2};
            edge_of(layer, n, &rms, &largest);
            double fuss = sqrt((L + 1) * pow(1 + 1 / L, L)), gain = pow(1.1, L / 2);
            expect("rms", n, rms, gain, 1e-10);
            expect("largest", n, largest, orthogonal ? gain : gain * fuss, 1e-7);
        }
}

/* Marchenko & Pastur 1967: one rectangular layer with weights of variance 1/fan_in. And orthogonal rectangles, whose singular
 * values are equal: what they lose of the mean square of a weight is not theirs. */
static void rectangles_in_closed_form(void **state) {
    (void)state;
    static const size_t shapes[][2] = {{100, 10}, {10, 100}, {784, 256}, {256, 256}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        il_jacobian_layer layer = {shapes[i][0], shapes[i][1], 1, false, NULL, 0};
        double in = (double)layer.fan_in, out = (double)layer.fan_out, rms, largest;
        edge_of(&layer, 1, &rms, &largest);
        expect("largest", 1, largest, 1 + sqrt(out / in), 1e-9);
        expect("rms", 1, rms, sqrt(out / fmin(in, out)), 1e-12);
        layer.orthogonal = true;
        layer.sigma_w2 = 2.25 * fmin(in, out) / out; /* every singular value is 1.5 */
        edge_of(&layer, 1, &rms, &largest);
        expect("largest", 1, largest, 1.5, 1e-8);
        expect("rms", 1, rms, 1.5, 1e-12);
    }
    /* A linear layer split by an orthogonal square is that layer. */
    il_jacobian_layer split[] = {{50, 50, 1, true, NULL, 0}, {50, 20, 1, false, NULL, 0}};
    double rms, largest;
    edge_of(split, 2, &rms, &largest);
    expect("largest", 2, largest, 1 + sqrt(0.4), 1e-8);
}

static void slopes_agree_with_scipy(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof golden_edges / sizeof *golden_edges; i++) {
        const struct golden_edge *g = &golden_edges[i];
        il_jacobian_layer layer[MOST];
        il_call activation = parse_call(&il_activations, g->activation);
        size_t n = (size_t)g->layers;
        double rms, largest;
        for (size_t k = 0; k < n; k++)
            layer[k] = (il_jacobian_layer){70, 70, g->sigma_w2, g->orthogonal, &activation, g->q};
        edge_of(layer, n, &rms, &largest);
        expect(g->activation, n, largest, g->largest, 1e-5);
        il_error err;
        il_jacobian moments;
        const il_random_layer equal = {activation, g->sigma_w2, 0, 0};
        assert_int_equal(il_jacobian_of(&equal, g->q, n, g->orthogonal, &moments, &err), IL_OK);
        expect(g->activation, n, rms * rms, moments.mean_square, 1e-5);
    }
}

/* Every activation has an edge above the rms, at every scale. */
static void of_every_activation(void **state) {
    (void)state;
    for (size_t i = 0; i < il_activations.n; i++)
        for (double q = 1e-4; q < 1e7; q *= 100) {
            il_call activation = parse_call(&il_activations, il_activations.items[i]->name);
            il_jacobian_layer layer[] = {{30, 40, 1, false, &activation, q},
                                         {40, 20, 1, false, NULL, 0}};
            double rms, largest;
            edge_of(layer, 2, &rms, &largest);
            if (!(rms > 0 && largest > rms && isfinite(largest)))
                fail_msg("%s at q=%g: %g to %g", il_activations.items[i]->name, q, rms, largest);
        }
}

/* The probe's measurements: networks of 160 units, whose largest value is about 160^(-2/3), 3.4 %, below the edge and fluctuates by
 * 2 % over 4 networks, and a heading of widths that differ. 8 % is out of reach of chance. */
static void networks_agree(void **state) {
    (void)state;
    static const struct {
        const char *network, *hidden, *init;
    } known[] = {{"160-160-160-160", "tanh", "critical(sigma_b2=0)"},
                 {"160-160-160-160", "relu", "orthogonal(gain=1.41421356)"},
                 {"320-160-80-160", "gelu", "lecun_uniform"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        il_error err;
        il_probe *probe;
        il_probe_config config = {.hidden = parse_call(&il_activations, known[i].hidden),
                                  .batch = 160,
                                  .seeds = 4,
                                  .first_seed = 1};
        assert_int_equal(il_widths_parse(known[i].network, NULL, &config.network, &err), IL_OK);
        il_call init = parse_call(&il_inits, known[i].init);
        assert_int_equal(il_probe_new(&config, &init, &probe, &err), IL_OK);
        expect(known[i].hidden, 3, probe->jacobian.largest, probe->jacobian_theory.largest, 0.08);
        expect(known[i].hidden, 3, probe->jacobian.rms, probe->jacobian_theory.rms, 0.08);
        assert_true(isnan(probe->jacobian_theory.smallest));
        il_probe_free(probe);
    }
}

static void impossible(void **state) {
    (void)state;
    il_error err;
    double rms, largest;
    il_call tanh_call = parse_call(&il_activations, "tanh");
    const il_jacobian_layer good[] = {{3, 4, 1, false, &tanh_call, 1}, {4, 2, 1, false, NULL, 0}};
    assert_int_equal(il_jacobian_edge(good, 2, &rms, &largest, &err), IL_OK);
    assert_int_equal(il_jacobian_edge(good, 0, &rms, &largest, &err), IL_INVALID);
    il_jacobian_layer bad[] = {good[0], good[1]};
    bad[1].fan_in = 5;
    assert_int_equal(il_jacobian_edge(bad, 2, &rms, &largest, &err), IL_INVALID);
    assert_string_equal(err.message, "layer 2: 5 inputs do not follow 4 outputs");
    bad[1] = good[1];
    bad[0].q = 0;
    assert_int_equal(il_jacobian_edge(bad, 2, &rms, &largest, &err), IL_INVALID);
    assert_string_equal(err.message, "layer 1: no slopes at q=0: give more than 0");
    bad[0] = good[0];
    bad[1].sigma_w2 = (double)NAN;
    assert_int_equal(il_jacobian_edge(bad, 2, &rms, &largest, &err), IL_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(squares_in_closed_form),  cmocka_unit_test(rectangles_in_closed_form),
        cmocka_unit_test(slopes_agree_with_scipy), cmocka_unit_test(of_every_activation),
        cmocka_unit_test(networks_agree),          cmocka_unit_test(impossible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
