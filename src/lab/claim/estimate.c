#include "lab/claim/medians.h"

#include "lab/statistics/normal.h"

#include <math.h>
#include <stdlib.h>

static il_estimate share(size_t k, size_t n, bool sequential, double level) {
    if (n == 0) /* no seed in which the arms differ */
        return (il_estimate){0.5, {0, 1}};
    return (il_estimate){(double)k / (double)n, sequential ? il_sprt_interval(k, n, level)
                                                           : il_clopper_pearson(k, n, level)};
}

static il_estimate share_of_ones(const il_samples_of *s, double level) {
    size_t ones = 0;
    for (size_t i = 0; i < s->n; i++)
        ones += s->a[i] > 0;
    return share(ones, s->n, s->sequential, level);
}

static il_estimate wins(const il_samples_of *s, double level) {
    size_t won = 0, lost = 0;
    for (size_t i = 0; i < s->n; i++) {
        won += s->a[i] < s->b[i];
        lost += s->a[i] > s->b[i];
    }
    return share(won, won + lost, s->sequential, level);
}

/* From p(only a) - p(only b), one pair of each kind added. */
static il_estimate difference_of_shares(const il_samples_of *s, double level) {
    double only_a = 0, only_b = 0, n = (double)s->n;
    for (size_t i = 0; i < s->n; i++) {
        only_a += s->a[i] > s->b[i];
        only_b += s->a[i] < s->b[i];
    }
    double pa = (only_a + 1) / (n + 2), pb = (only_b + 1) / (n + 2), d = pa - pb;
    double half = il_two_sided_t(level, n) * sqrt((pa + pb - d * d) / (n + 2));
    return (il_estimate){(only_a - only_b) / n, {fmax(d - half, -1), fmin(d + half, 1)}};
}

/* Epochs as whole numbers. */
typedef struct times {
    uint32_t *a, *b; /* [n] */
} times;

static il_status open_times(const il_samples_of *s, times *t, il_error *err) {
    *t = (times){.a = calloc(s->n, sizeof *t->a), .b = calloc(s->n, sizeof *t->b)};
    if (!t->a || !t->b)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu epochs", s->n);
    for (size_t i = 0; i < s->n; i++) {
        t->a[i] = (uint32_t)s->a[i];
        t->b[i] = (uint32_t)s->b[i];
    }
    return IL_OK;
}

static void close_times(times *t) {
    free(t->a);
    free(t->b);
}

/* The level at which a normal interval is as wide as one by Student's t, for a variance that n runs tell. */
static double normal_level(double level, double n) {
    return 1 - 2 * il_normal_tail(il_two_sided_t(level, fmax(n - 1, 1)));
}

static il_status pairs(const il_samples_of *s, double level, il_estimate *out, il_error *err) {
    times t;
    il_status status = open_times(s, &t, err);
    if (status == IL_OK)
        out->effect = il_a12_interval(t.a, s->n, t.b, s->n, true, normal_level(level, (double)s->n),
                                      &out->interval);
    if (status == IL_OK && isnan(out->effect))
        status = il_fail(err, IL_NO_MEMORY, "no memory to compare %zu runs", s->n);
    close_times(&t);
    return status;
}

static il_status medians(il_contrast contrast, const il_samples_of *s, double level,
                         il_estimate *out, il_error *err) {
    il_medians m;
    il_status status = il_medians_open(contrast, s, &m, err);
    if (status == IL_OK)
        *out = il_medians_estimate(&m, level);
    il_medians_close(&m);
    return status;
}

il_status il_estimate_effect(il_measure_kind kind, il_contrast contrast, const il_samples_of *s,
                             double level, il_estimate *out, il_error *err) {
    if (kind == IL_MEDIAN)
        return medians(contrast, s, level, out, err);
    if (kind == IL_PAIRS)
        return pairs(s, level, out, err);
    if (contrast == IL_RATIO)
        *out = il_ratio_of_means(s, level);
    else if (contrast == IL_DIFFERENCE && kind == IL_SHARE)
        *out = difference_of_shares(s, level);
    else if (contrast == IL_DIFFERENCE)
        *out = il_difference_of_means(s, level);
    else if (kind == IL_WINS)
        *out = wins(s, level);
    else if (kind == IL_SHARE)
        *out = share_of_ones(s, level);
    else
        *out = il_mean(s, level);
    return IL_OK;
}
