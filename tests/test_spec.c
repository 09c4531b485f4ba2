/* Studies from YAML: defaults, arms, overrides, and every message in full. */
#include "cmocka_all.h"

#include "initlab/study.h"
#include <stdio.h>
#include <string.h>

#define BASE "data: xor\nnetwork: 2-2-1\ninit: zeros\n"

static il_study *parse_with(const char *text, const char *const *overrides, size_t n) {
    il_study *study = NULL;
    il_error err = {.message = ""};
    if (il_study_parse(text, strlen(text), "dir/a.b.yaml", overrides, n, &study, &err) != IL_OK)
        fail_msg("%s\nfrom:\n%s", err.message, text);
    return study;
}

static il_study *parse(const char *text) {
    return parse_with(text, NULL, 0);
}

static void assert_refused(const char *text, size_t size, const char *const *overrides, size_t n,
                           const char *message) {
    il_study *study = (il_study *)1;
    il_error err = {.message = ""};
    assert_int_equal(il_study_parse(text, size, "x.yaml", overrides, n, &study, &err), IL_INVALID);
    assert_int_equal(err.status, IL_INVALID);
    assert_string_equal(err.message, message);
    assert_null(study);
    assert_int_equal(il_study_parse(text, size, "x.yaml", overrides, n, &study, NULL), IL_INVALID);
}

static void assert_message(const char *text, const char *message) {
    assert_refused(text, strlen(text), NULL, 0, message);
}

static void assert_override(const char *override, const char *message) {
    assert_refused(BASE, strlen(BASE), &override, 1, message);
}

static void assert_arm(const il_study *study, size_t i, il_key key, const char *expected) {
    char text[IL_WIDTHS_TEXT];
    assert_true(i < study->n_arms);
    assert_ptr_equal(il_arm_format(&study->arms[i], key, text), text);
    assert_string_equal(text, expected);
}

static void defaults(void **state) {
    (void)state;
    char text[IL_CRITERION_TEXT];
    il_study *study = parse(BASE);
    assert_string_equal(study->name, "a.b");
    assert_int_equal(study->seeds, 100);
    assert_int_equal(study->budget, 3000);
    assert_string_equal(il_criterion_format(&study->converged, text),
                        "loss < 0.1 and accuracy == 1");
    assert_int_equal(study->n_arms, 1);
    static const char *const expected[] = {"xor",      "given", "auto", "2-2-1", "relu",
                                           "none",     "none",  "bce",  "full",  "adam",
                                           "constant", "none",  "none", "zeros", "zeros"};
    for (il_key key = 0; key < IL_KEYS; key++) {
        assert_arm(study, 0, key, expected[key]);
        assert_false(study->varied[key]);
    }
    assert_int_equal(study->arms[0].engine, IL_LOCKSTEP);
    assert_true(study->arms[0].baseline == SIZE_MAX);
    il_study_free(study);
    il_study_free(NULL);
}

static void key_names(void **state) {
    (void)state;
    static const char *const names[] = {"data",     "split",   "scale",   "network", "hidden",
                                        "norm",     "dropout", "loss",    "batch",   "optimizer",
                                        "schedule", "clip",    "penalty", "bias",    "init"};
    for (il_key key = 0; key < IL_KEYS; key++)
        assert_string_equal(il_key_name(key), names[key]);
}

static void every_key(void **state) {
    (void)state;
    char text[IL_CRITERION_TEXT];
    il_study *study = parse("study: 'How He helps: \"all\" of it'\n"
                            "data: parity(bits=3, inputs=pm1)\n"
                            "network: 3-[9]x3-2\n"
                            "hidden: leaky_relu(slope=0.2)\n"
                            "loss: softmax_ce\n"
                            "optimizer: momentum(lr=0.1, nesterov=true)\n"
                            "bias: constant(0.01)\n"
                            "init: kaiming_normal\n"
                            "batch: 3\n"
                            "order: shared\n"
                            "last: drop\n"
                            "patience: 50\n"
                            "norm: batchnorm(eps=0.001)\n"
                            "dropout: 0.25\n"
                            "schedule: constant\n"
                            "clip: none\n"
                            "penalty: none\n"
                            "seeds: 1e3\n"
                            "budget: 100000000\n"
                            "converged: accuracy >= 0.9\n"
                            "baseline: he_normal()\n"
                            "split: random(test=0.25, seed=7)\n"
                            "scale: standardize\n"
                            "evaluate: train\n"
                            "engine: blas\n");
    assert_string_equal(study->name, "How He helps: \"all\" of it");
    static const char *const expected[] = {"parity(bits=3, inputs=pm1)",
                                           "random(test=0.25, seed=7)",
                                           "standardize",
                                           "3-[9]x3-2",
                                           "leaky_relu(slope=0.2)",
                                           "batchnorm(eps=0.001)",
                                           "dropout(0.25)",
                                           "softmax_ce",
                                           "batch(3)",
                                           "momentum(lr=0.1, nesterov=true)",
                                           "constant",
                                           "none",
                                           "none",
                                           "constant(0.01)",
                                           "he_normal"};
    for (il_key key = 0; key < IL_KEYS; key++)
        assert_arm(study, 0, key, expected[key]);
    assert_int_equal(study->seeds, 1000);
    assert_int_equal(study->budget, 100000000);
    assert_string_equal(il_criterion_format(&study->converged, text), "accuracy >= 0.9");
    assert_int_equal(study->order, IL_ORDER_SHARED);
    assert_true(study->drop_last);
    assert_int_equal(study->judges, IL_JUDGES_TRAIN);
    assert_int_equal(study->patience, 50);
    assert_int_equal(study->arms[0].baseline, 0);
    assert_int_equal(study->arms[0].engine, IL_BLAS);
    il_study_free(study);
}

static void cross_product(void **state) {
    (void)state;
    il_study *study = parse("data: [xor, and]\n"
                            "network:\n"
                            "  - 2-2-1\n"
                            "  - 2-3-1\n"
                            "hidden: [tanh]\n"
                            "init: [zeros, \"uniform(low=-1, high=1)\", he_normal]\n"
                            "baseline: \"uniform( -1,1 )\"\n");
    static const char *const data[] = {"xor", "and"}, *const network[] = {"2-2-1", "2-3-1"},
                             *const init[] = {"zeros", "uniform(low=-1, high=1)", "he_normal"};
    static const bool varied[IL_KEYS] = {
        [IL_KEY_DATA] = true, [IL_KEY_NETWORK] = true, [IL_KEY_INIT] = true};
    assert_int_equal(study->n_arms, 12);
    assert_memory_equal(study->varied, varied, sizeof varied);
    for (size_t i = 0; i < 12; i++) {
        assert_arm(study, i, IL_KEY_DATA, data[i / 6]);
        assert_arm(study, i, IL_KEY_NETWORK, network[i / 3 % 2]);
        assert_arm(study, i, IL_KEY_HIDDEN, "tanh");
        assert_arm(study, i, IL_KEY_INIT, init[i % 3]);
        assert_int_equal(study->arms[i].baseline, i / 3 * 3 + 1);
    }
    il_study_free(study);
}

static void engine_by_size(void **state) {
    (void)state;
    static const struct {
        const char *data, *network, *engine;
        il_engine expected;
    } cases[] = {
        {"xor", "2-64-1", "auto", IL_LOCKSTEP},           {"xor", "2-65-1", "auto", IL_BLAS},
        {"parity(8)", "8-4-1", "auto", IL_LOCKSTEP},      {"parity(9)", "9-4-1", "auto", IL_BLAS},
        {"parity(9)", "9-65-1", "lockstep", IL_LOCKSTEP}, {"xor", "2-2-1", "blas", IL_BLAS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];
        snprintf(text, sizeof text, "data: %s\nnetwork: %s\nengine: %s\ninit: zeros\n",
                 cases[i].data, cases[i].network, cases[i].engine);
        il_study *study = parse(text);
        assert_int_equal(study->arms[0].engine, cases[i].expected);
        il_study_free(study);
    }
}

static void loss_by_outputs(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"2-2-1", "bce"}, {"2-2-2", "softmax_ce"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[100];
        snprintf(text, sizeof text, "data: xor\nnetwork: %s\ninit: zeros\n", cases[i][0]);
        il_study *study = parse(text);
        assert_arm(study, 0, IL_KEY_LOSS, cases[i][1]);
        il_study_free(study);
    }
}

static void yaml_styles(void **state) {
    (void)state;
    static const char *const texts[] = {
        "\xEF\xBB\xBF" BASE,
        "data: xor\r\nnetwork: 2-2-1\r\ninit: zeros\r\n",
        "data: xor\nnetwork: 2-2-1\ninit: zeros",
        "%YAML 1.1\n---\n" BASE "...\n",
        "{data: xor, network: 2-2-1, init: [zeros]}",
        "# a comment\n\"data\": 'xor' # and another\nnetwork:\n  2-2-1\ninit:\n- zeros\n",
        "init: >-\n  zeros\ndata: |\n  xor\nnetwork: \"2-2\\x2d1\"\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        il_study *study = parse(texts[i]);
        assert_arm(study, 0, IL_KEY_DATA, "xor");
        assert_arm(study, 0, IL_KEY_NETWORK, "2-2-1");
        assert_arm(study, 0, IL_KEY_INIT, "zeros");
        il_study_free(study);
    }
}

static void names(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"xor.yaml", "xor"}, {"a/b/xor.v2.yml", "xor.v2"}, {"xor", "xor"},
        {".yaml", ".yaml"},  {"a.b/xor", "xor"},           {"caf\xC3\xA9.yaml", "caf\xC3\xA9"},
    };
    il_study *study = NULL;
    il_error err;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(il_study_parse(BASE, strlen(BASE), cases[i][0], NULL, 0, &study, &err),
                         IL_OK);
        assert_string_equal(study->name, cases[i][1]);
        il_study_free(study);
    }
    static const char *const bad[] = {"dir/", "a\x01", "\xFF", "\xC3", "\xC2\x85"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(il_study_parse(BASE, strlen(BASE), bad[i], NULL, 0, &study, &err),
                         IL_INVALID);
        assert_string_equal(
            strstr(err.message, ": ") + 2,
            "study: a name is 1 to 127 bytes of printable text, which the file's is "
            "not: give one");
    }
    char text[300] = "study: ";
    memset(text + 7, 'n', 127);
    strcpy(text + 134, "\n" BASE);
    study = parse(text);
    assert_int_equal(strlen(study->name), 127);
    il_study_free(study);
    memset(text + 7, 'n', 128);
    strcpy(text + 135, "\n" BASE);
    assert_message(text, "x.yaml:1:8: study: a name is 1 to 127 bytes of printable text");
    assert_message(BASE "study: \"a\\tb\"\n",
                   "x.yaml:4: study: a name is 1 to 127 bytes of printable text");
}

static void overrides(void **state) {
    (void)state;
    static const char *const given[] = {"seeds=64", "init=[zeros, he_normal]", "study=other",
                                        "seeds=32", "hidden=tanh"};
    il_study *study = parse_with(BASE "seeds: none\n", given, 5);
    assert_int_equal(study->seeds, 32);
    assert_string_equal(study->name, "other");
    assert_int_equal(study->n_arms, 2);
    assert_true(study->varied[IL_KEY_INIT]);
    assert_arm(study, 0, IL_KEY_HIDDEN, "tanh");
    assert_arm(study, 1, IL_KEY_INIT, "he_normal");
    il_study_free(study);

    study = parse(BASE "epochs: 7\nuntil: never\n"); /* what budget and converged are called too */
    assert_int_equal(study->budget, 7);
    assert_int_equal(study->converged.n, 0);
    il_study_free(study);
    assert_override("epochs=0", "--set epochs:1:1: budget: 0 is outside [1, 100000000]");

    assert_override("init", "--set: expected key=value, found 'init'");
    assert_override("=zeros", "--set: unknown key '' (known: data, split, scale, network, hidden, "
                              "norm, dropout, loss, batch, "
                              "optimizer, schedule, clip and 14 more)");
    assert_override("inti=zeros", "--set: unknown key 'inti' (did you mean 'init'?)");
    assert_override("init=", "--set init: expected a value after '='");
    assert_override("init=[zeros, he_norml]",
                    "--set init:1:9: unknown init 'he_norml' (did you mean 'he_normal'?)");
    assert_override("init=zeros: 1",
                    "--set init:1:1: init: expected a value, found key: value pairs");
    assert_override("seeds=0", "--set seeds:1:1: seeds: 0 is outside [1, 1000000]");
    assert_override("baseline=ones",
                    "--set baseline:1:1: baseline: ones is not among init (zeros)");
}

static void keys_refused(void **state) {
    (void)state;
    assert_message("", "x.yaml: empty: a study needs data:, network: and init:");
    assert_message("# nothing\n", "x.yaml: empty: a study needs data:, network: and init:");
    assert_message("---\n", "x.yaml: empty: a study needs data:, network: and init:");
    assert_message("xor\n", "x.yaml:1:1: expected keys and values, such as data: xor");
    assert_message("- data: xor\n", "x.yaml:1:1: expected keys and values, such as data: xor");
    assert_message("network: 2-2-1\ninit: zeros\n",
                   "x.yaml: data: must be given (the dataset, such as xor)");
    assert_message("data: xor\ninit: zeros\n",
                   "x.yaml: network: must be given (the widths, such as 2-8-1)");
    assert_message("data: xor\nnetwork: 2-2-1\n",
                   "x.yaml: init: must be given (initializations of the weights, such as [zeros, "
                   "he_normal])");
    assert_message(BASE "  optimiser: sgd\n",
                   "x.yaml:4:12: mapping values are not allowed in this context");
    assert_message(BASE "optimiser: sgd\n",
                   "x.yaml:4:1: unknown key 'optimiser' (did you mean 'optimizer'?)");
    assert_message(BASE "budget: 3\nepochs: 3\n",
                   "x.yaml:5:1: epochs: is given twice, first on line 4");
    assert_message(BASE "rounds: 3\n",
                   "x.yaml:4:1: unknown key 'rounds' (known: data, split, scale, network, "
                   "hidden, norm, dropout, loss, batch, "
                   "optimizer, schedule, clip and 14 more)");
    assert_message(BASE "data: and\n", "x.yaml:4:1: data: is given twice, first on line 1");
    assert_message(BASE "[data]: and\n", "x.yaml:4:1: expected a key, such as data:");
    assert_message(BASE "hidden:\n", "x.yaml:4:8: hidden: has no value");
    assert_message(BASE "hidden: [relu, '']\n", "x.yaml:4:17: hidden: has no value");
    assert_message(BASE "hidden: []\n", "x.yaml:4:9: hidden: the list is empty");
    assert_message(BASE "hidden: [relu, [tanh]]\n",
                   "x.yaml:4:16: hidden: expected one value, found a list");
    assert_message(BASE "hidden: {name: relu}\n",
                   "x.yaml:4:9: hidden: expected a value, found key: value pairs");
    assert_message(BASE "seeds: [1, 2]\n", "x.yaml:4:8: seeds: expected one value, found a list");
    assert_message(BASE "study:\n", "x.yaml:4:7: study: has no value");
}

static void values_refused(void **state) {
    (void)state;
    assert_message("data: xor\nnetwork: 2-2-1\ninit: [zeros, he_norml]\n",
                   "x.yaml:3:15: unknown init 'he_norml' (did you mean 'he_normal'?)");
    assert_message("data: xor\nnetwork: 2-2-1\ninit:\n  - 'he_norml'\n",
                   "x.yaml:4:6: unknown init 'he_norml' (did you mean 'he_normal'?)");
    assert_message(
        "data: xor\nnetwork: 2-2-1\ninit: [uniform(low=-1, high=1)]\n",
        "x.yaml:3:22: missing ')' in 'uniform(low=-1' (inside [ ] quote a call that has commas)");
    assert_message("data: xor\nnetwork: 2-2-1\ninit: uniform(low=-1\n",
                   "x.yaml:3:21: missing ')' in 'uniform(low=-1'");
    assert_message("data: xor\nnetwork: 2-2-1\ninit: [zeros, ones, constant(0), constant(-0)]\n",
                   "x.yaml:3:34: init: constant(0) is listed twice");
    assert_message("data: xor\nnetwork: 2-2-1\ninit: [he_normal, kaiming_normal]\n",
                   "x.yaml:3:19: init: he_normal is listed twice");
    assert_message("data: xor\nnetwork: [2-2-2-2-1, '2-[2]x3-1']\ninit: zeros\n",
                   "x.yaml:2:23: network: 2-[2]x3-1 is listed twice");
    assert_message("data: xor\nnetwork: 2-2-1\ninit: uniform(low=1, high=-1)\n",
                   "x.yaml:3:7: layer 1: uniform needs low < high, got low=1, high=-1");
    assert_message(BASE "optimizer:\n  adam(lr=-1)\n",
                   "x.yaml:5:8: adam: lr=-1 is outside [1e-30, 1e+06]");
    assert_message(BASE "optimizer: adam(\n  lr=-1)\n",
                   "x.yaml:4: adam: lr=-1 is outside [1e-30, 1e+06]");
    assert_message(
        BASE "bias: he_normal\n",
        "x.yaml:4:7: bias: he_normal scales with fan, which a bias has none of (use zeros, ones, "
        "constant, normal or uniform)");
    assert_message(BASE "batch: 0\n", "x.yaml:4:8: batch: size=0 is outside [1, 1e+06]");
    assert_message(BASE "batch: ful\n", "x.yaml:4:8: unknown batch 'ful' (did you mean 'full'?)");
    assert_message(BASE "norm: batchnorm\nbatch: 1\n",
                   "x.yaml:4:7: norm: batchnorm has no variance in a batch of 1 sample: use "
                   "layernorm or a larger batch");
    assert_message(BASE "norm: batchnorm\nbatch: 3\n",
                   "x.yaml:4:7: norm: batchnorm has no variance in the last batch of 1 sample: use "
                   "layernorm, last: drop or another batch size");
    assert_message(BASE "norm: none\nbatchnorm: true\n",
                   "x.yaml:5:1: batchnorm: is given twice, first on line 4");
    assert_message(BASE "engine: lokstep\n",
                   "x.yaml:4:9: unknown engine 'lokstep' (did you mean 'lockstep'?)");
    assert_message(BASE "engine: gpu\n",
                   "x.yaml:4:9: unknown engine 'gpu' (known: auto, lockstep, blas)");
    assert_message(BASE "seeds: many\n", "x.yaml:4:8: seeds: 'many' is not a whole number");
    assert_message(BASE "seeds: 1.5\n", "x.yaml:4:8: seeds: '1.5' is not a whole number");
    assert_message(BASE "seeds: 1e999\n", "x.yaml:4:8: seeds: '1e999' is not a whole number");
    assert_message(BASE "seeds: 1000001\n", "x.yaml:4:8: seeds: 1000001 is outside [1, 1000000]");
    assert_message(BASE "budget: 99999999999999999999\n",
                   "x.yaml:4:9: budget: 99999999999999999999 is outside [1, 100000000]");
    assert_message(BASE "budget: -1\n", "x.yaml:4:9: budget: -1 is outside [1, 100000000]");
    assert_message(BASE "bias: data_dependent\n",
                   "x.yaml:4:7: bias: data_dependent adjusts weights to data (use zeros, constant, "
                   "normal or uniform)");
    assert_message(BASE "converged: loss < 0.1 and loss > 0.5\n",
                   "x.yaml:4:12: converged: 'loss < 0.1 and loss > 0.5' never holds");
    assert_message(BASE "converged: loss < 1e-50\n",
                   "x.yaml:4:12: converged: 'loss < 1e-50' never holds");
    assert_message(BASE "converged: loss > 1e300\n",
                   "x.yaml:4:12: converged: 'loss > 1e+300' never holds");
    assert_message(BASE "converged: accuracy > 0.5 and accuracy < 0.25\n",
                   "x.yaml:4:12: converged: 'accuracy > 0.5 and accuracy < 0.25' never holds");
    assert_message(BASE "converged: loss < 0.1 and acuracy == 1\n",
                   "x.yaml:4:27: unknown metric 'acuracy' (did you mean 'accuracy'?)");
    assert_message(BASE "baseline: he_normal\n",
                   "x.yaml:4:11: baseline: he_normal is not among init (zeros)");
    assert_message(BASE "baseline: he_norm\n",
                   "x.yaml:4:11: unknown init 'he_norm' (did you mean 'he_normal'?)");
}

static void networks_refused(void **state) {
    (void)state;
    assert_message("data: xor\nnetwork: 3-2-1\ninit: zeros\n",
                   "x.yaml:2:10: network 3-2-1 takes 3 inputs, but xor has 2: begin it with 2");
    assert_message(
        "data: [xor, parity(3)]\nnetwork: [2-2-1]\ninit: zeros\n",
        "x.yaml:2:11: network 2-2-1 takes 2 inputs, but parity(bits=3) has 3: begin it with 3");
    assert_message(
        "data: xor\nnetwork: [2-2-2, 2-2-1, 2-2-3]\ninit: zeros\n",
        "x.yaml:2:25: network 2-2-3: 3 outputs do not fit a dataset of 2 classes: use 1 or 2");
    assert_message(
        "data: xor\nnetwork: 2-2-1\nloss: [bce, softmax_ce]\ninit: zeros\n",
        "x.yaml:2:10: network 2-2-1 has 1 output, but loss softmax_ce compares classes: end it "
        "with 2, or use bce");
    assert_message(
        "data: xor\nnetwork: 2-16384-16384-1\ninit: zeros\n",
        "x.yaml:2:10: network 2-16384-16384-1 has 268484608 weights, more than 268435456: make "
        "it narrower");
    assert_message("data: xor\nnetwork: '[1000000]x257'\ninit: zeros\n",
                   "x.yaml:2:21: 257 is outside [1, 256]");
    assert_message(
        "data: xor\nnetwork: '[1000000]x256-1'\ninit: zeros\n",
        "x.yaml:2:11: network 1000000-[1000000]x255-1 has 255000001000000 weights, more than "
        "268435456: make it narrower");
    il_study *study =
        parse("data: xor\nnetwork: 2-2-2\nloss: [bce, softmax_ce, mse]\ninit: zeros\n");
    assert_int_equal(study->n_arms, 3);
    il_study_free(study);
}

// A key with n items constant(0), constant(1), …
static char *long_list(char *at, const char *key, int n) {
    at += sprintf(at, "%s: [", key);
    for (int i = 0; i < n; i++)
        at += sprintf(at, "%sconstant(%d)", i ? ", " : "", i);
    return at + sprintf(at, "]\n");
}

static void too_many_arms(void **state) {
    (void)state;
    static char text[300000];
    char *at = text + sprintf(text, "data: xor\nnetwork: 2-2-1\n");
    long_list(long_list(at, "bias", 100), "init", 100);
    il_study *study = parse(text);
    assert_int_equal(study->n_arms, IL_MAX_ARMS);
    assert_arm(study, 9998, IL_KEY_BIAS, "constant(99)");
    assert_arm(study, 9998, IL_KEY_INIT, "constant(98)");
    il_study_free(study);
    long_list(long_list(at, "bias", 100), "init", 101);
    assert_message(text, "x.yaml: the lists make more than 10000 arms: shorten one");
    long_list(at, "init", 10001);
    assert_message(text, "x.yaml:3:7: init: 10001 items make more than 10000 arms");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),       cmocka_unit_test(key_names),
        cmocka_unit_test(every_key),      cmocka_unit_test(cross_product),
        cmocka_unit_test(engine_by_size), cmocka_unit_test(loss_by_outputs),
        cmocka_unit_test(yaml_styles),    cmocka_unit_test(names),
        cmocka_unit_test(overrides),      cmocka_unit_test(keys_refused),
        cmocka_unit_test(values_refused), cmocka_unit_test(networks_refused),
        cmocka_unit_test(too_many_arms),

    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
