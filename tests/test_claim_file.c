/* Files of claims: what they say, every message of what they must not say, and verdicts end to end, where closed forms
 * decide what must come out. */
#include "claims.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void malformed_files(void **state) {
    (void)state;
    assert_message("", "x.yaml: empty: expected claims:");
    assert_message("{}", "x.yaml: empty: expected claims:");
    assert_message("- c\n", "x.yaml:1:1: expected claims:, and a list of them");
    assert_message("title: t\n", "x.yaml: claims: must be given (a list of claims)");
    assert_message("claim: []\n", "x.yaml:1:1: unknown key 'claim' (did you mean 'claims'?)");
    assert_message("claims: []\n", "x.yaml:1:9: claims: is empty (a list of claims)");
    assert_message("claims: c\n", "x.yaml:1:9: claims: expected a list, found a value");
    assert_message("claims: [c]\n", "x.yaml:1:10: expected a claim, such as - id: he-learns-xor");
    assert_message("title: t\ntitle: u\nclaims: []\n",
                   "x.yaml:2:1: title: is given twice, first on line 1");
    assert_message("title: \"a\\ab\"\n" ONE "    test: success > 0\n",
                   "x.yaml:1: title: byte 0x07 is not printable text");
    assert_message("alpha: much\n" ONE "    test: success > 0\n",
                   "x.yaml:1:8: alpha: 'much' is not a number");
    assert_message("alpha: 0\n" ONE "    test: success > 0\n",
                   "x.yaml:1:8: alpha: 0 is outside (0, 0.5]");
    assert_message("[a]: b\n", "x.yaml:1:1: expected a key, such as title:");
    assert_message("claims: &a []\n",
                   "x.yaml:1:9: anchor &a: write the value out wherever it is used");
}

static void malformed_claims(void **state) {
    (void)state;
    assert_message("claims:\n  - id: c\n",
                   "x.yaml:2:5: sentence: must be given (the claim in words)");
    assert_message("claims:\n  - sentence: s\n",
                   "x.yaml:2:5: id: must be given (a name of the claim's own, such as "
                   "he-beats-small)");
    assert_message("claims:\n  - id: a b\n    sentence: s\n",
                   "x.yaml:2:9: id: 'a b' is not 1 to 63 letters, digits and _ . -");
    assert_message(ONE "    test: success > 0\n  - id: c\n    sentence: s\n",
                   "x.yaml:7:9: id: c is that of the claim on line 2 too");
    assert_message(CLAIM "    setups: {data: xor}\n",
                   "x.yaml:4:5: unknown key 'setups' (did you mean 'setup'?)");
    assert_message(CLAIM "    setup: xor\n",
                   "x.yaml:4:12: setup: expected key: value pairs, found a value");
    assert_message(ONE, "x.yaml:2:5: the claim needs test:, such as success >= 0.5, property: or "
                        "bits:");
    assert_message(ONE "    test: success > 0\n    property: success == 1\n",
                   "x.yaml:7:15: property: the claim has test: already");
    assert_message(ONE "    bits: 12\n",
                   "x.yaml:6:11: bits: expected 32 hexadecimal digits, such as check -v prints "
                   "(write 32 zeros to see them)");
    assert_message(ONE "    property: success == 1\n    alpha: 0.1\n",
                   "x.yaml:7:12: alpha: belongs to a test, which can decide wrongly");
    assert_message(ONE "    property: median > 3\n",
                   "x.yaml:6:15: property: median is of many seeds together: make it a test");
}

static void malformed_setups(void **state) {
    (void)state;
    assert_message(CLAIM "    test: success > 0\n",
                   "x.yaml:2:5: data: must be given (the dataset, such as xor)");
    assert_message(CLAIM SETUP "    test: success > 0\n",
                   "x.yaml:2:5: init: must be given (initializations of the weights, such as "
                   "[zeros, he_normal])");
    assert_message(CLAIM SETUP "    a: {init: he_norml}\n    test: success > 0\n",
                   "x.yaml:5:15: unknown init 'he_norml' (did you mean 'he_normal'?)");
    assert_message(CLAIM SETUP "    a: {inti: zeros}\n    test: success > 0\n",
                   "x.yaml:5:9: unknown key 'inti' (did you mean 'init'?)");
    assert_message(CLAIM SETUP "    a: {init: zeros, seeds: 9}\n    test: success > 0\n",
                   "x.yaml:5:22: a: seeds is the same for all arms: put it in setup:");
    assert_message(CLAIM SETUP "    a: {[x]: zeros}\n    test: success > 0\n",
                   "x.yaml:5:9: a: expected a key, such as init:");
    assert_message(CLAIM "    setup: {study: [a]}\n    test: success > 0\n",
                   "x.yaml:4:20: study: expected the path of a study");
    assert_message(CLAIM "    setup: {study: none.yaml}\n    test: success > 0\n",
                   "x.yaml:4:20: study: none.yaml: cannot read the study: No such file or "
                   "directory (check the path)");
    assert_message(ONE "    b: {init: zeros}\n    test: success > 0\n",
                   "x.yaml:6:8: b: nothing is compared with it: write difference of or ratio of "
                   "before the measure, or leave b out");
    assert_message(ONE "    test: ratio of rmst < 1\n",
                   "x.yaml:2:5: b: must be given: a ratio compares two arms");
    assert_message(ONE "    test: difference of rmst < 1\n",
                   "x.yaml:2:5: b: must be given: a difference compares two arms");
    assert_message(ONE "    test: a12 > 0.5\n",
                   "x.yaml:2:5: b: must be given: a12 compares two arms");
    assert_message(ONE "    test: saturated > 0.5\n",
                   "x.yaml:6:11: saturated: relu does not saturate: use hidden: tanh or sigmoid");
    assert_message(ONE "    test: activation_growth > 1\n",
                   "x.yaml:6:11: activation_growth: needs two hidden layers at least, such as "
                   "network: 2-8-8-1");
    assert_message(ONE "    test: activation_ratio(to=2) > 1\n",
                   "x.yaml:6:11: activation_ratio: to=2, but there are 1 hidden layers");
    assert_message(CLAIM "    setup: {data: xor, network: 2-1}\n    a: {init: zeros}\n"
                         "    test: dead_units < 1\n",
                   "x.yaml:6:11: dead_units: needs a hidden layer, such as network: 2-8-1");
    assert_message(CLAIM "    setup: {data: xor, network: 2-2-2-1}\n    a: {init: zeros}\n"
                         "    property: narrow_difference == 0\n",
                   "x.yaml:6:15: narrow_difference: needs one hidden layer without norm, such as "
                   "network: 2-8-1");
    assert_message(CLAIM "    setup: {data: xor, network: 2-4-1, engine: blas}\n"
                         "    a: {init: zeros}\n    bits: 00000000000000000000000000000000\n",
                   "x.yaml:6:11: bits: only the lockstep engine has the same bits everywhere: add "
                   "engine: lockstep");
}

static void malformed_tests(void **state) {
    (void)state;
    static const struct {
        const char *test, *message;
    } cases[] = {
        {"> 3", "x.yaml:6:12: expected a measure, such as success >= 0.5 or ratio of rmst <= 0.5"},
        {"sucess > 3", "x.yaml:6:11: unknown measure 'sucess' (did you mean 'success'?)"},
        {"ratio of rms < 3", "x.yaml:6:20: unknown measure 'rms' (did you mean 'rmst'?)"},
        {"success", "x.yaml:6:18: expected one of < <= == >= > after success"},
        {"success = 3", "x.yaml:6:19: expected one of < <= == >= > after success"},
        {"success >=", "x.yaml:6:21: expected a number after >="},
        {"success >= half", "x.yaml:6:22: expected a number after >=, found 'half'"},
        {"success >= 0.5 or so", "x.yaml:6:26: unexpected 'or so' after the margin"},
        {"success >= 0.5 within 0.1", "x.yaml:6:26: within belongs to ==, not to >="},
        {"success == 0.5 within x", "x.yaml:6:33: expected a number after within, found 'x'"},
        {"success == 0.5 within 0.1 x", "x.yaml:6:37: unexpected 'x' after within"},
        {"success == 0.5 within -1", "x.yaml:6:11: within -1: must be 0 or more"},
        {"success >= 1.2",
         "x.yaml:6:11: success >= 1.2: the margin is outside [0, 1], what it can be"},
        {"rmst <= -1", "x.yaml:6:11: rmst <= -1: the margin is outside [0, inf], what it can be"},
        {"success >= 0", "x.yaml:6:11: 'success >= 0' always holds"},
        {"success <= 1", "x.yaml:6:11: 'success <= 1' always holds"},
        {"success > 1", "x.yaml:6:11: 'success > 1' never holds"},
        {"success < 0", "x.yaml:6:11: 'success < 0' never holds"},
        {"success == 0.5 within 0.5", "x.yaml:6:11: 'success == 0.5 within 0.5' always holds"},
        {"ratio of a12 > 1", "x.yaml:6:11: a12 compares two arms by itself: write a12 alone"},
        {"activation_growth(mostly) > 1", NULL},
        {"difference of success > 1", "x.yaml:6:11: 'difference of success > 1' never holds"},
        {"ratio of success < 0", "x.yaml:6:11: 'ratio of success < 0' never holds"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1024];
        snprintf(text, sizeof text, ONE "    test: %s%s%s\n", cases[i].test[0] == '>' ? "'" : "",
                 cases[i].test, cases[i].test[0] == '>' ? "'" : "");
        if (cases[i].message)
            assert_message(text, cases[i].message);
        il_claims *claims = NULL;
        assert_int_equal(il_claims_parse(NULL, text, strlen(text), "x", &claims, NULL), IL_INVALID);
    }
}

static void malformed_expectations(void **state) {
    (void)state;
    assert_message(ONE "    test: success > 0\n    expect: suported\n",
                   "x.yaml:7:13: expect: unknown verdict 'suported' (did you mean 'supported'?)");
    assert_message(ONE "    property: success == 1\n    expect: inconclusive\n",
                   "x.yaml:7:13: expect: inconclusive, but a property either holds or does not");
    assert_message(ONE "    test: success > 0\n    expect: reversed\n",
                   "x.yaml:7:13: expect: reversed is for tests by < <= >= > of a difference, a "
                   "ratio or a12");
    assert_message(TWO "    test: difference of success > 0.1\n    expect: negligible\n",
                   "x.yaml:8:13: expect: negligible needs negligible:, how far from no effect "
                   "that is");
    assert_message(ONE "    test: success > 0\n    negligible: 0.1\n",
                   "x.yaml:7:17: negligible: is for tests by < <= >= > of a difference, a ratio or "
                   "a12");
    assert_message(TWO "    test: difference of success > 0.1\n    negligible: 0.2\n",
                   "x.yaml:8:17: negligible: 0.2 reaches beyond the margin of 0.1: an effect could "
                   "be claimed and mean nothing");
    assert_message(TWO "    test: difference of success > 0.1\n    negligible: -1\n",
                   "x.yaml:8:17: negligible: -1 is outside (0, inf]");
}

/* A later map replaces what is before it: the study's file, the setup of all claims, of one, the arm's own keys. */
static void setups_in_layers(void **state) {
    (void)state;
    char folder[] = "/tmp/claims-XXXXXX", path[64], claims_path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/s.yaml", folder);
    snprintf(claims_path, sizeof claims_path, "%s/c.yaml", folder);
    FILE *file = fopen(path, "w");
    fputs("study: s\ndata: xor\nnetwork: 2-3-1\nhidden: tanh\ninit: [zeros, ones]\nseeds: 5\n"
          "budget: 7\nbaseline: ones\n",
          file);
    fclose(file);
    file = fopen(claims_path, "w");
    fputs("title: T\nalpha: 0.01\nsetup: {study: s.yaml, seeds: 6}\nclaims:\n"
          "  - id: one\n    sentence: >\n      of two\n      lines\n    source: here\n"
          "    setup: {network: 2-5-1}\n    a: {hidden: relu}\n    test: success > 0\n"
          "  - id: two\n    sentence: s\n    a: {init: zeros}\n    b: {init: [ones, he_normal]}\n"
          "    test: ratio of rmst < 1\n    alpha: 0.05\n    expect: reversed\n"
          "  - {id: three, sentence: s, property: success == 0, expect: supported}\n",
          file);
    fclose(file);
    il_claims *claims = NULL;
    il_error err;
    if (il_claims_load(NULL, claims_path, &claims, &err) != IL_OK)
        fail_msg("%s", err.message);
    const il_claim *one = &claims->claim[0], *two = &claims->claim[1], *three = &claims->claim[2];
    assert_int_equal(claims->n, 3);
    assert_string_equal(one->sentence, "of two lines");
    assert_string_equal(one->source, "here");
    assert_string_equal(one->group, "T");
    assert_int_equal(one->tier, IL_STATISTICAL);
    assert_true(one->alpha == 0.01 && two->alpha == 0.05 && one->tests == 2);
    assert_false(one->expect.given);
    assert_null(one->b);
    assert_int_equal(one->a->n_arms, 2);
    assert_int_equal(one->a->seeds, 6);
    assert_int_equal(one->a->budget, 7);
    assert_int_equal(one->a->arms[0].network.width[1], 5);
    assert_string_equal(one->a->arms[0].hidden.desc->name, "relu");
    assert_string_equal(one->a->name, "one/a");
    assert_int_equal(two->a->n_arms, 1);
    assert_int_equal(two->b->n_arms, 2);
    assert_string_equal(two->b->arms[1].init.desc->name, "he_normal");
    assert_int_equal(two->expect.tag, IL_REVERSED);
    assert_int_equal(three->tier, IL_PROPERTY);
    assert_int_equal(three->a->arms[0].network.width[1], 3);
    il_claims_free(claims);
    unlink(path);
    unlink(claims_path);
    rmdir(folder);
}

#define DEEP "data: xor(inputs=pm1), network: '2-[2]x5-1', hidden: linear, seeds: 3"

/* Networks whose weights are known. */
static void measures_of_known_networks(void **state) {
    (void)state;
    assert_value(DEEP, "identity(gain=1.5)", "test: activation_growth > 1", 1.5);
    assert_value(DEEP, "identity(gain=1.5)", "test: gradient_growth > 1", 1.5);
    assert_value(DEEP, "identity(gain=2)", "test: activation_ratio(from=0) > 1", 1024);
    assert_value(DEEP, "identity(gain=2)", "test: activation_ratio(from=1, to=3) > 1", 16);
    assert_value(DEEP, "zeros", "test: activation_growth < 1", 0);
    /* Of (±1, ±1) one of four has both coordinates negative. All weights 1: sums 2, 0, 0, -2. */
    assert_value("data: xor(inputs=pm1), network: 2-3-1, seeds: 2", "ones",
                 "test: activation_mean > 0", 0.5);
    assert_value("data: xor(inputs=pm1), network: 2-3-1, hidden: tanh, seeds: 2", "constant(3)",
                 "test: saturated > 0.1", 0.5);
    assert_value("data: xor, network: 2-3-1, seeds: 2", "constant(-1)", "test: dead_units > 0.1",
                 1);
    assert_value("data: xor, network: 2-3-1, seeds: 2", "constant(1)", "test: dead_units < 0.1", 0);
    /* Growth by layer: 1 from input 2 units to 4 of equal sums, then 4. */
    assert_value("data: xor(inputs=pm1), network: 2-4-4-4-1, hidden: linear, seeds: 2", "ones",
                 "test: activation_growth(least) > 1", 4);
}

/* From zero weights the logit of n equal samples is the bias, which gradient descent moves by lr (y - 1/2). */
static void measures_of_known_training(void **state) {
    (void)state;
    const char *setup = "data: or, network: 2-3-1, optimizer: sgd(lr=0.1), seeds: 2";
    assert_value(setup, "zeros", "property: movement(epochs=1, part=output_bias) > 0", 0.025);
    assert_value(setup, "zeros", "property: movement(epochs=9, part=output_weights) == 0", 0);
    assert_value(setup, "zeros", "property: movement(epochs=9) == 0", 0);
    assert_value(setup, "zeros", "property: hidden_gradient(epochs=9) == 0", 0);
    assert_value(setup, "ones", "property: unit_difference(epochs=9) == 0", 0);
    assert_true(check_one(setup, "he_normal", "property: unit_distance(epochs=9) > 0").verdict ==
                IL_SUPPORTED);
    assert_true(check_one(setup, "ones", "property: unit_distance(epochs=9) > 0").verdict ==
                IL_REFUTED);
    /* Every pair counts, also the only one. */
    assert_true(check_one("data: or, network: 2-2-1, seeds: 2", "ones",
                          "property: unit_distance(epochs=9) > 0")
                    .verdict == IL_REFUTED);
    assert_true(check_one(setup, "he_normal", "property: unit_difference(epochs=1) == 0").verdict ==
                IL_REFUTED);
    assert_true(check_one(setup, "ones", "property: hidden_gradient(epochs=1) == 0").verdict ==
                IL_REFUTED);
    assert_true(
        check_one(setup, "ones", "property: narrow_difference(epochs=50) <= 0.00001").verdict ==
        IL_SUPPORTED);
    assert_true(check_one(setup, "he_normal", "property: narrow_difference(epochs=50) <= 0.00001")
                    .verdict == IL_REFUTED);
}

/* A claim over several arms holds when it holds of each pair; what is reported is the nearest to failing. */
static void claims_over_several_arms(void **state) {
    (void)state;
    il_finding f = check(CLAIM "    setup: {data: xor, network: 2-8-1, hidden: tanh, seeds: 64,\n"
                               "            optimizer: adam(lr=0.05)}\n"
                               "    a: {init: [he_normal, zeros, xavier_normal]}\n"
                               "    test: success > 0.5\n    expect: supported\n",
                         0);
    assert_int_equal(f.verdict, IL_REFUTED);
    assert_int_equal(f.arm_a, 1);
    assert_false(f.as_expected);
    assert_true(f.effect == 0 && f.interval.low == 0);
    assert_non_null(strstr(f.reason, "the nearest to failing of 3 pairs"));
    assert_non_null(strstr(f.reason, "at a level of 0.999667")); /* 0.001 among three pairs */
    f = check(CLAIM "    setup: {data: xor, network: 2-8-1, hidden: tanh, seeds: 64,\n"
                    "            optimizer: adam(lr=0.05)}\n"
                    "    a: {init: [he_normal, xavier_normal]}\n    b: {init: [zeros, ones]}\n"
                    "    test: difference of success > 0.5\n    expect: supported\n",
              0);
    assert_int_equal(f.verdict, IL_SUPPORTED);
    assert_true(f.as_expected);
}

/* Fresh seeds are those of a study that begins there, and an exact claim keeps its own. */
static void seeds_from_a_base(void **state) {
    (void)state;
    static const char text[] =
        CLAIM "    setup: {data: xor, network: 2-2-1, optimizer: adam(lr=0.05), seeds: 200}\n"
              "    a: {init: he_normal}\n    test: rmst > 5\n";
    static const char twice[] =
        CLAIM "    setup: {data: xor, network: 2-2-1, optimizer: adam(lr=0.05), seeds: 400}\n"
              "    a: {init: he_normal}\n    test: rmst > 5\n";
    il_finding first = check(text, 0), second = check(text, 200), both = check(twice, 0);
    assert_true(first.effect != second.effect);
    assert_true(fabs((first.effect + second.effect) / 2 - both.effect) < 1e-9);
}

/* Adam at 0.0001 does not learn XOR in 100 epochs, and at 0.1 does: the first rate refutes, the tuned one supports. */
static il_finding check_rates(const char *rate, const char *expect) {
    char text[1024];
    snprintf(text, sizeof text,
             CLAIM "    setup: {data: xor, network: 2-8-1, hidden: tanh, seeds: 100, budget: 100}\n"
                   "    a: {init: he_normal, optimizer: adam(lr=%s)}\n    test: success > 0.5\n"
                   "    tune: [0.0001, 0.1]\n    expect: %s\n",
             rate, expect);
    return check(text, 0);
}

static void verdicts_that_depend_on_the_rate(void **state) {
    (void)state;
    il_finding f = check_rates("0.0001", "setup-dependent");
    assert_int_equal(f.verdict, IL_SETUP_DEPENDENT);
    assert_true(f.as_expected);
    assert_non_null(strstr(f.reason, "; tuned (lr 0.1) supported: "));
    assert_non_null(strstr(f.reason, "at a level of 0.9995")); /* one claim, decided twice */
    f = check_rates("0.05", "supported");
    assert_int_equal(f.verdict, IL_SUPPORTED);
    assert_true(f.as_expected);
}

static void malformed_tuning(void **state) {
    (void)state;
    assert_message(ONE "    test: success > 0\n    tune: 0.1\n",
                   "x.yaml:7:11: tune: expected a list, found a value");
    assert_message(ONE "    test: success > 0\n    tune: [0.1]\n",
                   "x.yaml:7:11: tune: takes 2 to 16 learning rates, not 1");
    assert_message(ONE "    test: success > 0\n    tune: [0.1, x]\n",
                   "x.yaml:7:17: tune: 'x' is not a number");
    assert_message(ONE "    test: success > 0\n    tune: [0.1, [1]]\n",
                   "x.yaml:7:17: tune: expected a number");
    assert_message(ONE "    property: success == 1\n    tune: [0.1, 1]\n",
                   "x.yaml:7:11: tune: is for tests of runs, such as rmst");
    assert_message(ONE "    test: dead_units > 0\n    tune: [0.1, 1]\n",
                   "x.yaml:7:11: tune: is for tests of runs, such as rmst");
    assert_message(ONE "    test: success > 0\n    expect: setup-dependent\n",
                   "x.yaml:7:13: expect: setup-dependent needs tune:, a list of learning rates");
}

static void bits_of_runs(void **state) {
    (void)state;
    static const char text[] = ONE "    bits: 00000000000000000000000000000000\n";
    il_finding f = check(text, 0), fresh = check(text, 5);
    assert_int_equal(f.verdict, IL_REFUTED);
    assert_int_equal(strspn(f.bits, "0123456789abcdef"), 32);
    assert_string_equal(f.bits, fresh.bits);
    char known[1024];
    snprintf(known, sizeof known, ONE "    bits: %s\n", f.bits);
    assert_int_equal(check(known, 0).verdict, IL_SUPPORTED);
}

static void runs_without_a_number_decide_nothing(void **state) {
    (void)state;
    il_finding f = check_one("data: xor, network: 2-8-8-1, optimizer: sgd(lr=1000000), seeds: 16, "
                             "budget: 20, hidden: linear, loss: mse",
                             "normal(std=100)", "test: loss < 1");
    assert_int_equal(f.verdict, IL_INCONCLUSIVE);
    assert_non_null(strstr(f.reason, "loss is not a finite number in "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_files),
        cmocka_unit_test(malformed_claims),
        cmocka_unit_test(malformed_setups),
        cmocka_unit_test(malformed_tests),
        cmocka_unit_test(malformed_expectations),
        cmocka_unit_test(setups_in_layers),
        cmocka_unit_test(measures_of_known_networks),
        cmocka_unit_test(measures_of_known_training),
        cmocka_unit_test(claims_over_several_arms),
        cmocka_unit_test(seeds_from_a_base),
        cmocka_unit_test(verdicts_that_depend_on_the_rate),
        cmocka_unit_test(malformed_tuning),
        cmocka_unit_test(bits_of_runs),
        cmocka_unit_test(runs_without_a_number_decide_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
