/* From runs to what they say: one il_summary per arm. */
#ifndef IL_LAB_SUMMARY_H
#define IL_LAB_SUMMARY_H

#include "initlab/study.h"

/* Summarizes runs [n_arms][seeds], seeds >= 1, into arms [n_arms], as il_summary documents it.
 * Errors: IL_NO_MEMORY. */
il_status il_summarize(const il_study *study, const il_run *runs, il_summary *arms, il_error *err);

/* T [n] of n runs. */
void il_times(const il_run *runs, size_t n, uint32_t budget, uint32_t *T);

/* Paired permutation p-value of one of several comparisons, from a fixed stream, so the same runs always give
 * the same. There are 100 resamples for each comparison, 9,999 at least and 199,999 at most: the smallest
 * p-value times the number of comparisons stays below 0.05, or no adjusted one could. */
double il_compare_paired(const uint32_t *a, const uint32_t *b, size_t n, size_t comparisons);

/* The arm that stands most in the way of calling the arm order[0] the fastest. */
typedef struct il_rival {
    size_t arm;
    double p; /* NaN: no memory for the test */
} il_rival;

/* Above this a difference is not said to be shown. */
#define IL_SIGNIFICANT 0.05

/* Tests the arm order[0] against every other, paired by seed, in the order given: that of RMST. The runner-up alone is
 * not enough: common draws can tie it so closely to the best that the two are told apart while the third and the best
 * are not. Bonferroni over the other arms pays for having chosen the best by looking. The search ends at the first arm
 * that cannot be told from the best. Runs are n of each arm, arm i's from runs[i * stride]; n_arms >= 2. */
il_rival il_find_rival(const il_run *runs, size_t stride, size_t n, uint32_t budget,
                       const size_t *order, size_t n_arms);

#endif
