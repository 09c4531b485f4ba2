#include "optim/optimizer.h"

static const il_desc *const items[] = {
    &il_optimizer_sgd.desc,     &il_optimizer_momentum.desc, &il_optimizer_nesterov.desc,
    &il_optimizer_adagrad.desc, &il_optimizer_rmsprop.desc,  &il_optimizer_adadelta.desc,
    &il_optimizer_adam.desc,    &il_optimizer_amsgrad.desc,  &il_optimizer_adamw.desc,
    &il_optimizer_nadam.desc,   &il_optimizer_lion.desc,     &il_optimizer_rprop.desc,
};

const il_family il_optimizers = {
    .kind = "optimizer", .items = items, .n = sizeof items / sizeof *items};
