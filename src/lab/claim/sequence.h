/* When a test looks at its runs, and how sure it is then: once, or as a declared sequential test. */
#ifndef IL_LAB_CLAIM_SEQUENCE_H
#define IL_LAB_CLAIM_SEQUENCE_H

#include "lab/claim/estimate.h"

#define IL_LOOK_TEXT 128

typedef struct il_look {
    size_t number; /* from 1; 0: the only one, not of a sequence */
    size_t seeds;
    double level; /* of the interval of one pair of arms */
    bool wald;    /* by il_sprt_interval, which holds at all looks at once */
} il_look;

/* The first look, or the only one. The probability that any look at any pair decides wrongly is below the claim's share of
 * alpha, whatever the look at which a test ends: Wald's test, for shares of one arm and for wins, holds at every look, and
 * for everything else look k of as many as n_max allows has alpha/2^k (Bonferroni's rule). */
il_look il_look_first(const il_claim *claim, bool until_decided);

/* The look after it: a quarter more seeds for Wald's test, twice as many for others, n_max at most. False: that was the
 * last one. */
bool il_look_next(const il_claim *claim, il_look *look);

/* The rule, in words. */
char *il_look_format(const il_claim *claim, const il_look *look, char text[IL_LOOK_TEXT]);

#endif
