#include "lab/claim/measure.h"

static const il_desc *const items[] = {
    &il_measure_success.desc,
    &il_measure_rmst.desc,
    &il_measure_median.desc,
    &il_measure_a12.desc,
    &il_measure_accuracy.desc,
    &il_measure_loss.desc,
    &il_measure_diverged.desc,
    &il_measure_activation_growth.desc,
    &il_measure_activation_ratio.desc,
    &il_measure_activation_mean.desc,
    &il_measure_gradient_growth.desc,
    &il_measure_saturated.desc,
    &il_measure_dead_units.desc,
    &il_measure_unit_difference.desc,
    &il_measure_unit_distance.desc,
    &il_measure_hidden_gradient.desc,
    &il_measure_movement.desc,
    &il_measure_narrow_difference.desc,
    &il_measure_wins.desc,
    &il_measure_layer.desc,
    &il_measure_weight_norm.desc,
    &il_measure_gap.desc,
};

const il_family il_measures = {
    .kind = "measure", .items = items, .n = sizeof items / sizeof *items};
