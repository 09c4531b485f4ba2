#include "optim/schedule.h"

enum { EPOCHS, START };

static double factor(const double *arg, const il_progress *at, const double *state) {
    (void)state;
    return il_schedule_rise(arg[START], arg[EPOCHS] * (double)at->epoch_steps, at->step);
}

const il_schedule_type il_schedule_warmup = {
    .desc = {.name = "warmup",
             .formula = "start + (1 - start)*t/T in step t of the first T, then 1",
             .source = "Goyal et al. 2017, section 2.2; PyTorch's LinearLR, stepped each step",
             .params = {{.name = "epochs", .doc = "epochs of warm-up", .initial = 5, .max = 1e9},
                        IL_PARAM_WARMUP_START},
             .n_params = 2},
    .factor = factor,
    .warmup = EPOCHS,
};
