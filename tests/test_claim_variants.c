/* Claims in their variants: full ones, those whose data is not here, those that no run could decide, and sequential tests,
 * whose looks are counted by hand. */
#include "claims.h"

#include <stdio.h>

static void impossible_claims(void **state) {
    (void)state;
    assert_message(CLAIM "    setup: {data: xor, network: 2-4-1, converged: never}\n"
                         "    a: {init: he_normal}\n    test: rmst < 50\n",
                   "x.yaml:6:11: rmst: with converged: never no run converges");
    assert_message(ONE "    test: rmst < 60\n",
                   "x.yaml:6:11: rmst < 60: the budget is 50 epochs, so that the margin is never "
                   "passed");
    assert_message(ONE "    property: rmst >= 50.5\n",
                   "x.yaml:6:15: rmst >= 50.5: the budget is 50 epochs, so that the margin is "
                   "never passed");
    assert_message(TWO "    test: difference of median > -50\n",
                   "x.yaml:7:11: difference of median > -50: the budget is 50 epochs, so that the "
                   "margin is never passed");
    assert_message(ONE "    b: {init: [zeros, he_normal]}\n    test: a12 > 0.6\n",
                   "x.yaml:6:8: b: has an arm of a, the one with init he_normal: an arm does not "
                   "differ from itself");
    assert_message(ONE "    b: {hidden: relu, init: he_normal}\n    test: wins > 0.6\n",
                   "x.yaml:6:8: b: has an arm of a, the one with init he_normal: an arm does not "
                   "differ from itself");
    assert_message(CLAIM "    setup: {data: xor, network: 2-4-1, seeds: 1}\n"
                         "    a: {init: he_normal}\n    test: loss < 1\n",
                   "x.yaml:6:11: test: one seed decides nothing: give seeds: 100, or make it a "
                   "property");
    assert_message(TWO "    test: difference of success > -0.1\n    negligible: 0.05\n",
                   "x.yaml:8:17: negligible: without any effect 'difference of success > -0.1' "
                   "holds: no negligible one refutes it");
    assert_message(ONE "    test: success > 0\n    tune: [0.1, 0.3, 0.1]\n",
                   "x.yaml:7:22: tune: 0.1 is listed twice");
    /* Nothing of this is impossible. */
    il_claims_free(claims_of(TWO "    test: difference of success > 0\n    negligible: 0.05\n"));
    il_claims_free(claims_of(TWO "    test: ratio of rmst < 60\n"));
    il_claims_free(claims_of(ONE "    test: rmst < 49\n"));
}

#define FULL                                                                                       \
    TWO "    test: difference of success > 0.1\n    tune: [0.1, 1]\n"                              \
        "    full: {setup: {seeds: 32, network: 2-5-1}, a: {hidden: tanh}, b: {init: ones}, "      \
        "tune: [0.2, 2, 3]}\n"

/* What `full` has replaces the claim's own, where that is asked for. */
static void full_variants(void **state) {
    (void)state;
    const il_sources full = {.full = true};
    for (int i = 0; i < 2; i++) {
        il_claims *claims = claims_with(i ? &full : NULL, FULL);
        const il_claim *c = claims->claim;
        assert_int_equal(c->a->seeds, i ? 32 : 16);
        assert_int_equal(c->b->seeds, i ? 32 : 16);
        assert_int_equal(c->a->budget, 50);
        assert_int_equal(c->b->arms[0].network.width[1], i ? 5 : 4);
        assert_string_equal(c->a->arms[0].hidden.desc->name, i ? "tanh" : "relu");
        assert_string_equal(c->b->arms[0].hidden.desc->name, "relu");
        assert_string_equal(c->b->arms[0].init.desc->name, i ? "ones" : "zeros");
        assert_int_equal(c->n_rates, i ? 3 : 2);
        assert_int_equal(c->n_max, i ? 512 : 256);
        assert_null(c->absent);
        il_claims_free(claims);
    }
    il_claims *claims = claims_with(&full, TWO "    test: a12 > 0.6\n    n_max: 20\n");
    assert_int_equal(claims->claim->n_max, 20);
    il_claims_free(claims);
}

static void malformed_variants(void **state) {
    (void)state;
    assert_message(ONE "    test: success > 0\n    full: {seeds: 32}\n",
                   "x.yaml:7:12: unknown key 'seeds' (known: setup, a, b, tune)");
    assert_message(ONE "    test: success > 0\n    full: {}\n",
                   "x.yaml:7:11: full: is empty (setup, a, b and tune that replace these of the "
                   "claim with --full)");
    assert_message(ONE "    test: success > 0\n    full: {b: {init: ones}}\n",
                   "x.yaml:7:15: full: b: the claim has no b that this could replace");
    assert_message(ONE "    test: success > 0\n    n_max: 15\n",
                   "x.yaml:7:12: n_max: 15 is less than the claim's 16 seeds");
    assert_message(ONE "    test: success > 0\n    n_max: 20.5\n",
                   "x.yaml:7:12: n_max: 20.5 is not a whole number");
    assert_message(ONE "    test: success > 0\n    n_max: 1e7\n",
                   "x.yaml:7:12: n_max: 1e7 is outside (0, 1e+06]");
    assert_message(ONE "    property: success == 1\n    n_max: 20\n",
                   "x.yaml:7:12: n_max: belongs to a test");
}

/* A claim whose data is known by name and not here is skipped, whichever side needs it; one that names a file of its own
 * is wrong. */
static void claims_without_their_data(void **state) {
    (void)state;
    static const char text[] =
        CLAIM "    setup: {network: 784-4-10, seeds: 2}\n"
              "    a: {init: he_normal, data: 'gaussian(inputs=784, classes=10)'}\n"
              "    b: {init: zeros, data: kmnist}\n"
              "    test: ratio of rmst < 1\n    expect: supported\n";
    const char *const nowhere[] = {"/nonexistent"};
    const il_folders folders = {.n = 1, .path = nowhere};
    const il_sources sources = {.folders = &folders};
    il_finding f;
    il_error err;
    il_claims *claims = claims_with(&sources, text);
    assert_string_equal(claims->claim->absent, "kmnist");
    assert_null(claims->claim->a);
    assert_int_equal(il_claim_check(claims->claim, NULL, &f, &err), IL_OK);
    assert_int_equal(f.verdict, IL_SKIPPED);
    assert_true(f.as_expected);
    assert_string_equal(f.reason, "kmnist lies in none of the folders of data: data/fetch.sh "
                                  "kmnist brings it");
    il_claims_free(claims);
    static const char csv[] = CLAIM "    setup: {data: csv(/nonexistent.csv), network: 2-2-1}\n"
                                    "    a: {init: zeros}\n    test: success > 0\n";
    assert_int_equal(il_claims_parse(&sources, csv, sizeof csv - 1, "x", &claims, &err), IL_IO);
    assert_non_null(strstr(err.message, "/nonexistent.csv: cannot read"));
}

/* Pairs of the same runs differ in nothing, and more seeds do not help: the last look has n_max, and no look is at more
 * than its share of alpha. */
static void sequences_end(void **state) {
    (void)state;
    static const char text[] = CLAIM
        "    setup: {data: xor, network: 2-4-1, optimizer: adam(lr=0.05), seeds: 64, budget: 200}\n"
        "    a: {init: he_normal}\n    b: {init: he_uniform}\n"
        "    test: %s\n    n_max: 600\n";
    static const struct {
        const char *test, *looks, *level;
    } cases[] = {
        /* 64 128 256 512 600: 0.001/2^5 */
        {"difference of success > 0.0",
         "at look 5 of a sequential test with alpha/2^look, from 64 "
         "to at most 600 seeds",
         "at a level of 0.999969"},
        /* 64 81 102 128 161 202 253 317 397 497 600 */
        {"wins > 0.5", "at look 11 of Wald's sequential test, from 64 to at most 600 seeds",
         "at a level of 0.999"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char claim[1024];
        snprintf(claim, sizeof claim, text, cases[i].test);
        il_claims *claims = claims_of(claim);
        const il_check_options options = {.run = {.jobs = 1}, .until_decided = true};
        il_finding f, once;
        il_error err;
        assert_int_equal(il_claim_check(claims->claim, &options, &f, &err), IL_OK);
        assert_int_equal(il_claim_check(claims->claim, NULL, &once, &err), IL_OK);
        assert_int_equal(f.verdict, IL_INCONCLUSIVE);
        assert_int_equal(f.n, 600);
        assert_non_null(strstr(f.reason, cases[i].looks));
        assert_non_null(strstr(f.reason, cases[i].level));
        assert_int_equal(once.n, 64);
        assert_null(strstr(once.reason, "look"));
        il_claims_free(claims);
    }
}

/* What the seeds at hand leave open is decided with more of them, and the runs are those of a study of that many seeds. */
static void sequences_decide(void **state) {
    (void)state;
    static const char text[] = CLAIM
        "    setup: {data: xor, network: 2-2-1, optimizer: adam(lr=0.05), seeds: %d, budget: 400}\n"
        "    a: {init: he_normal}\n    test: %s\n    expect: supported\n";
    static const char *const tests[] = {"success <= 0.3", "rmst > 290"};
    for (size_t i = 0; i < 2; i++) {
        char claim[1024];
        snprintf(claim, sizeof claim, text, 48, tests[i]);
        il_claims *claims = claims_of(claim);
        const il_check_options options = {.run = {.jobs = 2}, .until_decided = true};
        il_finding f, once;
        il_error err;
        assert_int_equal(il_claim_check(claims->claim, NULL, &once, &err), IL_OK);
        assert_int_equal(once.verdict, IL_INCONCLUSIVE);
        assert_int_equal(il_claim_check(claims->claim, &options, &f, &err), IL_OK);
        assert_int_equal(f.verdict, IL_SUPPORTED);
        assert_true(f.as_expected);
        assert_true(f.n > 48 && f.n <= 768);
        il_claims_free(claims);
        snprintf(claim, sizeof claim, text, (int)f.n, tests[i]);
        assert_true(check(claim, 0).effect == f.effect);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_claims),  cmocka_unit_test(full_variants),
        cmocka_unit_test(malformed_variants), cmocka_unit_test(claims_without_their_data),
        cmocka_unit_test(sequences_end),      cmocka_unit_test(sequences_decide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
