#include "optim/schedule.h"

#include <string.h>

static double constant(const double *arg, const il_progress *at, const double *state) {
    (void)arg, (void)at, (void)state;
    return 1;
}

const il_schedule_type il_schedule_constant = {
    .desc = {.name = "constant", .formula = "1"},
    .factor = constant,
};

static const il_desc *const items[] = {
    &il_schedule_constant.desc,
};

const il_family il_schedules = {
    .kind = "schedule", .items = items, .n = sizeof items / sizeof *items};

void il_schedule_reset(const il_call *schedule, double *state) {
    memcpy(state, il_schedule_of(schedule)->start, IL_SCHEDULE_STATE * sizeof *state);
}

double il_schedule_factor(const il_call *schedule, const il_progress *at, const double *state) {
    return il_schedule_of(schedule)->factor(schedule->arg, at, state);
}

bool il_schedule_watches(const il_call *schedule) {
    return il_schedule_of(schedule)->observe != NULL;
}

void il_schedule_observe(const il_call *schedule, double loss, double *state) {
    if (il_schedule_of(schedule)->observe)
        il_schedule_of(schedule)->observe(schedule->arg, loss, state);
}
