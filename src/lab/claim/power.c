#include "lab/claim/power.h"

#include "lab/statistics/normal.h"

#include <math.h>

static const double power = 0.9;
static const double inf = (double)INFINITY;

/* In standard errors, from the effect down to the bound, or with `above` false up to it. */
static double distance(const il_evidence *e, double bound, bool above) {
    const il_estimate *x = &e->estimate;
    double counted =
        e->medians && !isinf(bound) ? il_medians_distance(e->medians, bound, above) : 0;
    if (counted > 0)
        return counted;
    double half = above ? x->effect - x->interval.low : x->interval.high - x->effect;
    double way = above ? x->effect - bound : bound - x->effect;
    return isinf(bound) || !(half > 0) ? inf : way / half * il_two_sided_z(e->level);
}

/* The next number, where the bound itself does not count. */
static double beyond(double bound, double towards, bool strict) {
    return strict ? nextafter(bound, towards) : bound;
}

/* From the effect to what it would have to be for another verdict. */
static double distance_to_another(const il_test *test, const il_evidence *e) {
    double m = test->margin, effect = e->estimate.effect;
    bool strict = test->relation == IL_GREATER || test->relation == IL_AT_MOST;
    if (test->relation == IL_EQUAL && fabs(effect - m) <= test->within)
        return fmin(distance(e, m - test->within, true), distance(e, m + test->within, false));
    if (test->relation == IL_EQUAL) {
        strict = effect > m;
        m += strict ? test->within : -test->within;
    }
    double low = beyond(m, inf, strict), high = beyond(m, -inf, !strict);
    return effect >= low ? distance(e, low, true) : distance(e, high, false);
}

/* An end of the interval must come to lie on the effect's side of the margin, and further in by what the power asks for. */
size_t il_runs_to_decide(const il_test *test, const il_evidence *e) {
    double asked = il_two_sided_z(e->level) + il_normal_quantile(power);
    double share = asked / distance_to_another(test, e);
    double runs = ceil((double)e->n * share * share);
    return runs < 9e15 ? (size_t)runs : SIZE_MAX; /* NAN and infinity too */
}

/* What an interval must lie in for such a verdict; its ends belong to it. */
static il_interval region_of(const il_test *test, double effect, il_verdict verdict, il_tag tag,
                             double negligible) {
    double m = test->margin, none = il_test_no_effect(test);
    bool above = verdict == IL_SUPPORTED; /* the interval above the margin? */
    bool strict = (test->relation == IL_LESS || test->relation == IL_GREATER) == above;
    if (test->relation == IL_EQUAL && above)
        return (il_interval){m - test->within, m + test->within};
    if (test->relation == IL_EQUAL)
        return effect > m ? (il_interval){beyond(m + test->within, inf, true), inf}
                          : (il_interval){-inf, beyond(m - test->within, -inf, true)};
    above ^= test->relation == IL_LESS || test->relation == IL_AT_MOST;
    if (tag == IL_REVERSED) {
        m = none;
        strict = true;
    }
    il_interval region = {above ? beyond(m, inf, strict) : -inf,
                          above ? inf : beyond(m, -inf, strict)};
    if (tag == IL_NEGLIGIBLE) {
        region.low = fmax(region.low, none - negligible);
        region.high = fmin(region.high, none + negligible);
    }
    return region;
}

/* An end of the interval that lies within its region comes to lie outside, by the normal law, with fresh seeds. */
double il_miss(const il_test *test, const il_evidence *e, il_verdict verdict, il_tag tag,
               double negligible) {
    double z = il_two_sided_z(e->level);
    if (verdict != IL_SUPPORTED && verdict != IL_REFUTED)
        return 1;
    il_interval region = region_of(test, e->estimate.effect, verdict, tag, negligible);
    return il_normal_tail(distance(e, region.low, true) - z) +
           il_normal_tail(distance(e, region.high, false) - z);
}
