/* The normal distribution function Φ: portable and vectorizable like elementary.h, from which it is made. Within 5
 * ulp over the whole range, subnormals included; the float function rounds the double one.
 *
 * The lower tail is exp(-a²/2)/(a + 3/4) times what is nearly constant, a polynomial in (a - K)/(a + K)
 * (Shepherd & Laframboise, Mathematics of Computation 36 (1981) 249). The coefficients come from
 * tests/golden/elementary_minimax.py.
 */
#ifndef IL_BASE_NORMAL_H
#define IL_BASE_NORMAL_H

#include "base/elementary.h"

#define IL_NORMAL_FAR 40.0 /* beyond this exp(-a²/2) is 0 */

/* |x|, no more than IL_NORMAL_FAR. */
IL_INLINE double il_normal_distance(double x) {
    const double a = il_bits_double(il_double_bits(x) & ~IL_DOUBLE_SIGN);
    return a > IL_NORMAL_FAR ? IL_NORMAL_FAR : a;
}

/* exp(-a²/2) for a in [0, IL_NORMAL_FAR]. The rounding of the square, which exp would magnify, is taken back. */
IL_INLINE double il_gaussian(double a) {
    const double top = il_bits_double(il_double_bits(a) & ~UINT64_C(0x7ffffff)), end = a - top;
    const double square = a * a;
    const double rest = ((top * top - square) + 2.0 * (top * end)) + end * end;
    const double y = il_exp(-0.5 * square);
    return y - y * (0.5 * rest);
}

/* P(Z > a)/exp(-a²/2) for a in [0, IL_NORMAL_FAR], Z a standard normal. */
IL_INLINE double il_normal_ratio(double a) {
    const double q = (a - 4.5) / (a + 4.5);
    double P = -0x1.0d5506255421dp-28 + q * -0x1.e8d4b53de4a06p-32;
    P = 0x1.cb7e491f27dd2p-26 + q * (-0x1.631079b60beccp-28 + q * P);
    P = -0x1.0706f4adaa44ap-23 + q * (0x1.0e43087b90f61p-24 + q * P);
    P = 0x1.4349e11ea3ce5p-21 + q * (-0x1.c9e2605a82f2cp-22 + q * P);
    P = -0x1.113ae97932e64p-18 + q * (0x1.59f604c09208bp-19 + q * P);
    P = 0x1.39a75fc450a75p-15 + q * (-0x1.f5633bc29af24p-17 + q * P);
    P = -0x1.8d11049eb0f8ap-12 + q * (0x1.1d489ff95b158p-14 + q * P);
    P = 0x1.6c60fcf696dd8p-9 + q * (0x1.956fcd368b523p-13 + q * P);
    P = 0x1.b4a6fd6def5e3p-6 + q * (-0x1.7db93a3d2b9e3p-7 + q * P);
    P = 0x1.3a36029433f96p-5 + q * (-0x1.4bcc0af7c0730p-5 + q * P);
    P = -0x1.c66b0fe7b31f7p-5 + q * (-0x1.9fb920392693ep-8 + q * P);
    return (0x1.c7e72d5d8cda6p-2 + q * P) / (a + 0.75);
}

IL_INLINE double il_normal_cdf(double x) {
    const double a = il_normal_distance(x);
    const double tail = il_gaussian(a) * il_normal_ratio(a);
    return x < 0.0 ? tail : 1.0 - tail;
}

IL_INLINE float il_normal_cdff(float x) {
    return (float)il_normal_cdf((double)x);
}

#endif
