/* Adaptive Gauss-Kronrod quadrature of several functions at once, and of functions under a Gaussian. What is
 * integrated scales weights, so the bits must be the same everywhere: sums and products in a fixed order, nothing else.
 */
#ifndef IL_THEORY_QUADRATURE_H
#define IL_THEORY_QUADRATURE_H

#include <stdbool.h>
#include <stddef.h>

#define IL_INTEGRANDS 3

/* A panel is halved, `deepest` times at most, where the rules with 7 and 15 points differ by more than `tolerance` of
 * its integral and by more than `negligible` of what was integrated before. */
typedef struct il_precision {
    double tolerance, negligible;
    int deepest;
} il_precision;

/* 7 points leave 1e-10 of what 15 leave 1e-16 of. */
extern const il_precision il_fine;

typedef struct il_integral {
    void (*integrand)(const void *context, double x, double *f); /* f [n] */
    const void *context;
    int n; /* at most IL_INTEGRANDS */
    const il_precision *precision;
    double sum[IL_INTEGRANDS], magnitude[IL_INTEGRANDS]; /* of f and |f|, over what was added */
} il_integral;

/* Adds the integral over [a, b]. */
void il_integral_add(il_integral *in, double a, double b);

/* Adds the integral of a function of a Gaussian z, its density included, over all z, or over z > 0 for an even one.
 * It goes from the middle outward, in panels that start as wide as `scale`, on which the function varies, and are cut
 * at cut[n_cuts]: however far the tails reach, a transition in the middle is seen. */
void il_integral_add_gaussian(il_integral *in, double scale, const double *cut, size_t n_cuts,
                              bool even);

/* The standard normal density. */
double il_gaussian_density(double z);

#endif
