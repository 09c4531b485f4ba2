#include "lab/claim/estimate.h"

#include "lab/statistics/normal.h"

#include <math.h>
#include <stdlib.h>

/* Hill's algorithm 396. */
double il_two_sided_t(double level, double n) {
    double p = 1 - level, half_pi = acos(0.0);
    if (n <= 1)
        return 1 / tan(p * half_pi);
    if (n <= 2)
        return sqrt(2 / (p * (2 - p)) - 2);
    double a = 1 / (n - 0.5), b = 48 / (a * a);
    double c = ((20700 * a / b - 98) * a - 16) * a + 96.36;
    double d = ((94.5 / (b + c) - 3) / b + 1) * sqrt(a * half_pi) * n;
    double x = d * p, y = pow(x, 2 / n);
    if (y > 0.05 + a) {
        x = -il_two_sided_z(level);
        y = x * x;
        if (n < 5)
            c += 0.3 * (n - 4.5) * (x + 0.6);
        c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
        y = a * y * y;
        y = y > 0.002 ? expm1(y) : 0.5 * y * y + y;
    } else {
        y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y -
             1) *
                (n + 1) / (n + 2) +
            1 / y;
    }
    return sqrt(n * y);
}

static double mean(const double *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum / (double)n;
}

/* Of the mean of a product of deviations; n >= 2. */
static double covariance_of_means(const double *x, const double *y, size_t n) {
    double mx = mean(x, n), my = mean(y, n), sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - mx) * (y[i] - my);
    return sum / (double)(n - 1) / (double)n;
}

/* Numbers that are all the same, but need not be, pass as if one more run had been elsewhere in their range: runs that
 * all stop at the budget do not pass for certainty. */
static il_estimate student(const double *x, size_t n, double range, double level) {
    il_estimate e = {mean(x, n), {-(double)INFINITY, (double)INFINITY}};
    if (n < 2)
        return e;
    double error = sqrt(covariance_of_means(x, x, n));
    error = error > 0 ? error : range / (double)n;
    double half = il_two_sided_t(level, (double)n - 1) * error;
    e.interval = (il_interval){e.effect - half, e.effect + half};
    return e;
}

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
    double half = il_two_sided_z(level) * sqrt((pa + pb - d * d) / (n + 2));
    return (il_estimate){(only_a - only_b) / n, {fmax(d - half, -1), fmin(d + half, 1)}};
}

static il_status difference_of_means(const il_samples_of *s, double level, il_estimate *out,
                                     il_error *err) {
    double *d = malloc(s->n * sizeof *d);
    if (!d)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu differences", s->n);
    for (size_t i = 0; i < s->n; i++)
        d[i] = s->a[i] - s->b[i];
    *out = student(d, s->n, s->range, level);
    free(d);
    return IL_OK;
}

/* The ratios r for which the mean of a - r b is not told from 0: the roots of
 * (mb² - t² vbb) r² - 2 (ma mb - t² vab) r + (ma² - t² vaa). */
static il_estimate ratio_of_means(const il_samples_of *s, double level) {
    double ma = mean(s->a, s->n), mb = mean(s->b, s->n);
    il_estimate e = {ma / mb, {-(double)INFINITY, (double)INFINITY}};
    if (s->n < 2)
        return e;
    double t = il_two_sided_t(level, (double)s->n - 1), t2 = t * t;
    double least = s->range / (double)s->n * s->range / (double)s->n;
    double vaa = covariance_of_means(s->a, s->a, s->n), vbb = covariance_of_means(s->b, s->b, s->n);
    double vab = covariance_of_means(s->a, s->b, s->n);
    vaa = vaa > 0 ? vaa : least;
    vbb = vbb > 0 ? vbb : least;
    double A = mb * mb - t2 * vbb, B = ma * mb - t2 * vab, C = ma * ma - t2 * vaa;
    double root = B * B - A * C;
    if (A > 0 && root >= 0)
        e.interval = (il_interval){(B - sqrt(root)) / A, (B + sqrt(root)) / A};
    return e;
}

/* Epochs as whole numbers. */
typedef struct times {
    uint32_t *a, *b;    /* [n] */
    unsigned char *all; /* [n] ones: an epoch at the budget is one like any */
} times;

static il_status open_times(const il_samples_of *s, times *t, il_error *err) {
    *t = (times){
        .a = calloc(s->n, sizeof *t->a), .b = calloc(s->n, sizeof *t->b), .all = calloc(s->n, 1)};
    if (!t->a || !t->b || !t->all)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu epochs", s->n);
    for (size_t i = 0; i < s->n; i++) {
        t->a[i] = (uint32_t)s->a[i];
        t->b[i] = s->b ? (uint32_t)s->b[i] : 0;
        t->all[i] = 1;
    }
    return IL_OK;
}

static void close_times(times *t) {
    free(t->a);
    free(t->b);
    free(t->all);
}

/* A contrast lies between those of the ends of both medians' intervals, each at half the risk. */
static il_estimate medians(il_contrast contrast, const times *t, size_t n, double level) {
    double each = contrast == IL_OF_A ? level : (1 + level) / 2;
    double a = il_epoch_quantile(t->a, t->all, n, 0.5);
    il_interval ia = il_epoch_quantile_interval(t->a, t->all, n, 0.5, each);
    if (contrast == IL_OF_A)
        return (il_estimate){a, ia};
    double b = il_epoch_quantile(t->b, t->all, n, 0.5);
    il_interval ib = il_epoch_quantile_interval(t->b, t->all, n, 0.5, each);
    if (contrast == IL_DIFFERENCE)
        return (il_estimate){a - b, {ia.low - ib.high, ia.high - ib.low}};
    /* An epoch is at least 1; too few runs bound a median by 0 and infinity. */
    return (il_estimate){
        a / b,
        {isinf(ib.high) ? 0 : ia.low / ib.high, ib.low > 0 ? ia.high / ib.low : (double)INFINITY}};
}

static il_status of_epochs(il_measure_kind kind, il_contrast contrast, const il_samples_of *s,
                           double level, il_estimate *out, il_error *err) {
    times t;
    il_status status = open_times(s, &t, err);
    if (status == IL_OK && kind == IL_MEDIAN)
        *out = medians(contrast, &t, s->n, level);
    else if (status == IL_OK)
        out->effect = il_a12_interval(t.a, s->n, t.b, s->n, true, level, &out->interval);
    if (status == IL_OK && isnan(out->effect))
        status = il_fail(err, IL_NO_MEMORY, "no memory to compare %zu runs", s->n);
    close_times(&t);
    return status;
}

il_status il_estimate_effect(il_measure_kind kind, il_contrast contrast, const il_samples_of *s,
                             double level, il_estimate *out, il_error *err) {
    if (kind == IL_MEDIAN || kind == IL_PAIRS)
        return of_epochs(kind, contrast, s, level, out, err);
    if (contrast == IL_RATIO)
        *out = ratio_of_means(s, level);
    else if (contrast == IL_DIFFERENCE && kind == IL_SHARE)
        *out = difference_of_shares(s, level);
    else if (contrast == IL_DIFFERENCE)
        return difference_of_means(s, level, out, err);
    else if (kind == IL_WINS)
        *out = wins(s, level);
    else if (kind == IL_SHARE)
        *out = share_of_ones(s, level);
    else
        *out = student(s->a, s->n, s->range, level);
    return IL_OK;
}
