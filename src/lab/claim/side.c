#include "lab/claim/side.h"

#include <math.h>
#include <stdlib.h>

static bool needs_runs(const il_claim *claim) {
    return claim->tier == IL_EXACT || il_measure_of(&claim->test.measure)->of_run;
}

static il_status measure(const il_claim *claim, const il_check_options *options, il_side *side,
                         il_error *err) {
    size_t seeds = side->study.seeds;
    il_status status = IL_OK;
    free(side->value);
    side->value = calloc(side->study.n_arms, seeds * sizeof *side->value);
    if (!side->value)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu measurements", seeds);
    for (size_t i = 0; i < side->study.n_arms && status == IL_OK; i++)
        status = il_measure_arm(&claim->test.measure, &side->study, i,
                                side->results ? side->results->runs + i * seeds : NULL,
                                &options->run, side->value + i * seeds, err);
    return status;
}

static il_status run_side(const il_claim *claim, const il_study *study, size_t seeds,
                          const il_check_options *options, il_side *side, il_error *err) {
    il_run_options run = options->run;
    il_results *before = side->results;
    il_status status = IL_OK;
    side->study = *study;
    side->study.seeds = seeds;
    side->study.seed_base = claim->tier == IL_EXACT ? study->seed_base : options->seed_base;
    run.begun = before;
    run.fail_fast = true;
    if (needs_runs(claim)) {
        status = il_study_run(&side->study, &run, &side->results, err);
        il_results_free(before);
    }
    return status != IL_OK || claim->tier == IL_EXACT ? status : measure(claim, options, side, err);
}

il_status il_sides_run(const il_claim *claim, size_t seeds, const il_check_options *options,
                       il_sides *sides, il_error *err) {
    il_status status = run_side(claim, claim->a, seeds, options, &sides->a, err);
    if (status == IL_OK && claim->b)
        status = run_side(claim, claim->b, seeds, options, &sides->b, err);
    return status;
}

void il_sides_free(il_sides *sides) {
    il_results_free(sides->a.results);
    il_results_free(sides->b.results);
    free(sides->a.value);
    free(sides->b.value);
}

static size_t others(const il_claim *claim) {
    return claim->b ? claim->b->n_arms : 1;
}

static bool is_folded(const il_claim *claim) {
    return claim->test.fold != IL_EACH_ARM;
}

size_t il_pairs(const il_claim *claim) {
    return is_folded(claim) ? 1 : claim->a->n_arms * others(claim);
}

size_t il_pair_a(const il_claim *claim, size_t k) {
    return k / others(claim);
}

size_t il_pair_b(const il_claim *claim, size_t k) {
    return k % others(claim);
}

/* What the measure's numbers lie in; a budget bounds epochs. */
static double range_of(const il_claim *claim) {
    const il_measure_type *type = il_measure_of(&claim->test.measure);
    double width = type == &il_measure_rmst ? claim->a->budget : type->high - type->low;
    return isfinite(width) ? width : 0;
}

il_samples_of il_pair_samples(const il_claim *claim, const il_sides *sides, size_t k) {
    size_t n = sides->a.study.seeds;
    return (il_samples_of){.a = sides->a.value + il_pair_a(claim, k) * n,
                           .b = claim->b ? sides->b.value + il_pair_b(claim, k) * n : NULL,
                           .n = n,
                           .range = range_of(claim),
                           .arms_a = is_folded(claim) ? claim->a->n_arms : 1,
                           .arms_b = is_folded(claim) ? claim->b->n_arms
                                     : claim->b       ? 1
                                                      : 0};
}
