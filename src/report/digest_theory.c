/* Mean-field theory beside what was recorded of layers before training. */
#include "report/digest.h"

#include <initlab/theory.h>
#include <math.h>
#include <string.h>

/* A mean of n random numbers of mean 0 stays within 6 of its standard deviations but in one case of 10^9. */
#define CHANCE 36

typedef struct layer {
    double fan_in, fan_out, sigma_w2;
} layer;

/* Mean squares and means over the recorded runs. */
static void measure(const il_arm_record *record, size_t k, il_probe_statistic rms,
                    il_probe_statistic mean, double *square, double *average, size_t *n) {
    *square = *average = 0;
    *n = 0;
    for (size_t i = 0; i < record->n; i++) {
        if (record->run[i].n_layer_points == 0)
            continue;
        double root = (double)record->run[i].layer[k].statistic[rms];
        *square += root * root;
        *average += (double)record->run[i].layer[k].statistic[mean];
        ++*n;
    }
    *square /= (double)*n;
    *average /= (double)*n;
}

/* fan_in times a weight's variance: as the scheme states it, else as it was measured. False for weights that are not random
 * with mean 0. */
static bool find_variance(const il_initializer *initializer, const il_call *hidden,
                          const il_arm_record *record, size_t k, layer *y) {
    size_t n;
    double square, mean;
    bool last = k + 1 == record->n_layers;
    const il_call *init = last ? &initializer->output : &initializer->hidden;
    const il_init_type *type = il_init_type_of(init);
    const il_call linear = {.desc = il_family_find(&il_activations, "linear")};
    const il_init_layer shape = {.index = k,
                                 .layers = record->n_layers,
                                 .fan_in = (size_t)y->fan_in,
                                 .fan_out = (size_t)y->fan_out,
                                 .activation = last ? linear : *hidden,
                                 .hidden = *hidden};
    measure(record, k, IL_PROBE_WEIGHT_RMS, IL_PROBE_WEIGHT_MEAN, &square, &mean, &n);
    double variance = square - mean * mean;
    y->sigma_w2 = y->fan_in * square;
    if (type->fit || mean * mean * (double)n * y->fan_in * y->fan_out > CHANCE * variance)
        return false;
    if (type->law) {
        il_init_law law = type->law(init, &shape);
        y->sigma_w2 = y->fan_in * law.std * law.std;
        return law.mean == 0;
    }
    return y->sigma_w2 > 0;
}

/* The signal layer by layer, and what each activation does to a gradient. */
static bool forward(const il_call *hidden, const layer *y, double q, digest *d, double *slope) {
    const il_call linear = {.desc = il_family_find(&il_activations, "linear")};
    il_error beyond; /* a signal that leaves the range of doubles has no theory there */
    for (size_t k = 0; k < d->n_layers; k++) {
        il_moments at;
        if (il_moments_of(k + 1 < d->n_layers ? hidden : &linear, q, &at, &beyond) != IL_OK)
            return false;
        d->strip[IL_STRIP_SIGNAL][k].theory = sqrt(at.square);
        slope[k] = at.slope_square;
        if (k + 1 < d->n_layers)
            q = y[k + 1].sigma_w2 * at.square;
    }
    return true;
}

static void backward(const layer *y, const double *slope, digest *d) {
    strip *delta = d->strip[IL_STRIP_GRADIENT];
    double square = delta[d->n_layers - 1].value * delta[d->n_layers - 1].value;
    for (size_t k = d->n_layers; k-- > 0;) {
        if (k + 1 < d->n_layers)
            square *= y[k + 1].sigma_w2 * y[k + 1].fan_out / y[k + 1].fan_in * slope[k];
        delta[k].theory = sqrt(square);
    }
}

static bool is_plain(const il_archive *archive, size_t arm) {
    return strcmp(archive->value[arm][IL_KEY_BIAS], "zeros") == 0 &&
           strcmp(archive->value[arm][IL_KEY_NORM], "none") == 0 &&
           strcmp(archive->value[arm][IL_KEY_DROPOUT], "none") == 0;
}

void il_digest_theory(const il_archive *archive, const il_arm_record *record, digest *d) {
    char *const *value = archive->value[d->arm];
    double slope[IL_MAX_LAYERS], square, mean;
    layer y[IL_MAX_LAYERS];
    il_widths widths;
    il_call hidden, init;
    il_initializer initializer;
    il_error
        err; /* what the texts name may be unknown here, as plug-ins are: then there is no theory */
    size_t n;
    if (d->n_layers == 0 || !is_plain(archive, d->arm) ||
        il_widths_parse(value[IL_KEY_NETWORK], NULL, &widths, &err) != IL_OK ||
        widths.n != d->n_layers + 1 ||
        il_call_parse(&il_activations, value[IL_KEY_HIDDEN], NULL, &hidden, &err) != IL_OK ||
        il_call_parse(&il_inits, value[IL_KEY_INIT], NULL, &init, &err) != IL_OK ||
        il_init_type_of(&init)->open) /* reading a store opens no other files */
        return;
    bool applies = il_initializer_bind(&init, NULL, &hidden, &initializer, &err) == IL_OK;
    for (size_t k = 0; k < d->n_layers && applies; k++) {
        y[k] = (layer){(double)widths.width[k], (double)widths.width[k + 1], 0};
        applies = find_variance(&initializer, &hidden, record, k, &y[k]);
    }
    if (applies) {
        measure(record, 0, IL_PROBE_U_RMS, IL_PROBE_U_MEAN, &square, &mean, &n);
        if (forward(&hidden, y, square, d, slope))
            backward(y, slope, d);
    }
    il_initializer_release(&initializer);
}
