/* Adam whose effective learning rates never rise: the root is of the largest v so far. As in PyTorch the bias is
 * corrected after the maximum. */
#include "optim/optimizer/adam.h"
#include "optim/scalar.h"

enum { BETA1 = 1, BETA2, EPS };

typedef struct rule {
    il_real beta1, rest1, beta2, rest2, eps; /* rest = 1 - beta */
} rule;

IL_CLONES static void amsgrad_descend(size_t rows, size_t R, rule k, const il_real *restrict rate,
                                      const il_real *restrict root, const il_real *restrict g,
                                      il_real *restrict m, il_real *restrict v,
                                      il_real *restrict most, il_real *restrict w) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0, at = i * R; r < R; r++, at++) {
            m[at] = il_flush(k.beta1 * m[at] + k.rest1 * g[at]);
            v[at] = il_flush(k.beta2 * v[at] + k.rest2 * (g[at] * g[at]));
            most[at] = v[at] > most[at] ? v[at] : most[at];
            w[at] -= rate[r] * m[at] / (IL_SQRT(most[at]) * root[r] + k.eps);
        }
}

static void step(const double *arg, const il_step *s) {
    rule k = {(il_real)arg[BETA1], (il_real)(1 - arg[BETA1]), (il_real)arg[BETA2],
              (il_real)(1 - arg[BETA2]), (il_real)arg[EPS]};
    amsgrad_descend(s->rows, s->R, k, s->rate[0], s->rate[1], s->g, s->slot[0], s->slot[1],
                    s->slot[2], s->w);
}

const il_optimizer_type il_optimizer_amsgrad = {
    .desc = {.name = "amsgrad",
             .formula = "as adam, with the largest v so far in the place of v",
             .source = "Reddi et al. 2018, algorithm 2; PyTorch's Adam with amsgrad",
             .params = {IL_ADAM_PARAMS},
             .n_params = 4},
    .slots = 3,
    .lane_slots = 2,
    .rates = 2,
    .lane_start = 1,
    .advance = il_adam_advance,
    .step = step,
};
