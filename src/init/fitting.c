#include "init/fitting.h"

#include "base/arena.h"
#include "base/elementary.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef IL_DOUBLE
#define EPSILON DBL_EPSILON
#else
#define EPSILON ((double)FLT_EPSILON)
#endif

il_status il_fit_base(il_init_job *job, il_real *W) {
    il_call base = il_call_inner(job->init);
    const il_init_type *type = il_init_type_of(&base);
    if (type->fit)
        return il_fail(job->err, IL_INVALID,
                       "layer %zu: %s: base=%s needs data itself: choose a base that does not",
                       job->layer->index + 1, job->init->desc->name, base.desc->name);
    il_init_job inner = *job;
    inner.init = &base;
    return type->weights(&inner, W);
}

il_status il_fit_resolve_base(il_call *init, const il_call *activation, il_error *err) {
    il_call base = il_call_inner(init);
    const il_init_type *type = il_init_type_of(&base);
    il_status status = type->resolve ? type->resolve(&base, activation, err) : IL_OK;
    memcpy(init->inner_arg, base.arg, sizeof base.arg);
    return status;
}

il_status il_fit_zero_bias(il_init_job *job, il_real *b) {
    for (size_t i = 0; i < job->n; i++)
        b[i] = 0;
    return IL_OK;
}

il_status il_fit_fail(const il_init_fit *fit, size_t k, const char *format, ...) {
    char text[sizeof fit->err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return il_fail(fit->err, IL_INVALID, "seed %" PRIu64 ", layer %zu: %s: %s", fit->seed, k + 1,
                   fit->init->desc->name, text);
}

void il_fit_forward(const il_init_fit *fit) {
    il_network_forward(fit->net, fit->n, fit->X);
}

/* Deviations are from the first value, so equal values have variance 0 exactly. */
static il_moments moments(const il_init_fit *fit, size_t k, size_t first, size_t count) {
    const il_layer *y = il_network_layer(fit->net, k);
    size_t R = il_network_replicas(fit->net);
    const il_real *z = y->z + first * R + fit->replica; /* [n][fan_out][R] */
    double N = (double)fit->n * (double)count, sum = 0, squares = 0;
    for (size_t i = 0; i < fit->n; i++)
        for (size_t j = 0; j < count; j++)
            sum += (double)z[(i * y->fan_out + j) * R] - (double)z[0];
    for (size_t i = 0; i < fit->n; i++)
        for (size_t j = 0; j < count; j++) {
            double d = (double)z[(i * y->fan_out + j) * R] - (double)z[0] - sum / N;
            squares += d * d;
        }
    return (il_moments){(double)z[0] + sum / N, squares / N};
}

il_status il_fit_measure(const il_init_fit *fit, size_t k, size_t first, size_t count,
                         il_moments *out) {
    char unit[32] = "";
    if (count < il_network_layer(fit->net, k)->fan_out)
        snprintf(unit, sizeof unit, "unit %zu: ", first + 1);
    *out = moments(fit, k, first, count);
    if (!isfinite(out->mean) || !isfinite(out->variance))
        return il_fit_fail(fit, k,
                           "%spre-activations are not finite: choose a base of smaller scale, or "
                           "look for NaN in the data",
                           unit);
    double rounding = 32 * EPSILON * (out->mean < 0 ? -out->mean : out->mean);
    if (!(out->variance > rounding * rounding))
        return il_fit_fail(fit, k,
                           "%spre-activations are all %g on the batch, and no factor gives them "
                           "variance 1 (dead units below, or a zero base): choose another base, "
                           "another hidden activation or a wider network",
                           unit, out->mean);
    return IL_OK;
}

void il_fit_scale(const il_init_fit *fit, size_t k, size_t first, size_t count, double factor) {
    const il_layer *y = il_network_layer(fit->net, k);
    size_t R = il_network_replicas(fit->net);
    for (size_t p = 0; p < y->fan_in; p++)
        for (size_t j = first; j < first + count; j++) {
            il_real *w = &y->W[(p * y->fan_out + j) * R + fit->replica];
            *w = (il_real)((double)*w * factor);
        }
}

il_status il_fit_normalize_units(const il_init_fit *fit, double beta) {
    for (size_t k = 0; k < il_network_layers(fit->net); k++) {
        const il_layer *y = il_network_layer(fit->net, k);
        il_fit_forward(fit);
        for (size_t j = 0; j < y->fan_out; j++) {
            il_moments m;
            il_status status = il_fit_measure(fit, k, j, 1, &m);
            if (status != IL_OK)
                return status;
            il_real *b = &y->b[j * il_network_replicas(fit->net) + fit->replica];
            double sigma = sqrt(m.variance);
            *b = (il_real)(beta - (m.mean - (double)*b) / sigma);
            il_fit_scale(fit, k, j, 1, 1 / sigma);
        }
    }
    return IL_OK;
}

double il_fit_mean_square(const il_init_fit *fit, const il_real *lanes, size_t n) {
    size_t R = il_network_replicas(fit->net);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)lanes[i * R + fit->replica] * (double)lanes[i * R + fit->replica];
    return sum / (double)n;
}

static void gather(const il_search *s, const il_real *lanes, il_real *out) {
    size_t R = il_network_replicas(s->fit->net);
    for (size_t p = 0; p < s->size; p++)
        out[p] = lanes[p * R + s->fit->replica];
}

/* The parameters of layer k, W of which comes first, at the factor exp(x) on W. */
static void place_layer(const il_search *s, size_t k, double x) {
    const il_layer *y = il_network_layer(s->fit->net, k);
    size_t R = il_network_replicas(s->fit->net), weights = y->fan_in * y->fan_out;
    const il_real *start = s->start + (size_t)(y->W - il_network_parameters(s->fit->net)) / R;
    il_real *theta = y->W + s->fit->replica;
    double scale = il_exp(x);
    for (size_t i = 0; i < weights; i++)
        theta[i * R] = (il_real)((double)start[i] * scale);
    for (size_t i = weights; i < y->parameters; i++)
        theta[i * R] = start[i];
}

void il_search_place(const il_search *s) {
    for (size_t k = 0; k < s->layers; k++)
        place_layer(s, k, s->log_scale[k]);
}

void il_search_move(const il_search *s, const il_real *direction, double step) {
    size_t R = il_network_replicas(s->fit->net);
    il_real *theta = il_network_parameters(s->fit->net) + s->fit->replica;
    for (size_t p = 0; p < s->size; p++)
        theta[p * R] = (il_real)((double)theta[p * R] + step * (double)direction[p]);
}

double il_search_loss(const il_search *s, il_real *gradient) {
    const il_init_fit *fit = s->fit;
    il_fit_forward(fit);
    il_network_loss(fit->net, fit->n, fit->Y, s->lanes[0], s->lanes[1]);
    if (gradient) {
        il_network_backward(fit->net, fit->n, fit->X);
        gather(s, il_network_gradients(fit->net), gradient);
    }
    return (double)s->lanes[0][fit->replica];
}

#define HALF_WIDTH 0.01 /* of a central difference, in log_scale */
#define VERY_LARGE 1e30

static double bounded(double x) {
    return x < VERY_LARGE ? x : VERY_LARGE; /* also for NaN */
}

double il_search_slope(il_search *s, size_t k, il_objective *objective) {
    double x = s->log_scale[k];
    s->log_scale[k] = x + HALF_WIDTH;
    place_layer(s, k, s->log_scale[k]);
    double above = bounded(objective(s));
    s->log_scale[k] = x - HALF_WIDTH;
    place_layer(s, k, s->log_scale[k]);
    double below = bounded(objective(s));
    s->log_scale[k] = x;
    place_layer(s, k, x);
    return (above - below) / (2 * HALF_WIDTH);
}

static il_status check_start(const il_search *s) {
    const il_init_fit *fit = s->fit;
    for (size_t k = 0; k < s->layers; k++) {
        const il_layer *y = il_network_layer(fit->net, k);
        double square = il_fit_mean_square(fit, y->W, y->fan_in * y->fan_out);
        if (square == 0)
            return il_fit_fail(fit, k,
                               "no factor changes weights that are all 0: choose a random base");
        if (!isfinite(square))
            return il_fit_fail(fit, k, "weights are not finite: choose a base of smaller scale");
    }
    double loss = il_search_loss(s, NULL);
    for (size_t k = 0; k < s->layers; k++) {
        const il_layer *y = il_network_layer(fit->net, k);
        bool last = k + 1 == s->layers;
        if (!isfinite(il_fit_mean_square(fit, y->z, fit->n * y->fan_out)) ||
            (last && !isfinite(loss)))
            return il_fit_fail(fit, k,
                               "%s not finite: choose a base of smaller scale, or look for NaN in "
                               "the data",
                               last ? "the loss is" : "pre-activations are");
    }
    return IL_OK;
}

il_status il_search_open(const il_init_fit *fit, il_search *s) {
    size_t R = il_network_replicas(fit->net), size = il_network_size(fit->net), at[5];
    il_layout layout = {0};
    for (size_t i = 0; i < 5; i++)
        at[i] = il_layout_reserve(&layout, sizeof(il_real), i < 3 ? size : R, 1, 1);
    *s = (il_search){.fit = fit, .layers = il_network_layers(fit->net), .size = size};
    s->block = il_layout_allocate(&layout);
    if (!s->block)
        return il_fail(fit->err, IL_NO_MEMORY, "%s: no memory to search over %zu parameters",
                       fit->init->desc->name, size);
    il_real *array[5];
    for (size_t i = 0; i < 5; i++)
        array[i] = (il_real *)(void *)((char *)s->block + at[i]);
    s->start = array[0];
    s->gradient = array[1];
    s->other = array[2];
    s->lanes[0] = array[3];
    s->lanes[1] = array[4];
    gather(s, il_network_parameters(fit->net), s->start);
    il_status status = check_start(s);
    if (status != IL_OK)
        il_search_close(s);
    return status;
}

void il_search_close(il_search *s) {
    free(s->block);
    *s = (il_search){0};
}
