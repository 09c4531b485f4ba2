/* Mean-field theory layer by layer, for samples of several lengths. */
#include "lab/probe.h"

#include "nn/dropout.h"

#include <math.h>
#include <stdlib.h>

/* Samples of about the same length are one: a signal depends on its length smoothly. */
#define GROUPS 16

/* Mean squares between which correlations are computed: double integrals over a signal far from the activation's own
 * scale, 1, take long. */
#define SMALLEST 1e-9
#define LARGEST 1e9

/* Correlations within this have arrived: the double integrals are no better. */
#define FLAT 1e-9

/* A sum of n random numbers of mean 0 stays within 6 standard deviations but in one case of 10^9. */
#define CHANCE 36

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Mean lengths of up to GROUPS groups of nearly equal numbers; returns how many. */
static size_t group_lengths(double *length, size_t n, double *q) {
    size_t groups = n < GROUPS ? n : GROUPS;
    qsort(length, n, sizeof *length, by_size);
    for (size_t g = 0; g < groups; g++) {
        size_t first = g * n / groups, last = (g + 1) * n / groups;
        double sum = 0;
        for (size_t i = first; i < last; i++)
            sum += length[i];
        q[g] = sum / (double)(last - first);
    }
    return groups;
}

/* The mean of n draws is 0 as far as can be seen. */
static bool centred(double mean, double square, double n) {
    return mean * mean * n <= CHANCE * square;
}

/* Whether all layers are of the kind that the theory is about; p: that of the dropout. */
static bool applies(const il_probe_config *config, const double *mean, const double *bias_mean,
                    const il_probe *probe, double *p) {
    bool dropout = config->dropout.desc && il_dropout_of(&config->dropout)->law;
    *p = dropout ? config->dropout.arg[0] : 0;
    if (dropout && config->dropout.desc != &il_dropout_inverted.desc)
        return false;
    if (il_init_type_of(&probe->init)->fit)
        return false;
    for (size_t k = 0; k < probe->n_layers; k++) {
        const il_probe_layer *y = &probe->layer[k];
        double seeds = (double)probe->seeds, in = (double)y->fan_in, out = (double)y->fan_out;
        if (!centred(mean[k], y->sigma_w2 / in, seeds * in * out) ||
            !centred(bias_mean[k], y->sigma_b2, seeds * out))
            return false;
    }
    return true;
}

/* fan_in times the variance of a weight: as the scheme states it, else as it was measured. */
static double stated_sigma_w2(const il_initializer *initializer, const il_probe *probe,
                              const il_call *hidden, size_t k) {
    const il_probe_layer *y = &probe->layer[k];
    const il_call linear = {.desc = il_family_find(&il_activations, "linear")};
    bool last = k + 1 == probe->n_layers;
    const il_call *init = last ? &initializer->output : &initializer->hidden;
    const il_init_layer layer = {.index = k,
                                 .layers = probe->n_layers,
                                 .fan_in = y->fan_in,
                                 .fan_out = y->fan_out,
                                 .activation = last ? linear : *hidden,
                                 .hidden = *hidden};
    const il_init_type *type = il_init_type_of(init);
    if (!type->law)
        return y->sigma_w2;
    il_init_law law = type->law(init, &layer);
    return (double)y->fan_in * law.std * law.std;
}

/* What the layers do to the groups. */
typedef struct course {
    const il_probe_config *config;
    il_probe *probe;
    double keep; /* 1 - p of the dropout after hidden layers */
    size_t groups;
    double *sigma_w2; /* [n_layers] */
    double *slope;    /* [n_layers][GROUPS]: E[φ'²] */
    double *input;    /* [n_layers][GROUPS]: mean square of what the product sees */
    double q[GROUPS], input_square;
} course;

static il_status forward(course *c, size_t k, il_error *err) {
    il_probe_layer *y = &c->probe->layer[k];
    const il_call linear = {.desc = il_family_find(&il_activations, "linear")};
    const il_call *activation = k + 1 == c->probe->n_layers ? &linear : &c->config->hidden;
    double u = 0, mean = 0, square = 0;
    for (size_t g = 0; g < c->groups; g++) {
        il_moments at;
        c->input[k * GROUPS + g] = c->q[g];
        c->q[g] = c->sigma_w2[k] * c->q[g] + y->sigma_b2;
        il_status status = il_moments_of(activation, c->q[g], &at, err);
        if (status != IL_OK)
            return status;
        u += c->q[g];
        mean += at.mean;
        square += at.square;
        c->slope[k * GROUPS + g] = at.slope_square / c->keep;
        c->q[g] = at.square / c->keep;
    }
    y->theory[IL_PROBE_U_RMS] = sqrt(u / (double)c->groups);
    y->theory[IL_PROBE_A_MEAN] = mean / (double)c->groups;
    y->theory[IL_PROBE_A_RMS] = sqrt(square / (double)c->groups);
    return IL_OK;
}

/* From the deltas at the output, which with a loss are as they were measured. */
static void backward(course *c) {
    il_probe *probe = c->probe;
    bool normal = c->config->data.X == NULL;
    double delta[GROUPS];
    for (size_t k = probe->n_layers; k-- > 0;) {
        il_probe_layer *y = &probe->layer[k];
        double sum = 0, gradient = 0;
        for (size_t g = 0; g < c->groups; g++) {
            if (k + 1 == probe->n_layers) {
                double measured = y->statistic[IL_PROBE_DELTA_RMS].mean;
                delta[g] = normal ? 1 : measured * measured;
            } else {
                const il_probe_layer *next = y + 1;
                delta[g] *= c->sigma_w2[k + 1] * (double)next->fan_out / (double)next->fan_in *
                            c->slope[k * GROUPS + g];
            }
            sum += delta[g];
            gradient += c->input[k * GROUPS + g] * delta[g];
        }
        y->theory[IL_PROBE_DELTA_RMS] = sqrt(sum / (double)c->groups);
        if (normal)
            y->theory[IL_PROBE_GRADIENT_RMS] =
                sqrt((double)probe->batch * gradient / (double)c->groups);
    }
}

/* Two samples of the same, mean length and of the inputs' mean correlation. */
static il_status correlate(course *c, il_error *err) {
    il_probe *probe = c->probe;
    double product = probe->input_correlation * c->input_square, square = c->input_square;
    double u_before = 0, v_before = 0;
    for (size_t k = 0; k < probe->n_layers; k++) {
        il_probe_layer *y = &probe->layer[k];
        double u = c->sigma_w2[k] * square + y->sigma_b2;
        double v = (c->sigma_w2[k] * product + y->sigma_b2) / u;
        if (!(u > SMALLEST && u < LARGEST))
            return IL_OK;
        y->theory[IL_PROBE_CORRELATION] = v = fmin(v, 1); /* past 1 by rounding only */
        bool fixed = fabs(u - u_before) < FLAT * u && fabs(v - v_before) < FLAT;
        u_before = u;
        v_before = v;
        if (fixed) /* so are square and product */
            continue;
        il_moments at;
        il_pair_moments pair;
        il_status status = il_moments_of(&c->config->hidden, u, &at, err);
        if (status == IL_OK)
            status = il_pair_moments_of(&c->config->hidden, u, fmax(v, -1), &pair, err);
        if (status != IL_OK)
            return status;
        square = at.square / c->keep;
        product = pair.product;
    }
    return IL_OK;
}

/* Whether theory knows the singular values of a layer's weights. */
static bool fill_layer(const course *c, const il_initializer *initializer, size_t k,
                       il_jacobian_layer *out) {
    const il_probe_layer *y = &c->probe->layer[k];
    bool last = k + 1 == c->probe->n_layers;
    const il_call *init = last ? &initializer->output : &initializer->hidden;
    double u = y->theory[IL_PROBE_U_RMS];
    *out = (il_jacobian_layer){.fan_in = y->fan_in,
                               .fan_out = y->fan_out,
                               .sigma_w2 = c->sigma_w2[k],
                               .orthogonal = init->desc == il_family_find(&il_inits, "orthogonal"),
                               .activation = last ? NULL : &c->config->hidden,
                               .q = u * u};
    return out->orthogonal || il_init_type_of(init)->law;
}

/* A product of orthogonal squares is one. */
static bool is_orthogonal(const il_jacobian_layer *layer, size_t n) {
    bool all = true;
    for (size_t k = 0; k < n; k++)
        all &= layer[k].orthogonal && layer[k].fan_in == layer[k].fan_out &&
               (!layer[k].activation ||
                layer[k].activation->desc == il_family_find(&il_activations, "linear"));
    return all;
}

static il_status spread(const course *c, const il_initializer *initializer, il_error *err) {
    size_t n = c->probe->n_layers;
    il_probe_spectrum *out = &c->probe->jacobian_theory;
    il_jacobian_layer *layer = calloc(n, sizeof *layer);
    if (!layer)
        return il_fail(err, IL_NO_MEMORY, "no memory for the Jacobian of %zu layers", n);
    bool known = c->keep == 1;
    for (size_t k = 0; k < n; k++)
        known &= fill_layer(c, initializer, k, &layer[k]);
    il_status status = IL_OK;
    if (known)
        status = il_jacobian_edge(layer, n, &out->rms, &out->largest, err);
    if (known && status == IL_OK && is_orthogonal(layer, n))
        out->smallest = out->largest;
    free(layer);
    return status;
}

static bool has_norm(const il_probe_config *config) {
    return config->norm.desc && config->norm.desc != il_family_find(&il_norms, "none");
}

il_status il_probe_theory(const il_probe_config *config, const il_initializer *initializer,
                          const double *mean, const double *bias_mean, double *length,
                          size_t n_lengths, il_probe *probe, il_error *err) {
    double p;
    size_t n = probe->n_layers;
    probe->jacobian_theory = (il_probe_spectrum){(double)NAN, (double)NAN, (double)NAN};
    probe->mean_field = !has_norm(config) && applies(config, mean, bias_mean, probe, &p);
    if (!probe->mean_field)
        return IL_OK;
    double *room = calloc(n, (1 + 2 * GROUPS) * sizeof *room);
    if (!room)
        return il_fail(err, IL_NO_MEMORY, "no memory for the theory of %zu layers", n);
    course c = {.config = config,
                .probe = probe,
                .keep = 1 - p,
                .sigma_w2 = room,
                .slope = room + n,
                .input = room + n + n * GROUPS,
                .input_square = probe->input_square};
    c.groups = group_lengths(length, n_lengths, c.q);
    il_status status = IL_OK;
    il_error beyond; /* a signal that leaves the range of doubles has no theory there */
    for (size_t k = 0; k < n; k++)
        c.sigma_w2[k] = stated_sigma_w2(initializer, probe, &config->hidden, k);
    for (size_t k = 0; k < n && status == IL_OK; k++)
        status = forward(&c, k, &beyond);
    for (size_t k = 0; k < n; k++)
        probe->layer[k].sigma_w2 = c.sigma_w2[k];
    if (status == IL_OK)
        backward(&c);
    il_status memory = IL_OK;
    if (status == IL_OK && !isnan(probe->jacobian.largest))
        memory = spread(&c, initializer, err);
    if (status == IL_OK && isfinite(probe->input_correlation))
        (void)correlate(&c, &beyond);
    free(room);
    return memory == IL_NO_MEMORY ? memory : IL_OK;
}
