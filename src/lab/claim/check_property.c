/* Properties: what holds of every single seed. */
#include "base/text.h"
#include "lab/claim/check.h"

#include <math.h>

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

void il_check_property(const il_claim *claim, const il_sides *sides, il_finding *out) {
    const il_test *test = &claim->test;
    size_t n = sides->a.study.seeds, cases = il_pairs(claim) * n, failed = 0, first = 0, used = 0;
    char text[IL_TEST_TEXT];
    *out = (il_finding){.n = n, .interval = {(double)NAN, (double)NAN}};
    for (size_t i = 0; i < cases; i++) {
        const il_samples_of s = il_pair_samples(claim, sides, i / n);
        double x = contrast_of(test->contrast, &s, i % n);
        bool fails = !holds(test, x), nearer = il_slack(test, x) < il_slack(test, out->effect);
        if (i == 0 || (fails && failed == 0) || (!fails && failed == 0 && nearer)) {
            out->effect = x;
            out->arm_a = il_pair_a(claim, i / n);
            out->arm_b = il_pair_b(claim, i / n);
            first = i % n;
        }
        failed += fails;
    }
    out->verdict = failed > 0 ? IL_REFUTED : IL_SUPPORTED;
    il_test_format(test, text);
    if (failed > 0)
        il_append(out->reason, sizeof out->reason, &used,
                  "%s fails for %zu of %zu runs, first for seed %llu: %.9g", text, failed, cases,
                  (unsigned long long)(sides->a.study.seed_base + first + 1), out->effect);
    else
        il_append(out->reason, sizeof out->reason, &used,
                  "%s holds of all %zu runs; the nearest to failing: %.9g", text, cases,
                  out->effect);
}
