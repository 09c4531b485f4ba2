#include "lab/claim/fold.h"

#include <math.h>

/* The arms of one side; arm i has value[i * n] … value[i * n + n - 1]. */
typedef struct folded {
    const double *value;
    size_t n_arms, n;
    double range;
} folded;

static il_status estimate_pair(const il_test *test, const folded *s, size_t i, size_t j,
                               double level, il_estimate *out, il_error *err) {
    const il_samples_of samples = {
        .a = s->value + i * s->n, .b = s->value + j * s->n, .n = s->n, .range = s->range};
    return il_estimate_effect(il_measure_of(&test->measure)->kind, test->contrast, &samples, level,
                              out, err);
}

/* An arm differs from itself by 0, or by a factor of 1: a spread is no less. Of two arms, i over j and j over i are
 * bounded by the same interval, and share its risk. */
static il_status estimate_spread(const il_test *test, const folded *s, double level,
                                 il_estimate *out, il_error *err) {
    size_t m = s->n_arms;
    double none = test->contrast == IL_RATIO ? 1 : 0;
    double each = 1 - (1 - level) / (double)(m * (m - 1) / 2);
    *out = (il_estimate){none, {none, none}};
    for (size_t k = 0; k < m * m; k++) {
        il_estimate pair;
        if (k / m == k % m)
            continue;
        il_status status = estimate_pair(test, s, k / m, k % m, each, &pair, err);
        if (status != IL_OK)
            return status;
        out->effect = fmax(out->effect, pair.effect);
        out->interval.low = fmax(out->interval.low, pair.interval.low);
        out->interval.high = fmax(out->interval.high, pair.interval.high);
    }
    return IL_OK;
}

static il_status estimate_side(const il_test *test, const folded *s, double level, il_estimate *out,
                               il_error *err) {
    return test->fold == IL_SPREAD ? estimate_spread(test, s, level, out, err)
                                   : estimate_pair(test, s, 1, 0, level, out, err);
}

il_status il_estimate_fold(const il_test *test, const il_samples_of *samples, double level,
                           il_estimate *out, il_error *err) {
    const folded a = {samples->a, samples->arms_a, samples->n, samples->range};
    const folded b = {samples->b, samples->arms_b, samples->n, samples->range};
    il_estimate x, y;
    double each = (1 + level) / 2;
    il_status status = estimate_side(test, &a, each, &x, err);
    if (status == IL_OK)
        status = estimate_side(test, &b, each, &y, err);
    if (status != IL_OK)
        return status;
    if (test->contrast == IL_DIFFERENCE) {
        out->effect = x.effect - y.effect;
        out->interval =
            (il_interval){x.interval.low - y.interval.high, x.interval.high - y.interval.low};
        return IL_OK;
    }
    bool bounded = x.interval.low >= 0 && y.interval.low > 0;
    out->effect = x.effect / y.effect;
    out->interval =
        bounded ? (il_interval){x.interval.low / y.interval.high, x.interval.high / y.interval.low}
                : (il_interval){-(double)INFINITY, (double)INFINITY};
    return IL_OK;
}

il_status il_fold_check(const il_test *test, const char *side, size_t n_arms, const il_place *place,
                        il_error *err) {
    if (test->fold == IL_SPREAD && n_arms < 2)
        return il_fail_at(
            err, place, 0,
            "spread: %s has one arm: give it two at least, as by a list under init:", side);
    if (test->fold == IL_CHANGE && n_arms != 2)
        return il_fail_at(err, place, 0,
                          "change: is from the first to the second of two arms, and %s has %zu: "
                          "give it two, as by a list under init:",
                          side, n_arms);
    return IL_OK;
}
