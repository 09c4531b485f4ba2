#include "optim/optimizer/momentum.h"

static void step(const double *arg, const il_step *s) {
    il_momentum_step(arg, true, s);
}

const il_optimizer_type il_optimizer_nesterov = {
    .desc = {.name = "nesterov",
             .formula = "v = momentum*v + g; w -= lr*(g + momentum*v): momentum(nesterov=true)",
             .source = "Nesterov 1983; Sutskever et al. 2013; PyTorch's SGD with nesterov",
             .params = {IL_MOMENTUM_PARAMS},
             .n_params = 2},
    .slots = 1,
    .rates = 1,
    .advance = il_optimizer_advance_plain,
    .step = step,
};
