/* From a claim to what came out. */
#include "lab/claim/check.h"
#include "base/clock.h"
#include "base/text.h"
#include "lab/claim/tune.h"

#include <math.h>
#include <string.h>

static bool as_expected(const il_expectation *expect, const il_finding *f) {
    return !expect->given ||
           (f->verdict == expect->verdict && (expect->tag == IL_UNTAGGED || f->tag == expect->tag));
}

/* A test looks once, or again with more seeds until it is decided. */
static il_status decide_test(const il_claim *claim, const il_check_options *options,
                             il_sides *sides, il_finding *out, il_error *err) {
    il_look look = il_look_first(claim, options->until_decided);
    il_status status;
    do {
        status = il_sides_run(claim, look.seeds, options, sides, err);
        if (status == IL_OK)
            status = il_check_test(claim, sides, &look, out, err);
    } while (status == IL_OK && out->verdict == IL_INCONCLUSIVE && il_look_next(claim, &look));
    return status;
}

/* Decides a claim as it stands. */
static il_status decide(const il_claim *claim, const il_check_options *options, il_finding *out,
                        il_error *err) {
    il_sides sides = {0};
    il_status status = claim->tier == IL_STATISTICAL
                           ? decide_test(claim, options, &sides, out, err)
                           : il_sides_run(claim, claim->a->seeds, options, &sides, err);
    if (status == IL_OK && claim->tier == IL_PROPERTY)
        il_check_property(claim, &sides, out);
    if (status == IL_OK && claim->tier == IL_EXACT)
        status = il_check_bits(claim, &sides, out, err);
    il_sides_free(&sides);
    return status;
}

/* What a second look, at tuned learning rates, makes of a finding. */
static void join_tuned(const il_claim *tuned, const il_finding *second, il_finding *out) {
    const char *name = il_verdict_name(second->verdict, second->tag);
    size_t used = strlen(out->reason);
    il_append(out->reason, sizeof out->reason, &used, "; tuned (lr %g",
              il_optimizer_rate(&tuned->a->arms[second->arm_a].optimizer));
    if (tuned->b)
        il_append(out->reason, sizeof out->reason, &used, " against %g",
                  il_optimizer_rate(&tuned->b->arms[second->arm_b].optimizer));
    il_append(out->reason, sizeof out->reason, &used, ") %s: %.5g [%.5g, %.5g]", name,
              second->effect, second->interval.low, second->interval.high);
    out->miss = fmin(out->miss + second->miss, 1);
    out->n = second->n > out->n ? second->n : out->n;
    if (second->tag != out->tag)
        out->tag = IL_UNTAGGED;
    if (second->verdict == out->verdict)
        return;
    bool open = out->verdict == IL_INCONCLUSIVE || second->verdict == IL_INCONCLUSIVE;
    out->verdict = open ? IL_INCONCLUSIVE : IL_SETUP_DEPENDENT;
    out->needed = second->needed > out->needed ? second->needed : out->needed;
}

static il_status check_tuned(const il_claim *claim, const il_check_options *options,
                             il_finding *out, il_error *err) {
    il_claim tuned = *claim;
    il_study *const given[] = {claim->a, claim->b};
    il_study *best[] = {NULL, NULL};
    il_finding second = {0};
    il_status status = IL_OK;
    for (size_t i = 0; i < 2 && given[i] && status == IL_OK; i++) {
        il_study fresh = *given[i];
        fresh.seed_base = options->seed_base;
        status = il_tune(&fresh, claim->n_max, claim->rate, claim->n_rates, &options->run, &best[i],
                         err);
    }
    tuned.a = best[0];
    tuned.b = best[1];
    if (status == IL_OK)
        status = decide(&tuned, options, &second, err);
    if (status == IL_OK)
        join_tuned(&tuned, &second, out);
    il_study_free(best[0]);
    il_study_free(best[1]);
    return status;
}

static il_status skip(const il_claim *claim, il_finding *out) {
    *out = (il_finding){.verdict = IL_SKIPPED,
                        .as_expected = true,
                        .effect = (double)NAN,
                        .interval = {(double)NAN, (double)NAN}};
    il_append(out->reason, sizeof out->reason, &(size_t){0},
              "%s lies in none of the folders of data: data/fetch.sh %s brings it", claim->absent,
              claim->absent);
    return IL_OK;
}

il_status il_claim_check(const il_claim *claim, const il_check_options *options, il_finding *out,
                         il_error *err) {
    static const il_check_options none = {0};
    double start = il_seconds();
    options = options ? options : &none;
    *out = (il_finding){0};
    if (claim->absent)
        return skip(claim, out);
    il_status status = decide(claim, options, out, err);
    if (status == IL_OK && claim->n_rates > 0)
        status = check_tuned(claim, options, out, err);
    out->as_expected = as_expected(&claim->expect, out);
    out->wall_s = il_seconds() - start;
    return status;
}
