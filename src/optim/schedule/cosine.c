#include "optim/schedule.h"

enum { WARMUP, START, MIN };

static double factor(const double *arg, const il_progress *at, const double *state) {
    (void)state;
    double warmup = arg[WARMUP] * (double)at->epoch_steps;
    if ((double)at->step < warmup)
        return il_schedule_rise(arg[START], warmup, at->step);
    if (at->step >= at->steps)
        return arg[MIN];
    return il_schedule_half_cosine(1, arg[MIN],
                                   ((double)at->step - warmup) / ((double)at->steps - warmup));
}

const il_schedule_type il_schedule_cosine = {
    .desc = {.name = "cosine",
             .formula = "min + (1 - min)*(1 + cos(pi*t/T))/2 in step t of the T that follow the "
                        "warm-up",
             .source = "Loshchilov & Hutter 2017, equation 5; PyTorch's LinearLR, then "
                       "CosineAnnealingLR with T_max=T, stepped each step",
             .params = {{.name = "warmup", .doc = "epochs of linear warm-up before", .max = 1e9},
                        IL_PARAM_WARMUP_START,
                        IL_PARAM_LAST_FACTOR},
             .n_params = 3},
    .factor = factor,
    .whole = true,
    .warmup = WARMUP,
};
