/* exp(x) - 1 for x <= 0, the branch of exponential units: portable and vectorizable like elementary.h, from
 * whose reduction it is made. Accurate to 2 ulp, near 0 too, where exp(x) - 1 itself would lose every digit.
 */
#ifndef IL_BASE_EXPM1_H
#define IL_BASE_EXPM1_H

#include "base/elementary.h"

#ifdef IL_DOUBLE
#define IL_EXPM1_NONPOSITIVE il_expm1_nonpositive
#else
#define IL_EXPM1_NONPOSITIVE il_expm1_nonpositivef
#endif

/* exp(x) = (1 + w) 2^n, so exp(x) - 1 = 2^n w + (2^n - 1); the bracket is exact. Where x is cut, the result
 * is -1 to the last bit. */
IL_INLINE float il_expm1_nonpositivef(float x) {
    uint32_t e;
    const float w = il_exp_splitf(x < -32.0f ? -32.0f : x, 127.0f, &e);
    const float scale = il_bits_float(e << 23);
    return scale * w + (scale - 1.0f);
}

IL_INLINE double il_expm1_nonpositive(double x) {
    uint64_t e;
    const double w = il_exp_split(x < -64.0 ? -64.0 : x, 1023.0, &e);
    const double scale = il_bits_double(e << 52);
    return scale * w + (scale - 1.0);
}

#endif
