/* Mean-field theory of wide random networks: Poole et al. 2016, Schoenholz et al. 2017. */
#include "initlab/theory.h"

#include <math.h>

il_status il_length_map(const il_call *activation, double sigma_w2, double sigma_b2, double q,
                        double *next, il_error *err) {
    il_moments at;
    il_status status = il_moments_of(activation, q, &at, err);
    if (status == IL_OK)
        *next = sigma_w2 * at.square + sigma_b2;
    return status;
}

il_status il_chi1(const il_call *activation, double sigma_w2, double q, double *chi1,
                  il_error *err) {
    il_moments at;
    il_status status = il_moments_of(activation, q, &at, err);
    if (status == IL_OK)
        *chi1 = sigma_w2 * at.slope_square;
    return status;
}

/* With sigma_w2 = 1/E[φ'²], so that χ₁ = 1, q is a fixed point when E[φ²]/E[φ'²] + sigma_b2 = q: one equation
 * in q. */
typedef struct search {
    const il_call *activation;
    double sigma_b2;
    il_error *err;
} search;

/* The sigma_b2 for which q is that fixed point; below 0 there is none, and q is too small when the result is
 * below the sigma_b2 asked for. */
static il_status bias_at(const search *s, double q, double *out) {
    il_moments at;
    il_status status = il_moments_of(s->activation, q, &at, s->err);
    if (status == IL_OK)
        *out = at.slope_square > 0 ? q - at.square / at.slope_square : -(double)INFINITY;
    return status;
}

static il_status residual(const search *s, double q, double *out) {
    il_status status = bias_at(s, q, out);
    *out -= s->sigma_b2;
    return status;
}

#define FLAT 1e-10 /* differences below this of q are rounding */

/* Whether E[φ²]/E[φ'²] = q everywhere, as for φ(u) = a u, u > 0, else b u. */
static il_status is_homogeneous(const search *s, bool *out) {
    static const double at[] = {1e-3, 1, 1e3};
    *out = true;
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        double bias;
        il_status status = bias_at(s, at[i], &bias);
        if (status != IL_OK)
            return status;
        *out = *out && fabs(bias) < FLAT * at[i];
    }
    return IL_OK;
}

/* Whether the map with this sigma_w2 brings lengths near its fixed point q > 0 back to it: its slope there
 * is at most 1. */
static il_status holds(const search *s, double q, bool *out) {
    const double h = 1e-3;
    il_moments above, below, at;
    il_status status = il_moments_of(s->activation, q, &at, s->err);
    if (status == IL_OK)
        status = il_moments_of(s->activation, q * (1 + h), &above, s->err);
    if (status == IL_OK)
        status = il_moments_of(s->activation, q * (1 - h), &below, s->err);
    if (status == IL_OK)
        *out = (above.square - below.square) / (2 * h * q) <= at.slope_square;
    return status;
}

/* The fixed point q = 0 of an activation that vanishes at 0, where the map's slope is χ₁ itself: it holds
 * when the map lies below the diagonal nearby. */
static il_status zero_holds(const search *s, double *sigma_w2, bool *out) {
    const double near = 1e-3;
    il_moments zero, beside;
    *out = false;
    il_status status = il_moments_of(s->activation, 0, &zero, s->err);
    if (status == IL_OK)
        status = il_moments_of(s->activation, near, &beside, s->err);
    if (status != IL_OK || s->sigma_b2 > 0 || zero.square != 0 || !(zero.slope_square > 0))
        return status;
    *sigma_w2 = 1 / zero.slope_square;
    *out = *sigma_w2 * beside.square <= near * (1 + FLAT);
    return IL_OK;
}

/* The root between low and high, where the residuals have opposite signs: false position, halving the
 * residual of an end that stays (Dowell & Jarratt 1971). */
static il_status solve(const search *s, double low, double high, double *q) {
    double at_low, at_high, at_q;
    il_status status = residual(s, low, &at_low);
    if (status == IL_OK)
        status = residual(s, high, &at_high);
    for (int i = 0, side = 0; status == IL_OK && i < 200; i++) {
        bool finite = isfinite(at_low) && isfinite(at_high);
        *q = finite ? (low * at_high - high * at_low) / (at_high - at_low) : 0.5 * (low + high);
        if (!(*q > low && *q < high) || high - low < 1e-15 * high)
            break;
        status = residual(s, *q, &at_q);
        if (status != IL_OK || fabs(at_q) <= 1e-15 * *q)
            break;
        if (at_q < 0) {
            low = *q, at_low = at_q;
            at_high *= side == -1 ? 0.5 : 1;
            side = -1;
        } else {
            high = *q, at_high = at_q;
            at_low *= side == 1 ? 0.5 : 1;
            side = 1;
        }
    }
    return status;
}

/* Looks upward from sigma_b2, below which no fixed point lies. *offer becomes the smallest other sigma_b2 that
 * would do, as far as was seen, or stays NAN. */
static il_status scan(const search *s, double *q, bool *found, double *offer) {
    const double first = s->sigma_b2 > 0 ? s->sigma_b2 : 1e-3, last = 1e8 * fmax(1, first);
    const double step = 1.5;
    double before;
    il_status status = residual(s, first, &before);
    for (double at = first; status == IL_OK && !*found && at < last; at *= step) {
        double now;
        bool stays = false;
        status = residual(s, at * step, &now);
        if (status == IL_OK && before < 0 && now >= 0) {
            status = solve(s, at, at * step, q);
            if (status == IL_OK)
                status = holds(s, *q, found);
        }
        if (status == IL_OK && isnan(*offer) && now + s->sigma_b2 > FLAT * at)
            status = holds(s, at * step, &stays);
        if (stays)
            *offer = now + s->sigma_b2;
        before = now;
    }
    return status;
}

static il_status fail_none(const search *s, bool homogeneous, double offer) {
    const char *name = s->activation->desc->name;
    if (homogeneous)
        return il_fail(s->err, IL_INVALID,
                       "%s has no critical point at sigma_b2=%g: with biases its signal grows "
                       "without end; use sigma_b2=0",
                       name, s->sigma_b2);
    if (offer > s->sigma_b2)
        return il_fail(s->err, IL_INVALID,
                       "%s has no critical point at sigma_b2=%g, where its signal grows without "
                       "end; it has one at sigma_b2=%.2g",
                       name, s->sigma_b2, offer * 1.05);
    return il_fail(s->err, IL_INVALID,
                   "%s has no critical point at sigma_b2=%g: no sigma_w2 has a fixed point with "
                   "chi1 = 1; choose sigma_w2 yourself or another activation",
                   name, s->sigma_b2);
}

il_status il_critical(const il_call *activation, double sigma_b2, double *sigma_w2, double *q,
                      il_error *err) {
    search s = {activation, sigma_b2, err};
    if (!(sigma_b2 >= 0) || isinf(sigma_b2))
        return il_fail(err, IL_INVALID, "%s: sigma_b2=%g is no variance: give 0 or more",
                       activation->desc->name, sigma_b2);
    bool homogeneous, found = false;
    double offer = (double)NAN;
    *q = 1;
    il_status status = is_homogeneous(&s, &homogeneous);
    if (status == IL_OK && !homogeneous) {
        status = zero_holds(&s, sigma_w2, &found);
        if (status == IL_OK && found) {
            *q = 0;
            return IL_OK;
        }
        if (status == IL_OK)
            status = scan(&s, q, &found, &offer);
    } else {
        found = sigma_b2 == 0;
    }
    if (status == IL_OK && !found)
        return fail_none(&s, homogeneous, offer);
    il_moments at;
    if (status == IL_OK)
        status = il_moments_of(activation, *q, &at, err);
    if (status == IL_OK)
        *sigma_w2 = 1 / at.slope_square;
    return status;
}
