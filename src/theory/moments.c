/* Expectations of an activation over a Gaussian. */
#include "initlab/theory.h"

#include "nn/activation.h"
#include "theory/quadrature.h"

#include <math.h>

/* φ at s z. */
typedef struct scaled {
    const il_activation_type *type;
    const double *arg;
    double s;
} scaled;

enum { MEAN, SQUARE, SLOPE_SQUARE, MOMENTS };

static void moments(const void *context, double z, double *f) {
    const scaled *phi = context;
    double density = il_gaussian_density(z);
    double value = phi->type->value(phi->arg, phi->s * z);
    double slope = phi->type->slope(phi->arg, phi->s * z);
    f[MEAN] = density * value;
    f[SQUARE] = density * value * value;
    f[SLOPE_SQUARE] = density * slope * slope;
}

enum { FOURTH, LENGTH_SLOPE, SLOPE_FOURTH, HIGHER };

static void higher(const void *context, double z, double *f) {
    const scaled *phi = context;
    double density = il_gaussian_density(z);
    double value = phi->type->value(phi->arg, phi->s * z);
    double slope = phi->type->slope(phi->arg, phi->s * z);
    f[FOURTH] = density * value * value * value * value;
    f[LENGTH_SLOPE] = density * value * slope * z;
    f[SLOPE_FOURTH] = density * slope * slope * slope * slope;
}

static void integrate(const scaled *phi, il_integral *in) {
    const il_activation_type *type = phi->type;
    double cut[sizeof type->kink / sizeof *type->kink];
    for (size_t i = 0; i < type->n_kinks; i++)
        cut[i] = type->kink[i] / phi->s;
    in->context = phi;
    in->precision = &il_fine;
    il_integral_add_gaussian(in, 1 / phi->s, cut, type->n_kinks, false);
}

static il_status check_variance(const il_call *activation, double q, il_error *err) {
    if (q >= 0 && !isinf(q))
        return IL_OK;
    return il_fail(err, IL_INVALID, "%s: no moments at a variance of q=%g: give q >= 0",
                   activation->desc->name, q);
}

static il_status fail_infinite(const il_call *activation, double q, il_error *err) {
    return il_fail(err, IL_INVALID, "%s: a moment at q=%g is not finite", activation->desc->name,
                   q);
}

/* The slope at q = 0 is an average over both sides of 0. */
static scaled scale(const il_call *activation, double q) {
    return (scaled){.type = il_activation_of(activation),
                    .arg = activation->arg,
                    .s = q > 0 ? __builtin_sqrt(q) : 0x1p-100};
}

il_status il_moments_of(const il_call *activation, double q, il_moments *out, il_error *err) {
    il_status status = check_variance(activation, q, err);
    if (status != IL_OK)
        return status;
    scaled phi = scale(activation, q);
    il_integral in = {.integrand = moments, .n = MOMENTS};
    integrate(&phi, &in);
    double at_zero = phi.type->value(activation->arg, 0);
    *out = (il_moments){.mean = q > 0 ? in.sum[MEAN] : at_zero,
                        .square = q > 0 ? in.sum[SQUARE] : at_zero * at_zero,
                        .slope_square = in.sum[SLOPE_SQUARE]};
    if (!isfinite(out->mean) || !isfinite(out->square) || !isfinite(out->slope_square))
        return fail_infinite(activation, q, err);
    return IL_OK;
}

il_status il_higher_moments_of(const il_call *activation, double q, il_higher_moments *out,
                               il_error *err) {
    il_status status = check_variance(activation, q, err);
    if (status != IL_OK)
        return status;
    if (q == 0)
        return il_fail(err, IL_INVALID, "%s: no higher moments at q=0: give q > 0",
                       activation->desc->name);
    scaled phi = scale(activation, q);
    il_integral in = {.integrand = higher, .n = HIGHER};
    integrate(&phi, &in);
    *out = (il_higher_moments){.fourth = in.sum[FOURTH],
                               .length_slope = in.sum[LENGTH_SLOPE] / phi.s,
                               .slope_fourth = in.sum[SLOPE_FOURTH]};
    if (!isfinite(out->fourth) || !isfinite(out->length_slope) || !isfinite(out->slope_fourth))
        return fail_infinite(activation, q, err);
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
