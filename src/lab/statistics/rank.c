/* Comparisons of two arms by the order of their times alone. */
#include "lab/statistics/epochs.h"
#include "lab/statistics/normal.h"

#include <math.h>
#include <stdlib.h>

/* 2 #{sorted > x} + #{sorted = x} */
static uint64_t twice_above(const uint32_t *sorted, size_t n, uint32_t x) {
    return (n - il_count_below(sorted, n, x)) + (n - il_count_up_to(sorted, n, x));
}

/* Of all pairs, twice those with Ta < Tb, and ties once. */
static uint64_t twice_wins(const uint32_t *Ta, size_t na, const uint32_t *sorted_b, size_t nb) {
    uint64_t twice = 0;
    for (size_t i = 0; i < na; i++)
        twice += twice_above(sorted_b, nb, Ta[i]);
    return twice;
}

double il_a12(const uint32_t *Ta, size_t na, const uint32_t *Tb, size_t nb) {
    uint32_t *sorted = il_sorted_epochs(Tb, nb);
    if (!sorted)
        return (double)NAN;
    uint64_t twice = twice_wins(Ta, na, sorted, nb);
    free(sorted);
    return (double)twice / (2 * (double)na * (double)nb);
}

/* P(a run of a is faster than one of b) as seen from run i of a, and as seen from run j of b: their deviations from A12
 * are what the run contributes to its error. */
typedef struct views {
    const uint32_t *Ta, *Tb, *sorted_a, *sorted_b;
    size_t na, nb;
} views;

static double view_of_a(const views *v, size_t i) {
    return (double)twice_above(v->sorted_b, v->nb, v->Ta[i]) / (2 * (double)v->nb);
}

static double view_of_b(const views *v, size_t j) {
    return 1 - (double)twice_above(v->sorted_a, v->na, v->Tb[j]) / (2 * (double)v->na);
}

/* The variance of A12, 0 from a single run. */
static double variance_of_a12(const views *v, double a12, bool paired) {
    double of_a = 0, of_b = 0, of_both = 0;
    for (size_t i = 0; i < v->na; i++) {
        double d = view_of_a(v, i) - a12, both = d;
        of_a += d * d;
        if (paired) {
            both += view_of_b(v, i) - a12;
            of_both += both * both;
        }
    }
    for (size_t j = 0; !paired && j < v->nb; j++) {
        double d = view_of_b(v, j) - a12;
        of_b += d * d;
    }
    double na = (double)v->na, nb = (double)v->nb;
    if (paired)
        return v->na > 1 ? of_both / (na - 1) / na : 0;
    return (v->na > 1 ? of_a / (na - 1) / na : 0) + (v->nb > 1 ? of_b / (nb - 1) / nb : 0);
}

/* Wilson's interval for as many runs as have A12's variance. Its variance is at most A12 (1 - A12) / m, m the fewer
 * runs, and twice that when paired, which bounds the number below; and one run alone can move A12 by 1/m, which bounds
 * it above, so that runs that all tie do not pass for certainty. */
double il_a12_interval(const uint32_t *Ta, size_t na, const uint32_t *Tb, size_t nb, bool paired,
                       double level, il_interval *interval) {
    uint32_t *sorted_a = il_sorted_epochs(Ta, na), *sorted_b = il_sorted_epochs(Tb, nb);
    double a12 = (double)NAN;
    *interval = (il_interval){(double)NAN, (double)NAN};
    if (sorted_a && sorted_b) {
        views v = {Ta, Tb, sorted_a, sorted_b, na, nb};
        a12 = (double)twice_wins(Ta, na, sorted_b, nb) / (2 * (double)na * (double)nb);
        double m = (double)(na < nb ? na : nb), spread = a12 * (1 - a12);
        double runs = spread / fmax(variance_of_a12(&v, a12, paired), 1 / (m * m));
        *interval = il_wilson_share(a12, spread > 0 ? fmax(runs, paired ? m / 2 : m) : m, level);
    }
    free(sorted_a);
    free(sorted_b);
    return a12;
}

#define EXACT 50 /* runs of both arms; C(50, 25) < 2^53, so that all counts are exact */

/* Twice the midranks of the pooled runs, ascending. */
static void twice_midranks(const uint32_t *pooled, size_t n, size_t *rank) {
    for (size_t i = 0; i < n; i++)
        rank[i] = il_count_below(pooled, n, pooled[i]) + il_count_up_to(pooled, n, pooled[i]) + 1;
}

/* The exact null distribution given the ties: ways[k][s] to choose k of the runs whose doubled midranks sum to s. */
static double exact_p(const uint32_t *pooled, size_t na, size_t n, size_t observed) {
    size_t rank[EXACT], width = n * (n + 1) + 1;
    double *ways = calloc((na + 1) * width, sizeof *ways);
    if (!ways)
        return (double)NAN;
    twice_midranks(pooled, n, rank);
    ways[0] = 1;
    for (size_t i = 0; i < n; i++)
        for (size_t k = na; k-- > 0;)
            for (size_t s = 0; s + rank[i] < width; s++)
                ways[(k + 1) * width + s + rank[i]] += ways[k * width + s];
    double total = 0, up_to = 0, from = 0;
    for (size_t s = 0; s < width; s++) {
        double w = ways[na * width + s];
        total += w;
        up_to += s <= observed ? w : 0;
        from += s >= observed ? w : 0;
    }
    free(ways);
    return fmin(1, 2 * fmin(up_to, from) / total);
}

/* With the correction for ties, and for continuity. */
static double normal_p(const uint32_t *pooled, size_t na, size_t nb, double wins) {
    double n = (double)na + (double)nb, pairs = (double)na * (double)nb, ties = 0;
    for (size_t i = 0, end; i < na + nb; i = end) {
        end = il_count_up_to(pooled, na + nb, pooled[i]);
        double t = (double)(end - i);
        ties += t * (t * t - 1);
    }
    double variance = pairs / 12 * (n + 1 - ties / (n * (n - 1)));
    if (!(variance > 0))
        return 1;
    double z = (fabs(wins - pairs / 2) - 0.5) / sqrt(variance);
    return fmin(1, 2 * il_normal_tail(z));
}

double il_mann_whitney(const uint32_t *Ta, size_t na, const uint32_t *Tb, size_t nb) {
    size_t n = na + nb;
    uint32_t *pooled = calloc(n, sizeof *pooled);
    if (!pooled)
        return (double)NAN;
    for (size_t i = 0; i < n; i++)
        pooled[i] = i < na ? Ta[i] : Tb[i - na];
    il_sort_epochs(pooled, n);
    uint64_t ranks = 0; /* of a, doubled */
    for (size_t i = 0; i < na; i++)
        ranks += il_count_below(pooled, n, Ta[i]) + il_count_up_to(pooled, n, Ta[i]) + 1;
    double wins = (double)(ranks - (uint64_t)na * (na + 1)) / 2; /* pairs with Ta > Tb */
    double p = n <= EXACT ? exact_p(pooled, na, n, ranks) : normal_p(pooled, na, nb, wins);
    free(pooled);
    return p;
}
