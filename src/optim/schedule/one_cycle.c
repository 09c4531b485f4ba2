#include "optim/schedule.h"

enum { PCT_START, DIV, FINAL_DIV };

static double factor(const double *arg, const il_progress *at, const double *state) {
    (void)state;
    double low = 1 / arg[DIV], end = (double)at->steps - 1;
    double peak = arg[PCT_START] * (double)at->steps - 1;
    double t = at->step < at->steps ? (double)at->step : end;
    if (t <= peak && peak > 0)
        return il_schedule_half_cosine(low, 1, t / peak);
    double fallen = end > peak ? (t - peak) / (end - peak) : 0; /* a single step may be the peak */
    return il_schedule_half_cosine(1, low / arg[FINAL_DIV], fallen);
}

const il_schedule_type il_schedule_one_cycle = {
    .desc = {.name = "one_cycle",
             .formula = "half a cosine from 1/div_factor up to 1 in the first pct_start*T - 1 of "
                        "all T steps, another down to 1/(div_factor*final_div_factor) in the last; "
                        "momentum stays",
             .source = "Smith & Topin 2018; PyTorch's OneCycleLR without cycle_momentum",
             .params = {{.name = "pct_start",
                         .doc = "share of the training in which the rate rises",
                         .initial = 0.3,
                         .max = 1},
                        {.name = "div_factor",
                         .doc = "lr over the first learning rate",
                         .initial = 25,
                         .min = 1,
                         .max = 1e15},
                        {.name = "final_div_factor",
                         .doc = "the first learning rate over the last",
                         .initial = 1e4,
                         .min = 1,
                         .max = 1e15}},
             .n_params = 3},
    .factor = factor,
    .whole = true,
    .warmup = -1,
};
