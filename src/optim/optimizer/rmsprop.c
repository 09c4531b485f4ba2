/* RMSProp as in PyTorch: eps outside the root; centered divides by the standard deviation of the gradient in the place
 * of its root mean square. */
#include "optim/optimizer.h"

#include "optim/scalar.h"

enum { LR, ALPHA, EPS, MOMENTUM, CENTERED };

typedef struct rule {
    il_real alpha, rest, eps, momentum; /* rest = 1 - alpha */
} rule;

IL_CLONES static void rmsprop_descend(size_t rows, size_t R, rule k, const il_real *restrict lr,
                                      const il_real *restrict g, il_real *restrict v,
                                      il_real *restrict w) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0, at = i * R; r < R; r++, at++) {
            v[at] = il_flush(k.alpha * v[at] + k.rest * (g[at] * g[at]));
            w[at] -= lr[r] * (g[at] / (IL_SQRT(v[at]) + k.eps));
        }
}

/* With momentum, centering, or both: u is the sum of moves, m the mean of g. A variance is at least 0, whatever its
 * difference rounds to. */
IL_CLONES static void rmsprop_descend_on(size_t rows, size_t R, rule k, bool centered,
                                         const il_real *restrict lr, const il_real *restrict g,
                                         il_real *restrict v, il_real *restrict u,
                                         il_real *restrict m, il_real *restrict w) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0, at = i * R; r < R; r++, at++) {
            v[at] = il_flush(k.alpha * v[at] + k.rest * (g[at] * g[at]));
            m[at] = centered ? il_flush(k.alpha * m[at] + k.rest * g[at]) : 0;
            il_real variance = v[at] - m[at] * m[at];
            variance = variance < 0 ? 0 : variance;
            u[at] = il_flush(k.momentum * u[at] + g[at] / (IL_SQRT(variance) + k.eps));
            w[at] -= lr[r] * u[at];
        }
}

static void step(const double *arg, const il_step *s) {
    rule k = {(il_real)arg[ALPHA], (il_real)(1 - arg[ALPHA]), (il_real)arg[EPS],
              (il_real)arg[MOMENTUM]};
    if (arg[MOMENTUM] == 0 && arg[CENTERED] == 0)
        rmsprop_descend(s->rows, s->R, k, s->rate[0], s->g, s->slot[0], s->w);
    else
        rmsprop_descend_on(s->rows, s->R, k, arg[CENTERED] != 0, s->rate[0], s->g, s->slot[0],
                           s->slot[1], s->slot[2], s->w);
}

const il_optimizer_type il_optimizer_rmsprop = {
    .desc = {.name = "rmsprop",
             .formula = "u = momentum*u + g/(sqrt(v) + eps); w -= lr*u, v the decaying mean of g^2 "
                        "(centered: less the square of that of g)",
             .source = "Tieleman & Hinton 2012; Graves 2013, equations 38-45 (centered); PyTorch's "
                       "RMSprop",
             .params = {IL_PARAM_LR("learning rate", 0.01),
                        IL_PARAM_DECAY("alpha", "decay of v", 0.99),
                        IL_PARAM_EPS("added to the root", 1e-8),
                        {.name = "momentum", .doc = "decay of u", .max = 1},
                        {.name = "centered",
                         .doc = "divide by the standard deviation of g",
                         .kind = IL_BOOL,
                         .max = 1}},
             .n_params = 5},
    .slots = 3,
    .rates = 1,
    .advance = il_optimizer_advance_plain,
    .step = step,
};
