#include "lab/statistics/discrete.h"
#include "lab/statistics/normal.h"

#include <math.h>

/* The ends are the roots of (n + z²) x² - (2k + z²) x + k²/n = 0 with k = n share. The lower one comes from their
 * product, which does not cancel for small k and is exactly 0 for k = 0. */
il_interval il_wilson_share(double share, double n, double level) {
    double hits = n * share, z = il_two_sided_z(level), z2 = z * z;
    double larger = hits + z2 / 2 + z * sqrt(hits * (1 - share) + z2 / 4);
    return (il_interval){hits * share / larger, share < 1 ? larger / (n + z2) : 1};
}

il_interval il_wilson(size_t k, size_t n, double level) {
    return il_wilson_share((double)k / (double)n, (double)n, level);
}

/* P(X <= k), from the tail that k is in: far from the mode a weight is 0. */
static double up_to(size_t k, size_t n, double p) {
    return (double)k < (double)n * p ? il_binomial_tail(k, n, p).up_to
                                     : 1 - il_binomial_tail(n - k - 1, n, 1 - p).up_to;
}

/* The p at which at most k < n hits have the given probability, which falls as p rises. */
static double share_with_tail(size_t k, size_t n, double tail) {
    double low = 0, high = 1;
    for (int i = 0; i < 60; i++) {
        double p = (low + high) / 2;
        if (up_to(k, n, p) > tail)
            low = p;
        else
            high = p;
    }
    return (low + high) / 2;
}

il_interval il_clopper_pearson(size_t k, size_t n, double level) {
    double tail = (1 - level) / 2;
    return (il_interval){k > 0 ? 1 - share_with_tail(n - k, n, tail) : 0,
                         k < n ? share_with_tail(k, n, tail) : 1};
}

double il_mcnemar(size_t only_a, size_t only_b) {
    size_t fewer = only_a < only_b ? only_a : only_b;
    return fmin(1, 2 * il_binomial_tail(fewer, only_a + only_b, 0.5).up_to);
}

double il_mcnemar_mid(size_t only_a, size_t only_b) {
    size_t fewer = only_a < only_b ? only_a : only_b;
    il_tail tail = il_binomial_tail(fewer, only_a + only_b, 0.5);
    return fmin(1, 2 * tail.up_to - tail.at);
}

double il_fisher(size_t ka, size_t na, size_t kb, size_t nb) {
    return fmin(1, il_hypergeometric_two_sided(ka, na, nb, ka + kb));
}
