/* Measures of a network that has been trained for a number of epochs, whether it converged or not. */
#include "lab/claim/measure.h"

#include <math.h>

static void train(const il_call *measure, il_subject *s) {
    for (double epoch = 0; epoch < measure->arg[0]; epoch++)
        il_trainer_epoch(s->trainer, NULL, NULL);
}

static il_status weight_norm(const il_call *measure, il_subject *s, double *value) {
    train(measure, s);
    for (size_t r = 0; r < s->R; r++)
        value[r] = 0;
    for (size_t k = 0; k < il_network_layers(s->net); k++) {
        const il_layer *y = il_network_layer(s->net, k);
        for (size_t i = 0; i < y->fan_in * y->fan_out * s->R; i++)
            value[i % s->R] += (double)y->W[i] * (double)y->W[i];
    }
    for (size_t r = 0; r < s->R; r++)
        value[r] = sqrt(value[r]);
    return IL_OK;
}

enum { ACCURACY, LOSS };

/* Positive when the samples that are trained on are known better than those that judge. */
static il_status gap(const il_call *measure, il_subject *s, double *value) {
    il_real loss[2][IL_MEASURED_LANES], correct[2][IL_MEASURED_LANES];
    train(measure, s);
    il_trainer_evaluate(s->trainer, &s->train, loss[0], correct[0]);
    il_trainer_evaluate(s->trainer, &s->judges, loss[1], correct[1]);
    for (size_t r = 0; r < s->R; r++)
        value[r] = measure->arg[1] == LOSS ? (double)loss[1][r] - (double)loss[0][r]
                                           : (double)correct[0][r] / (double)s->train.n -
                                                 (double)correct[1][r] / (double)s->judges.n;
    return IL_OK;
}

static il_status has_others(const il_call *measure, const il_arm *arm, il_error *err) {
    if (arm->built && il_dataset_judges(arm->built) == IL_TRAIN)
        return il_fail(err, IL_INVALID,
                       "gap: all samples are trained on: add split: random(test=0.5)");
    if (arm->built && arm->built->target && measure->arg[1] == ACCURACY)
        return il_fail(err, IL_INVALID,
                       "gap: targets that are numbers have no accuracy: say of=loss");
    return IL_OK;
}

const il_measure_type il_measure_weight_norm = {
    .desc = {.name = "weight_norm",
             .formula = "root of the sum of the squares of all weights after training",
             .params = {IL_PARAM_EPOCHS},
             .n_params = 1},
    .kind = IL_MEAN,
    .high = (double)INFINITY,
    .of_network = weight_norm,
    .trains = true,
};

const il_measure_type il_measure_gap = {
    .desc = {.name = "gap",
             .formula = "how much better the samples that are trained on are known than those that "
                        "judge, after training",
             .params = {IL_PARAM_EPOCHS,
                        {.name = "of",
                         .doc = "accuracy, of those that train less that of the others; or loss, "
                                "the other way round",
                         .kind = IL_CHOICE,
                         .choices = "accuracy|loss",
                         .max = 1}},
             .n_params = 2},
    .kind = IL_MEAN,
    .low = -(double)INFINITY,
    .high = (double)INFINITY,
    .of_network = gap,
    .trains = true,
    .fits = has_others,
};
