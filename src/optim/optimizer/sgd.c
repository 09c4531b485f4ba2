#include "optim/optimizer.h"

#include "base/clones.h"

IL_CLONES static void sgd_descend(size_t rows, size_t R, const il_real *restrict lr,
                                  const il_real *restrict g, il_real *restrict w) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0; r < R; r++)
            w[i * R + r] -= lr[r] * g[i * R + r];
}

static void step(const double *arg, const il_step *s) {
    (void)arg;
    sgd_descend(s->rows, s->R, s->rate[0], s->g, s->w);
}

const il_optimizer_type il_optimizer_sgd = {
    .desc = {.name = "sgd",
             .formula = "w -= lr*g",
             .source = "Robbins & Monro 1951; PyTorch's SGD",
             .params = {IL_PARAM_LR(
                 "learning rate; PyTorch's SGD has 0.001, small networks want more", 0.01)},
             .n_params = 1},
    .rates = 1,
    .advance = il_optimizer_advance_plain,
    .step = step,
};
