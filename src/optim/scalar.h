/* Arithmetic that the optimizers share, for one number of il_real. */
#ifndef IL_OPTIM_SCALAR_H
#define IL_OPTIM_SCALAR_H

#include "base/clones.h"
#include "initlab/status.h"

#include <float.h>

#ifdef IL_DOUBLE
#define IL_SQRT __builtin_sqrt
#define IL_ABS __builtin_fabs
#define IL_SMALLEST_NORMAL DBL_MIN
#else
#define IL_SQRT __builtin_sqrtf
#define IL_ABS __builtin_fabsf
#define IL_SMALLEST_NORMAL FLT_MIN
#endif

/* Moments that decay below the smallest normal number become 0: left alone they would settle on a
 * subnormal (0.9 times 4 units of the last place rounds to 4), where arithmetic is a hundred times
 * slower. */
IL_INLINE il_real il_flush(il_real x) {
    return IL_ABS(x) < IL_SMALLEST_NORMAL ? 0 : x;
}

/* beta^(t+1) from beta^t; 0 once 1 - beta^t is 1, long before it becomes subnormal. */
IL_INLINE double il_decay(double power, double beta) {
    double next = power * beta;
    return next < 0x1p-60 ? 0 : next;
}

/* -1, 0 or 1; NaN for NaN. */
IL_INLINE il_real il_sign(il_real x) {
    return x > 0 ? 1 : x < 0 ? -1 : x;
}

#endif
