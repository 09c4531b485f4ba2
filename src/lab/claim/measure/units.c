/* Measures of the hidden units while they learn: after initialization and after every epoch. */
#include "lab/claim/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t hidden_layers(const il_subject *s) {
    return il_network_layers(s->net) - 1;
}

static double larger(double a, double b) {
    return a > b || isnan(a) ? a : b;
}

/* Weight (i, j) of a layer, and bias j. */
static double weight(const il_layer *y, size_t R, size_t i, size_t j, size_t r) {
    return (double)y->W[(i * y->fan_out + j) * R + r];
}

static double bias(const il_layer *y, size_t R, size_t j, size_t r) {
    return (double)y->b[j * R + r];
}

/* The largest difference between two units of hidden layer k in a weight, to or from them, or in their bias. */
static double difference(const il_subject *s, size_t k, size_t a, size_t b, size_t r) {
    const il_layer *in = il_network_layer(s->net, k), *out = il_network_layer(s->net, k + 1);
    double most = fabs(bias(in, s->R, a, r) - bias(in, s->R, b, r));
    for (size_t i = 0; i < in->fan_in; i++)
        most = larger(fabs(weight(in, s->R, i, a, r) - weight(in, s->R, i, b, r)), most);
    for (size_t j = 0; j < out->fan_out; j++)
        most = larger(fabs(weight(out, s->R, a, j, r) - weight(out, s->R, b, j, r)), most);
    return most;
}

/* Calls `look` at the start and after every epoch. */
static void watch(const il_call *measure, il_subject *s, double *value,
                  void (*look)(const il_subject *s, double *value)) {
    look(s, value);
    for (double epoch = 0; epoch < measure->arg[0]; epoch++) {
        il_trainer_epoch(s->trainer, NULL, NULL);
        look(s, value);
    }
}

static void look_at_difference(const il_subject *s, double *value) {
    for (size_t r = 0; r < s->R; r++)
        for (size_t k = 0; k < hidden_layers(s); k++)
            for (size_t j = 1; j < il_network_layer(s->net, k)->fan_out; j++)
                value[r] = larger(difference(s, k, 0, j, r), value[r]);
}

static il_status unit_difference(const il_call *measure, il_subject *s, double *value) {
    for (size_t r = 0; r < s->R; r++)
        value[r] = 0;
    watch(measure, s, value, look_at_difference);
    return IL_OK;
}

static void look_at_distance(const il_subject *s, double *value) {
    for (size_t r = 0; r < s->R; r++)
        for (size_t k = 0; k < hidden_layers(s); k++)
            for (size_t j = 1; j < il_network_layer(s->net, k)->fan_out; j++)
                for (size_t i = 0; i < j; i++) {
                    double d = difference(s, k, i, j, r);
                    value[r] = d < value[r] || isnan(d) ? d : value[r];
                }
}

static il_status unit_distance(const il_call *measure, il_subject *s, double *value) {
    for (size_t r = 0; r < s->R; r++)
        value[r] = (double)INFINITY;
    watch(measure, s, value, look_at_distance);
    return IL_OK;
}

static void look_at_gradients(const il_subject *s, double *value) {
    for (size_t k = 0; k < hidden_layers(s); k++) {
        const il_layer *y = il_network_layer(s->net, k);
        for (size_t i = 0; i < y->fan_in * y->fan_out * s->R; i++)
            value[i % s->R] = larger(fabs((double)y->gW[i]), value[i % s->R]);
    }
}

/* Before the first epoch no gradient has been computed: all are 0. */
static il_status hidden_gradient(const il_call *measure, il_subject *s, double *value) {
    for (size_t r = 0; r < s->R; r++)
        value[r] = 0;
    watch(measure, s, value, look_at_gradients);
    return IL_OK;
}

enum { HIDDEN, OUTPUT_WEIGHTS, OUTPUT_BIAS };

/* The parameters, counted in those of one replica, that belong to a part of the network. */
static il_range part_of(const il_subject *s, double part) {
    size_t hidden = 0, L = il_network_layers(s->net);
    for (size_t k = 0; k + 1 < L; k++)
        hidden += il_network_layer(s->net, k)->parameters;
    const il_layer *y = il_network_layer(s->net, L - 1);
    size_t weights = hidden + y->fan_in * y->fan_out;
    return part == HIDDEN           ? (il_range){.last = hidden}
           : part == OUTPUT_WEIGHTS ? (il_range){.first = hidden, .last = weights}
                                    : (il_range){.first = weights, .last = weights + y->fan_out};
}

static il_status movement(const il_call *measure, il_subject *s, double *value) {
    size_t bytes = il_network_size(s->net) * s->R * sizeof(il_real);
    const il_real *now = il_network_parameters(s->net);
    il_real *start = malloc(bytes);
    if (!start)
        return il_fail(s->err, IL_NO_MEMORY, "no memory for a copy of the parameters");
    memcpy(start, now, bytes);
    il_range range = part_of(s, measure->arg[1]);
    for (size_t r = 0; r < s->R; r++)
        value[r] = 0;
    for (double epoch = 0; epoch < measure->arg[0]; epoch++) {
        il_trainer_epoch(s->trainer, NULL, NULL);
        for (size_t i = range.first * s->R; i < range.last * s->R; i++)
            value[i % s->R] = larger(fabs((double)now[i] - (double)start[i]), value[i % s->R]);
    }
    free(start);
    return IL_OK;
}

/* A hidden unit that stands for all h of a layer of equal ones: with both its weights sqrt(h) times as large it has
 * the layer's output, and, where the activation is positively homogeneous, moves as the layer does under gradient
 * descent. Replica by replica, from the network as it begins. */
static void make_narrow(const il_subject *s, il_network *narrow) {
    const il_layer *wide = il_network_layer(s->net, 0), *out = il_network_layer(s->net, 1);
    const il_layer *one = il_network_layer(narrow, 0), *last = il_network_layer(narrow, 1);
    double root = sqrt((double)wide->fan_out);
    for (size_t r = 0; r < s->R; r++) {
        for (size_t i = 0; i < wide->fan_in; i++)
            one->W[i * s->R + r] = (il_real)(root * weight(wide, s->R, i, 0, r));
        one->b[r] = (il_real)(root * bias(wide, s->R, 0, r));
        for (size_t j = 0; j < out->fan_out; j++) {
            last->W[j * s->R + r] = (il_real)(root * weight(out, s->R, 0, j, r));
            last->b[j * s->R + r] = (il_real)bias(out, s->R, j, r);
        }
    }
}

static il_status narrow_difference(const il_call *measure, il_subject *s, double *value) {
    il_network_config config = il_arm_network(s->arm, s->R);
    const il_training training = il_arm_training(s->study, s->arm);
    il_trainer *narrow = NULL;
    il_real loss[2][IL_MEASURED_LANES], correct[IL_MEASURED_LANES];
    config.widths.width[1] = 1;
    il_status status = il_trainer_new(&config, &training, &s->train, NULL, &narrow, s->err);
    if (status != IL_OK)
        return status;
    make_narrow(s, il_trainer_network(narrow));
    for (size_t r = 0; r < s->R; r++) {
        il_trainer_begin(narrow, r, s->first + r);
        value[r] = 0;
    }
    for (double epoch = 0; epoch < measure->arg[0]; epoch++) {
        il_trainer_epoch(s->trainer, NULL, NULL);
        il_trainer_epoch(narrow, NULL, NULL);
        il_trainer_evaluate(s->trainer, &s->train, loss[0], correct);
        il_trainer_evaluate(narrow, &s->train, loss[1], correct);
        for (size_t r = 0; r < s->R; r++)
            value[r] = larger(fabs((double)loss[0][r] - (double)loss[1][r]), value[r]);
    }
    il_trainer_free(narrow);
    return status;
}

static il_status has_hidden(const il_call *measure, const il_arm *arm, il_error *err) {
    if (arm->network.n > 2)
        return IL_OK;
    return il_fail(err, IL_INVALID, "%s: needs a hidden layer, such as network: 2-8-1",
                   measure->desc->name);
}

static il_status has_one_hidden(const il_call *measure, const il_arm *arm, il_error *err) {
    if (arm->network.n == 3 && !(arm->norm.desc && arm->norm.desc != il_norms.items[0]))
        return IL_OK;
    return il_fail(err, IL_INVALID,
                   "%s: needs one hidden layer without norm, such as network: 2-8-1",
                   measure->desc->name);
}

const il_measure_type il_measure_unit_difference = {
    .desc = {.name = "unit_difference",
             .formula = "largest difference between a hidden unit and the first of its layer in a "
                        "weight or bias, from the start to the last epoch; 0: all are identical",
             .params = {IL_PARAM_EPOCHS},
             .n_params = 1},
    .kind = IL_MEAN,
    .high = (double)INFINITY,
    .of_network = unit_difference,
    .trains = true,
    .fits = has_hidden,
};

const il_measure_type il_measure_unit_distance = {
    .desc = {.name = "unit_distance",
             .formula =
                 "least distance between two hidden units of a layer, from the start to the "
                 "last epoch, as their largest difference; above 0: no two are ever identical",
             .params = {IL_PARAM_EPOCHS},
             .n_params = 1},
    .kind = IL_MEAN,
    .high = (double)INFINITY,
    .of_network = unit_distance,
    .trains = true,
    .fits = has_hidden,
};

const il_measure_type il_measure_hidden_gradient = {
    .desc = {.name = "hidden_gradient",
             .formula = "largest gradient of a hidden weight in the last step of any epoch",
             .params = {IL_PARAM_EPOCHS},
             .n_params = 1},
    .kind = IL_MEAN,
    .high = (double)INFINITY,
    .of_network = hidden_gradient,
    .trains = true,
    .fits = has_hidden,
};

const il_measure_type il_measure_movement = {
    .desc = {.name = "movement",
             .formula = "largest distance of a parameter from its start, after any epoch",
             .params = {IL_PARAM_EPOCHS,
                        {.name = "part",
                         .doc = "of the network",
                         .kind = IL_CHOICE,
                         .choices = "hidden|output_weights|output_bias",
                         .max = 2}},
             .n_params = 2},
    .kind = IL_MEAN,
    .high = (double)INFINITY,
    .of_network = movement,
    .trains = true,
};

const il_measure_type il_measure_narrow_difference = {
    .desc = {.name = "narrow_difference",
             .formula =
                 "largest difference, after any epoch, between the loss and that of a network "
                 "with one hidden unit whose weights begin sqrt(units) times as large",
             .params = {IL_PARAM_EPOCHS},
             .n_params = 1},
    .kind = IL_MEAN,
    .high = (double)INFINITY,
    .of_network = narrow_difference,
    .trains = true,
    .fits = has_one_hidden,
};
