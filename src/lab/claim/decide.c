/* From an interval to a verdict. */
#include "lab/claim/measure.h"

#include <math.h>

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
