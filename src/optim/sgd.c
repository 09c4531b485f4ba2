#include "optim/optimizer.h"

#include "base/clones.h"

IL_CLONES static void sgd_descend(size_t n, il_real lr, const il_real *restrict g,
                                  il_real *restrict w) {
    for (size_t i = 0; i < n; i++)
        w[i] -= lr * g[i];
}

static void step(const double *arg, const il_step *s) {
    sgd_descend(s->size * s->R, (il_real)arg[0], s->g, s->w);
}

const il_optimizer_type il_optimizer_sgd = {
    .desc = {.name = "sgd",
             .formula = "w -= lr*g",
             .source = "Robbins & Monro 1951",
             .params = {{.name = "lr",
                         .doc = "learning rate",
                         .initial = 0.01,
                         .min = 1e-30,
                         .max = 1e6}},
             .n_params = 1},
    .step = step,
};
