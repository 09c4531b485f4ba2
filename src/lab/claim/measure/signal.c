/* Measures of a network as it begins: how the signal goes forward and gradients go back through its layers. */
#include "lab/claim/measure.h"

#include <math.h>

/* Over n samples of one replica: x [n][units][R]. */
static double mean_square(const il_real *x, size_t n, size_t units, size_t R, size_t r) {
    double sum = 0;
    for (size_t i = 0; i < n * units; i++)
        sum += (double)x[i * R + r] * (double)x[i * R + r];
    return sum / (double)(n * units);
}

/* Of the activations after layer k, counted from 1; 0 is the input. */
static double forward_square(const il_subject *s, size_t k, size_t r) {
    if (k == 0)
        return mean_square(s->seen.X, s->seen.n, s->arm->network.width[0], 1, 0);
    const il_layer *y = il_network_layer(s->net, k - 1);
    return mean_square(y->a, s->seen.n, y->fan_out, s->R, r);
}

static double backward_square(const il_subject *s, size_t k, size_t r) {
    const il_layer *y = il_network_layer(s->net, k - 1);
    return mean_square(y->delta, s->seen.n, y->fan_out, s->R, r);
}

static size_t hidden_layers(const il_arm *arm) {
    return arm->network.n - 2;
}

enum { MEAN, LEAST, MOST };

/* Factors on the root mean square from each hidden layer to the next one in the direction of `step`. What has vanished
 * altogether grows by 0. */
static double growth(const il_call *measure, const il_subject *s, size_t r, int step,
                     double (*of)(const il_subject *, size_t, size_t)) {
    size_t H = hidden_layers(s->arm);
    double logs = 0, least = (double)INFINITY, most = 0;
    for (size_t i = 1; i < H; i++) {
        size_t from = step > 0 ? i : H + 1 - i, to = step > 0 ? i + 1 : H - i;
        double next = of(s, to, r), factor = next == 0 ? 0 : sqrt(next / of(s, from, r));
        logs += log(factor);
        least = factor < least ? factor : least;
        most = factor > most || isnan(factor) ? factor : most;
    }
    return measure->arg[0] == MEAN    ? exp(logs / (double)(H - 1))
           : measure->arg[0] == LEAST ? least
                                      : most;
}

static il_status activation_growth(const il_call *measure, il_subject *s, double *value) {
    for (size_t r = 0; r < s->R; r++)
        value[r] = growth(measure, s, r, 1, forward_square);
    return IL_OK;
}

static il_status gradient_growth(const il_call *measure, il_subject *s, double *value) {
    for (size_t r = 0; r < s->R; r++)
        value[r] = growth(measure, s, r, -1, backward_square);
    return IL_OK;
}

static il_status has_two_hidden(const il_call *measure, const il_arm *arm, il_error *err) {
    if (hidden_layers(arm) >= 2)
        return IL_OK;
    return il_fail(err, IL_INVALID,
                   "%s: needs two hidden layers at least, such as network: 2-8-8-1",
                   measure->desc->name);
}

static il_status has_hidden(const il_call *measure, const il_arm *arm, il_error *err) {
    if (hidden_layers(arm) >= 1)
        return IL_OK;
    return il_fail(err, IL_INVALID, "%s: needs a hidden layer, such as network: 2-8-1",
                   measure->desc->name);
}

/* The layer that a parameter names: 0 is the last hidden one. */
static size_t layer_of(const il_arm *arm, double argument) {
    return argument == 0 ? hidden_layers(arm) : (size_t)argument;
}

static il_status has_layer(const il_call *measure, const il_arm *arm, il_error *err) {
    il_status status = has_hidden(measure, arm, err);
    for (size_t i = 0; i < measure->desc->n_params && status == IL_OK; i++)
        if (measure->arg[i] > (double)hidden_layers(arm))
            status = il_fail(err, IL_INVALID, "%s: %s=%g, but there are %zu hidden layers",
                             measure->desc->name, measure->desc->params[i].name, measure->arg[i],
                             hidden_layers(arm));
    return status;
}

static il_status activation_ratio(const il_call *measure, il_subject *s, double *value) {
    size_t from = (size_t)measure->arg[0], to = layer_of(s->arm, measure->arg[1]);
    for (size_t r = 0; r < s->R; r++)
        value[r] = forward_square(s, to, r) / forward_square(s, from, r);
    return IL_OK;
}

static il_status activation_mean(const il_call *measure, il_subject *s, double *value) {
    const il_layer *y = il_network_layer(s->net, layer_of(s->arm, measure->arg[0]) - 1);
    size_t n = s->seen.n * y->fan_out;
    for (size_t r = 0; r < s->R; r++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += (double)y->a[i * s->R + r];
        value[r] = sum / (double)n;
    }
    return IL_OK;
}

/* Over all hidden layers. The bounds within which a unit is not saturated are those of its activation. */
static il_status saturated(const il_call *measure, il_subject *s, double *value) {
    (void)measure;
    double low = s->arm->hidden.desc->name[0] == 't' ? -0.99 : 0.01;
    for (size_t r = 0; r < s->R; r++) {
        size_t n = 0, outside = 0;
        for (size_t k = 0; k < hidden_layers(s->arm); k++) {
            const il_layer *y = il_network_layer(s->net, k);
            for (size_t i = 0; i < s->seen.n * y->fan_out; i++, n++)
                outside += (double)y->a[i * s->R + r] > 0.99 || (double)y->a[i * s->R + r] < low;
        }
        value[r] = (double)outside / (double)n;
    }
    return IL_OK;
}

static il_status can_saturate(const il_call *measure, const il_arm *arm, il_error *err) {
    const char *name = arm->hidden.desc->name;
    if (name != il_family_find(&il_activations, "tanh")->name &&
        name != il_family_find(&il_activations, "sigmoid")->name)
        return il_fail(err, IL_INVALID,
                       "saturated: %s does not saturate: use hidden: tanh or sigmoid", name);
    return has_hidden(measure, arm, err);
}

static bool is_dead(const il_subject *s, const il_layer *y, size_t unit, size_t r) {
    for (size_t i = 0; i < s->seen.n; i++)
        if (y->a[(i * y->fan_out + unit) * s->R + r] != 0)
            return false;
    return true;
}

static il_status dead_units(const il_call *measure, il_subject *s, double *value) {
    (void)measure;
    for (size_t r = 0; r < s->R; r++) {
        size_t units = 0, dead = 0;
        for (size_t k = 0; k < hidden_layers(s->arm); k++) {
            const il_layer *y = il_network_layer(s->net, k);
            for (size_t j = 0; j < y->fan_out; j++, units++)
                dead += is_dead(s, y, j, r);
        }
        value[r] = (double)dead / (double)units;
    }
    return IL_OK;
}

#define WHICH                                                                                      \
    {                                                                                              \
        .name = "which", .doc = "of the factors: their geometric mean, the least or the most",     \
        .kind = IL_CHOICE, .choices = "mean|least|most", .max = 2, .bare = true                    \
    }

#define LAYER(which, text, first)                                                                  \
    { .name = which, .doc = text, .kind = IL_INTEGER, .initial = first, .max = IL_MAX_LAYERS }

const il_measure_type il_measure_activation_growth = {
    .desc = {.name = "activation_growth",
             .formula = "factor on the activations' root mean square from a hidden layer to the "
                        "next, at the start",
             .params = {WHICH},
             .n_params = 1},
    .kind = IL_MEAN,
    .high = (double)INFINITY,
    .of_network = activation_growth,
    .fits = has_two_hidden,
};

const il_measure_type il_measure_gradient_growth = {
    .desc = {.name = "gradient_growth",
             .formula = "factor on the root mean square of the gradients with respect to "
                        "pre-activations from a hidden layer to the one before it, at the start",
             .params = {WHICH},
             .n_params = 1},
    .kind = IL_MEAN,
    .high = (double)INFINITY,
    .of_network = gradient_growth,
    .fits = has_two_hidden,
};

const il_measure_type il_measure_activation_ratio = {
    .desc = {.name = "activation_ratio",
             .formula =
                 "mean square of the activations of layer `to` over that of layer `from`, at "
                 "the start",
             .params = {LAYER("from", "a hidden layer, from 1; 0: the input", 1),
                        LAYER("to", "a hidden layer; 0: the last", 0)},
             .n_params = 2},
    .kind = IL_MEAN,
    .high = (double)INFINITY,
    .of_network = activation_ratio,
    .fits = has_layer,
};

const il_measure_type il_measure_activation_mean = {
    .desc = {.name = "activation_mean",
             .formula = "mean of the activations of a hidden layer, at the start",
             .params = {LAYER("layer", "from 1; 0: the last", 0)},
             .n_params = 1},
    .kind = IL_MEAN,
    .low = -(double)INFINITY,
    .high = (double)INFINITY,
    .of_network = activation_mean,
    .fits = has_layer,
};

const il_measure_type il_measure_saturated = {
    .desc = {.name = "saturated",
             .formula =
                 "share of the hidden activations at the start with |tanh| > 0.99, or sigmoid "
                 "outside [0.01, 0.99]"},
    .kind = IL_MEAN,
    .high = 1,
    .of_network = saturated,
    .fits = can_saturate,
};

const il_measure_type il_measure_dead_units = {
    .desc = {.name = "dead_units",
             .formula = "share of the hidden units that are 0 on all samples, at the start"},
    .kind = IL_MEAN,
    .high = 1,
    .of_network = dead_units,
    .fits = has_hidden,
};
