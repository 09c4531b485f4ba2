/* Every move is as large as the learning rate. */
#include "optim/optimizer.h"

#include "optim/penalty.h"
#include "optim/scalar.h"

enum { LR, BETA1, BETA2 };

typedef struct rule {
    il_real beta1, rest1, beta2, rest2; /* rest = 1 - beta */
} rule;

IL_CLONES static void lion_descend(size_t rows, size_t R, rule k, const il_real *restrict lr,
                                   const il_real *restrict g, il_real *restrict m,
                                   il_real *restrict w) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0, at = i * R; r < R; r++, at++) {
            w[at] -= lr[r] * il_sign(k.beta1 * m[at] + k.rest1 * g[at]);
            m[at] = il_flush(k.beta2 * m[at] + k.rest2 * g[at]);
        }
}

static void step(const double *arg, const il_step *s) {
    rule k = {(il_real)arg[BETA1], (il_real)(1 - arg[BETA1]), (il_real)arg[BETA2],
              (il_real)(1 - arg[BETA2])};
    lion_descend(s->rows, s->R, k, s->rate[0], s->g, s->slot[0], s->w);
}

const il_optimizer_type il_optimizer_lion = {
    .desc = {.name = "lion",
             .formula = "w *= 1 - lr*weight_decay; w -= lr*sign(beta1*m + (1 - beta1)*g); m = "
                        "beta2*m + (1 - beta2)*g",
             .source = "Chen et al. 2023, algorithm 2; the defaults of its authors' code",
             .params = {IL_PARAM_LR("learning rate, the size of every move", 1e-4),
                        IL_PARAM_DECAY("beta1", "decay of m in a move", 0.9),
                        IL_PARAM_DECAY("beta2", "decay of m", 0.99), IL_PARAM_WEIGHT_DECAY(0),
                        IL_PARAM_ALL},
             .n_params = 5},
    .slots = 1,
    .rates = 1,
    .decay = 3,
    .advance = il_optimizer_advance_plain,
    .step = step,
};
