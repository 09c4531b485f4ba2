#include "optim/schedule.h"

static const il_desc *const items[] = {
    &il_schedule_constant.desc, &il_schedule_step.desc,   &il_schedule_exponential.desc,
    &il_schedule_cosine.desc,   &il_schedule_warmup.desc, &il_schedule_one_cycle.desc,
    &il_schedule_plateau.desc,
};

const il_family il_schedules = {
    .kind = "schedule", .items = items, .n = sizeof items / sizeof *items};
