/* LSUV: unit variance in one step, and the three variants' tolerances, limits and biases. */
#include "fitted.h"

/* One correction on a fixed batch with zero bias is exact: max_iter=1 and the least tolerance. */
static void one_step_for_every_activation(void **state) {
    (void)state;
    static const char *const inits[] = {
        "lsuv(base=he_normal, tol=1e-9, max_iter=1)",
        "lsuv(base=he_normal, tol=1e-9, max_iter=1, variant=caffe)"};
    static double z[N][MOST];
    for (size_t c = 0; c < il_activations.n * 4; c++) {
        const char *hidden = il_activations.items[c / 4]->name, *init = inits[c % 2];
        size_t R = c / 2 % 2 ? 16 : 1;
        il_network *net = build("6-32-24-3", hidden, R), *base = build("6-32-24-3", hidden, R);
        initialize(net, 0, init, NULL, 3);
        fill(base, 0, "he_normal", NULL, 3);
        for (size_t k = 0; k < 3; k++) {
            size_t units = il_network_layer(net, k)->fan_out;
            double mean, variance;
            pre_activations(net, 0, k, z);
            moments(z, 0, units, &mean, &variance);
            if (!(fabs(variance - 1) < 20 * ROUNDING))
                fail_msg("%s, layer %zu, R = %zu: variance %.9f", hidden, k + 1, R, variance);
            assert_multiple(net, base, k, 0, units);
            for (size_t j = 0; j < units; j++)
                assert_true(il_network_layer(net, k)->b[j * R] == 0);
        }
        il_network_free(net);
        il_network_free(base);
    }
}

/* One layer of one weight w, inputs -1 and 1: std(z) = w. */
static double weight_after(const char *init, double w) {
    il_error err;
    il_network *net = build("1-1", "linear", 1);
    il_real W = (il_real)w, b = 0;
    il_network_put(net, 0, 0, &W, &b);
    X[0] = -1, X[1] = 1;
    assert_int_equal(fit(net, 0, init, 1, 2, &err), IL_OK);
    il_network_get(net, 0, 0, &W, &b);
    assert_true(b == 0);
    il_network_free(net);
    return (double)W;
}

static void tolerances(void **state) {
    static const struct {
        const char *init;
        double kept, corrected; /* weights on either side of the tolerance */
    } cases[] = {
        {"lsuv", 1.048, 1.05}, /* 1.048² = 1.098 */
        {"lsuv", 0.95, 0.948},
        {"lsuv(tol=0.3)", 1.14, 1.15},
        {"lsuv(variant=caffe)", 1.009, 1.011}, /* 1.009² = 1.018 */
        {"lsuv(variant=caffe, tol=0.1)", 1.048, 1.05},
        {"lsuv(variant=pytorch)", 1.09, 1.11}, /* on the deviation itself */
        {"lsuv(variant=pytorch)", 0.91, 0.89},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        assert_true(weight_after(cases[c].init, cases[c].kept) == (double)(il_real)cases[c].kept);
        assert_true(fabs(weight_after(cases[c].init, cases[c].corrected) - 1) < ROUNDING);
    }
    draw_data(state);
}

/* Two units with biases 4 apart never reach variance 1: w² + 4 only nears 4, and the number of corrections
 * shows in the weights. The same recursion, by hand. */
static void limits(void **state) {
    static const struct {
        const char *init;
        int corrections;
        bool shifts;
    } cases[] = {{"lsuv", 10, false},
                 {"lsuv(max_iter=3)", 3, false},
                 {"lsuv(variant=caffe)", 21, false},
                 {"lsuv(variant=pytorch)", 11, true},
                 {"lsuv(variant=pytorch, max_iter=2)", 2, true}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        il_error err;
        il_network *net = build("1-2", "linear", 16);
        il_real W[2] = {1, 1}, b[2] = {-1, 3};
        double w = 1, middle = 1;
        il_network_put(net, 0, 5, W, b);
        X[0] = -1, X[1] = 1;
        assert_int_equal(fit(net, 5, cases[c].init, 1, 2, &err), IL_OK);
        for (int i = 0; i < cases[c].corrections; i++) {
            double std = sqrt(w * w + 4);
            w /= std;
            middle -= cases[c].shifts ? middle / std : 0;
        }
        il_network_get(net, 0, 5, W, b);
        assert_true(fabs((double)W[0] / w - 1) < 100 * ROUNDING && W[0] == W[1]);
        assert_true(fabs((double)b[0] - (middle - 2)) < 10 * ROUNDING);
        assert_true(fabs((double)b[1] - (middle + 2)) < 10 * ROUNDING);
        il_network_free(net);
    }
    draw_data(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_step_for_every_activation),
        cmocka_unit_test(tolerances),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, draw_data, NULL);
}
