#include "initlab/statistics.h"

#include <math.h>

il_sprt_decision il_sprt_paired(const uint32_t *a, const uint32_t *b, size_t n, const il_sprt *test,
                                size_t *used) {
    double win = log(test->p1 / test->p0), loss = log((1 - test->p1) / (1 - test->p0));
    double upper = log((1 - test->beta) / test->alpha), lower = log(test->beta / (1 - test->alpha));
    size_t wins = 0, losses = 0;
    for (size_t i = 0; i < n; i++) {
        wins += a[i] < b[i];
        losses += a[i] > b[i];
        double ratio = (double)wins * win + (double)losses * loss;
        if (ratio >= upper || ratio <= lower) {
            *used = i + 1;
            return ratio >= upper ? IL_SPRT_P1 : IL_SPRT_P0;
        }
    }
    *used = n;
    return IL_SPRT_CONTINUE;
}

/* ln of (n+1) C(n,k) p^k (1-p)^(n-k), by Stirling's series: libm's lgamma writes a global. */
static double log_factorial(double n) {
    if (n < 16) {
        double product = 1;
        for (double i = 2; i <= n; i++)
            product *= i;
        return log(product);
    }
    double r = 1 / n, r2 = r * r;
    return n * log(n) - n + log(4 * acos(0.0) * n) / 2 + r / 12 * (1 - r2 / 30 * (1 - r2 / 3.5));
}

static double log_weight(double k, double n, double p) {
    double hit = k > 0 ? k * log(p) : 0, miss = k < n ? (n - k) * log1p(-p) : 0;
    return log(n + 1) + log_factorial(n) - log_factorial(k) - log_factorial(n - k) + hit + miss;
}

/* From `outside`, which is rejected, to k/n, which is not. */
static double sprt_end(double k, double n, double outside, double least) {
    double inside = k / n;
    for (int i = 0; i < 60; i++) {
        double p = (outside + inside) / 2;
        if (log_weight(k, n, p) > least)
            inside = p;
        else
            outside = p;
    }
    return outside;
}

il_interval il_sprt_interval(size_t k, size_t n, double level) {
    double least = log(1 - level), hits = (double)k, runs = (double)n;
    if (n == 0)
        return (il_interval){0, 1};
    return (il_interval){k == 0 ? 0 : sprt_end(hits, runs, 0, least),
                         k == n ? 1 : sprt_end(hits, runs, 1, least)};
}
