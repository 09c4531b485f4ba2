/* The lane slot counts the finished steps. */
#include "optim/optimizer.h"

#include "optim/scalar.h"

enum { LR, LR_DECAY, START, EPS };

IL_CLONES static void adagrad_advance(double lr_decay, size_t R, const double *restrict lr,
                                      double *restrict steps, il_real *restrict rate) {
    for (size_t r = 0; r < R; r++) {
        rate[r] = (il_real)(lr[r] / (1 + steps[r] * lr_decay));
        steps[r] += 1;
    }
}

static void advance(const double *arg, size_t R, const double *lr, double *lane,
                    il_real *const *rate) {
    adagrad_advance(arg[LR_DECAY], R, lr, lane, rate[0]);
}

IL_CLONES static void adagrad_descend(size_t rows, size_t R, il_real eps,
                                      const il_real *restrict rate, const il_real *restrict g,
                                      il_real *restrict sum, il_real *restrict w) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0, at = i * R; r < R; r++, at++) {
            sum[at] = il_flush(sum[at] + g[at] * g[at]);
            w[at] -= rate[r] * g[at] / (IL_SQRT(sum[at]) + eps);
        }
}

static void step(const double *arg, const il_step *s) {
    adagrad_descend(s->rows, s->R, (il_real)arg[EPS], s->rate[0], s->g, s->slot[0], s->w);
}

static double start(const double *arg, size_t slot) {
    (void)slot;
    return arg[START];
}

const il_optimizer_type il_optimizer_adagrad = {
    .desc = {.name = "adagrad",
             .formula = "s += g^2; w -= lr/(1 + (t - 1)*lr_decay)*g/(sqrt(s) + eps)",
             .source = "Duchi et al. 2011; PyTorch's Adagrad",
             .params = {IL_PARAM_LR("learning rate", 0.01),
                        {.name = "lr_decay", .doc = "decay of the learning rate", .max = 1e6},
                        {.name = "initial_accumulator_value", .doc = "s at first", .max = 1e6},
                        IL_PARAM_EPS("added to the root", 1e-10)},
             .n_params = 4},
    .slots = 1,
    .lane_slots = 1,
    .rates = 1,
    .slot_start = start,
    .advance = advance,
    .step = step,
};
