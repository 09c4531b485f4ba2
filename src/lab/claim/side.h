/* One side of a claim: a study, its runs where the measure needs them, and the numbers. */
#ifndef IL_LAB_CLAIM_SIDE_H
#define IL_LAB_CLAIM_SIDE_H

#include "lab/claim/estimate.h"

typedef struct il_side {
    il_study study; /* the claim's, from the seeds that were asked for; its arms stay the claim's */
    il_results *results;
    double *value; /* [n_arms][study.seeds] */
} il_side;

typedef struct il_sides {
    il_side a, b; /* b.study.n_arms is 0 where there is only a */
} il_sides;

/* Runs both sides with that many seeds of each arm, those excepted that `sides` has already (from {0}, or fewer seeds
 * before), and measures. Errors: those of il_study_run and il_measure_arm. */
il_status il_sides_run(const il_claim *claim, size_t seeds, const il_check_options *options,
                       il_sides *sides, il_error *err);
void il_sides_free(il_sides *sides);

/* Every arm of a is held against every arm of b: pair `k` is of arms k / others and k % others. With a fold there is one
 * pair, of all arms. */
size_t il_pairs(const il_claim *claim);
size_t il_pair_a(const il_claim *claim, size_t k);
size_t il_pair_b(const il_claim *claim, size_t k);
il_samples_of il_pair_samples(const il_claim *claim, const il_sides *sides, size_t k);

#endif
