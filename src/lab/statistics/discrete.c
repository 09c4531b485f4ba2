/* Probabilities are sums of weights relative to the likeliest outcome, which follow each other by a rational factor:
 * no factorial, hence no cancellation, and n terms lose at most n roundings. The wide type keeps the weights of
 * outcomes that the double would call impossible; below its least normal one they no longer shrink, and count as 0.
 */
#include "lab/statistics/discrete.h"

#include <float.h>

/* P(k) = P(k-1) * up(k); outcomes from `least` to `most`. */
typedef struct law {
    size_t least, most, mode;
    double odds;    /* binomial: p / (1 - p); 0: hypergeometric */
    size_t a, b, m; /* binomial: a trials; hypergeometric: white, black, drawn */
} law;

static long double up(const law *x, size_t k) {
    long double factor = (long double)(x->a - k + 1) / (long double)k;
    if (x->odds > 0)
        return factor * (long double)x->odds;
    return factor * (long double)(x->m - k + 1) / (long double)(x->b + k - x->m);
}

static law binomial(size_t n, double p) {
    size_t mode = (size_t)(((double)n + 1) * p);
    return (law){.most = n, .mode = mode < n ? mode : n, .odds = p / (1 - p), .a = n};
}

static law hypergeometric(size_t a, size_t b, size_t m) {
    double mode = ((double)m + 1) * ((double)a + 1) / ((double)a + (double)b + 2);
    law x = {.least = m > b ? m - b : 0, .most = m < a ? m : a, .a = a, .b = b, .m = m};
    x.mode = (size_t)mode;
    x.mode = x.mode < x.least ? x.least : x.mode > x.most ? x.most : x.mode;
    return x;
}

/* The weight of k, that of the mode being 1. */
static long double weight(const law *x, size_t k) {
    long double w = 1;
    for (size_t i = x->mode; i < k; i++)
        w *= up(x, i + 1);
    for (size_t i = x->mode; i > k; i--)
        w /= up(x, i);
    return w;
}

/* Sums all weights of at most `limit`, outward until nothing can count any more. */
static long double sum_below(const law *x, long double limit) {
    long double sum = 1 <= limit ? 1 : 0, w = 1;
    for (size_t i = x->mode; i < x->most && w >= LDBL_MIN; i++) {
        w *= up(x, i + 1);
        sum += w <= limit ? w : 0;
    }
    w = 1;
    for (size_t i = x->mode; i > x->least && w >= LDBL_MIN; i--) {
        w /= up(x, i);
        sum += w <= limit ? w : 0;
    }
    return sum;
}

/* The sum of the weights from the least outcome to k, given that of k. */
static long double sum_up_to(const law *x, size_t k, long double w) {
    long double sum = w;
    for (size_t i = k; i > x->least && w >= LDBL_MIN; i--) {
        w /= up(x, i);
        sum += w;
    }
    return sum;
}

il_tail il_binomial_tail(size_t k, size_t n, double p) {
    law x = binomial(n, p);
    long double total = sum_below(&x, 1e30L), w = weight(&x, k);
    if (w < LDBL_MIN && k > x.mode) /* so far beyond it that nothing is missing */
        return (il_tail){1, 0};
    return (il_tail){(double)(sum_up_to(&x, k, w) / total), (double)(w / total)};
}

/* Bisection on a tail; `low` says which. */
static size_t binomial_bound(size_t n, double p, double share, int low) {
    size_t least = 0, most = n;
    while (least < most) {
        size_t k = least + (most - least) / 2;
        /* P(X > k) = P(n - X <= n - k - 1) */
        int enough = low ? il_binomial_tail(k, n, p).up_to >= share
                         : il_binomial_tail(n - k - 1, n, 1 - p).up_to <= share;
        if (enough)
            most = k;
        else
            least = k + 1;
    }
    return least;
}

size_t il_binomial_low(size_t n, double p, double share) {
    return binomial_bound(n, p, share, 1);
}

size_t il_binomial_high(size_t n, double p, double share) {
    return binomial_bound(n, p, share, 0);
}

/* Outcomes that are equally likely differ by roundings only: within 1e-7, as in R's fisher.test. */
double il_hypergeometric_two_sided(size_t k, size_t a, size_t b, size_t m) {
    law x = hypergeometric(a, b, m);
    return (double)(sum_below(&x, weight(&x, k) * (1 + 1e-7L)) / sum_below(&x, 1e30L));
}
