/* Expectations over a Gaussian by adaptive Gauss-Kronrod quadrature. Gains scale weights, so the bits must
 * be the same everywhere: arithmetic, square roots and the library's own exponential only.
 */
#include "initlab/theory.h"

#include "base/elementary.h"
#include "nn/activation.h"

/* The pair of rules with 7 and 15 points on [-1, 1] (Piessens et al., QUADPACK, 1983, routine QK15): points
 * above 0 and 0 itself; those of odd index are also Gauss's. */
static const double POINT[8] = {
    0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
    0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
    0.586087235467691130294144838258730, 0.405845151377397166906606412076961,
    0.207784955007898467600689403773245, 0.0,
};
static const double KRONROD[8] = {
    0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
    0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
    0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
    0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
};
static const double GAUSS[4] = {
    0.129484966168869693270611432679082,
    0.279705391489276667901467771423780,
    0.381830050505118944950369775488975,
    0.417959183673469387755102040816327,
};

/* The density at 12 is 1e-32, which no activation that grows like a power makes visible. */
#define END 12.0
#define WIDEST 1.5
#define DEEPEST 24

/* Where 7 points leave this much of a panel's integral, 15 leave 1e-16 of it; and what is so little of the
 * whole needs no second look. */
#define TOLERANCE 1e-10
#define NEGLIGIBLE 1e-15

#define INV_SQRT_2PI 0.398942280401432677939946059934381868

enum { MEAN, SQUARE, SLOPE_SQUARE, MOMENTS };

typedef struct integral {
    const il_activation_type *type;
    const double *arg;
    double s; /* u = s z */
    double sum[MOMENTS], magnitude[MOMENTS];
} integral;

static void evaluate(const integral *in, double z, double f[MOMENTS]) {
    double density = INV_SQRT_2PI * il_exp(-0.5 * z * z);
    double value = in->type->value(in->arg, in->s * z);
    double slope = in->type->slope(in->arg, in->s * z);
    f[MEAN] = density * value;
    f[SQUARE] = density * value * value;
    f[SLOPE_SQUARE] = density * slope * slope;
}

/* Adds the integral over [a, b], in halves where the two rules differ. A NaN is not worth halving. */
static void add_panel(integral *in, double a, double b, int depth) {
    double middle = 0.5 * (a + b), half = 0.5 * (b - a), f[MOMENTS];
    double fine[MOMENTS] = {0}, coarse[MOMENTS] = {0}, magnitude[MOMENTS] = {0};
    for (int i = 0; i < 15; i++) {
        int k = i < 8 ? i : 14 - i;
        evaluate(in, middle + (i < 8 ? -half : half) * POINT[k], f);
        for (int m = 0; m < MOMENTS; m++) {
            fine[m] += KRONROD[k] * f[m];
            magnitude[m] += KRONROD[k] * fabs(f[m]);
            coarse[m] += k % 2 ? GAUSS[k / 2] * f[m] : 0;
        }
    }
    bool rough = false;
    for (int m = 0; m < MOMENTS; m++)
        rough |= half * fabs(fine[m] - coarse[m]) >
                 TOLERANCE * half * magnitude[m] + NEGLIGIBLE * in->magnitude[m];
    if (rough && depth < DEEPEST) {
        add_panel(in, a, middle, depth + 1);
        add_panel(in, middle, b, depth + 1);
        return;
    }
    for (int m = 0; m < MOMENTS; m++) {
        in->sum[m] += half * fine[m];
        in->magnitude[m] += half * magnitude[m];
    }
}

/* Adds [a, b], cut at the kinks. */
static void add_pieces(integral *in, double a, double b) {
    double from = a;
    for (;;) {
        double to = b;
        for (size_t i = 0; i < in->type->n_kinks; i++) {
            double kink = in->type->kink[i] / in->s;
            if (kink > from && kink < to)
                to = kink;
        }
        add_panel(in, from, to, 0);
        if (to >= b)
            return;
        from = to;
    }
}

/* From the middle outward, where panels start as wide as the activation's own scale, |u| < 1: however large
 * q is, its transition is seen, and the tails are judged against what came before. */
static void integrate(integral *in) {
    for (double x = 0, next; x < END; x = next) {
        double width = x > 0 ? 2 * x : 1 / in->s;
        next = x + (width < WIDEST ? width : WIDEST);
        next = next < END ? next : END;
        add_pieces(in, x, next);
        add_pieces(in, -next, -x);
    }
}

il_status il_moments_of(const il_call *activation, double q, il_moments *out, il_error *err) {
    const il_activation_type *type = il_activation_of(activation);
    if (!(q >= 0) || isinf(q))
        return il_fail(err, IL_INVALID, "%s: no moments at a variance of q=%g: give q >= 0",
                       type->desc.name, q);
    /* The slope at q = 0 is an average over both sides of 0. */
    integral in = {.type = type, .arg = activation->arg, .s = q > 0 ? __builtin_sqrt(q) : 0x1p-100};
    integrate(&in);
    double at_zero = type->value(activation->arg, 0);
    *out = (il_moments){.mean = q > 0 ? in.sum[MEAN] : at_zero,
                        .square = q > 0 ? in.sum[SQUARE] : at_zero * at_zero,
                        .slope_square = in.sum[SLOPE_SQUARE]};
    if (!isfinite(out->mean) || !isfinite(out->square) || !isfinite(out->slope_square))
        return il_fail(err, IL_INVALID, "%s: a moment at q=%g is not finite", type->desc.name, q);
    return IL_OK;
}

static il_status invert_root(const il_call *activation, const char *moment, double square,
                             double *gain, il_error *err) {
    *gain = 1 / __builtin_sqrt(square);
    if (!isfinite(*gain))
        return il_fail(err, IL_INVALID, "%s has no gain, as %s is 0: give gain= a number",
                       activation->desc->name, moment);
    return IL_OK;
}

il_status il_gain_forward(const il_call *activation, double *gain, il_error *err) {
    il_moments at;
    il_status status = il_moments_of(activation, 1, &at, err);
    return status == IL_OK ? invert_root(activation, "E[φ(z)²]", at.square, gain, err) : status;
}

il_status il_gain_backward(const il_call *activation, double *gain, il_error *err) {
    il_moments at;
    il_status status = il_moments_of(activation, 1, &at, err);
    return status == IL_OK ? invert_root(activation, "E[φ'(z)²]", at.slope_square, gain, err)
                           : status;
}
