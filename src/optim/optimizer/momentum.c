/* Heavy-ball and Nesterov momentum in PyTorch's form: v is a sum of gradients, the learning rate
 * stands outside. */
#include "optim/optimizer/momentum.h"

#include "optim/scalar.h"

enum { LR, MOMENTUM, NESTEROV };

IL_CLONES static void momentum_descend(size_t rows, size_t R, il_real momentum, bool nesterov,
                                       const il_real *restrict lr, const il_real *restrict g,
                                       il_real *restrict v, il_real *restrict w) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0, at = i * R; r < R; r++, at++) {
            v[at] = il_flush(momentum * v[at] + g[at]);
            w[at] -= lr[r] * (nesterov ? g[at] + momentum * v[at] : v[at]);
        }
}

void il_momentum_step(const double *arg, bool nesterov, const il_step *s) {
    momentum_descend(s->rows, s->R, (il_real)arg[MOMENTUM], nesterov, s->rate[0], s->g, s->slot[0],
                     s->w);
}

static void step(const double *arg, const il_step *s) {
    il_momentum_step(arg, arg[NESTEROV] != 0, s);
}

const il_optimizer_type il_optimizer_momentum = {
    .desc = {.name = "momentum",
             .formula = "v = momentum*v + g; w -= lr*v (nesterov: w -= lr*(g + momentum*v))",
             .source = "Polyak 1964; Sutskever et al. 2013; PyTorch's SGD with momentum",
             .params = {IL_MOMENTUM_PARAMS,
                        {.name = "nesterov", .doc = "look ahead", .kind = IL_BOOL, .max = 1}},
             .n_params = 3},
    .slots = 1,
    .rates = 1,
    .advance = il_optimizer_advance_plain,
    .step = step,
};
