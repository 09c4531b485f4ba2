/* Statistics of censored convergence times.
 *
 * T is the epoch of convergence, or the budget B when the run did not converge. Every run counts:
 * there is no "mean of the runs that converged". Formulas: science.md section 4 restates them;
 * sources are below.
 *
 *     #include <initlab.h>
 *     #include <stdio.h>
 *     int main(void) {
 *         il_interval ci = il_wilson(412, 1000, 0.95);
 *         return printf("41.2 %% [%.1f, %.1f]\n", 100 * ci.low, 100 * ci.high) < 0;
 *     }
 */
#ifndef INITLAB_STATISTICS_H
#define INITLAB_STATISTICS_H

#include "status.h"
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef struct il_interval {
    double low, high;
} il_interval;

/* Score interval of a proportion k/n at `level` in (0, 1), 1 <= n. Wilson, JASA 22 (1927) 209. */
il_interval il_wilson(size_t k, size_t n, double level);

/* Quantile of the standard normal, p in (0, 1), relative error below 1e-9. */
double il_normal_quantile(double p);

/* Restricted mean survival time to the budget: the mean of T, with a normal interval from its
 * standard error. T[n], n >= 1 (for n = 1 the interval is [0, budget]); clipped to [0, budget].
 * Royston & Parmar, Stat. Med. 30 (2011) 2409. */
double il_rmst(const uint32_t *T, size_t n, uint32_t budget, double level, il_interval *interval);

/* The q-quantile (0 < q < 1) of the convergence epoch over *all* n runs: the smallest epoch by
 * which at least a fraction q of them had converged. converged[i] is 0 or 1. NaN when fewer than
 * that converged. */
double il_epoch_quantile(const uint32_t *T, const unsigned char *converged, size_t n, double q);

/* A12 = P(Ta < Tb) + P(Ta = Tb)/2, over all pairs: above 1/2 when a is the faster. na, nb >= 1.
 * O((na + nb) log(na + nb)). Vargha & Delaney, J. Educ. Behav. Stat. 25 (2000) 101. NaN without
 * memory. */
double il_a12(const uint32_t *Ta, size_t na, const uint32_t *Tb, size_t nb);

/* Two-sided paired permutation test that the differences a[i] - b[i] are symmetric about 0: the
 * statistic is |sum of differences|, signs are flipped at random in `rounds` resamples of the
 * stream (seed, IL_PURPOSE_PERMUTATION), and p = (1 + #{as extreme}) / (1 + rounds), so p is never
 * 0 and the test is valid. Phipson & Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39. */
double il_permutation_paired(const uint32_t *a, const uint32_t *b, size_t n, size_t rounds,
                             uint64_t seed);

/* Holm's step-down adjustment, in place: p[n] become adjusted p-values, kept in their places; NaN
 * entries (no test) are skipped and not counted. Holm, Scand. J. Stat. 6 (1979) 65. */
void il_holm(double *p, size_t n);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
