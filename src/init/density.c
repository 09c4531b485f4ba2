/* Densities of mean 0 and variance 1. */
#include "initlab/init.h"

#include <math.h>

static const double root_two_pi = 2.5066282746310005;

double il_density_normal(double z) {
    return exp(-z * z / 2) / root_two_pi;
}

double il_density_uniform(double z) {
    const double root_three = 1.7320508075688772;
    return fabs(z) < root_three ? 1 / (2 * root_three) : 0;
}

/* y = s z is a standard normal cut at 2: s is the standard deviation that the cut leaves. */
double il_density_truncated(double z) {
    const double s = 0.87962566103423978, kept = 0.95449973610364158;
    double y = s * z;
    return fabs(y) < 2 ? s * exp(-y * y / 2) / (root_two_pi * kept) : 0;
}
