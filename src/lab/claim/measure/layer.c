/* What a probe knows of one layer, at the start or after some epochs of training. A trainer's network holds no more
 * samples than a batch; so its parameters are looked at in another one, which holds all that are seen. */
#include "lab/claim/measure.h"
#include "lab/probe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STATISTIC, LAYER, OVER, EPOCHS };

/* After those of a probe. */
enum { U_VARIANCE = IL_PROBE_STATISTICS, WEIGHT_CHANGE };

#define STATISTICS                                                                                 \
    "u_mean|u_rms|u_min|u_max|a_mean|a_rms|a_min|a_max|weight_mean|weight_rms|weight_min|"         \
    "weight_max|delta_mean|delta_rms|delta_min|delta_max|gradient_mean|gradient_rms|gradient_min|" \
    "gradient_max|correlation|zero|saturated|dead|update_ratio|u_variance|weight_change"

/* The layer that a parameter names, from 1 to the output; 0 is the last hidden one. */
static size_t layer_of(const il_arm *arm, double argument) {
    return argument == 0 ? arm->network.n - 2 : (size_t)argument;
}

/* ||W - start||/||W|| at the start. */
static double weight_change(const il_layer *y, const il_real *start, size_t R, size_t r) {
    double moved = 0, square = 0;
    for (size_t i = r; i < y->fan_in * y->fan_out * R; i += R) {
        double d = (double)y->W[i] - (double)start[i];
        moved += d * d;
        square += (double)start[i] * (double)start[i];
    }
    return sqrt(moved / square);
}

static double read_statistic(const il_probe_sample *sample, size_t statistic) {
    const double *s = sample->statistic;
    if (statistic == U_VARIANCE)
        return s[IL_PROBE_U_RMS] - s[IL_PROBE_U_MEAN] * s[IL_PROBE_U_MEAN]; /* u_rms is squared */
    double value = s[statistic];
    return il_probe_kind_of((il_probe_statistic)statistic) == IL_PROBE_RMS ? sqrt(value) : value;
}

/* The statistic of layer k of every replica of `view`, by a pass forward and one back. `start` are the parameters before
 * training, laid out as the network's. */
static void look(const il_subject *s, il_network *view, const il_real *start, size_t statistic,
                 size_t k, double *value) {
    const il_layer *y = il_network_layer(view, k);
    il_probe_sample sample[IL_MEASURED_LANES];
    il_real loss[IL_MEASURED_LANES], correct[IL_MEASURED_LANES];
    il_network_forward(view, s->seen.n, s->seen.X);
    il_probe_slopes(view, k, s->seen.n);
    for (size_t r = 0; r < s->R; r++)
        il_probe_forward(view, k, r, s->seen.n, &sample[r]);
    il_network_loss(view, s->seen.n, s->seen.Y, loss, correct);
    il_network_backward(view, s->seen.n, s->seen.X);
    for (size_t r = 0; r < s->R; r++) {
        il_probe_backward(view, k, r, s->seen.n, &sample[r]);
        value[r] = statistic == WEIGHT_CHANGE
                       ? weight_change(y, start + (y->W - il_network_parameters(view)), s->R, r)
                       : read_statistic(&sample[r], statistic);
    }
}

static void copy_network(const il_subject *s, il_network *view) {
    memcpy(il_network_parameters(view), il_network_parameters(s->net),
           il_network_size(view) * s->R * sizeof(il_real));
    if (il_network_running_size(view) > 0)
        memcpy(il_network_running(view), il_network_running(s->net),
               il_network_running_size(view) * s->R * sizeof(il_real));
}

static il_status layer(const il_call *measure, il_subject *s, double *value) {
    const double *arg = measure->arg;
    size_t bytes = il_network_size(s->net) * s->R * sizeof(il_real);
    double below[IL_MEASURED_LANES];
    il_network_config config = il_arm_network(s->arm, s->R);
    il_network *view = NULL;
    config.batch = s->seen.n;
    il_status status = il_network_new(&config, &view, s->err);
    il_real *start = status == IL_OK ? malloc(bytes) : NULL;
    if (status == IL_OK && !start)
        status = il_fail(s->err, IL_NO_MEMORY, "no memory for a copy of the parameters");
    if (status == IL_OK) {
        memcpy(start, il_network_parameters(s->net), bytes);
        for (double epoch = 0; epoch < arg[EPOCHS]; epoch++)
            il_trainer_epoch(s->trainer, NULL, NULL);
        copy_network(s, view);
        look(s, view, start, (size_t)arg[STATISTIC], layer_of(s->arm, arg[LAYER]) - 1, value);
        if (arg[OVER] > 0)
            look(s, view, start, (size_t)arg[STATISTIC], (size_t)arg[OVER] - 1, below);
        for (size_t r = 0; arg[OVER] > 0 && r < s->R; r++)
            value[r] /= below[r];
    }
    free(start);
    il_network_free(view);
    return status;
}

/* Whether layer k of the network, from 1, has the statistic. */
static il_status has_statistic(const il_call *measure, const il_arm *arm, size_t k, il_error *err) {
    size_t layers = arm->network.n - 1;
    if (k > layers)
        return il_fail(err, IL_INVALID, "layer: there is no layer %zu: the network has %zu", k,
                       layers);
    if (measure->arg[STATISTIC] == IL_PROBE_SATURATED &&
        (k == layers || !il_probe_saturates(&arm->hidden)))
        return il_fail(err, IL_INVALID,
                       "layer: nothing saturates in layer %zu: it needs hidden: tanh or sigmoid "
                       "and a hidden layer",
                       k);
    return IL_OK;
}

static il_status fits(const il_call *measure, const il_arm *arm, il_error *err) {
    const double *arg = measure->arg;
    if (arg[LAYER] == 0 && arm->network.n < 3)
        return il_fail(err, IL_INVALID,
                       "layer: there is no hidden layer: add one, such as in network: 2-8-1, or "
                       "say layer=1");
    il_status status = has_statistic(measure, arm, layer_of(arm, arg[LAYER]), err);
    return status == IL_OK && arg[OVER] > 0 ? has_statistic(measure, arm, (size_t)arg[OVER], err)
                                            : status;
}

const il_measure_type il_measure_layer = {
    .desc = {.name = "layer",
             .formula = "a statistic of probe, or the variance of the pre-activations, or "
                        "||W - W at the start||/||W at the start||, of one layer",
             .params =
                 {{.name = "statistic",
                   .doc = "which",
                   .kind = IL_CHOICE,
                   .initial = (double)NAN,
                   .choices = STATISTICS,
                   .max = WEIGHT_CHANGE,
                   .bare = true},
                  {.name = "layer",
                   .doc = "from 1 to the output; 0: the last hidden one",
                   .kind = IL_INTEGER,
                   .max = IL_MAX_LAYERS},
                  {.name = "over",
                   .doc = "a layer, from 1, by whose value it is divided; 0: none",
                   .kind = IL_INTEGER,
                   .max = IL_MAX_LAYERS},
                  {.name = "epochs", .doc = "of training before", .kind = IL_INTEGER, .max = 1e6}},
             .n_params = 4},
    .kind = IL_MEAN,
    .low = -(double)INFINITY,
    .high = (double)INFINITY,
    .of_network = layer,
    .trains = true,
    .fits = fits,
};
