#include "optim/schedule.h"

#include <math.h>

enum { EVERY, GAMMA };

static double factor(const double *arg, const il_progress *at, const double *state) {
    (void)state;
    return il_schedule_power(arg[GAMMA], at->step / at->epoch_steps / (uint64_t)arg[EVERY]);
}

const il_schedule_type il_schedule_step = {
    .desc = {.name = "step",
             .formula = "gamma^floor(epoch/every), the first epoch being 0",
             .source = "PyTorch's StepLR, stepped each epoch",
             .params = {{.name = "every",
                         .doc = "epochs from one fall to the next",
                         .kind = IL_INTEGER,
                         .initial = (double)NAN,
                         .min = 1,
                         .max = 1e9},
                        {.name = "gamma",
                         .doc = "factor of a fall",
                         .initial = 0.1,
                         .max = 1,
                         .above_min = true}},
             .n_params = 2},
    .factor = factor,
    .warmup = -1,
};
