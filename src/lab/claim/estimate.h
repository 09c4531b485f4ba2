/* An effect of arm a, or of a against b, with an interval. */
#ifndef IL_LAB_CLAIM_ESTIMATE_H
#define IL_LAB_CLAIM_ESTIMATE_H

#include "lab/claim/measure.h"

typedef struct il_estimate {
    double effect;
    il_interval interval;
} il_estimate;

/* What the seeds of one or two arms say; a[i] and b[i] have the same seed. */
typedef struct il_samples_of {
    const double *a, *b; /* [n]; b NULL for one arm */
    size_t n;
    double range;    /* of the numbers, where one is known; else 0 */
    bool sequential; /* a share's interval must hold at all n at once */
    size_t arms_a,
        arms_b; /* where a fold makes one of several arms: a [arms_a][n], b [arms_b][n] */
} il_samples_of;

/* The measure's kind and the contrast decide how:
 *
 * share        il_clopper_pearson; sequential: il_sprt_interval
 * wins         the same, of the seeds in which the arms differ
 * mean         the wider of Student's t and of Hall's correction of it for skewness, J. R. Stat. Soc. B 54 (1992) 221,
 *              on either side
 * difference   of shares: Bonett & Price, J. Educ. Behav. Stat. 37 (2012) 479, paired, with t for z; of means: as a mean,
 *              of the differences
 * ratio        of paired means, by Fieller's argument: J. R. Stat. Soc. B 16 (1954) 175; unbounded where b may be 0
 * median       il_medians_estimate: between order statistics
 * pairs        il_a12_interval, paired, with t for z
 *
 * Errors: IL_NO_MEMORY. */
il_status il_estimate_effect(il_measure_kind kind, il_contrast contrast,
                             const il_samples_of *samples, double level, il_estimate *out,
                             il_error *err);

/* The mean of a, of a - b, and the mean of a over that of b. One run bounds nothing. */
il_estimate il_mean(const il_samples_of *samples, double level);
il_estimate il_difference_of_means(const il_samples_of *samples, double level);
il_estimate il_ratio_of_means(const il_samples_of *samples, double level);

/* t with P(|T| < t) = level for `freedom` >= 1 degrees of freedom. Within 0.1 % for 10 and more; Hill, Comm. ACM 13
 * (1970) 619. */
double il_two_sided_t(double level, double freedom);

#endif
