#include "lab/claim/medians.h"

#include "lab/statistics/discrete.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double *sorted(const double *x, size_t n) {
    double *y = calloc(n, sizeof *y);
    if (!y)
        return NULL;
    for (size_t i = 0; i < n; i++)
        y[i] = x[i];
    qsort(y, n, sizeof *y, ascending);
    return y;
}

/* Order statistic k of x, from 1. Epochs lie in 1 … infinity. */
static double order(const double *x, size_t n, size_t k) {
    return k == 0 ? 0 : k <= n ? x[k - 1] : (double)INFINITY;
}

/* The value up to which the share of the runs is nearest to a half: the median, or the value before it. */
static double halving(const double *x, size_t n) {
    double median = x[(n - 1) / 2];
    size_t below = 0, up_to = 0;
    for (size_t i = 0; i < n; i++) {
        below += x[i] < median;
        up_to += x[i] <= median;
    }
    return below + up_to <= n ? median : order(x, n, below);
}

/* The phi coefficient, over the seeds, of being in the lower half, as if four more had shown every combination once: pairs
 * that always agree do not pass for certainty. 0 where an arm has no lower half. */
static double correlation(const il_medians *m, const il_samples_of *s) {
    double half_a = halving(m->a, m->n), half_b = halving(m->b, m->n);
    double n = (double)s->n, in_a = 0, in_b = 0, in_both = 0;
    for (size_t i = 0; i < s->n; i++) {
        bool a = s->a[i] <= half_a, b = s->b[i] <= half_b;
        in_a += a;
        in_b += b;
        in_both += a && b;
    }
    double variances = in_a * (n - in_a) * in_b * (n - in_b);
    return variances > 0 ? (n * in_both - in_a * in_b) / sqrt(variances) * n / (n + 4) : 0;
}

il_status il_medians_open(il_contrast contrast, const il_samples_of *s, il_medians *m,
                          il_error *err) {
    bool two = contrast != IL_OF_A;
    *m = (il_medians){.contrast = contrast, .n = s->n, .a = sorted(s->a, s->n)};
    if (two)
        m->b = sorted(s->b, s->n);
    if (!m->a || (two && !m->b))
        return il_fail(err, IL_NO_MEMORY, "no memory for the medians of %zu runs", s->n);
    if (two)
        m->rho = correlation(m, s);
    return IL_OK;
}

void il_medians_close(il_medians *m) {
    free(m->a);
    free(m->b);
}

/* Of order statistics i of a and j of b. */
static double contrast_of(const il_medians *m, size_t i, size_t j) {
    double a = order(m->a, m->n, i), b = m->b ? order(m->b, m->n, j) : 0;
    return m->contrast == IL_RATIO ? a / b : a - b;
}

/* Of runs that are at most the true median. */
typedef struct counts {
    size_t first, last;
} counts;

/* The whole numbers from middle + low to middle + high, and none outside of `all`; first > last where there are none. */
static counts counts_within(const counts *all, double middle, double low, double high) {
    double first = fmax(ceil(middle + low), (double)all->first);
    double last = fmin(floor(middle + high), (double)all->last);
    return (counts){(size_t)fmin(first, (double)all->last), (size_t)fmax(last, (double)all->first)};
}

il_estimate il_medians_estimate(const il_medians *m, double level) {
    size_t n = m->n, median = (n + 1) / 2, low = il_binomial_low(n, 0.5, (1 - level) / 2);
    const counts all = {low, n - low};
    il_estimate e = {.effect = contrast_of(m, median, median)};
    if (!m->b) {
        e.interval = (il_interval){contrast_of(m, all.first, 0), contrast_of(m, all.last + 1, 0)};
        return e;
    }
    double middle = (double)n / 2, reach = middle - (double)low;
    double radius = il_two_sided_t(level, fmax((double)n - 1, 1)) * sqrt((double)n) / 2;
    /* b's ends, with a where it is likeliest then */
    counts x = counts_within(&all, middle, -m->rho * reach, m->rho * reach);
    e.interval.low = contrast_of(m, x.last, all.last + 1);
    e.interval.high = contrast_of(m, x.first + 1, all.first);
    for (size_t k = all.first; k <= all.last; k++) {
        double dx = (double)k - middle, chord = fmax(radius * radius - dx * dx, 0);
        double half = sqrt((1 - m->rho * m->rho) * chord);
        counts y = counts_within(&all, middle, m->rho * dx - half, m->rho * dx + half);
        e.interval.low = fmin(e.interval.low, contrast_of(m, k, y.last + 1));
        e.interval.high = fmax(e.interval.high, contrast_of(m, k + 1, y.first));
    }
    return e;
}

/* Whether the contrast may be on the bound's other side with these counts; for `above` false both are of runs beyond the
 * median. */
static bool crosses(const il_medians *m, size_t x, size_t y, double bound, bool above) {
    return above ? contrast_of(m, x, y + 1) < bound
                 : contrast_of(m, m->n + 1 - x, m->n - y) > bound;
}

/* u² - 2 rho u v + v², least over all u <= x and v >= y unless that holds the origin: at the corner or on a side. */
static double least_form(double rho, double x, double y) {
    double u = fmin(x, rho * y), v = fmax(y, rho * x);
    return fmin(x * x - 2 * rho * x * v + v * v, u * u - 2 * rho * u * y + y * y);
}

/* The least y at which x crosses grows with x; with it cross all that are larger, and all smaller x. */
double il_medians_distance(const il_medians *m, double bound, bool above) {
    double middle = (double)m->n / 2, nearest = (double)INFINITY;
    for (size_t x = 0, y = 0; x <= m->n; x++) {
        while (y <= m->n && !crosses(m, x, y, bound, above))
            y++;
        if (y > m->n)
            break;
        double dx = (double)x - middle, dy = (double)y - middle;
        nearest = fmin(nearest, dx >= 0 && dy <= 0 ? 0 : least_form(m->rho, dx, dy));
    }
    return sqrt(nearest / (1 - m->rho * m->rho)) / (sqrt((double)m->n) / 2);
}
