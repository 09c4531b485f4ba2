/* What the relatives of Adam share with it: the first four parameters and the corrections of the bias. */
#ifndef IL_OPTIM_OPTIMIZER_ADAM_H
#define IL_OPTIM_OPTIMIZER_ADAM_H

#include "optim/optimizer.h"

#define IL_ADAM_PARAMS                                                                             \
    IL_PARAM_LR("learning rate", 0.001), IL_PARAM_DECAY("beta1", "decay of m", 0.9),               \
        IL_PARAM_DECAY("beta2", "decay of v", 0.999), IL_PARAM_EPS("added to the root", 1e-8)

/* rate[0] = lr/(1 - beta1^t), rate[1] = 1/sqrt(1 - beta2^t). */
void il_adam_advance(const double *arg, size_t R, const double *lr, double *lane,
                     il_real *const *rate);

/* m in slot 0, v in slot 1. */
void il_adam_step(const double *arg, const il_step *s);

#endif
