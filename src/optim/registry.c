#include "optim/optimizer.h"

static const il_desc *const items[] = {
    &il_optimizer_sgd.desc,
    &il_optimizer_momentum.desc,
    &il_optimizer_adam.desc,
};

const il_family il_optimizers = {
    .kind = "optimizer", .items = items, .n = sizeof items / sizeof *items};
