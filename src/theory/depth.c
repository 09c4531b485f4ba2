/* What many equal random layers make of a signal: fixed points and depth scales (Poole et al. 2016; Schoenholz et
 * al. 2017), and how far layers of finite width stray from them. */
#include "initlab/theory.h"

#include <math.h>

#define SMALLEST 1e-12 /* of the start: a length below it has died out */
#define LARGEST 1e12   /* of the start: one above it grows without end */
#define FLAT 1e-10     /* differences below this of q are rounding */

static il_status check(const il_random_layer *layer, il_error *err) {
    const char *name = layer->activation.desc->name;
    if (!(layer->sigma_w2 >= 0) || isinf(layer->sigma_w2))
        return il_fail(err, IL_INVALID, "%s: sigma_w2=%g is no variance: give 0 or more", name,
                       layer->sigma_w2);
    if (!(layer->sigma_b2 >= 0) || isinf(layer->sigma_b2))
        return il_fail(err, IL_INVALID, "%s: sigma_b2=%g is no variance: give 0 or more", name,
                       layer->sigma_b2);
    if (!(layer->dropout >= 0 && layer->dropout < 1))
        return il_fail(err, IL_INVALID, "%s: dropout=%g: give 0 or more, and less than 1", name,
                       layer->dropout);
    return IL_OK;
}

/* Of the mean square of what the product sees: dropout keeps the mean and raises it. */
static double gain(const il_random_layer *layer) {
    return layer->sigma_w2 / (1 - layer->dropout);
}

il_status il_random_layer_length(const il_random_layer *layer, double q, double *next,
                                 il_error *err) {
    il_moments at;
    il_status status = check(layer, err);
    if (status == IL_OK)
        status = il_moments_of(&layer->activation, q, &at, err);
    if (status == IL_OK)
        *next = gain(layer) * at.square + layer->sigma_b2;
    return status;
}

il_status il_correlation_map(const il_random_layer *layer, double q, double c, double *next,
                             double *slope, il_error *err) {
    il_pair_moments at;
    il_status status = check(layer, err);
    if (status == IL_OK && q == 0)
        status = il_fail(err, IL_INVALID, "%s: no correlation at q=0: give q > 0",
                         layer->activation.desc->name);
    if (status == IL_OK)
        status = il_pair_moments_of(&layer->activation, q, c, &at, err);
    if (status == IL_OK) {
        *next = (layer->sigma_w2 * at.product + layer->sigma_b2) / q;
        *slope = layer->sigma_w2 * at.slope_product;
    }
    return status;
}

/* By how much of q the length map raises it. */
static il_status rise(const il_random_layer *layer, double q, double *out, il_error *err) {
    double next;
    il_status status = il_random_layer_length(layer, q, &next, err);
    if (status == IL_OK)
        *out = next / q - 1;
    return status;
}

/* Halves the logarithm of [low, high], at whose ends lengths move towards each other. */
static il_status bisect(const il_random_layer *layer, double low, double high, double *q,
                        il_error *err) {
    il_status status = IL_OK;
    for (int i = 0; status == IL_OK && i < 100; i++) {
        double change = 0;
        *q = __builtin_sqrt(low) * __builtin_sqrt(high);
        if (!(*q > low && *q < high))
            break;
        status = rise(layer, *q, &change, err);
        if (change > 0)
            low = *q;
        else
            high = *q;
    }
    return status;
}

/* Lengths move one way only, since the map rises with q: to the first fixed point on that side. Steps may pass over
 * two fixed points that lie within a tenth of each other. */
static il_status fixed_length(const il_random_layer *layer, double start, double *q,
                              il_error *err) {
    double first, change = 0;
    il_status status = rise(layer, start, &first, err);
    *q = start;
    if (status != IL_OK || fabs(first) < FLAT)
        return status;
    double step = first > 0 ? 1.1 : 1 / 1.1;
    for (double at = start; at < LARGEST * start && at > SMALLEST * start; at *= step) {
        status = rise(layer, at * step, &change, err);
        if (status != IL_OK)
            return status;
        if ((change > 0) != (first > 0))
            return first > 0 ? bisect(layer, at, at * step, q, err)
                             : bisect(layer, at * step, at, q, err);
    }
    *q = first > 0 ? (double)INFINITY : 0;
    return IL_OK;
}

/* The correlation map is convex on [0, 1] (its Taylor coefficients are squares), at least 0 at 0, and crosses the
 * diagonal once below 1: Newton's method from 0 meets that point without ever passing it. */
static il_status fixed_correlation(const il_random_layer *layer, il_mean_field *m, il_error *err) {
    il_status status = IL_OK;
    m->c = 0;
    for (int i = 0; status == IL_OK && i < 100; i++) {
        double next;
        status = il_correlation_map(layer, m->q, m->c, &next, &m->chi_c, err);
        double step = (next - m->c) / (1 - m->chi_c);
        if (status != IL_OK || !(step > 1e-13) || !(m->c + step < 1))
            break;
        m->c += step;
    }
    return status;
}

/* The depth over which a factor a layer makes e; a factor within rounding of 1 never does. */
static double depth_scale(double factor) {
    return fabs(factor - 1) < FLAT ? (double)INFINITY : fabs(1 / log(factor));
}

il_status il_mean_field_of(const il_random_layer *layer, double start, il_mean_field *out,
                           il_error *err) {
    const char *name = layer->activation.desc->name;
    il_moments at;
    il_higher_moments beside = {0};
    il_status status = check(layer, err);
    if (status == IL_OK && (!(start > 0) || isinf(start)))
        status =
            il_fail(err, IL_INVALID, "%s: a signal of variance %g: give more than 0", name, start);
    if (status == IL_OK)
        status = fixed_length(layer, start, &out->q, err);
    if (status == IL_OK)
        status =
            il_moments_of(&layer->activation, isinf(out->q) ? LARGEST * start : out->q, &at, err);
    if (status != IL_OK)
        return status;
    out->chi1 = gain(layer) * at.slope_square;
    out->xi_gradient = depth_scale(out->chi1);
    if (isinf(out->q)) {
        out->c = out->chi_c = out->xi_c = out->trainable = (double)NAN;
        out->xi_q = (double)INFINITY;
        return IL_OK;
    }
    double length_slope = out->chi1; /* at q = 0, where φ(0) = 0 */
    if (out->q > 0) {
        status = il_higher_moments_of(&layer->activation, out->q, &beside, err);
        length_slope = gain(layer) * beside.length_slope;
    }
    out->xi_q = depth_scale(length_slope);
    out->c = 1;
    out->chi_c = out->chi1;
    if (status == IL_OK && out->q > 0 && (layer->dropout > 0 || out->chi1 > 1 + FLAT))
        status = fixed_correlation(layer, out, err);
    out->xi_c = depth_scale(out->chi_c);
    out->trainable = 6 * out->xi_c;
    return status;
}

/* q' is the mean of n independent σ_w² φ(√q z)², plus the bias: given q it has mean M(q) and variance
 * σ_w⁴ (E[φ⁴] - E[φ²]²)/n. Both are averaged over a random q by their second-order expansions around its mean:
 * E q' = M + M'' var q/2, and var q' = M'² var q plus the mean of the conditional variance. */
il_status il_length_step(const il_random_layer *layer, size_t width, const il_length *at,
                         il_length *next, il_error *err) {
    const il_call *activation = &layer->activation;
    const double h = 1e-3;
    double q = at->mean, g = gain(layer), keep = 1 - layer->dropout;
    il_moments first;
    il_higher_moments here, above, below;
    il_status status = check(layer, err);
    if (status == IL_OK)
        status = il_moments_of(activation, q, &first, err);
    if (status == IL_OK)
        status = il_higher_moments_of(activation, q, &here, err);
    if (status == IL_OK)
        status = il_higher_moments_of(activation, q * (1 + h), &above, err);
    if (status == IL_OK)
        status = il_higher_moments_of(activation, q * (1 - h), &below, err);
    if (status != IL_OK)
        return status;
    double bend = (above.length_slope - below.length_slope) / (2 * h * q);
    double own = here.fourth / keep - first.square * first.square;
    double slope = here.length_slope, n = (double)width;
    double own_bend = (above.fourth - 2 * here.fourth + below.fourth) / (h * h * q * q) / keep -
                      2 * (slope * slope + first.square * bend);
    next->mean = g * (first.square + 0.5 * bend * at->variance) + layer->sigma_b2;
    next->variance =
        g * g * (slope * slope * at->variance + (own + 0.5 * own_bend * at->variance) / n);
    return IL_OK;
}

il_status il_jacobian_of(const il_random_layer *layer, double q, size_t depth, bool orthogonal,
                         il_jacobian *out, il_error *err) {
    il_moments first;
    il_higher_moments second;
    double L = (double)depth;
    il_status status = check(layer, err);
    if (status == IL_OK)
        status = il_moments_of(&layer->activation, q, &first, err);
    if (status == IL_OK)
        status = il_higher_moments_of(&layer->activation, q, &second, err);
    if (status != IL_OK)
        return status;
    double m1 = first.slope_square, keep = 1 - layer->dropout;
    out->mean_square = pow(gain(layer) * m1, L);
    out->spread = L * (second.slope_fourth / (m1 * m1 * keep) - 1 + (orthogonal ? 0 : 1));
    return IL_OK;
}
