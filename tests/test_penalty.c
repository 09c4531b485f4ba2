/* Penalties: values against their definitions, gradients against central differences of the values, and what acts on
 * weights alone against its closed form.
 */
#include "random_net.h"

#include <math.h>
#include <string.h>

#define WIDTHS "3-9-4-1"
#define NORM "layernorm"
#define MOST (112 * 272)
#define ROUNDING (sizeof(il_real) == 4 ? 3e-7 : 1e-15)

/* What a parameter is: a weight, or one of those for which `all` asks. */
static bool is_weight(const il_network *net, size_t i) {
    size_t k = 0;
    while (i >= il_network_layer(net, k)->parameters)
        i -= il_network_layer(net, k++)->parameters;
    return i < il_network_layer(net, k)->fan_in * il_network_layer(net, k)->fan_out;
}

static bool is_frozen(const il_network *net, size_t i) {
    size_t k = 0;
    while (i >= il_network_layer(net, k)->parameters)
        i -= il_network_layer(net, k++)->parameters;
    return il_network_layer(net, k)->frozen;
}

static const struct {
    const char *text;
    double l1, l2;
    bool all;
} sums[] = {
    {"l1(0.3)", 0.3, 0, false},
    {"l1(0.3, all=true)", 0.3, 0, true},
    {"l2(0.7)", 0, 0.7, false},
    {"l2(lambda=0.7, all=true)", 0, 0.7, true},
    {"elastic(0.3, 0.7)", 0.3, 0.7, false},
    {"elastic(l1=0.3, l2=0.7, all=true)", 0.3, 0.7, true},
    {"weight_decay(0.1)", 0, 0, false},
    {"max_norm(0.1)", 0, 0, false},
    {"none", 0, 0, false},
};

/* The loss with l1 and l2 as in the formulas; frozen layers add nothing. */
static void values(void **state) {
    (void)state;
    for (size_t c = 0; c < sizeof sums / sizeof *sums; c++)
        for (size_t R = 1; R <= 272; R += 271)
            for (size_t frozen = 0; frozen < 2; frozen++) {
                il_call penalty = random_call(&il_penalties, sums[c].text);
                il_network *net = random_net(WIDTHS, NORM, NULL, R, 2);
                il_network_freeze(net, 1, frozen);
                double value[272];
                il_penalty_value(&penalty, net, value);
                for (size_t r = 0; r < R; r++) {
                    double expected = 0;
                    for (size_t i = 0; i < il_network_size(net); i++) {
                        double w = (double)il_network_parameters(net)[i * R + r];
                        if (!is_frozen(net, i) && (is_weight(net, i) || sums[c].all))
                            expected += sums[c].l1 * fabs(w) + sums[c].l2 / 2 * w * w;
                    }
                    assert_true(fabs(value[r] - expected) <= 1e-13 * expected);
                }
                il_network_free(net);
            }
}

/* The gradient that is added is the derivative of the value: central differences, of which the values are in double
 * even where the weights are float, and which are exact for lines and parabolas. */
static void gradients(void **state) {
    (void)state;
    for (size_t c = 0; c < sizeof sums / sizeof *sums; c++)
        for (size_t R = 1; R <= 16; R += 15)
            for (size_t frozen = 0; frozen < 2; frozen++) {
                il_call penalty = random_call(&il_penalties, sums[c].text);
                il_network *net = random_net(WIDTHS, NORM, NULL, R, 2);
                il_network_freeze(net, 1, frozen);
                random_gradients(net, 1);
                static il_real before[MOST];
                size_t n = il_network_size(net);
                memcpy(before, il_network_gradients(net), n * R * sizeof *before);
                il_penalty_gradients(&penalty, net);
                for (size_t i = 0; i < n; i++) {
                    size_t r = i % R;
                    il_real *w = &il_network_parameters(net)[i * R + r], kept = *w;
                    il_real h = (il_real)0x1p-10 * (kept == 0 ? 1 : (il_real)fabs((double)kept));
                    double high[16], low[16];
                    *w = kept + h;
                    double up = (double)*w;
                    il_penalty_value(&penalty, net, high);
                    *w = kept - h;
                    double down = (double)*w;
                    il_penalty_value(&penalty, net, low);
                    *w = kept;
                    double g = (double)before[i * R + r], slope = (high[r] - low[r]) / (up - down);
                    double ours = (double)il_network_gradients(net)[i * R + r];
                    double tolerance = ROUNDING * (1 + fabs(g)) + 1e-9;
                    if (!(fabs(ours - g - slope) <= tolerance))
                        fail_msg("%s parameter %zu: %g for %g", sums[c].text, i, ours - g, slope);
                    if (slope == 0)
                        assert_true(ours == g);
                }
                il_network_free(net);
            }
}

/* Each replica by its own learning rate. */
static void weight_decay(void **state) {
    (void)state;
    for (int all = 0; all < 2; all++)
        for (size_t R = 1; R <= 272; R += 271) {
            il_call penalty = random_call(&il_penalties, all ? "weight_decay(0.5, all=true)"
                                                             : "weight_decay(0.5)");
            il_network *net = random_net(R == 1 ? "20-30-7-1" : WIDTHS, NORM, NULL, R, 2);
            size_t n = il_network_size(net);
            il_network_freeze(net, 2, true);
            il_real *before = test_malloc(n * R * sizeof *before);
            memcpy(before, il_network_parameters(net), n * R * sizeof *before);
            for (size_t r = 0; r < R; r++)
                il_network_learning_rates(net)[r] = 0.01 * (double)(r + 1);
            il_penalty_decay(&penalty, net);
            for (size_t i = 0; i < n * R; i++) {
                bool moved = !is_frozen(net, i / R) && (is_weight(net, i / R) || all);
                double w = (double)before[i], ours = (double)il_network_parameters(net)[i];
                double expected = w * (1 - 0.5 * 0.01 * (double)(i % R + 1));
                assert_true(moved ? fabs(ours - expected) <= ROUNDING * fabs(w) : ours == w);
            }
            test_free(before);
            il_network_free(net);
        }
}

/* The norm of the weights into unit j of layer k in replica r. */
static double incoming(const il_layer *y, size_t R, const il_real *W, size_t j, size_t r) {
    double sum = 0;
    for (size_t i = 0; i < y->fan_in; i++) {
        double w = (double)W[(i * y->fan_out + j) * R + r];
        sum += w * w;
    }
    return sqrt(sum);
}

static void check_units(const il_layer *y, size_t R, const il_real *before, double limit,
                        size_t *scaled) {
    for (size_t j = 0; j < y->fan_out; j++)
        for (size_t r = 0; r < R; r++) {
            double norm = incoming(y, R, before, j, r);
            double factor = norm > limit && !y->frozen ? limit / norm : 1;
            assert_true(y->frozen || incoming(y, R, y->W, j, r) <= limit * (1 + ROUNDING));
            *scaled += factor < 1;
            for (size_t i = 0; i < y->fan_in; i++) {
                size_t at = (i * y->fan_out + j) * R + r;
                double w = (double)before[at];
                assert_true(factor == 1
                                ? y->W[at] == before[at]
                                : fabs((double)y->W[at] - w * factor) <= ROUNDING * fabs(w));
            }
        }
}

/* No unit's incoming weights are longer than the limit; those that were not have not moved, the others kept their
 * direction. */
static void max_norm(void **state) {
    (void)state;
    for (int all = 0; all < 2; all++)
        for (size_t R = 1; R <= 272; R += 271) {
            il_call penalty =
                random_call(&il_penalties, all ? "max_norm(1.2, all=true)" : "max_norm(1.2)");
            il_network *net = random_net(R == 1 ? "3-600-4-1" : WIDTHS, NORM, NULL, R, 2);
            size_t n = il_network_size(net), scaled = 0, units = 0, first = 0;
            il_network_freeze(net, 1, true);
            for (size_t i = 0; i < n; i++) /* so that some biases are beyond the limit */
                if (!is_weight(net, i))
                    il_network_parameters(net)[i * R] *= 9;
            il_real *before = test_malloc(n * R * sizeof *before);
            memcpy(before, il_network_parameters(net), n * R * sizeof *before);
            il_penalty_project(&penalty, net);
            for (size_t k = 0; k < 3; k++) {
                const il_layer *y = il_network_layer(net, k);
                check_units(y, R, before + first * R, 1.2, &scaled);
                units += y->fan_out * R;
                first += y->parameters;
            }
            assert_true(scaled > 0 && scaled < units);
            for (size_t i = 0; i < n * R; i++)
                if (!is_weight(net, i / R)) {
                    double b = (double)before[i], ours = (double)il_network_parameters(net)[i];
                    double most = all && !is_frozen(net, i / R) ? 1.2 : HUGE_VAL;
                    assert_true(fabs(b) <= most ? ours == b
                                                : fabs(ours - copysign(1.2, b)) < 1.2 * ROUNDING);
                }
            test_free(before);
            il_network_free(net);
        }
}

/* A replica's result does not depend on R or the lane. */
static void lanes(void **state) {
    (void)state;
    static const char *const texts[] = {"l1(0.1)", "l2(0.1, all=true)", "elastic(0.1, 0.2)",
                                        "weight_decay(0.1)", "max_norm(0.8)"};
    for (size_t c = 0; c < sizeof texts / sizeof *texts; c++) {
        il_call penalty = random_call(&il_penalties, texts[c]);
        il_optimizer optimizer = random_call(&il_optimizers, "sgd(lr=0.1)");
        il_network *net[2] = {random_net(WIDTHS, NORM, &optimizer, 272, 5),
                              random_net(WIDTHS, NORM, &optimizer, 16, 5 + 250)};
        double value[2][272];
        for (size_t i = 0; i < 2; i++) {
            random_gradients(net[i], 2);
            il_penalty_gradients(&penalty, net[i]);
            il_penalty_decay(&penalty, net[i]);
            il_optimizer_step(&optimizer, net[i]);
            il_penalty_project(&penalty, net[i]);
            il_penalty_value(&penalty, net[i], value[i]);
        }
        for (size_t r = 0; r < 16; r++) {
            assert_true(value[0][250 + r] == value[1][r]);
            for (size_t i = 0; i < il_network_size(net[1]); i++)
                assert_memory_equal(&il_network_parameters(net[1])[i * 16 + r],
                                    &il_network_parameters(net[0])[i * 272 + 250 + r],
                                    sizeof(il_real));
        }
        il_network_free(net[0]);
        il_network_free(net[1]);
    }
}

static void bad_calls(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"l2", "l2: lambda= must be given (weight of the penalty)"},
        {"elastic(0.1)", "elastic: l2= must be given (weight of the half sum of squares)"},
        {"weight_decay(-1)", "weight_decay: lambda=-1 is outside [0, 1e+06]"},
        {"max_norm(0)", "max_norm: limit=0 is outside [1e-30, 1e+30]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        il_call out;
        il_error err = {0};
        assert_int_equal(il_call_parse(&il_penalties, cases[i].text, NULL, &out, &err), IL_INVALID);
        assert_string_equal(err.message, cases[i].message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),   cmocka_unit_test(gradients), cmocka_unit_test(weight_decay),
        cmocka_unit_test(max_norm), cmocka_unit_test(lanes),     cmocka_unit_test(bad_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
