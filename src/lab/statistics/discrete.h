/* Exact binomial and hypergeometric probabilities, for the files of this folder. */
#ifndef IL_LAB_STATISTICS_DISCRETE_H
#define IL_LAB_STATISTICS_DISCRETE_H

#include <stddef.h>

/* X ~ Binomial(n, p), 0 < p < 1: P(X <= k), and P(X = k). */
typedef struct il_tail {
    double up_to, at;
} il_tail;
il_tail il_binomial_tail(size_t k, size_t n, double p);

/* The smallest k with P(X <= k) >= share, and the smallest with P(X > k) <= share; 0 < share < 1. */
size_t il_binomial_low(size_t n, double p, double share);
size_t il_binomial_high(size_t n, double p, double share);

/* Draw m of a + b balls, a of them white: the probability of all outcomes that are no likelier than
 * k white ones. */
double il_hypergeometric_two_sided(size_t k, size_t a, size_t b, size_t m);

#endif
