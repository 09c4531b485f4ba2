/* Expectations over two correlated Gaussians. With u = s(αx + βy) and v = s(αx - βy), α² = (1 + c)/2 and
 * β² = (1 - c)/2, they are integrals over two independent ones, of which that over y is even and, where c is near 1,
 * narrow.
 */
#include "initlab/theory.h"

#include "nn/activation.h"
#include "theory/quadrature.h"

#include <math.h>

/* A double integral is costly, and a line's own error must not look like roughness to the integral over lines. */
static const il_precision over_y = {.tolerance = 1e-6, .negligible = 1e-11, .deepest = 6};
static const il_precision over_x = {.tolerance = 1e-5, .negligible = 1e-9, .deepest = 6};

#define MOST_KINKS (sizeof((il_activation_type){0}.kink) / sizeof(double))

typedef struct plane {
    const il_activation_type *type;
    const double *arg;
    double s, alpha, beta;
    double x; /* of the line that is integrated over y */
} plane;

enum { PRODUCT, SLOPE_PRODUCT, MOMENTS };

static void at_point(const void *context, double y, double *f) {
    const plane *p = context;
    const il_activation_type *type = p->type;
    double u = p->s * (p->alpha * p->x + p->beta * y), v = p->s * (p->alpha * p->x - p->beta * y);
    double density = il_gaussian_density(y);
    f[PRODUCT] = density * type->value(p->arg, u) * type->value(p->arg, v);
    f[SLOPE_PRODUCT] = density * type->slope(p->arg, u) * type->slope(p->arg, v);
}

/* Over y at one x. The kinks that u and v meet lie on both sides of 0; the integral is that over y > 0, twice. */
static void on_line(const void *context, double x, double *f) {
    plane p = *(const plane *)context;
    p.x = x;
    double cut[MOST_KINKS];
    for (size_t i = 0; i < p.type->n_kinks; i++)
        cut[i] = fabs((p.type->kink[i] / p.s - p.alpha * x) / p.beta);
    il_integral in = {.integrand = at_point, .context = &p, .n = MOMENTS, .precision = &over_y};
    il_integral_add_gaussian(&in, 1 / (p.s * p.beta), cut, p.type->n_kinks, true);
    double density = 2 * il_gaussian_density(x);
    f[PRODUCT] = density * in.sum[PRODUCT];
    f[SLOPE_PRODUCT] = density * in.sum[SLOPE_PRODUCT];
}

/* Around a kink the lines' integrals change over a width of β/α. */
static size_t cut_lines(const plane *p, double *cut) {
    static const double widths[] = {-8, -3, -1, 0, 1, 3, 8};
    enum { N = sizeof widths / sizeof *widths };
    for (size_t i = 0; i < p->type->n_kinks; i++)
        for (size_t k = 0; k < N; k++)
            cut[i * N + k] = (p->type->kink[i] / p->s + widths[k] * p->beta) / p->alpha;
    return p->type->n_kinks * N;
}

static il_status equal(const il_call *activation, double q, il_pair_moments *out, il_error *err) {
    il_moments at;
    il_status status = il_moments_of(activation, q, &at, err);
    if (status == IL_OK)
        *out = (il_pair_moments){at.square, at.slope_square};
    return status;
}

il_status il_pair_moments_of(const il_call *activation, double q, double c, il_pair_moments *out,
                             il_error *err) {
    const char *name = activation->desc->name;
    if (!(c >= -1 && c <= 1))
        return il_fail(err, IL_INVALID, "%s: c=%g is no correlation: give -1 to 1", name, c);
    if (c == 1 || !(q >= 0) || isinf(q))
        return equal(activation, q, out, err);
    plane p = {.type = il_activation_of(activation),
               .arg = activation->arg,
               .s = q > 0 ? __builtin_sqrt(q) : 0x1p-100,
               .alpha = __builtin_sqrt((1 + c) / 2),
               .beta = __builtin_sqrt((1 - c) / 2)};
    double cut[7 * MOST_KINKS];
    size_t n_cuts = cut_lines(&p, cut);
    il_integral in = {.integrand = on_line, .context = &p, .n = MOMENTS, .precision = &over_x};
    il_integral_add_gaussian(&in, 1 / (p.s * p.alpha), cut, n_cuts, false);
    *out = (il_pair_moments){in.sum[PRODUCT], in.sum[SLOPE_PRODUCT]};
    if (!isfinite(out->product) || !isfinite(out->slope_product))
        return il_fail(err, IL_INVALID, "%s: a moment at q=%g is not finite", name, q);
    return IL_OK;
}
