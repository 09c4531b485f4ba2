/* Measures of layers, of trained weights and of the gap: closed forms, and training by the public functions alone. */
#include "claims.h"

#define LINEAR "data: xor(inputs=pm1), network: '2-[2]x5-1', hidden: linear, seeds: 3"
#define SINGLE "data: or, network: 2-1, optimizer: sgd(lr=0.1), seeds: 2"

static double sigmoid(double x) {
    return 1 / (1 + exp(-x));
}

static void assert_layer(const char *setup, const char *init, const char *arguments, double value) {
    char test[128];
    snprintf(test, sizeof test, "test: \"layer(%s) > 1e6\"", arguments);
    assert_value(setup, init, test, value);
}

/* Weights 2 I: of inputs ±1, layer k has activations ±2^k; the output adds the first of the last ones twice. */
static void layers_of_known_weights(void **state) {
    (void)state;
    static const char init[] = "identity(gain=2)";
    assert_layer(LINEAR, init, "a_rms, layer=3", 8);
    assert_layer(LINEAR, init, "a_rms", 32);
    assert_layer(LINEAR, init, "a_rms, layer=3, over=1", 4);
    assert_layer(LINEAR, init, "u_rms, layer=6", 64);
    assert_layer(LINEAR, init, "u_mean, layer=1", 0);
    assert_layer(LINEAR, init, "u_variance, layer=2", 16);
    assert_layer(LINEAR, init, "a_min, layer=2", -4);
    assert_layer(LINEAR, init, "weight_rms, layer=2", sqrt(2.0));
    assert_layer(LINEAR, init, "weight_max, layer=2", 2);
    /* A trainer with steps of two samples, of which four are looked at. */
    assert_layer(LINEAR ", batch: 2", init, "a_rms, layer=3", 8);
    /* All weights 1: sums 0, 1, 1, 2. */
    static const char narrow[] = "data: xor, network: 2-3-1, seeds: 2";
    assert_layer(narrow, "ones", "u_variance", 0.5);
    assert_layer(narrow, "ones", "a_mean, layer=1", 1);
    assert_layer(narrow, "ones", "zero", 0.25);
    assert_layer(narrow, "ones", "dead", 0);
    assert_layer(narrow, "constant(-1)", "dead", 1);
    assert_layer("data: xor(inputs=pm1), network: 2-3-1, hidden: tanh, seeds: 2", "constant(3)",
                 "saturated", 0.5);
    /* A logit of 0: (1/2 - y)/4 for each of four samples. */
    assert_layer(narrow, "zeros", "delta_rms, layer=2", 0.125);
}

/* One layer of two equal weights c learns "or": the gradient of each is the mean of (p - y) x. */
static void layers_that_learn(void **state) {
    (void)state;
    double g = (sigmoid(1) - 1 + sigmoid(2) - 1) / 4;
    assert_layer(SINGLE, "zeros", "gradient_rms, layer=1", 0.25);
    assert_layer(SINGLE, "ones", "gradient_mean, layer=1", g);
    assert_layer(SINGLE, "ones", "update_ratio, layer=1", -g);
    assert_layer(SINGLE, "ones", "weight_change, layer=1", 0);
    assert_layer(SINGLE, "ones", "weight_change, layer=1, epochs=1", -0.1 * g);
    assert_layer(SINGLE, "ones", "weight_mean, layer=1, epochs=1", 1 - 0.1 * g);
    assert_value(SINGLE, "zeros", "test: weight_norm(epochs=1) > 1e6", 0.025 * sqrt(2.0));
}

enum { SEEDS = 16, EPOCHS = 5, UNITS = 8, SAMPLES = 4 };

static void parse(const il_family *family, const char *text, il_call *out) {
    il_error err;
    if (il_call_parse(family, text, NULL, out, &err) != IL_OK)
        fail_msg("%s", err.message);
}

/* The root of the mean square of what norm and activation make of four samples after training: running statistics are a
 * part of what is looked at. */
static double trained_rms(void) {
    static const il_real X[] = {0, 0, 0, 1, 1, 0, 1, 1}, Y[] = {0, 1, 1, 0};
    const il_samples data = {.n = SAMPLES, .X = X, .Y = Y};
    il_network_config config = {
        .widths = {3, {2, UNITS, 1}}, .engine = IL_LOCKSTEP, .replicas = SEEDS};
    il_training training = {.epochs = 3000};
    il_call init, bias;
    il_trainer *trainer = NULL;
    il_error err;
    double sum = 0;
    parse(&il_activations, "relu", &config.hidden);
    parse(&il_losses, "bce", &config.loss);
    parse(&il_norms, "batchnorm", &config.norm);
    parse(&il_inits, "he_normal", &init);
    parse(&il_inits, "zeros", &bias);
    assert_int_equal(il_optimizer_parse("adam(lr=0.05)", &training.optimizer, &err), IL_OK);
    assert_int_equal(il_trainer_new(&config, &training, &data, NULL, &trainer, &err), IL_OK);
    il_network *net = il_trainer_network(trainer);
    for (size_t r = 0; r < SEEDS; r++) {
        il_trainer_begin(trainer, r, r + 1);
        assert_int_equal(il_init_network(&init, &bias, net, r, r + 1, &err), IL_OK);
    }
    for (size_t epoch = 0; epoch < EPOCHS; epoch++)
        il_trainer_epoch(trainer, NULL, NULL);
    il_network_forward(net, SAMPLES, X);
    for (size_t r = 0; r < SEEDS; r++) {
        double square = 0;
        for (size_t i = 0; i < SAMPLES * UNITS; i++) {
            double a = (double)il_network_layer(net, 0)->a[i * SEEDS + r];
            square += a * a / (SAMPLES * UNITS);
        }
        sum += sqrt(square) / SEEDS;
    }
    il_trainer_free(trainer);
    return sum;
}

static void layers_of_trained_networks(void **state) {
    (void)state;
    assert_layer("data: xor, network: 2-8-1, norm: batchnorm, optimizer: adam(lr=0.05), seeds: 16",
                 "he_normal", "a_rms, epochs=5", trained_rms());
}

/* The share of ones among the samples of a part. */
static double share_of_ones(const il_dataset *data, size_t first, size_t n) {
    double ones = 0;
    for (size_t i = first; i < first + n; i++)
        ones += data->label[i];
    return ones / (double)n;
}

/* From zero weights the logit is the bias, after one step b = 4 (m - 1/2) where a share m of the samples that train are
 * ones. A set with a share s of ones has a loss of s log(1 + exp(-b)) + (1 - s) log(1 + exp(b)), and all of the others
 * are told b (m - s) worse. */
static void gaps_of_a_constant(void **state) {
    (void)state;
    il_data_request request;
    il_dataset *data = NULL;
    il_error err;
    parse(&il_datasets, "gaussian(n=40, inputs=2, seed=3)", &request.data);
    parse(&il_splits, "random(test=0.6)", &request.split);
    parse(&il_scalings, "none", &request.scale);
    assert_int_equal(il_dataset_new(&request, NULL, &data, &err), IL_OK);
    size_t train = data->part[IL_TRAIN];
    double m = share_of_ones(data, 0, train);
    double s = share_of_ones(data, train, data->part[IL_TEST]), b = 4 * (m - 0.5);
    il_dataset_free(data);
    assert_true(m != 0.5 && m != s);
    static const char setup[] =
        "data: 'gaussian(n=40, inputs=2, seed=3)', split: random(test=0.6), network: 2-3-1, "
        "optimizer: sgd(lr=4), seeds: 2";
    assert_value(setup, "zeros", "test: \"gap(epochs=1, of=loss) > 1e6\"", b * (m - s));
    assert_value(setup, "zeros", "test: gap(epochs=1) > 1e6", b > 0 ? m - s : s - m);
}

#define WRONG(setup, test)                                                                         \
    CLAIM "    setup: {" setup "}\n    a: {init: zeros}\n    test: \"" test " > 1\"\n"

static void measures_that_do_not_fit(void **state) {
    (void)state;
    assert_message(WRONG("data: xor, network: 2-1", "layer(a_rms)"),
                   "x.yaml:6:12: layer: there is no hidden layer: add one, such as in network: "
                   "2-8-1, or say layer=1");
    assert_message(WRONG("data: xor, network: 2-4-1", "layer(a_rms, layer=3)"),
                   "x.yaml:6:12: layer: there is no layer 3: the network has 2");
    assert_message(WRONG("data: xor, network: 2-4-1", "layer(a_rms, over=9)"),
                   "x.yaml:6:12: layer: there is no layer 9: the network has 2");
    assert_message(WRONG("data: xor, network: 2-4-1", "layer(saturated)"),
                   "x.yaml:6:12: layer: nothing saturates in layer 1: it needs hidden: tanh or "
                   "sigmoid and a hidden layer");
    assert_message(WRONG("data: xor, network: 2-4-1, hidden: tanh", "layer(saturated, layer=2)"),
                   "x.yaml:6:12: layer: nothing saturates in layer 2: it needs hidden: tanh or "
                   "sigmoid and a hidden layer");
    assert_message(WRONG("data: xor, network: 2-4-1", "gap"),
                   "x.yaml:6:12: gap: all samples are trained on: add split: random(test=0.5)");
    assert_message(
        WRONG("data: sine, network: 1-4-1, split: random(test=0.5), converged: loss < 0.1", "gap"),
        "x.yaml:6:12: gap: targets that are numbers have no accuracy: say of=loss");
}

/* The names of the statistics are those of a probe, in its order. */
static void statistics_of_a_probe(void **state) {
    (void)state;
    for (il_probe_statistic i = 0; i < IL_PROBE_STATISTICS; i++) {
        char text[64];
        il_test test;
        il_error err;
        snprintf(text, sizeof text, "layer(%s) > 1", il_probe_statistic_name(i));
        assert_int_equal(il_test_parse(text, NULL, &test, &err), IL_OK);
        assert_true(test.measure.arg[0] == (double)i);
        assert_false(il_test_trains(&test));
    }
    il_test test;
    il_error err;
    assert_int_equal(il_test_parse("layer(dead, epochs=2) > 0", NULL, &test, &err), IL_OK);
    assert_true(il_test_trains(&test));
    assert_int_equal(il_test_parse("saturated > 0", NULL, &test, &err), IL_OK);
    assert_false(il_test_trains(&test));
    assert_int_equal(il_test_parse("rmst > 1", NULL, &test, &err), IL_OK);
    assert_true(il_test_trains(&test));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_of_known_weights),    cmocka_unit_test(layers_that_learn),
        cmocka_unit_test(layers_of_trained_networks), cmocka_unit_test(gaps_of_a_constant),
        cmocka_unit_test(measures_that_do_not_fit),   cmocka_unit_test(statistics_of_a_probe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
