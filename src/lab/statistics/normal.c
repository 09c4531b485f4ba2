#include "lab/statistics/normal.h"

#include <math.h>
#include <stdbool.h>

#define SQRT_2PI 2.5066282746310005024L
#define SQRT_HALF 0.70710678118654752440L

/* Halley steps on P(Z > x) = q, q <= 1/2. Near the median the equation is written with erf, because
 * 1/2 - q keeps its digits where q does not; there the linear start is within 0.05, and in the tail
 * Hastings' rational function (Abramowitz & Stegun 26.2.23) is within 5e-4, so that two steps of a
 * cubic method suffice. The wide type keeps a subnormal q and its density normal numbers. */
static double upper_quantile(double q) {
    bool central = q > 0.25;
    long double wide = (long double)q, x;
    if (central) {
        x = (0.5L - wide) * SQRT_2PI;
    } else {
        double t = sqrt(-2 * log(q));
        double top = 2.515517 + t * (0.802853 + t * 0.010328);
        double bottom = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
        x = (long double)(t - top / bottom);
    }
    for (int step = 0; step < 2; step++) {
        long double density = expl(-x * x / 2) / SQRT_2PI;
        long double excess =
            central ? (0.5L - wide) - erfl(x * SQRT_HALF) / 2 : erfcl(x * SQRT_HALF) / 2 - wide;
        long double u = excess / density;
        x += u / (1 - x * u / 2);
    }
    return (double)x;
}

double il_normal_quantile(double p) {
    return p < 0.5 ? -upper_quantile(p) : upper_quantile(1 - p);
}

double il_two_sided_z(double level) {
    return upper_quantile((1 - level) / 2);
}

double il_normal_tail(double z) {
    return erfc(z * (double)SQRT_HALF) / 2;
}
