/* How many seeds would decide, and how surely fresh ones would decide the same. */
#ifndef IL_LAB_CLAIM_POWER_H
#define IL_LAB_CLAIM_POWER_H

#include "lab/claim/medians.h"

/* What n runs of each arm say of an effect. */
typedef struct il_evidence {
    il_estimate estimate;
    size_t n;
    double level;
    /* The effect's, if it is of medians; else NULL, and the interval's halves shrink as 1/sqrt(n). */
    const il_medians *medians;
} il_evidence;

/* How many runs an arm needs to decide with a probability of 0.9 if the effect, or for medians the law of the epochs, is
 * what it seems to be. SIZE_MAX: no number would. */
size_t il_runs_to_decide(const il_test *test, const il_evidence *evidence);

/* How likely fresh seeds, as many, are not to give this verdict again (with its tag, where it is `tag`), if the effect is
 * what it seems to be. 1 for what is inconclusive. */
double il_miss(const il_test *test, const il_evidence *evidence, il_verdict verdict, il_tag tag,
               double negligible);

#endif
