/* Schemes that look at data, against what they promise: normalized units, balanced rates, one lane, errors that
 * name seed and layer, and studies.
 */
#include "fitted.h"
#include "studies.h"

/* Every unit's mean and variance, whatever the bias setting; the base is kept up to a factor for each unit. */
static void units_are_normalized(void **state) {
    (void)state;
    static const struct {
        const char *init, *base, *bias;
        double beta;
    } cases[] = {
        {"weight_norm_dd", "normal(std=0.05)", NULL, 0},
        {"weight_norm_dd(base=he_normal)", "he_normal", "uniform(low=-1, high=1)", 0},
        {"data_dependent(rounds=0)", "normal(std=1)", NULL, 0},
        {"data_dependent(rounds=0, beta=0.5)", "normal(std=1)", "constant(-2)", 0.5},
        {"krahenbuhl(base=xavier_uniform, rounds=0, beta=-1)", "xavier_uniform", NULL, -1}};
    static double z[N][MOST];
    for (size_t c = 0; c < 4 * sizeof cases / sizeof *cases; c++) {
        const char *hidden = c % 2 ? "tanh" : "relu", *init = cases[c / 4].init;
        size_t R = c / 2 % 2 ? 16 : 1;
        il_network *net = build("6-32-24-3", hidden, R), *base = build("6-32-24-3", hidden, R);
        initialize(net, 0, init, cases[c / 4].bias, 8);
        fill(base, 0, cases[c / 4].base, NULL, 8);
        for (size_t k = 0; k < 3; k++) {
            pre_activations(net, 0, k, z);
            for (size_t j = 0; j < il_network_layer(net, k)->fan_out; j++) {
                double mean, variance;
                moments(z, j, 1, &mean, &variance);
                if (!(fabs(mean - cases[c / 4].beta) < 20 * ROUNDING) ||
                    !(fabs(variance - 1) < 40 * ROUNDING))
                    fail_msg("%s, %s, layer %zu, unit %zu: mean %.9f, variance %.9f", init, hidden,
                             k + 1, j + 1, mean, variance);
                assert_multiple(net, base, k, j, 1);
            }
        }
        il_network_free(net);
        il_network_free(base);
    }
}

/* The largest over the smallest of the layers' rates sqrt(mean g²/mean w²), g² averaged over 40 draws of random
 * gradients at the outputs, from streams that the scheme does not use. */
static double spread_of_rates(il_network *net) {
    size_t layers = il_network_layers(net), outputs = il_network_layer(net, layers - 1)->fan_out;
    double square[8] = {0}, least = HUGE_VAL, most = 0;
    il_network_forward(net, N, X);
    for (uint32_t round = 0; round < 40; round++) {
        il_stream stream = il_stream_open(99, IL_PURPOSE_DATA, round);
        il_stream_normal(&stream, N * outputs, il_network_layer(net, layers - 1)->delta);
        il_network_backward(net, N, X);
        for (size_t k = 0; k < layers; k++) {
            const il_layer *y = il_network_layer(net, k);
            for (size_t i = 0; i < y->fan_in * y->fan_out; i++)
                square[k] += (double)y->gW[i] * (double)y->gW[i] / 40;
        }
    }
    for (size_t k = 0; k < layers; k++) {
        const il_layer *y = il_network_layer(net, k);
        double weights = 0;
        for (size_t i = 0; i < y->fan_in * y->fan_out; i++)
            weights += (double)y->W[i] * (double)y->W[i];
        least = fmin(least, sqrt(square[k] / weights));
        most = fmax(most, sqrt(square[k] / weights));
    }
    return most / least;
}

/* The rates differ by a factor of 3.5 to 5 at first, and after the rounds by the noise of the last round's one
 * draw. Rectifiers keep their function, tanh the scale of its outputs. */
static void rates_are_balanced(void **state) {
    (void)state;
    static const char *const hidden[] = {"relu", "tanh"};
    static double z[N][MOST], kept[N][MOST];
    for (uint64_t c = 0; c < 10; c++) {
        il_network *net = build("20-40-10-30-5", hidden[c % 2], 1);
        initialize(net, 0, "data_dependent(rounds=0)", NULL, c / 2);
        double before = spread_of_rates(net);
        pre_activations(net, 0, 3, kept);
        initialize(net, 0, "data_dependent", NULL, c / 2);
        double after = spread_of_rates(net);
        pre_activations(net, 0, 3, z);
        assert_true(before > 3 && after < 1.5);
        for (size_t i = 0; i < N && c % 2 == 0; i++)
            for (size_t j = 0; j < 5; j++)
                assert_true(fabs(z[i][j] - kept[i][j]) < 100 * ROUNDING);
        double total = 0, mean, variance;
        for (size_t j = 0; j < 5; j++) {
            moments(z, j, 1, &mean, &variance);
            total += sqrt(variance) / 5;
        }
        assert_true(fabs(total - 1) <
                    (c % 2 ? 0.08 : 100 * ROUNDING)); /* 0.84 to 0.94 uncorrected */
        il_network_free(net);
    }
}

/* One round balances the rates of its own gradients in a network of rectifiers to within rounding; the next round sees
 * others. */
static void rounds_draw_anew(void **state) {
    (void)state;
    il_network *one = build("20-40-10-30-5", "relu", 1), *two = build("20-40-10-30-5", "relu", 1);
    initialize(one, 0, "data_dependent(rounds=1)", NULL, 6);
    initialize(two, 0, "data_dependent(rounds=2)", NULL, 6);
    double first = (double)il_network_layer(one, 0)->W[0];
    assert_true(fabs((double)il_network_layer(two, 0)->W[0] / first - 1) > 1e-3);
    il_network_free(one);
    il_network_free(two);
}

/* Where layernorm follows the activation, what enters a layer keeps its scale, so weights and biases are scaled alike.
 * Its eps of 1e-5 is felt in the fourth digit. */
static void biases_follow_what_enters(void **state) {
    (void)state;
    il_network *net = build_with("20-40-10-30-5", "relu", "layernorm(after=true)", 1);
    il_network *base = build_with("20-40-10-30-5", "relu", "layernorm(after=true)", 1);
    initialize(base, 0, "data_dependent(rounds=0)", NULL, 3);
    initialize(net, 0, "data_dependent", NULL, 3);
    double change = 0;
    for (size_t k = 0; k < 4; k++) {
        const il_layer *y = il_network_layer(net, k), *y0 = il_network_layer(base, k);
        double factor = (double)y->W[0] / (double)y0->W[0];
        change = fmax(change, fabs(log(factor)));
        for (size_t j = 0; j < y->fan_out; j++)
            assert_true(fabs((double)y->b[j] / (double)y0->b[j] / factor - 1) < 2e-3);
    }
    assert_true(change > 0.2);
    il_network_free(net);
    il_network_free(base);
}

static const char *const all[] = {
    "lsuv(base=xavier_normal(gain=auto))",
    "lsuv(variant=pytorch)",
    "data_dependent",
    "weight_norm_dd",
    "meta_init(steps=5)",
    "grad_init(steps=5)",
    "grad_init(steps=5, optimizer=adam, gamma=0.1)",
};

/* Lane 0 of 16 and lane 37 of 64 get the same bits, twice over; all other lanes keep theirs. */
static void lanes_are_apart(void **state) {
    (void)state;
    for (size_t c = 0; c < sizeof all / sizeof *all; c++) {
        il_network *few = build("20-12-9-1", "tanh", 16), *many = build("20-12-9-1", "tanh", 64),
                   *again = build("20-12-9-1", "tanh", 64);
        size_t size = il_network_size(few);
        for (size_t r = 0; r < 64; r++) {
            fill(many, r, "he_normal", "uniform(low=-9, high=9)", 100 + r);
            fill(again, r, "he_normal", "uniform(low=-9, high=9)", 100 + r);
        }
        initialize(few, 0, all[c], "uniform(low=-0.1, high=0.1)", 5);
        initialize(many, 37, all[c], "uniform(low=-0.1, high=0.1)", 5);
        const il_real *a = il_network_parameters(few), *b = il_network_parameters(many),
                      *rest = il_network_parameters(again);
        for (size_t p = 0; p < size; p++)
            for (size_t r = 0; r < 64; r++)
                assert_memory_equal(b + 64 * p + r, r == 37 ? a + 16 * p : rest + 64 * p + r,
                                    sizeof(il_real));
        initialize(again, 37, all[c], "uniform(low=-0.1, high=0.1)", 5);
        assert_memory_equal(b, rest, 64 * size * sizeof *b);
        il_network_free(few);
        il_network_free(many);
        il_network_free(again);
    }
}

static void assert_begins(const char *text, const char *beginning) {
    if (strncmp(text, beginning, strlen(beginning)) != 0)
        fail_msg("'%s' does not begin '%s'", text, beginning);
}

/* A layer of zero weights has neither variance nor scale; NaN in the data is no statistic. */
static void errors_name_seed_and_layer(void **state) {
    il_error err;
    for (size_t c = 0; c < sizeof all / sizeof *all; c++) {
        char beginning[64];
        int name = (int)strcspn(all[c], "(");
        il_network *net = build("20-12-9-1", "tanh", 16);
        static const il_real zero[12 * 9 + 9];
        fill(net, 3, all[c], NULL, 17);
        il_network_put(net, 1, 3, zero, zero);
        assert_int_equal(fit(net, 3, all[c], 17, N, &err), IL_INVALID);
        snprintf(beginning, sizeof beginning, "seed 17, layer 2: %.*s: ", name, all[c]);
        assert_begins(err.message, beginning);
        fill(net, 3, all[c], NULL, 17);
        X[21] = (il_real)NAN;
        assert_int_equal(fit(net, 3, all[c], 17, N, &err), IL_INVALID);
        snprintf(beginning, sizeof beginning, "seed 17, layer 1: %.*s: ", name, all[c]);
        assert_begins(err.message, beginning);
        assert_non_null(strstr(err.message, "not finite: choose"));
        draw_data(state);
        il_network_free(net);
    }
}

/* Inputs that are equal, or differ in the last place of one, give no variance but rounding. */
static void equal_samples(void **state) {
    for (int last_place = 0; last_place < 2; last_place++) {
        il_error err;
        il_network *net = build("3-4-1", "tanh", 16);
        for (size_t i = 0; i < N; i++)
            X[3 * i] = (il_real)0.7, X[3 * i + 1] = 1, X[3 * i + 2] = (il_real)-1.3;
        X[1] += (il_real)last_place * (il_real)(sizeof(il_real) == 8 ? 0x1p-51 : 0x1p-22);
        fill(net, 0, "weight_norm_dd", NULL, 2);
        assert_int_equal(fit(net, 0, "weight_norm_dd", 2, N, &err), IL_INVALID);
        assert_begins(err.message,
                      "seed 2, layer 1: weight_norm_dd: unit 1: pre-activations are all ");
        il_network_free(net);
    }
    draw_data(state);
}

static il_status needs_data(const il_init_fit *fit) {
    return (void)fit, IL_OK;
}

static void refusals(void **state) {
    (void)state;
    il_error err;
    il_call call;
    assert_int_equal(il_call_parse(&il_inits, "lsuv(base=weight_norm_dd)", NULL, &call, &err),
                     IL_INVALID);
    static const il_init_type other = {.desc = {.name = "other"}, .fit = needs_data};
    il_init_layer layer = {.index = 1, .layers = 2, .fan_in = 2, .fan_out = 2};
    il_real W[4];
    call = parse_call(&il_inits, "lsuv");
    call.inner = &other.desc;
    assert_int_equal(il_init_fill(&call, &layer, 1, IL_PURPOSE_WEIGHT, W, &err), IL_INVALID);
    assert_string_equal(err.message, "layer 2: lsuv: base=other needs data itself: choose a base "
                                     "that does not");
    il_network *net = build("2-2-1", "tanh", 1);
    call = parse_call(&il_inits, "lsuv");
    assert_int_equal(il_init_network(&call, NULL, net, 0, 1, &err), IL_INVALID);
    il_network_free(net);
}

/* Runs of a study depend on neither jobs nor lanes, and an impossible start is told with seed and layer. */
static void studies(void **state) {
    (void)state;
    il_study *study =
        study_of("data: xor\nnetwork: 2-4-1\nhidden: tanh\nseeds: 40\nbudget: 300\n"
                 "optimizer: adam(lr=0.05)\nengine: lockstep\n"
                 "init: [lsuv, data_dependent, weight_norm_dd, meta_init(steps=3)]\n");
    il_results *reference = run_study(study, 1, 16);
    for (size_t arm = 0; arm < 4; arm++)
        assert_true(reference->arms[arm].converged > 0);
    for (size_t c = 0; c < 3; c++) {
        il_results *other = run_study(study, 1 + c % 2, c < 2 ? 64 : 16);
        assert_same_runs(reference->runs, other->runs, 160);
        il_results_free(other);
    }
    il_results_free(reference);
    il_study_free(study);

    study = study_of("data: xor\nnetwork: 2-2-1\ninit: lsuv(base=constant(-1))\nseeds: 3\n");
    reference = run_study(study, 1, 16);
    assert_int_equal(reference->failed, 3);
    assert_begins(reference->failure.message,
                  "lsuv(base=constant(-1)), seed 1, layer 2: lsuv: pre-activations are all 0 ");
    il_results_free(reference);
    il_study_free(study);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_normalized),
        cmocka_unit_test(rates_are_balanced),
        cmocka_unit_test(rounds_draw_anew),
        cmocka_unit_test(biases_follow_what_enters),
        cmocka_unit_test(lanes_are_apart),
        cmocka_unit_test(errors_name_seed_and_layer),
        cmocka_unit_test(equal_samples),
        cmocka_unit_test(refusals),
        cmocka_unit_test(studies),
    };
    return cmocka_run_group_tests(tests, draw_data, NULL);
}
