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

#endif
