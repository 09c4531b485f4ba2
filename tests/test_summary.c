/* Studies and runs made by hand, with answers that can be counted on paper. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "initlab/study.h"
#include "lab/summary.h"

#define MAX_ARMS 8
#define MAX_RUNS 800
#define BUDGET 100

typedef struct fixture {
    il_study study;
    il_arm arm[MAX_ARMS];
    il_run run[MAX_RUNS]; /* [n_arms][seeds] */
    il_summary summary[MAX_ARMS];
} fixture;

static int setup(void **state) {
    fixture *f = calloc(1, sizeof *f);
    if (!f)
        return -1;
    f->study.budget = BUDGET;
    f->study.arms = f->arm;
    for (size_t i = 0; i < MAX_ARMS; i++)
        f->arm[i].baseline = SIZE_MAX;
    *state = f;
    return 0;
}

static int teardown(void **state) {
    free(*state);
    return 0;
}

static void shape(fixture *f, size_t n_arms, size_t seeds) {
    assert_true(n_arms <= MAX_ARMS && n_arms * seeds <= MAX_RUNS);
    f->study.n_arms = n_arms;
    f->study.seeds = seeds;
}

static void set(fixture *f, size_t arm, size_t seed, il_outcome outcome, uint32_t epoch) {
    f->run[arm * f->study.seeds + seed] = (il_run){.outcome = (uint8_t)outcome, .epoch = epoch};
}

/* All runs of an arm converge at the same epoch. */
static void fill(fixture *f, size_t arm, uint32_t epoch) {
    for (size_t i = 0; i < f->study.seeds; i++)
        set(f, arm, i, IL_CONVERGED, epoch);
}

static void summarize(fixture *f) {
    il_error err;
    if (il_summarize(&f->study, f->run, f->summary, &err) != IL_OK)
        fail_msg("%s", err.message);
}

static void a_diverged_run_counts_with_the_whole_budget(void **state) {
    fixture *f = *state;
    shape(f, 1, 8);
    static const uint32_t epochs[] = {10, 20, 30, 40, 50};
    for (size_t i = 0; i < 5; i++)
        set(f, 0, i, IL_CONVERGED, epochs[4 - i]);
    set(f, 0, 5, IL_DIVERGED, 3);
    set(f, 0, 6, IL_CENSORED, BUDGET);
    set(f, 0, 7, IL_DIVERGED, 1);
    summarize(f);
    const il_summary *arm = &f->summary[0];
    assert_true(arm->runs == 8 && arm->converged == 5 && arm->diverged == 2);
    assert_true(arm->success == 0.625);
    assert_true(arm->rmst == (10 + 20 + 30 + 40 + 50 + 3 * BUDGET) / 8.0);
    il_interval ci = il_wilson(5, 8, 0.95);
    assert_memory_equal(&arm->success_ci, &ci, sizeof ci);
    /* The standard error is sqrt(10187.5 / 7 / 8), the sum of squares about 56.25 over n - 1. */
    double half = 1.9599639845400542 * sqrt(10187.5 / 7 / 8);
    assert_true(fabs(arm->rmst_ci.low - (56.25 - half)) < 1e-9);
    assert_true(fabs(arm->rmst_ci.high - (56.25 + half)) < 1e-9);
    assert_true(arm->quartile[0] == 20 && arm->median == 40 && isnan(arm->quartile[1]));
    assert_true(isnan(arm->a12) && isnan(arm->p_value));
}

static void convergence_in_the_last_epoch_is_not_censoring(void **state) {
    fixture *f = *state;
    shape(f, 1, 3);
    fill(f, 0, BUDGET);
    summarize(f);
    assert_true(f->summary[0].converged == 3 && f->summary[0].diverged == 0);
    assert_true(f->summary[0].median == BUDGET && f->summary[0].quartile[1] == BUDGET);
}

static void quantiles_appear_only_above_half_success(void **state) {
    fixture *f = *state;
    static const size_t successes[] = {0, 10, 11, 14, 15, 20}; /* of 20 */
    shape(f, 6, 20);
    for (size_t arm = 0; arm < 6; arm++)
        for (size_t i = 0; i < 20; i++)
            if (i < successes[arm])
                set(f, arm, i, IL_CONVERGED, (uint32_t)i + 1);
            else
                set(f, arm, i, IL_CENSORED, BUDGET);
    summarize(f);
    const il_summary *s = f->summary;
    for (size_t arm = 0; arm < 2; arm++)
        assert_true(isnan(s[arm].median) && isnan(s[arm].quartile[0]) && isnan(s[arm].quartile[1]));
    for (size_t arm = 2; arm < 6; arm++)
        assert_true(s[arm].median == 10 && s[arm].quartile[0] == 5);
    assert_true(isnan(s[2].quartile[1]) && isnan(s[3].quartile[1]));
    assert_true(s[4].quartile[1] == 15 && s[5].quartile[1] == 15);
}

/* Arms 0 and 4 are baselines of two halves of the study. With 100 pairs that all differ in one
 * direction a random round is as extreme with probability 2^-99, so the raw p-value is the least
 * possible, 1/10000. */
static void comparisons_are_against_the_own_baseline_and_adjusted_together(void **state) {
    fixture *f = *state;
    shape(f, 7, 100);
    static const size_t baseline[] = {0, 0, 0, SIZE_MAX, 4, 4, 4};
    static const uint32_t epoch[] = {50, 40, 50, 1, 20, 40, 10};
    for (size_t arm = 0; arm < 7; arm++) {
        f->arm[arm].baseline = baseline[arm];
        fill(f, arm, epoch[arm]);
    }
    summarize(f);
    const il_summary *s = f->summary;
    for (size_t i = 0; i < 3; i++) {
        size_t arm = (size_t[]){0, 3, 4}[i];
        assert_true(isnan(s[arm].a12) && isnan(s[arm].p_value));
    }
    assert_true(s[1].a12 == 1 && s[2].a12 == 0.5 && s[5].a12 == 0 && s[6].a12 == 1);
    /* Four comparisons: three at 1/10000, which Holm multiplies by four, and one at 1. */
    assert_true(fabs(s[1].p_value - 4e-4) < 1e-15 && fabs(s[5].p_value - 4e-4) < 1e-15 &&
                fabs(s[6].p_value - 4e-4) < 1e-15);
    assert_true(s[2].p_value == 1);
}

/* The arm beats the baseline by one epoch with every seed, while seeds differ by far more: only a
 * test paired by seed sees it. Runs that fail in both arms are ties. */
static void comparison_is_paired_by_seed(void **state) {
    fixture *f = *state;
    shape(f, 2, 100);
    f->arm[0].baseline = f->arm[1].baseline = 1;
    for (size_t i = 0; i < 100; i++) {
        uint32_t epoch = 2 + (uint32_t)(i * 37 % 90);
        if (i % 4 == 0) {
            set(f, 0, i, IL_DIVERGED, 2);
            set(f, 1, i, IL_CENSORED, BUDGET);
        } else {
            set(f, 0, i, IL_CONVERGED, epoch - 1);
            set(f, 1, i, IL_CONVERGED, epoch);
        }
    }
    summarize(f);
    assert_true(f->summary[0].p_value == 1e-4);
    assert_true(f->summary[0].a12 > 0.5 && f->summary[0].a12 < 0.52);
    assert_true(isnan(f->summary[1].p_value));

    il_summary again[2];
    assert_true(il_summarize(&f->study, f->run, again, NULL) == IL_OK);
    assert_memory_equal(again, f->summary, sizeof again);
}

static void one_run_is_enough(void **state) {
    fixture *f = *state;
    shape(f, 2, 1);
    f->arm[0].baseline = f->arm[1].baseline = 0;
    fill(f, 0, 7);
    set(f, 1, 0, IL_DIVERGED, 2);
    summarize(f);
    assert_true(f->summary[0].median == 7 && f->summary[0].rmst_ci.high == BUDGET);
    assert_true(f->summary[1].a12 == 0 && f->summary[1].p_value == 1);
    assert_true(f->summary[1].rmst == BUDGET && isnan(f->summary[1].median));
}

static void impossible_size_is_an_error(void **state) {
    fixture *f = *state;
    il_error err = {0};
    f->study.n_arms = 1;
    f->study.seeds = SIZE_MAX / 2;
    assert_int_equal(il_summarize(&f->study, f->run, f->summary, &err), IL_NO_MEMORY);
    assert_int_equal(err.status, IL_NO_MEMORY);
    assert_non_null(strstr(err.message, "seeds"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_diverged_run_counts_with_the_whole_budget),
        TEST(convergence_in_the_last_epoch_is_not_censoring),
        TEST(quantiles_appear_only_above_half_success),
        TEST(comparisons_are_against_the_own_baseline_and_adjusted_together),
        TEST(comparison_is_paired_by_seed),
        TEST(one_run_is_enough),
        TEST(impossible_size_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
