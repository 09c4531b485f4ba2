/* From a claim to what came out. */
#include "base/clock.h"
#include "base/text.h"
#include "lab/claim/estimate.h"
#include "lab/claim/tune.h"
#include "lab/store/store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One side of a claim: a study, its runs where the measure needs them, and the numbers. */
typedef struct side {
    il_study study; /* the claim's, from the seeds that were asked for; its arms stay the claim's */
    il_results *results;
    double *value; /* [n_arms][seeds] */
} side;

static bool needs_runs(const il_claim *claim) {
    return claim->tier == IL_EXACT || il_measure_of(&claim->test.measure)->of_run;
}

static il_status open_side(const il_claim *claim, const il_study *study,
                           const il_check_options *options, side *out, il_error *err) {
    il_status status = IL_OK;
    out->study = *study;
    out->study.seed_base = claim->tier == IL_EXACT ? study->seed_base : options->seed_base;
    if (needs_runs(claim))
        status = il_study_run(&out->study, &options->run, &out->results, err);
    if (status != IL_OK || claim->tier == IL_EXACT)
        return status;
    out->value = calloc(study->n_arms, study->seeds * sizeof *out->value);
    if (!out->value)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu measurements", study->seeds);
    for (size_t i = 0; i < study->n_arms && status == IL_OK; i++)
        status = il_measure_arm(&claim->test.measure, &out->study, i,
                                out->results ? out->results->runs + i * study->seeds : NULL,
                                &options->run, out->value + i * study->seeds, err);
    return status;
}

static void close_side(side *s) {
    il_results_free(s->results);
    free(s->value);
}

/* What the measure's numbers lie in; a budget bounds epochs. */
static double range_of(const il_claim *claim) {
    const il_measure_type *type = il_measure_of(&claim->test.measure);
    double width = type == &il_measure_rmst ? claim->a->budget : type->high - type->low;
    return isfinite(width) ? width : 0;
}

static size_t count_missing(const double *x, size_t n) {
    size_t count = 0;
    for (size_t i = 0; x && i < n; i++)
        count += isfinite(x[i]) ? 0 : 1;
    return count;
}

/* How far the effect keeps from the margin, in the direction of the claim. */
static double slack(const il_test *test, double effect) {
    double above = effect - test->margin;
    return test->relation == IL_EQUAL                                  ? test->within - fabs(above)
           : test->relation == IL_LESS || test->relation == IL_AT_MOST ? -above
                                                                       : above;
}

/* Whether x stands more in the claim's way than y: a claim holds when it holds of every pair. */
static bool worse(const il_test *test, const il_finding *x, const il_finding *y) {
    static const int rank[] = {[IL_REFUTED] = 0, [IL_INCONCLUSIVE] = 1, [IL_SUPPORTED] = 2};
    if (rank[x->verdict] != rank[y->verdict])
        return rank[x->verdict] < rank[y->verdict];
    return slack(test, x->effect) < slack(test, y->effect);
}

static size_t pairs_of(const il_claim *claim) {
    return claim->a->n_arms * (claim->b ? claim->b->n_arms : 1);
}

static double level_of(const il_claim *claim) {
    return 1 - claim->alpha / (double)claim->tests / (double)pairs_of(claim);
}

/* The seeds of one pair of arms. */
static il_samples_of samples_of(const il_claim *claim, const side *a, const side *b, size_t i,
                                size_t j) {
    size_t n = claim->a->seeds;
    return (il_samples_of){.a = a->value + i * n,
                           .b = claim->b ? b->value + j * n : NULL,
                           .n = n,
                           .range = range_of(claim)};
}

static il_status test_pair(const il_claim *claim, const il_samples_of *samples, il_finding *out,
                           il_error *err) {
    const il_test *test = &claim->test;
    il_estimate estimate;
    size_t n = samples->n, missing = count_missing(samples->a, n) + count_missing(samples->b, n);
    if (missing > 0) {
        il_append(out->reason, sizeof out->reason, &(size_t){0},
                  "%s is not a finite number in %zu of %zu runs", test->measure.desc->name, missing,
                  samples->b ? 2 * n : n);
        out->effect = out->interval.low = out->interval.high = (double)NAN;
        out->verdict = IL_INCONCLUSIVE;
        out->needed = SIZE_MAX;
        return IL_OK;
    }
    il_status status = il_estimate_effect(il_measure_of(&test->measure)->kind, test->contrast,
                                          samples, level_of(claim), &estimate, err);
    if (status != IL_OK)
        return status;
    out->effect = estimate.effect;
    out->interval = estimate.interval;
    out->verdict = il_decide(test, estimate.interval, claim->negligible, &out->tag);
    if (out->verdict == IL_INCONCLUSIVE)
        out->needed = il_runs_to_decide(test, out->effect, out->interval, n, level_of(claim));
    return IL_OK;
}

static void explain_test(const il_claim *claim, il_finding *out) {
    char text[IL_TEST_TEXT];
    size_t used = 0;
    if (!isfinite(out->effect))
        return;
    il_append(out->reason, sizeof out->reason, &used,
              "%.5g [%.5g, %.5g] from %zu seeds at a level of %.6g, against %s", out->effect,
              out->interval.low, out->interval.high, out->n, level_of(claim),
              il_test_format(&claim->test, text));
    if (pairs_of(claim) > 1)
        il_append(out->reason, sizeof out->reason, &used, ", the nearest to failing of %zu pairs",
                  pairs_of(claim));
    if (out->tag == IL_REVERSED)
        il_append(out->reason, sizeof out->reason, &used, ": the effect is the other way round");
    if (out->tag == IL_NEGLIGIBLE)
        il_append(out->reason, sizeof out->reason, &used, ": within %g of no effect",
                  claim->negligible);
    if (out->verdict == IL_INCONCLUSIVE && out->needed < SIZE_MAX)
        il_append(out->reason, sizeof out->reason, &used, ": about %zu seeds would decide",
                  out->needed);
    else if (out->verdict == IL_INCONCLUSIVE)
        il_append(out->reason, sizeof out->reason, &used, ": no number of seeds would decide");
}

static il_status check_test(const il_claim *claim, const side *a, const side *b, il_finding *out,
                            il_error *err) {
    size_t others = claim->b ? claim->b->n_arms : 1;
    for (size_t k = 0; k < pairs_of(claim); k++) {
        il_finding pair = {.n = claim->a->seeds, .arm_a = k / others, .arm_b = k % others};
        const il_samples_of samples = samples_of(claim, a, b, pair.arm_a, pair.arm_b);
        il_status status = test_pair(claim, &samples, &pair, err);
        if (status != IL_OK)
            return status;
        if (k == 0 || worse(&claim->test, &pair, out))
            *out = pair;
    }
    explain_test(claim, out);
    return IL_OK;
}

static bool holds(const il_test *test, double x) {
    double m = test->margin;
    switch (test->relation) {
    case IL_LESS:
        return x < m;
    case IL_AT_MOST:
        return x <= m;
    case IL_EQUAL:
        return fabs(x - m) <= test->within; /* also 0: exactly equal */
    case IL_AT_LEAST:
        return x >= m;
    default:
        return x > m;
    }
}

static double contrast_of(il_contrast contrast, const il_samples_of *s, size_t i) {
    return contrast == IL_DIFFERENCE ? s->a[i] - s->b[i]
           : contrast == IL_RATIO    ? s->a[i] / s->b[i]
                                     : s->a[i];
}

/* Every seed of every pair. `effect` is that of the first seed that fails, else of the nearest to failing. */
static void check_property(const il_claim *claim, const side *a, const side *b, il_finding *out) {
    const il_test *test = &claim->test;
    size_t others = claim->b ? claim->b->n_arms : 1, n = claim->a->seeds, failed = 0, first = 0;
    size_t used = 0, cases = pairs_of(claim) * n;
    char text[IL_TEST_TEXT];
    *out = (il_finding){.n = n, .interval = {(double)NAN, (double)NAN}};
    for (size_t k = 0; k < cases; k++) {
        const il_samples_of s = samples_of(claim, a, b, k / n / others, k / n % others);
        double x = contrast_of(test->contrast, &s, k % n);
        bool fails = !holds(test, x), nearer = slack(test, x) < slack(test, out->effect);
        if (k == 0 || (fails && failed == 0) || (!fails && failed == 0 && nearer)) {
            out->effect = x;
            out->arm_a = k / n / others;
            out->arm_b = k / n % others;
            first = k % n;
        }
        failed += fails;
    }
    out->verdict = failed > 0 ? IL_REFUTED : IL_SUPPORTED;
    il_test_format(test, text);
    if (failed > 0)
        il_append(out->reason, sizeof out->reason, &used,
                  "%s fails for %zu of %zu runs, first for seed %llu: %.9g", text, failed, cases,
                  (unsigned long long)(a->study.seed_base + first + 1), out->effect);
    else
        il_append(out->reason, sizeof out->reason, &used,
                  "%s holds of all %zu runs; the nearest to failing: %.9g", text, cases,
                  out->effect);
}

/* The bytes of a run in one order on every machine. */
static void put_run(const il_run *run, unsigned char bytes[16]) {
    uint32_t word[4] = {run->epoch, (uint32_t)run->outcome << 16 | run->layer};
    memcpy(&word[2], &run->loss, 4);
    memcpy(&word[3], &run->accuracy, 4);
    if (isnan(run->accuracy)) /* one NaN for all processors */
        word[3] = 0x7fc00000;
    for (size_t i = 0; i < 16; i++)
        bytes[i] = (unsigned char)(word[i / 4] >> (8 * (i % 4)));
}

static il_status check_bits(const il_claim *claim, const side *a, il_finding *out, il_error *err) {
    size_t n = a->study.n_arms * a->study.seeds, used = 0;
    unsigned char *bytes = calloc(n, 16);
    if (!bytes)
        return il_fail(err, IL_NO_MEMORY, "no memory to hash %zu runs", n);
    for (size_t i = 0; i < n; i++)
        put_run(&a->results->runs[i], bytes + 16 * i);
    il_digest digest = il_digest_of(bytes, 16 * n);
    free(bytes);
    *out = (il_finding){
        .n = a->study.seeds, .effect = (double)NAN, .interval = {(double)NAN, (double)NAN}};
    for (size_t i = 0, at = 0; i < sizeof digest.bytes; i++)
        il_append(out->bits, sizeof out->bits, &at, "%02x", digest.bytes[i]);
    bool same = strcmp(out->bits, claim->bits) == 0;
    out->verdict = same ? IL_SUPPORTED : IL_REFUTED;
    il_append(out->reason, sizeof out->reason, &used, "the bits of %zu runs hash to %s%s%s", n,
              out->bits, same ? ", as claimed" : ", not to ", same ? "" : claim->bits);
    return IL_OK;
}

static bool as_expected(const il_expectation *expect, const il_finding *f) {
    return !expect->given ||
           (f->verdict == expect->verdict && (expect->tag == IL_UNTAGGED || f->tag == expect->tag));
}

/* Decides a claim as it stands. */
static il_status decide(const il_claim *claim, const il_check_options *options, il_finding *out,
                        il_error *err) {
    side a = {0}, b = {0};
    il_status status = open_side(claim, claim->a, options, &a, err);
    if (status == IL_OK && claim->b)
        status = open_side(claim, claim->b, options, &b, err);
    if (status == IL_OK && claim->tier == IL_STATISTICAL)
        status = check_test(claim, &a, &b, out, err);
    else if (status == IL_OK && claim->tier == IL_PROPERTY)
        check_property(claim, &a, &b, out);
    else if (status == IL_OK)
        status = check_bits(claim, &a, out, err);
    close_side(&a);
    close_side(&b);
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
        status = il_tune(&fresh, claim->rate, claim->n_rates, &options->run, &best[i], err);
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
