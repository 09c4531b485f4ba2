/* From runs to what they say: one il_summary per arm. */
#ifndef IL_LAB_SUMMARY_H
#define IL_LAB_SUMMARY_H

#include "initlab/study.h"

/* Summarizes runs [n_arms][seeds], seeds >= 1, into arms [n_arms], as il_summary documents it.
 * The permutation test uses 9,999 resamples of a fixed stream, so the same runs always give the
 * same p-values. Errors: IL_NO_MEMORY. */
il_status il_summarize(const il_study *study, const il_run *runs, il_summary *arms, il_error *err);

#endif
