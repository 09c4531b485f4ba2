#include "optim/schedule.h"

#include <math.h>

static double factor(const double *arg, const il_progress *at, const double *state) {
    (void)state;
    return il_schedule_power(arg[0], at->step / at->epoch_steps);
}

const il_schedule_type il_schedule_exponential = {
    .desc = {.name = "exponential",
             .formula = "gamma^epoch, the first epoch being 0",
             .source = "PyTorch's ExponentialLR, stepped each epoch",
             .params = {{.name = "gamma",
                         .doc = "factor of each epoch",
                         .initial = (double)NAN,
                         .max = 1,
                         .above_min = true}},
             .n_params = 1},
    .factor = factor,
    .warmup = -1,
};
