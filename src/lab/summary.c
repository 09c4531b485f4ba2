#include "lab/summary.h"

#include "base/arena.h"
#include <math.h>
#include <stdlib.h>

#define LEVEL 0.95
#define PERMUTATION_SEED 1

void il_times(const il_run *runs, size_t n, uint32_t budget, uint32_t *T) {
    for (size_t i = 0; i < n; i++)
        T[i] = il_run_time(&runs[i], budget);
}

double il_compare_paired(const uint32_t *a, const uint32_t *b, size_t n, size_t comparisons) {
    size_t rounds = 100 * comparisons;
    rounds = rounds < 9999 ? 9999 : rounds > 199999 ? 199999 : rounds;
    return il_permutation_paired(a, b, n, rounds, PERMUTATION_SEED);
}

/* Everything that one arm's runs say by themselves. T[n]; `converged` is room for n flags. */
static il_summary summarize_arm(const il_study *study, const il_run *runs, const uint32_t *T,
                                unsigned char *converged) {
    size_t n = study->seeds;
    il_summary arm = {.runs = n,
                      .median = (double)NAN,
                      .quartile = {(double)NAN, (double)NAN},
                      .a12 = (double)NAN,
                      .p_value = (double)NAN};
    for (size_t i = 0; i < n; i++) {
        converged[i] = runs[i].outcome == IL_CONVERGED;
        arm.converged += converged[i];
        arm.diverged += runs[i].outcome == IL_DIVERGED;
        arm.failed += runs[i].outcome == IL_FAILED;
    }
    arm.success = (double)arm.converged / (double)n;
    arm.success_ci = study->half_width > 0
                         ? il_clopper_pearson(arm.converged, n, il_seeding_level(study->most, n))
                         : il_wilson(arm.converged, n, LEVEL);
    arm.rmst = il_rmst(T, n, study->budget, LEVEL, &arm.rmst_ci);
    if (arm.converged > n / 2) {
        arm.median = il_epoch_quantile(T, converged, n, 0.5);
        arm.quartile[0] = il_epoch_quantile(T, converged, n, 0.25);
        arm.quartile[1] = il_epoch_quantile(T, converged, n, 0.75);
    }
    return arm;
}

/* Each p-value is written to arms[i].p_value; Holm wants them side by side. */
static void adjust(il_summary *arms, size_t n, double *p) {
    for (size_t i = 0; i < n; i++)
        p[i] = arms[i].p_value;
    il_holm(p, n);
    for (size_t i = 0; i < n; i++)
        arms[i].p_value = p[i];
}

il_status il_summarize(const il_study *study, const il_run *runs, il_summary *arms, il_error *err) {
    size_t n = study->seeds;
    il_layout layout = {0};
    size_t at_own = il_layout_reserve(&layout, sizeof(uint32_t), n, 1, 1);
    size_t at_baseline = il_layout_reserve(&layout, sizeof(uint32_t), n, 1, 1);
    size_t at_converged = il_layout_reserve(&layout, 1, n, 1, 1);
    size_t at_p = il_layout_reserve(&layout, sizeof(double), study->n_arms, 1, 1);
    char *block = il_layout_allocate(&layout);
    if (!block)
        goto no_memory;
    uint32_t *own = (uint32_t *)(block + at_own), *baseline = (uint32_t *)(block + at_baseline);

    size_t comparisons = 0;
    for (size_t i = 0; i < study->n_arms; i++)
        comparisons += study->arms[i].baseline != SIZE_MAX && study->arms[i].baseline != i;
    for (size_t i = 0; i < study->n_arms; i++) {
        size_t other = study->arms[i].baseline;
        il_times(runs + i * n, n, study->budget, own);
        arms[i] = summarize_arm(study, runs + i * n, own, (unsigned char *)block + at_converged);
        if (other == SIZE_MAX || other == i)
            continue;
        il_times(runs + other * n, n, study->budget, baseline);
        arms[i].a12 = il_a12(own, n, baseline, n);
        if (isnan(arms[i].a12))
            goto no_memory;
        arms[i].p_value = il_compare_paired(own, baseline, n, comparisons);
    }
    adjust(arms, study->n_arms, (double *)(block + at_p));
    free(block);
    return IL_OK;

no_memory:
    free(block);
    return il_fail(err, IL_NO_MEMORY,
                   "no memory to summarize %zu runs per arm: ask for fewer seeds", n);
}

il_rival il_find_rival(const il_run *runs, size_t stride, size_t n, uint32_t budget,
                       const size_t *order, size_t n_arms) {
    size_t others = n_arms - 1;
    il_rival found = {order[1], 0};
    uint32_t *T = calloc(n, 2 * sizeof *T);
    if (T)
        il_times(runs + order[0] * stride, n, budget, T);
    for (size_t i = 1; T && i <= others && found.p <= IL_SIGNIFICANT; i++) {
        il_times(runs + order[i] * stride, n, budget, T + n);
        double p = fmin(1, (double)others * il_compare_paired(T, T + n, n, others));
        if (p > found.p)
            found = (il_rival){order[i], p};
    }
    if (!T)
        found.p = (double)NAN;
    free(T);
    return found;
}
