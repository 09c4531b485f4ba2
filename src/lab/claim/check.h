/* How a claim of each tier is decided from the numbers of its two sides, a file for each tier. */
#ifndef IL_LAB_CLAIM_CHECK_H
#define IL_LAB_CLAIM_CHECK_H

#include "lab/claim/sequence.h"
#include "lab/claim/side.h"

/* Every pair of arms by an interval; the finding is of the pair that stands most in the claim's way. Errors:
 * IL_NO_MEMORY. */
il_status il_check_test(const il_claim *claim, const il_sides *sides, const il_look *look,
                        il_finding *out, il_error *err);

/* Every seed of every pair. `effect` is that of the first seed that fails, else of the nearest to failing. */
void il_check_property(const il_claim *claim, const il_sides *sides, il_finding *out);

/* The hash of all runs of a. Errors: IL_NO_MEMORY. */
il_status il_check_bits(const il_claim *claim, const il_sides *sides, il_finding *out,
                        il_error *err);

/* How far the effect keeps from the margin, in the direction of the claim. */
double il_slack(const il_test *test, double effect);

#endif
