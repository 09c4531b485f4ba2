/* Tests: what holds on average, by an interval. */
#include "base/text.h"
#include "lab/claim/check.h"
#include "lab/claim/fold.h"
#include "lab/claim/power.h"

#include <math.h>

static size_t count_missing(const double *x, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += isfinite(x[i]) ? 0 : 1;
    return count;
}

double il_slack(const il_test *test, double effect) {
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
    return il_slack(test, x->effect) < il_slack(test, y->effect);
}

/* A verdict, and what more it says: how many runs would decide, how surely they would again. */
static void judge(const il_claim *claim, const il_look *look, const il_evidence *evidence,
                  il_finding *out) {
    const il_test *test = &claim->test;
    il_tag expected = claim->expect.tag;
    out->effect = evidence->estimate.effect;
    out->interval = evidence->estimate.interval;
    out->verdict = il_decide(test, out->interval, claim->negligible, &out->tag);
    if (out->verdict == IL_INCONCLUSIVE)
        out->needed = il_runs_to_decide(test, evidence);
    if (look->number == 0)
        out->miss = il_miss(test, evidence, out->verdict,
                            expected == out->tag ? expected : IL_UNTAGGED, claim->negligible);
}

static il_status test_medians(const il_claim *claim, const il_samples_of *samples,
                              const il_look *look, il_finding *out, il_error *err) {
    il_medians medians;
    il_status status = il_medians_open(claim->test.contrast, samples, &medians, err);
    if (status == IL_OK) {
        il_estimate estimate = il_medians_estimate(&medians, look->level);
        judge(claim, look, &(il_evidence){estimate, samples->n, look->level, &medians}, out);
    }
    il_medians_close(&medians);
    return status;
}

static il_status test_pair(const il_claim *claim, const il_samples_of *samples, const il_look *look,
                           il_finding *out, il_error *err) {
    const il_test *test = &claim->test;
    il_measure_kind kind = il_measure_of(&test->measure)->kind;
    il_evidence evidence = {.n = samples->n, .level = look->level};
    size_t n = samples->n, in_a = n * samples->arms_a, in_b = n * samples->arms_b;
    size_t missing = count_missing(samples->a, in_a) + count_missing(samples->b, in_b);
    if (missing > 0) {
        il_append(out->reason, sizeof out->reason, &(size_t){0},
                  "%s is not a finite number in %zu of %zu runs", test->measure.desc->name, missing,
                  in_a + in_b);
        out->effect = out->interval.low = out->interval.high = (double)NAN;
        out->verdict = IL_INCONCLUSIVE;
        out->needed = SIZE_MAX;
        return IL_OK;
    }
    if (test->fold == IL_EACH_ARM && kind == IL_MEDIAN)
        return test_medians(claim, samples, look, out, err);
    il_status status = test->fold == IL_EACH_ARM
                           ? il_estimate_effect(kind, test->contrast, samples, look->level,
                                                &evidence.estimate, err)
                           : il_estimate_fold(test, samples, look->level, &evidence.estimate, err);
    if (status == IL_OK)
        judge(claim, look, &evidence, out);
    return status;
}

static void explain_test(const il_claim *claim, const il_look *look, il_finding *out) {
    char test[IL_TEST_TEXT], rule[IL_LOOK_TEXT];
    size_t used = 0;
    if (!isfinite(out->effect))
        return;
    il_append(out->reason, sizeof out->reason, &used,
              "%.5g [%.5g, %.5g] from %zu seeds at a level of %.6g%s, against %s", out->effect,
              out->interval.low, out->interval.high, out->n, look->level,
              il_look_format(claim, look, rule), il_test_format(&claim->test, test));
    if (il_pairs(claim) > 1)
        il_append(out->reason, sizeof out->reason, &used, ", the nearest to failing of %zu pairs",
                  il_pairs(claim));
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
    else if (out->miss >= 1e-6)
        il_append(out->reason, sizeof out->reason, &used,
                  "; with fresh seeds it would come out otherwise with a probability of %.1g",
                  out->miss);
}

il_status il_check_test(const il_claim *claim, const il_sides *sides, const il_look *look,
                        il_finding *out, il_error *err) {
    double miss = 0;
    for (size_t k = 0; k < il_pairs(claim); k++) {
        il_finding pair = {
            .n = look->seeds, .arm_a = il_pair_a(claim, k), .arm_b = il_pair_b(claim, k)};
        il_samples_of samples = il_pair_samples(claim, sides, k);
        samples.sequential = look->wald;
        il_status status = test_pair(claim, &samples, look, &pair, err);
        if (status != IL_OK)
            return status;
        miss += pair.miss;
        if (k == 0 || worse(&claim->test, &pair, out))
            *out = pair;
    }
    if (out->verdict == IL_SUPPORTED) /* every pair must come out so again, else this one */
        out->miss = fmin(miss, 1);
    explain_test(claim, look, out);
    return IL_OK;
}
