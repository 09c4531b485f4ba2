#include "optim/schedule.h"

#include "base/elementary.h"

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

il_status il_schedule_check(const il_call *schedule, uint64_t epochs, il_error *err) {
    const il_schedule_type *type = il_schedule_of(schedule);
    const char *name = schedule->desc->name;
    char given[32];
    if (type->whole && epochs == 0)
        return il_fail(err, IL_INVALID, "schedule %s needs a training of at least 1 epoch", name);
    if (type->warmup < 0 || schedule->arg[type->warmup] < (double)epochs)
        return IL_OK;
    return il_fail(err, IL_INVALID,
                   "schedule %s: %s=%s epochs of warm-up are not fewer than the %llu of the "
                   "training: lower them or train longer",
                   name, schedule->desc->params[type->warmup].name,
                   il_number_format(schedule->arg[type->warmup], given),
                   (unsigned long long)epochs);
}

double il_schedule_half_cosine(double from, double to, double x) {
    return to + (from - to) * (1 + il_cos(0x1.921fb54442d18p+1 * x)) / 2;
}
