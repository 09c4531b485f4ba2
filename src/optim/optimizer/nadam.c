/* Adam with Nesterov momentum, whose weight mu grows towards beta1. The lane slots hold beta2^t, 0.96^(t
 * momentum_decay) and the product of all mu. */
#include "base/elementary.h"
#include "optim/optimizer/adam.h"
#include "optim/scalar.h"

enum { BETA1 = 1, BETA2, EPS, MOMENTUM_DECAY };

typedef struct rule {
    il_real beta1, rest1, beta2, rest2, eps; /* rest = 1 - beta */
} rule;

/* The parts of a step along g and along m, and 1/sqrt(1 - beta2^t). */
IL_CLONES static void nadam_advance(const double *arg, double ratio, size_t R,
                                    const double *restrict lr, double *restrict power2,
                                    double *restrict fading, double *restrict product,
                                    il_real *restrict along_g, il_real *restrict along_m,
                                    il_real *restrict root) {
    for (size_t r = 0; r < R; r++) {
        power2[r] = il_decay(power2[r], arg[BETA2]);
        fading[r] = il_decay(fading[r], ratio);
        double mu = arg[BETA1] * (1 - 0.5 * fading[r]);
        double next = arg[BETA1] * (1 - 0.5 * (fading[r] * ratio));
        product[r] = il_decay(product[r], mu);
        along_g[r] = (il_real)(lr[r] * (1 - mu) / (1 - product[r]));
        along_m[r] = (il_real)(lr[r] * next / (1 - product[r] * next));
        root[r] = 1 / IL_SQRT((il_real)(1 - power2[r]));
    }
}

static void advance(const double *arg, size_t R, const double *lr, double *lane,
                    il_real *const *rate) {
    double ratio = il_exp(arg[MOMENTUM_DECAY] * il_log(0.96));
    nadam_advance(arg, ratio, R, lr, lane, lane + R, lane + 2 * R, rate[0], rate[1], rate[2]);
}

IL_CLONES static void nadam_descend(size_t rows, size_t R, rule k, const il_real *restrict along_g,
                                    const il_real *restrict along_m, const il_real *restrict root,
                                    const il_real *restrict g, il_real *restrict m,
                                    il_real *restrict v, il_real *restrict w) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0, at = i * R; r < R; r++, at++) {
            m[at] = il_flush(k.beta1 * m[at] + k.rest1 * g[at]);
            v[at] = il_flush(k.beta2 * v[at] + k.rest2 * (g[at] * g[at]));
            w[at] -= (along_g[r] * g[at] + along_m[r] * m[at]) / (IL_SQRT(v[at]) * root[r] + k.eps);
        }
}

static void step(const double *arg, const il_step *s) {
    rule k = {(il_real)arg[BETA1], (il_real)(1 - arg[BETA1]), (il_real)arg[BETA2],
              (il_real)(1 - arg[BETA2]), (il_real)arg[EPS]};
    nadam_descend(s->rows, s->R, k, s->rate[0], s->rate[1], s->rate[2], s->g, s->slot[0],
                  s->slot[1], s->w);
}

const il_optimizer_type il_optimizer_nadam = {
    .desc = {.name = "nadam",
             .formula =
                 "w -= lr*(mu'*m/(1 - M*mu') + (1 - mu)*g/(1 - M))/(sqrt(v/(1 - beta2^t)) + "
                 "eps), m and v as in adam, mu = beta1*(1 - 0.5*0.96^(t*momentum_decay)), mu' "
                 "that of t + 1, M the product of all mu",
             .source = "Dozat 2016; PyTorch's NAdam",
             .params = {IL_PARAM_LR("learning rate", 0.002),
                        IL_PARAM_DECAY("beta1", "decay of m", 0.9),
                        IL_PARAM_DECAY("beta2", "decay of v", 0.999),
                        IL_PARAM_EPS("added to the root", 1e-8),
                        {.name = "momentum_decay",
                         .doc = "how fast mu grows",
                         .initial = 0.004,
                         .max = 1000}},
             .n_params = 5},
    .slots = 2,
    .lane_slots = 3,
    .rates = 3,
    .lane_start = 1,
    .advance = advance,
    .step = step,
};
