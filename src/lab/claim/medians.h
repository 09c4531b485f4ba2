/* Medians of epochs, of one arm and of two: what their order statistics bound, and how far off another value is. */
#ifndef IL_LAB_CLAIM_MEDIANS_H
#define IL_LAB_CLAIM_MEDIANS_H

#include "lab/claim/estimate.h"

/* X of n runs are at most the true median of a, and Y that of b: either count is binomial with 1/2. All pairs (X, Y) that
 * chance may have brought about bound the contrast: the least is of a's order statistic X and b's Y + 1, the largest of
 * X + 1 and Y. */
typedef struct il_medians {
    il_contrast contrast;
    size_t n;
    double *a, *b; /* [n], ascending; b NULL for one arm */
    double rho;    /* correlation of X and Y, over paired seeds */
} il_medians;

/* Errors: IL_NO_MEMORY. To be closed in either case. */
il_status il_medians_open(il_contrast contrast, const il_samples_of *samples, il_medians *out,
                          il_error *err);
void il_medians_close(il_medians *medians);

/* The contrast of the sample medians, the lower ones of an even number. The interval of one arm is exact: Conover, Practical
 * Nonparametric Statistics (1999) section 3.2. That of a contrast is of all pairs within an ellipse, that of the normal law
 * with t for z, and of the ends of each arm's exact interval with what is likeliest of the other arm. It supposes nothing of
 * how an arm's law looks about its median, where half of the runs converging makes it jump, and misses less often than
 * announced where it is smooth. Of an arm whose law jumps exactly at the median, against a smooth one, up to one and a half
 * times as many intervals miss as announced. 0 and infinity stand for the runs before the first and after the last. */
il_estimate il_medians_estimate(const il_medians *medians, double level);

/* In standard errors, how far the counts are from those at which the contrast might lie below the bound, or with `above`
 * false above it. It grows as sqrt(n) where the interval's length need not shrink so. 0: it may be on either side. */
double il_medians_distance(const il_medians *medians, double bound, bool above);

#endif
