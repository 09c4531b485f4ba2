/* How many seeds would decide, and how surely fresh ones would decide the same. */
#include "lab/claim/measure.h"

#include "lab/statistics/normal.h"

#include <math.h>

static const double power = 0.9;

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

/* What an interval must lie in for such a verdict. */
static il_interval region_of(const il_test *test, const il_finding *f, il_tag tag,
                             double negligible) {
    const double inf = (double)INFINITY;
    double m = test->margin, none = il_test_no_effect(test);
    bool above = f->verdict == IL_SUPPORTED; /* the interval above the margin? */
    if (test->relation == IL_EQUAL && above)
        return (il_interval){m - test->within, m + test->within};
    if (test->relation == IL_EQUAL)
        return f->effect > m ? (il_interval){m + test->within, inf}
                             : (il_interval){-inf, m - test->within};
    above ^= test->relation == IL_LESS || test->relation == IL_AT_MOST;
    if (tag == IL_REVERSED)
        m = none;
    il_interval region = {above ? m : -inf, above ? inf : m};
    if (tag == IL_NEGLIGIBLE) {
        region.low = fmax(region.low, none - negligible);
        region.high = fmin(region.high, none + negligible);
    }
    return region;
}

/* That an end of the interval, which lies `inside` its region, comes to lie outside with fresh seeds. */
static double chance_outside(double inside, double half, double z) {
    return isinf(inside) ? 0 : half > 0 ? il_normal_tail(inside / half * z) : 0;
}

double il_miss(const il_test *test, const il_finding *f, il_tag tag, double negligible,
               double level) {
    double z = il_two_sided_z(level);
    il_interval region = region_of(test, f, tag == f->tag ? tag : IL_UNTAGGED, negligible);
    if (f->verdict != IL_SUPPORTED && f->verdict != IL_REFUTED)
        return 1;
    return chance_outside(f->interval.low - region.low, f->effect - f->interval.low, z) +
           chance_outside(region.high - f->interval.high, f->interval.high - f->effect, z);
}
