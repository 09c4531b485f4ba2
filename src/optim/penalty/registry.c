#include "optim/penalty.h"

static const il_desc *const items[] = {
    &il_penalty_none.desc,    &il_penalty_l1.desc,           &il_penalty_l2.desc,
    &il_penalty_elastic.desc, &il_penalty_weight_decay.desc, &il_penalty_max_norm.desc,
};

const il_family il_penalties = {
    .kind = "penalty", .items = items, .n = sizeof items / sizeof *items};
