#include "initlab/statistics.h"

#include <math.h>

/* Ascending over the distinct values, without memory: equal p-values share the adjustment of the
 * first of them, which is the largest. An entry that is done carries a sign bit until the end. */
void il_holm(double *p, size_t n) {
    size_t left = 0; /* comparisons not yet adjusted, NaN not counted */
    for (size_t i = 0; i < n; i++)
        left += !isnan(p[i]) && !signbit(p[i]);
    double adjusted = 0;
    while (left > 0) {
        double least = (double)INFINITY;
        for (size_t i = 0; i < n; i++)
            if (!signbit(p[i]) && p[i] < least)
                least = p[i];
        adjusted = fmin(fmax((double)left * least, adjusted), 1);
        for (size_t i = 0; i < n; i++)
            if (!signbit(p[i]) && p[i] == least) {
                p[i] = -adjusted;
                left--;
            }
    }
    for (size_t i = 0; i < n; i++)
        p[i] = fabs(p[i]);
}
