/* Singular values of a wide random network's Jacobian, a product of weights and of diagonals of slopes, by free
 * probability. Of a factor A, t(x) = tr A'A/(x - A'A); its inverse x(t) is a product over factors, times t/(t + N) for
 * every dimension N at which two of them meet: the S-transform's law, with traces in place of means so that dimensions may
 * differ. The largest squared singular value is where x(t) is least, for beyond that x there are no others.
 */
#include "initlab/theory.h"

#include "nn/activation.h"
#include "theory/quadrature.h"

#include <math.h>
#include <stdlib.h>

#define END 8.0 /* the density there is 1e-14 */
#define WIDEST 0.25
#define GROWTH 0.5  /* of a panel's width with its distance from the middle */
#define NARROW 0.25 /* the first panel, in widths of what the activation varies on */
enum { MOST_NODES = 2048, STEPS = 60, NEWTON = 100 };

/* Squared slopes of one layer as a distribution of n values. */
typedef struct slopes {
    size_t n;
    double square[MOST_NODES], weight[MOST_NODES];
    double most, mean; /* the largest, with a weight above 0; E[φ'²] */
    double most_weight;
} slopes;

/* Gauss's rule with three points. */
static void add_panel(slopes *d, const il_call *activation, double s, double a, double b) {
    static const double point[] = {-0.77459666924148338, 0, 0.77459666924148338};
    static const double weight[] = {5.0 / 9, 8.0 / 9, 5.0 / 9};
    const il_activation_type *type = il_activation_of(activation);
    double middle = 0.5 * (a + b), half = 0.5 * (b - a);
    for (int i = 0; i < 3 && d->n < MOST_NODES; i++) {
        double z = middle + half * point[i], slope = type->slope(activation->arg, s * z);
        d->square[d->n] = slope * slope;
        d->weight[d->n++] = half * weight[i] * il_gaussian_density(z);
    }
}

/* [a, b], cut at the kinks. */
static void add_pieces(slopes *d, const il_call *activation, double s, double a, double b) {
    const il_activation_type *type = il_activation_of(activation);
    while (a < b) {
        double to = b;
        for (size_t i = 0; i < type->n_kinks; i++)
            if (type->kink[i] / s > a && type->kink[i] / s < to)
                to = type->kink[i] / s;
        add_panel(d, activation, s, a, to);
        a = to;
    }
}

static void tabulate(const il_call *activation, double q, slopes *d) {
    double s = __builtin_sqrt(q), total = 0;
    *d = (slopes){0};
    for (double x = 0, next; x < END; x = next) {
        next = fmin(x + fmin(NARROW / s + GROWTH * x, WIDEST), END);
        add_pieces(d, activation, s, x, next);
        add_pieces(d, activation, s, -next, -x);
    }
    for (size_t i = 0; i < d->n; i++)
        total += d->weight[i];
    for (size_t i = 0; i < d->n; i++) {
        d->weight[i] /= total;
        d->mean += d->weight[i] * d->square[i];
        if (d->square[i] > d->most)
            d->most = d->square[i];
    }
    for (size_t i = 0; i < d->n; i++)
        d->most_weight += d->square[i] == d->most ? d->weight[i] : 0;
}

/* x with E[φ'²/(x - φ'²)] = z > 0. The expectation falls with x and is convex: Newton's method from a point below never passes
 * the root. It is above what the mean alone, and what the largest slope alone, would make of it. */
static double invert(const slopes *d, double z) {
    double x = fmax(d->mean * (1 + 1 / z), d->most * (1 + d->most_weight / z));
    for (int i = 0; i < NEWTON; i++) {
        double sum = -z, fall = 0;
        for (size_t k = 0; k < d->n; k++) {
            double gap = x - d->square[k], part = d->weight[k] * d->square[k] / gap;
            sum += part;
            fall += part / gap;
        }
        double step = sum / fall;
        if (!(step > 1e-12 * x))
            break;
        x += step;
    }
    return x;
}

typedef struct chain {
    const il_jacobian_layer *layer;
    size_t n;
    slopes *slopes; /* [n] */
} chain;

/* ln x(t). */
static double height(const chain *c, double t) {
    double sum = 0;
    for (size_t k = 0; k < c->n; k++) {
        const il_jacobian_layer *y = &c->layer[k];
        double in = (double)y->fan_in, out = (double)y->fan_out, least = fmin(in, out);
        double z = t / out, meeting = log(z / (1 + z));
        sum += y->orthogonal ? log(y->sigma_w2 * out / least) + log(1 + least / t)
                             : log(y->sigma_w2) + log(1 + 1 / z) + log(1 + t / in);
        if (y->activation)
            sum += log(invert(&c->slopes[k], z)) + meeting;
        if (k + 1 < c->n)
            sum += meeting;
    }
    return sum;
}

/* The least ln x(t), by golden section over ln t: x(t) falls first and rises once. */
static double least_height(const chain *c) {
    const double golden = 0.61803398874989485;
    double low = log(1e-9), high = log(1e9 * (double)c->layer[0].fan_in);
    double a = high - golden * (high - low), b = low + golden * (high - low);
    double at_a = height(c, exp(a)), at_b = height(c, exp(b));
    for (int i = 0; i < STEPS; i++)
        if (at_a < at_b) {
            high = b, b = a, at_b = at_a;
            a = high - golden * (high - low);
            at_a = height(c, exp(a));
        } else {
            low = a, a = b, at_a = at_b;
            b = low + golden * (high - low);
            at_b = height(c, exp(b));
        }
    return fmin(at_a, at_b);
}

static il_status check(const il_jacobian_layer *layer, size_t n, il_error *err) {
    for (size_t k = 0; k < n; k++) {
        const il_jacobian_layer *y = &layer[k];
        if (y->fan_in == 0 || y->fan_out == 0)
            return il_fail(err, IL_INVALID, "layer %zu has a width of 0", k + 1);
        if (k > 0 && y->fan_in != layer[k - 1].fan_out)
            return il_fail(err, IL_INVALID, "layer %zu: %zu inputs do not follow %zu outputs",
                           k + 1, y->fan_in, layer[k - 1].fan_out);
        if (!(y->sigma_w2 > 0) || isinf(y->sigma_w2))
            return il_fail(err, IL_INVALID, "layer %zu: sigma_w2=%g: give more than 0", k + 1,
                           y->sigma_w2);
        if (y->activation && (!(y->q > 0) || isinf(y->q)))
            return il_fail(err, IL_INVALID, "layer %zu: no slopes at q=%g: give more than 0", k + 1,
                           y->q);
    }
    return n ? IL_OK : il_fail(err, IL_INVALID, "no layers make no Jacobian");
}

il_status il_jacobian_edge(const il_jacobian_layer *layer, size_t n, double *rms, double *largest,
                           il_error *err) {
    il_status status = check(layer, n, err);
    if (status != IL_OK)
        return status;
    chain c = {.layer = layer, .n = n, .slopes = calloc(n, sizeof *c.slopes)};
    if (!c.slopes)
        return il_fail(err, IL_NO_MEMORY, "no memory for the slopes of %zu layers", n);
    double in = (double)layer[0].fan_in, out = (double)layer[n - 1].fan_out;
    double square = out / fmin(in, out);
    for (size_t k = 0; k < n; k++) {
        if (layer[k].activation)
            tabulate(layer[k].activation, layer[k].q, &c.slopes[k]);
        square *= layer[k].sigma_w2 * (layer[k].activation ? c.slopes[k].mean : 1);
    }
    *rms = __builtin_sqrt(square);
    *largest = square > 0 ? exp(0.5 * least_height(&c)) : 0;
    free(c.slopes);
    return IL_OK;
}
