/* From an interval to a verdict. */
#include "lab/claim/measure.h"

#include "lab/statistics/normal.h"

#include <math.h>

static const double power = 0.9;

/* `larger`: the claim is that the effect is large. Its mirror image is decided with everything negated. */
static il_verdict decide_side(il_interval i, double m, bool strict) {
    if (strict ? i.low > m : i.low >= m)
        return IL_SUPPORTED;
    return (strict ? i.high <= m : i.high < m) ? IL_REFUTED : IL_INCONCLUSIVE;
}

static il_interval mirrored(il_interval i) {
    return (il_interval){-i.high, -i.low};
}

static il_verdict decide_equal(il_interval i, double m, double within) {
    if (i.low >= m - within && i.high <= m + within)
        return IL_SUPPORTED;
    return i.high < m - within || i.low > m + within ? IL_REFUTED : IL_INCONCLUSIVE;
}

static bool wants_large(const il_test *test) {
    return test->relation == IL_AT_LEAST || test->relation == IL_GREATER;
}

static il_tag tag_of(const il_test *test, il_interval i, double negligible) {
    double none = il_test_no_effect(test);
    bool reversed = wants_large(test) ? i.high < none : i.low > none;
    if (isnan(none) || test->relation == IL_EQUAL)
        return IL_UNTAGGED;
    if (i.low >= none - negligible && i.high <= none + negligible && negligible > 0)
        return IL_NEGLIGIBLE;
    return reversed ? IL_REVERSED : IL_UNTAGGED;
}

il_verdict il_decide(const il_test *test, il_interval interval, double negligible, il_tag *tag) {
    bool strict = test->relation == IL_LESS || test->relation == IL_GREATER;
    il_verdict verdict;
    *tag = IL_UNTAGGED;
    if (isnan(interval.low) || isnan(interval.high))
        return IL_INCONCLUSIVE;
    if (test->relation == IL_EQUAL)
        verdict = decide_equal(interval, test->margin, test->within);
    else if (wants_large(test))
        verdict = decide_side(interval, test->margin, strict);
    else
        verdict = decide_side(mirrored(interval), -test->margin, strict);
    if (verdict == IL_REFUTED)
        *tag = tag_of(test, interval, negligible);
    return verdict;
}

/* An interval's halves shrink as 1/sqrt(n). The half that lies towards the margin, longer by what the power asks for,
 * must be no longer than the way there. Towards the nearer end of the margins of ==. */
size_t il_runs_to_decide(const il_test *test, double effect, il_interval interval, size_t n,
                         double level) {
    double margin = test->margin, half;
    if (test->relation == IL_EQUAL)
        margin += effect > margin ? test->within : -test->within;
    half = effect > margin ? effect - interval.low : interval.high - effect;
    half *= 1 + il_normal_quantile(power) / il_two_sided_z(level);
    double share = half / (effect - margin), runs = ceil((double)n * share * share);
    return runs < 9e15 ? (size_t)runs : SIZE_MAX; /* NAN and infinity too */
}

const char *il_tier_name(il_tier tier) {
    static const char *const names[] = {
        [IL_STATISTICAL] = "statistical", [IL_PROPERTY] = "property", [IL_EXACT] = "exact"};
    return names[tier];
}

const char *il_verdict_name(il_verdict verdict, il_tag tag) {
    return verdict == IL_SUPPORTED         ? "supported"
           : verdict == IL_INCONCLUSIVE    ? "inconclusive"
           : verdict == IL_SETUP_DEPENDENT ? "setup-dependent"
           : verdict == IL_SKIPPED         ? "skipped"
           : tag == IL_REVERSED            ? "reversed"
           : tag == IL_NEGLIGIBLE          ? "negligible"
                                           : "refuted";
}
