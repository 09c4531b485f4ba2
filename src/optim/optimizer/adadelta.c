#include "optim/optimizer.h"

#include "optim/scalar.h"

enum { LR, RHO, EPS };

typedef struct rule {
    il_real rho, rest, eps; /* rest = 1 - rho */
} rule;

/* d is the decaying mean of the squares of past moves. */
IL_CLONES static void adadelta_descend(size_t rows, size_t R, rule k, const il_real *restrict lr,
                                       const il_real *restrict g, il_real *restrict v,
                                       il_real *restrict d, il_real *restrict w) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0, at = i * R; r < R; r++, at++) {
            v[at] = il_flush(k.rho * v[at] + k.rest * (g[at] * g[at]));
            il_real move = IL_SQRT(d[at] + k.eps) / IL_SQRT(v[at] + k.eps) * g[at];
            d[at] = il_flush(k.rho * d[at] + k.rest * (move * move));
            w[at] -= lr[r] * move;
        }
}

static void step(const double *arg, const il_step *s) {
    rule k = {(il_real)arg[RHO], (il_real)(1 - arg[RHO]), (il_real)arg[EPS]};
    adadelta_descend(s->rows, s->R, k, s->rate[0], s->g, s->slot[0], s->slot[1], s->w);
}

const il_optimizer_type il_optimizer_adadelta = {
    .desc = {.name = "adadelta",
             .formula =
                 "u = sqrt(d + eps)/sqrt(v + eps)*g; w -= lr*u, v and d the decaying means of "
                 "g^2 and of past u^2",
             .source = "Zeiler 2012, algorithm 1 (lr=1); PyTorch's Adadelta",
             .params = {IL_PARAM_LR("learning rate", 1),
                        IL_PARAM_DECAY("rho", "decay of v and d", 0.9),
                        IL_PARAM_EPS("added under the roots", 1e-6)},
             .n_params = 3},
    .slots = 2,
    .rates = 1,
    .advance = il_optimizer_advance_plain,
    .step = step,
};
