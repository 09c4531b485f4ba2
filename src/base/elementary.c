/* Sine and cosine of any argument: reduction modulo pi/2 to a sum of two doubles, then polynomials
 * on an eighth of a turn. The float functions round the double ones: within 0.501 ulp.
 */
#include "base/elementary.h"

/* x = quarter * pi/2 + high + low, with |high| about pi/4 at most and low below its last bit. */
typedef struct il_angle {
    double high, low;
    uint32_t quarter; /* modulo 4 */
} il_angle;

/* pi/2 = HALF_PI[0] + HALF_PI[1] + HALF_PI[2]: two parts of 33 bits, whose products with a quarter
 * below 2^20 are exact, and a double. */
static const double HALF_PI[3] = {0x1.921fb544p+0, 0x1.0b4611a6p-34, 0x1.3198a2e037073p-69};

/* For |x| < 2^20. */
static il_angle reduce_small(double x) {
    const double t = x * 0x1.45f306dc9c883p-1 + IL_DOUBLE_ROUND;
    const double n = t - IL_DOUBLE_ROUND;
    const double a = x - n * HALF_PI[0], b = -n * HALF_PI[1]; /* both exact */
    const double sum = a + b, back = sum - a;
    const double rest = ((a - (sum - back)) + (b - back)) - n * HALF_PI[2];
    const double high = sum + rest;
    return (il_angle){high, (sum - high) + rest, (uint32_t)il_double_bits(t)};
}

/* 64 zero bits, then the first 1184 bits of 2/pi after the binary point. */
static const uint32_t TWO_OVER_PI[39] = {
    0x00000000, 0x00000000, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041,
    0xfe5163ab, 0xdebbc561, 0xb7246e3a, 0x424dd2e0, 0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e,
    0xe88235f5, 0x2ebb4484, 0xe99c7026, 0xb45f7e41, 0x3991d639, 0x835339f4, 0x9c845f8b, 0xbdf9283b,
    0x1ff897ff, 0xde05980f, 0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7, 0x4f463f66, 0x9e5fea2d,
    0x7527bac7, 0xebe5f17b, 0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1, 0x1f8d5d08, 0x56033046,
};

/* (high + low) * pi/2, with every product split so that it is exact. */
static il_angle times_half_pi(double high, double low) {
    const double top = il_bits_double(il_double_bits(high) & ~UINT64_C(0x7ffffff));
    const double end = high - top;
    const double pi_top = 0x1.921fb5p+0, pi_end = 0x1.110b46p-26, pi_low = 0x1.1a62633145c07p-54;
    const double product = high * (pi_top + pi_end);
    const double error = ((top * pi_top - product) + (top * pi_end + end * pi_top)) + end * pi_end;
    const double rest = error + (high * pi_low + low * pi_top);
    const double sum = product + rest;
    return (il_angle){sum, (product - sum) + rest, 0};
}

/* For finite |x| >= 2^20: x = M 2^E with a 53-bit M. The bits of 2/pi whose product with x is a
 * multiple of 4 do not matter, and the 192 after them leave an error below 2^-137 quarters; no
 * double lies nearer than 2^-62 to a multiple of pi/2. Payne & Hanek, SIGNUM Newsletter 18
 * (1983) 19. */
static il_angle reduce_large(double x) {
    const uint64_t bits = il_double_bits(x);
    const uint64_t M = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
    const uint32_t E_plus_62 = (uint32_t)(bits >> 52 & 0x7ff) - (1075 - 62);
    const uint32_t *const first = TWO_OVER_PI + E_plus_62 / 32;
    const uint32_t shift = 32 - E_plus_62 % 32;

    /* P = M * window modulo 2^192, least significant limb first; its unit is 2^-190 quarters. */
    uint32_t P[6] = {0};
    uint64_t low_carry = 0, high_carry = 0;
    for (int i = 0; i < 6; i++) {
        const uint64_t pair = (uint64_t)first[5 - i] << 32 | first[6 - i];
        const uint64_t limb = pair >> shift & UINT32_MAX;
        const uint64_t low = (M & UINT32_MAX) * limb + low_carry;
        const uint64_t sum = (low & UINT32_MAX) + (high_carry & UINT32_MAX);
        P[i] = (uint32_t)sum;
        low_carry = (low >> 32) + (sum >> 32);
        high_carry = (M >> 32) * limb + (high_carry >> 32);
    }

    /* Nearest quarter, and the distance to it as a magnitude and a sign; the complement is one unit
     * short of the negative, far below the error. */
    const uint32_t negative = P[5] >> 29 & 1;
    const uint32_t quarter = (P[5] >> 30) + negative;
    for (int i = 0; i < 6; i++)
        P[i] ^= 0 - negative;
    P[5] &= UINT32_MAX >> 2;

    double high = 0.0, low = 0.0, unit = 0x1p-30;
    for (int i = 5; i >= 0; i--, unit *= 0x1p-32) {
        const double term = P[i] * unit, sum = high + term;
        low += term - (sum - high);
        high = sum;
    }

    il_angle angle = times_half_pi(high, low);
    angle.quarter = quarter;
    if (negative != bits >> 63) {
        angle.high = -angle.high;
        angle.low = -angle.low;
    }
    if (bits >> 63)
        angle.quarter = 0 - quarter;
    return angle;
}

static il_angle reduce(double x) {
    return fabs(x) < 0x1p20 ? reduce_small(x) : reduce_large(x);
}

static double kernel_sin(double x, double low) {
    const double z = x * x;
    double P = -0x1.ae5e4bea63d11p-26 + z * 0x1.5d8b80443bcfap-33;
    P = -0x1.a01a019be9654p-13 + z * (0x1.71de35558a09ap-19 + z * P);
    P = -0x1.5555555555548p-3 + z * (0x1.111111110f731p-7 + z * P);
    return x + (low * (1.0 - 0.5 * z) + x * z * P);
}

static double kernel_cos(double x, double low) {
    const double z = x * x, h = 0.5 * z, w = 1.0 - h;
    double Q = 0x1.1ee9dbb130bdbp-29 + z * -0x1.8fa673bc8e671p-37;
    Q = 0x1.a01a019c8efb5p-16 + z * (-0x1.27e4f7f16aecap-22 + z * Q);
    Q = 0x1.555555555554bp-5 + z * (-0x1.6c16c16c15014p-10 + z * Q);
    return w + (((1.0 - w) - h) + (z * z * Q - x * low));
}

/* sin(angle + turn pi/2). */
static double sin_quarter(il_angle angle, uint32_t turn) {
    const uint32_t quarter = angle.quarter + turn;
    const double y =
        quarter & 1 ? kernel_cos(angle.high, angle.low) : kernel_sin(angle.high, angle.low);
    return quarter & 2 ? -y : y;
}

double il_sin(double x) {
    if (fabs(x) < 0x1p-26)
        return x;
    if (!(fabs(x) < HUGE_VAL))
        return x - x;
    return sin_quarter(reduce(x), 0);
}

double il_cos(double x) {
    if (!(fabs(x) < HUGE_VAL))
        return x - x;
    return sin_quarter(reduce(x), 1);
}

float il_sinf(float x) {
    return (float)il_sin((double)x);
}

float il_cosf(float x) {
    return (float)il_cos((double)x);
}
