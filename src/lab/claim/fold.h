/* Effects of the arms of one side among themselves, held against those of the other side. */
#ifndef IL_LAB_CLAIM_FOLD_H
#define IL_LAB_CLAIM_FOLD_H

#include "lab/claim/estimate.h"

/* The test's contrast makes one number of every two arms of a side, its fold one of all these, and the contrast again one
 * of both sides. The interval lies between those of the ends of the sides' intervals, each at half the risk; a side's,
 * for a spread over m pairs, between the largest lower and the largest upper end of theirs, each at a part of the risk:
 * while all of them cover, so does it. Errors: IL_NO_MEMORY. */
il_status il_estimate_fold(const il_test *test, const il_samples_of *samples, double level,
                           il_estimate *out, il_error *err);

/* How many arms a side needs: IL_INVALID, with a message, where it has another number. */
il_status il_fold_check(const il_test *test, const char *side, size_t n_arms, const il_place *place,
                        il_error *err);

#endif
