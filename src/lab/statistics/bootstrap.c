#include "lab/statistics/normal.h"

#include "initlab/rng.h"
#include <math.h>
#include <stdlib.h>

static int compare(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double evaluate(const il_resampling *r, uint32_t *const index[2], const size_t n[2]) {
    const uint32_t *places[2] = {index[0], index[1]};
    return r->statistic(r->context, places, n);
}

/* value[rounds] of the statistic on samples drawn with replacement. A place is drawn as floor(n w / 2^32), whose bias
 * is below n / 2^32. */
static void resample(const il_resampling *r, uint32_t *const index[2], double *value) {
    il_stream stream = il_stream_open(r->seed, IL_PURPOSE_PERMUTATION, 1);
    for (size_t round = 0; round < r->rounds; round++) {
        for (size_t g = 0; g < 2; g++) {
            il_stream_words(&stream, r->n[g], index[g]);
            for (size_t i = 0; i < r->n[g]; i++)
                index[g][i] = (uint32_t)(((uint64_t)index[g][i] * r->n[g]) >> 32);
        }
        value[round] = evaluate(r, index, r->n);
    }
}

static void identity(const il_resampling *r, uint32_t *const index[2]) {
    for (size_t g = 0; g < 2; g++)
        for (uint32_t i = 0; i < r->n[g]; i++)
            index[g][i] = i;
}

/* From the statistic without each observation in turn: its skewness, a sixth of which is the acceleration.
 * `value` is room for the larger sample. */
static double acceleration(const il_resampling *r, uint32_t *const index[2], double *value) {
    double cubes = 0, squares = 0;
    for (size_t g = 0; g < 2; g++) {
        size_t left[2] = {r->n[0], r->n[1]};
        double n = (double)r->n[g], mean = 0;
        if (r->n[g] < 2)
            continue;
        left[g]--;
        identity(r, index);
        for (size_t i = r->n[g];
             i-- > 0;) { /* the last place holds i, the places before it the others */
            uint32_t other = index[g][r->n[g] - 1];
            index[g][r->n[g] - 1] = index[g][i];
            index[g][i] = other;
            value[i] = evaluate(r, index, left);
            index[g][i] = index[g][r->n[g] - 1];
            index[g][r->n[g] - 1] = other;
            mean += value[i] / n;
        }
        for (size_t i = 0; i < r->n[g]; i++) {
            double u = (n - 1) * (mean - value[i]) / n;
            squares += u * u;
            cubes += u * u * u;
        }
    }
    return squares > 0 ? cubes / (6 * squares * sqrt(squares)) : 0;
}

/* The q-quantile of sorted[n], linear between neighbours. */
static double quantile(const double *sorted, size_t n, double q) {
    double place = q * (double)(n - 1);
    size_t i = (size_t)place;
    double part = place - (double)i;
    if (part == 0 || sorted[i] == sorted[i + 1])
        return sorted[i];
    return sorted[i] + part * (sorted[i + 1] - sorted[i]);
}

/* The share of resamples that lies below the q-quantile of an unbiased, unskewed law. */
static double corrected(double q, double bias, double skew) {
    double z = bias + il_normal_quantile(q), scale = 1 - skew * z;
    if (scale <= 0) /* so skewed that the correction has passed its pole */
        return z > 0 ? 1 : 0;
    return il_normal_tail(-bias - z / scale);
}

/* Half of the ties count as below. Kept from 0 and 1, where the estimate lies outside all resamples. */
static double bias_of(const double *value, size_t n, double estimate) {
    double below = 0, least = 0.5 / (double)n;
    for (size_t i = 0; i < n; i++)
        below += value[i] < estimate ? 1 : value[i] == estimate ? 0.5 : 0;
    return il_normal_quantile(fmin(fmax(below / (double)n, least), 1 - least));
}

il_status il_bootstrap(const il_resampling *r, il_bootstrap_kind kind, double level,
                       il_interval *interval, il_error *err) {
    size_t most = r->n[0] > r->n[1] ? r->n[0] : r->n[1], rounds = r->rounds;
    if (rounds < 1 || r->n[0] < 1 || most > UINT32_MAX)
        return il_fail(err, IL_INVALID,
                       "bootstrap of %zu observations in %zu rounds: both must be at least 1", most,
                       rounds);
    double *value = calloc(rounds, sizeof *value), *without = calloc(most, sizeof *without);
    uint32_t *index[2] = {calloc(r->n[0], sizeof **index), calloc(r->n[1] + 1, sizeof **index)};
    il_status status = IL_OK;
    if (!value || !without || !index[0] || !index[1]) {
        status = il_fail(err, IL_NO_MEMORY, "no memory for a bootstrap of %zu observations", most);
        goto done;
    }
    double low = (1 - level) / 2, high = 1 - low;
    resample(r, index, value);
    if (kind == IL_BOOTSTRAP_BCA) {
        identity(r, index);
        double bias = bias_of(value, rounds, evaluate(r, index, r->n));
        double skew = acceleration(r, index, without);
        low = corrected(low, bias, skew);
        high = corrected(high, bias, skew);
    }
    qsort(value, rounds, sizeof *value, compare);
    *interval = (il_interval){quantile(value, rounds, low), quantile(value, rounds, high)};
done:
    free(value);
    free(without);
    free(index[0]);
    free(index[1]);
    return status;
}
