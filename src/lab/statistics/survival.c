/* Restricted means, quantiles, the curve of convergence, and the log-rank test. */
#include "lab/statistics/discrete.h"
#include "lab/statistics/epochs.h"
#include "lab/statistics/normal.h"

#include <math.h>
#include <stdlib.h>

double il_rmst(const uint32_t *T, size_t n, uint32_t budget, double level, il_interval *interval) {
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += T[i];
    double mean = (double)sum / (double)n;
    if (n < 2) {
        *interval = (il_interval){0, budget};
        return mean;
    }
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (T[i] - mean) * (T[i] - mean);
    double half = il_two_sided_z(level) * sqrt(squares / (double)(n - 1) / (double)n);
    *interval = (il_interval){fmax(mean - half, 0), fmin(mean + half, budget)};
    return mean;
}

static size_t converged_by(const uint32_t *T, const unsigned char *converged, size_t n,
                           uint32_t epoch) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += T[i] <= epoch ? converged[i] : 0;
    return count;
}

/* The epoch by which k runs had converged, infinite when fewer ever did. Bisection over the epoch: at most 32 passes,
 * and no copy to sort. */
static double epoch_of(const uint32_t *T, const unsigned char *converged, size_t n, size_t k) {
    uint32_t low = 0, high = UINT32_MAX;
    if (converged_by(T, converged, n, high) < k)
        return (double)INFINITY;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (converged_by(T, converged, n, middle) >= k)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The fraction is compared as the rounded quotient, so that 7 of 100 reaches q = 0.07. */
double il_epoch_quantile(const uint32_t *T, const unsigned char *converged, size_t n, double q) {
    size_t k = (size_t)(q * (double)n);
    k -= k > 0;
    while ((double)k / (double)n < q)
        k++;
    double epoch = epoch_of(T, converged, n, k);
    return isinf(epoch) ? (double)NAN : epoch;
}

il_interval il_epoch_quantile_interval(const uint32_t *T, const unsigned char *converged, size_t n,
                                       double q, double level) {
    size_t low = il_binomial_low(n, q, (1 - level) / 2);
    size_t high = il_binomial_high(n, q, (1 - level) / 2) + 1;
    return (il_interval){low > 0 ? epoch_of(T, converged, n, low) : 0,
                         high <= n ? epoch_of(T, converged, n, high) : (double)INFINITY};
}

size_t il_ecdf(const uint32_t *T, const unsigned char *converged, size_t n, uint32_t *epoch,
               size_t *count) {
    size_t k = 0, steps = 0;
    for (size_t i = 0; i < n; i++)
        if (converged[i])
            epoch[k++] = T[i];
    il_sort_epochs(epoch, k);
    for (size_t i = 0; i < k; i++) {
        steps -= steps > 0 && epoch[steps - 1] == epoch[i];
        epoch[steps] = epoch[i];
        count[steps++] = i + 1;
    }
    return steps;
}

double il_ecdf_band(size_t n, double level) {
    return fmin(1, sqrt(log(2 / (1 - level)) / (2 * (double)n)));
}

/* T of all runs, sorted, and of those that converged, sorted. */
typedef struct arm {
    size_t n, events;
    uint32_t *all, *event;
} arm;

static arm open_arm(const uint32_t *T, const unsigned char *converged, size_t n) {
    arm x = {.n = n, .all = il_sorted_epochs(T, n), .event = calloc(n, sizeof *x.event)};
    if (!x.event)
        return x;
    for (size_t i = 0; i < n; i++)
        if (converged[i])
            x.event[x.events++] = T[i];
    il_sort_epochs(x.event, x.events);
    return x;
}

static void close_arm(arm *x) {
    free(x->all);
    free(x->event);
}

/* Events of x at epoch t, from place *at on, which moves behind them. */
static size_t events_at(const arm *x, uint32_t t, size_t *at) {
    size_t first = *at;
    while (*at < x->events && x->event[*at] == t)
        ++*at;
    return *at - first;
}

/* Observed less expected events of a, and its hypergeometric variance, over the epochs at which a run converged. */
double il_log_rank(const uint32_t *Ta, const unsigned char *converged_a, size_t na,
                   const uint32_t *Tb, const unsigned char *converged_b, size_t nb) {
    arm a = open_arm(Ta, converged_a, na), b = open_arm(Tb, converged_b, nb);
    double excess = 0, variance = 0, p = (double)NAN;
    if (!a.all || !a.event || !b.all || !b.event)
        goto done;
    for (size_t i = 0, j = 0; i < a.events || j < b.events;) {
        uint32_t t = i == a.events                               ? b.event[j]
                     : j == b.events || a.event[i] <= b.event[j] ? a.event[i]
                                                                 : b.event[j];
        double risk_a = (double)(na - il_count_below(a.all, na, t));
        double risk_b = (double)(nb - il_count_below(b.all, nb, t)), risk = risk_a + risk_b;
        double events_a = (double)events_at(&a, t, &i);
        double events = events_a + (double)events_at(&b, t, &j);
        excess += events_a - events * risk_a / risk;
        if (risk > 1)
            variance += events * (risk_a / risk) * (risk_b / risk) * ((risk - events) / (risk - 1));
    }
    p = variance > 0 ? 2 * il_normal_tail(fabs(excess) / sqrt(variance)) : 1;
done:
    close_arm(&a);
    close_arm(&b);
    return p;
}
