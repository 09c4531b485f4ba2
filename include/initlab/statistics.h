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
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef struct il_interval {
    double low, high;
} il_interval;

/* Quantile of the standard normal, p in (0, 1), relative error below 1e-9. */
double il_normal_quantile(double p);

/* How often: shares of runs, p-values of exact tests. `level` is in (0, 1). */

/* Score interval of a proportion k/n, 1 <= n. Wilson, JASA 22 (1927) 209. */
il_interval il_wilson(size_t k, size_t n, double level);

/* Exact interval, whose coverage is at least `level` for every n and every proportion. Clopper & Pearson, Biometrika 26
 * (1934) 404. */
il_interval il_clopper_pearson(size_t k, size_t n, double level);

/* Two-sided test that two arms converge equally often, paired by seed: only_a seeds converged under a alone, only_b
 * under b alone. Exact (binomial), and its mid-p variant, which is less conservative and may exceed its level a
 * little. McNemar, Psychometrika 12 (1947) 153; Fagerland et al., BMC Med. Res. Methodol. 13 (2013) 91. */
double il_mcnemar(size_t only_a, size_t only_b);
double il_mcnemar_mid(size_t only_a, size_t only_b);

/* The same for independent arms: ka of na and kb of nb converged. Fisher's exact test, two-sided: the probability of
 * all tables with these margins that are no likelier. */
double il_fisher(size_t ka, size_t na, size_t kb, size_t nb);

/* How fast: T [n] with n >= 1; converged[i] is 0 or 1 */

/* Restricted mean survival time to the budget: the mean of T, with a normal interval from its
 * standard error. T[n], n >= 1 (for n = 1 the interval is [0, budget]); clipped to [0, budget].
 * Royston & Parmar, Stat. Med. 30 (2011) 2409. */
double il_rmst(const uint32_t *T, size_t n, uint32_t budget, double level, il_interval *interval);

/* The q-quantile (0 < q < 1) of the convergence epoch over *all* n runs: the smallest epoch by
 * which at least a fraction q of them had converged. NaN when fewer than that converged. */
double il_epoch_quantile(const uint32_t *T, const unsigned char *converged, size_t n, double q);

/* Its distribution-free interval, between two order statistics; coverage is at least `level` for every law. 0 and
 * INFINITY stand for ends that n runs cannot bound, INFINITY also for an end that too few runs reached. Conover,
 * Practical Nonparametric Statistics (1999) section 3.2. */
il_interval il_epoch_quantile_interval(const uint32_t *T, const unsigned char *converged, size_t n,
                                       double q, double level);

/* The curve of convergence: count[i] of the n runs had converged by epoch[i], ascending, one step for each epoch at
 * which some did. Both have room for n; returns the number of steps. As only the budget censors, 1 - count/n is the
 * Kaplan–Meier estimate. */
size_t il_ecdf(const uint32_t *T, const unsigned char *converged, size_t n, uint32_t *epoch,
               size_t *count);

/* Half the width of a band around count/n that holds the whole true curve with probability `level` at least.
 * Dvoretzky, Kiefer & Wolfowitz with Massart's constant, Ann. Probab. 18 (1990) 1269. */
double il_ecdf_band(size_t n, double level);

/* Which is faster. p-values are two-sided; NaN without memory */

/* A12 = P(Ta < Tb) + P(Ta = Tb)/2, over all pairs: above 1/2 when a is the faster. na, nb >= 1.
 * O((na + nb) log(na + nb)). Vargha & Delaney, J. Educ. Behav. Stat. 25 (2000) 101. */
double il_a12(const uint32_t *Ta, size_t na, const uint32_t *Tb, size_t nb);

/* The same with an interval: Wilson's for the number of runs that gives A12 its variance, as DeLong et al., Biometrics
 * 44 (1988) 837, estimate it for independent arms. `paired`: na = nb, and Ta[i], Tb[i] have the same seed. */
double il_a12_interval(const uint32_t *Ta, size_t na, const uint32_t *Tb, size_t nb, bool paired,
                       double level, il_interval *interval);

/* Mann–Whitney test for independent arms, na, nb >= 1: up to 50 runs together, from the exact distribution of U given
 * the ties; above, from the normal with corrections for ties and continuity. Ann. Math. Stat. 18 (1947) 50. */
double il_mann_whitney(const uint32_t *Ta, size_t na, const uint32_t *Tb, size_t nb);

/* Two-sided paired permutation test that the differences a[i] - b[i] are symmetric about 0: the
 * statistic is |sum of differences|, signs are flipped at random in `rounds` resamples of the
 * stream (seed, IL_PURPOSE_PERMUTATION), and p = (1 + #{as extreme}) / (1 + rounds), so p is never
 * 0 and the test is valid. Phipson & Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39. */
double il_permutation_paired(const uint32_t *a, const uint32_t *b, size_t n, size_t rounds,
                             uint64_t seed);

/* Log-rank test for independent arms: that their curves of convergence are the same. It weighs all epochs alike, so
 * curves that cross cancel. Mantel, Cancer Chemother. Rep. 50 (1966) 163. */
double il_log_rank(const uint32_t *Ta, const unsigned char *converged_a, size_t na,
                   const uint32_t *Tb, const unsigned char *converged_b, size_t nb);

/* Holm's step-down adjustment, in place: p[n] become adjusted p-values, kept in their places; NaN
 * entries (no test) are skipped and not counted. Holm, Scand. J. Stat. 6 (1979) 65. */
void il_holm(double *p, size_t n);

/* Anything else: the bootstrap */

/* A statistic of the observations at the places index[0][n[0]] of the first sample and index[1][n[1]] of the second.
 * It may be infinite but not NaN. */
typedef double il_statistic(const void *context, const uint32_t *const index[2], const size_t n[2]);

/* One sample (n[1] = 0; an observation may be a pair: index both arms by the same place) or two independent ones. */
typedef struct il_resampling {
    size_t n[2];
    il_statistic *statistic;
    const void *context;
    size_t rounds; /* resamples, at least 1; 2,000 or more for an interval */
    uint64_t seed; /* the same seed gives the same resamples */
} il_resampling;

typedef enum il_bootstrap_kind {
    IL_BOOTSTRAP_PERCENTILE,
    IL_BOOTSTRAP_BCA /* corrected for bias and skewness; calls the statistic n more times */
} il_bootstrap_kind;

/* Errors: IL_INVALID without rounds or observations, IL_NO_MEMORY. Efron, JASA 82 (1987) 171. */
il_status il_bootstrap(const il_resampling *resampling, il_bootstrap_kind kind, double level,
                       il_interval *interval, il_error *err);

/* How many runs */

/* Wald's sequential test of p = P(Ta < Tb | Ta != Tb), pairs in the order of their seeds: p0 against p1 > p0, with error
 * probabilities alpha (p1 decided under p0) and beta. It may stop at any pair, and must be asked about the pairs in the
 * same order whenever more are there. Wald, Ann. Math. Stat. 16 (1945) 117. */
typedef struct il_sprt {
    double p0, p1, alpha, beta; /* all in (0, 1) */
} il_sprt;
typedef enum il_sprt_decision { IL_SPRT_CONTINUE, IL_SPRT_P0, IL_SPRT_P1 } il_sprt_decision;

/* The decision after *used of the n pairs, all of them when there is none yet. */
il_sprt_decision il_sprt_paired(const uint32_t *a, const uint32_t *b, size_t n, const il_sprt *test,
                                size_t *used);

/* Runs in each arm with which a two-sided test at level 1 - `level` finds with probability `power` (> 1/2): that the
 * success probabilities a and b of independent arms differ; that an A12 differs from 1/2 (Noether, JASA 82 (1987) 645;
 * times without ties); that a mean differs from a margin by `difference`, where one run contributes the standard
 * deviation `sd` (of T_a - T_b for an RMST difference, paired by seed). SIZE_MAX: no number would. */
size_t il_runs_for_success(double a, double b, double level, double power);
size_t il_runs_for_a12(double a12, double level, double power);
size_t il_runs_for_difference(double difference, double sd, double level, double power);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
