/* The one loop of heavy-ball and Nesterov momentum. */
#ifndef IL_OPTIM_OPTIMIZER_MOMENTUM_H
#define IL_OPTIM_OPTIMIZER_MOMENTUM_H

#include "optim/optimizer.h"

#define IL_MOMENTUM_PARAMS                                                                         \
    IL_PARAM_LR("learning rate; PyTorch's SGD has 0.001, small networks want more", 0.01), {       \
        .name = "momentum", .doc = "decay of v; PyTorch's SGD has 0, which is sgd here",           \
        .initial = 0.9, .max = 1                                                                   \
    }

/* arg: the learning rate and the momentum; v in slot 0. */
void il_momentum_step(const double *arg, bool nesterov, const il_step *s);

#endif
