#include "optim/schedule.h"

static double factor(const double *arg, const il_progress *at, const double *state) {
    (void)arg, (void)at, (void)state;
    return 1;
}

const il_schedule_type il_schedule_constant = {
    .desc = {.name = "constant", .formula = "1"},
    .factor = factor,
    .warmup = -1,
};
