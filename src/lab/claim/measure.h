/* Measures: what a claim can be about. A measure gives one number for every seed of an arm; what a test makes of the
 * numbers is the measure's `kind`. A measure is one file in src/lab/claim/measure, or a line there, and one line in its
 * registry.
 */
#ifndef IL_LAB_CLAIM_MEASURE_H
#define IL_LAB_CLAIM_MEASURE_H

#include "initlab/claim.h"
#include "lab/starter.h"
#include "lab/task.h"

#define IL_MEASURED_SAMPLES 256 /* at most, for measures of a network as it begins */
#define IL_MEASURED_LANES 16    /* R in the lockstep engine */

typedef enum il_measure_kind {
    IL_MEAN,   /* the mean over the seeds */
    IL_SHARE,  /* the same of numbers that are 0 or 1 */
    IL_MEDIAN, /* of epochs */
    IL_PAIRS,  /* A12 of two arms' epochs */
    IL_WINS    /* the share of seeds at which a has fewer epochs, of those at which they differ */
} il_measure_kind;

/* R replicas of an arm's network, freshly initialized from the seeds `first` … first + R - 1. */
typedef struct il_subject {
    const il_study *study;
    const il_arm *arm;
    il_network *net;
    size_t R;
    il_trainer *trainer; /* the network's, with a measure that trains; else NULL … */
    il_samples seen;     /* … and the samples X, Y that have passed forward and backward */
    il_samples train;    /* the training set … */
    il_samples judges;   /* … and those that judge, which may be the same */
    uint64_t first;
    il_error *err;
} il_subject;

typedef struct il_measure_type {
    il_desc desc;
    il_measure_kind kind;
    double low, high; /* what the numbers can be */

    /* Either what a finished run says; `budget` is its study's. */
    double (*of_run)(const il_run *run, uint32_t budget);

    /* Or what a network says: value [R], after a forward and a backward pass, or, when `trains` is set, with a trainer
     * in place of them. */
    il_status (*of_network)(const il_call *measure, il_subject *subject, double *value);
    bool trains;

    /* Whether the network has what is measured; NULL: every network has. */
    il_status (*fits)(const il_call *measure, const il_arm *arm, il_error *err);
} il_measure_type;

/* A parameter of measures that train. */
#define IL_PARAM_EPOCHS                                                                            \
    {                                                                                              \
        .name = "epochs", .doc = "of training", .kind = IL_INTEGER, .initial = 100, .min = 1,      \
        .max = 1e6                                                                                 \
    }

static inline const il_measure_type *il_measure_of(const il_call *measure) {
    return (const il_measure_type *)(const void *)measure->desc;
}

/* Whether it is of two arms by itself. */
static inline bool il_measure_compares(const il_call *measure) {
    return il_measure_of(measure)->kind >= IL_PAIRS;
}

/* value [seeds] of one arm of a study. `runs` [seeds] is what a measure of runs needs. Errors: IL_NO_MEMORY, what the
 * arm's initialization refuses, IL_INTERRUPTED. */
il_status il_measure_arm(const il_call *measure, const il_study *study, size_t arm,
                         const il_run *runs, const il_run_options *options, double *value,
                         il_error *err);

extern const il_measure_type il_measure_success, il_measure_diverged, il_measure_rmst,
    il_measure_median, il_measure_a12, il_measure_wins, il_measure_accuracy, il_measure_loss;
extern const il_measure_type il_measure_activation_growth, il_measure_activation_ratio,
    il_measure_gradient_growth, il_measure_activation_mean, il_measure_saturated,
    il_measure_dead_units;
extern const il_measure_type il_measure_unit_difference, il_measure_unit_distance,
    il_measure_hidden_gradient, il_measure_movement, il_measure_narrow_difference;
extern const il_measure_type il_measure_layer, il_measure_weight_norm, il_measure_gap;

#endif
