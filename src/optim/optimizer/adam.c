/* Adam with bias correction, eps outside the root. The lane slots hold beta1^t and beta2^t. */
#include "optim/optimizer/adam.h"

#include "optim/scalar.h"

enum { BETA1 = 1, BETA2, EPS };

typedef struct rule {
    il_real beta1, rest1, beta2, rest2, eps; /* rest = 1 - beta */
} rule;

/* One parameter: rate = lr/(1 - beta1^t), root = 1/sqrt(1 - beta2^t). */
IL_INLINE void move(const rule *k, il_real rate, il_real root, il_real g, il_real *m, il_real *v,
                    il_real *w) {
    *m = il_flush(k->beta1 * *m + k->rest1 * g);
    *v = il_flush(k->beta2 * *v + k->rest2 * (g * g));
    *w -= rate * *m / (IL_SQRT(*v) * root + k->eps);
}

/* The powers are double, because 1 - 0.999^t loses three digits at first. */
IL_CLONES static void adam_advance(const double *arg, size_t R, const double *restrict lr,
                                   double *restrict power1, double *restrict power2,
                                   il_real *restrict rate, il_real *restrict root) {
    for (size_t r = 0; r < R; r++) {
        power1[r] = il_decay(power1[r], arg[BETA1]);
        power2[r] = il_decay(power2[r], arg[BETA2]);
        rate[r] = (il_real)lr[r] / (il_real)(1 - power1[r]);
        root[r] = 1 / IL_SQRT((il_real)(1 - power2[r]));
    }
}

void il_adam_advance(const double *arg, size_t R, const double *lr, double *lane,
                     il_real *const *rate) {
    adam_advance(arg, R, lr, lane, lane + R, rate[0], rate[1]);
}

IL_CLONES static void adam_descend(size_t rows, size_t R, rule k, const il_real *restrict rate,
                                   const il_real *restrict root, const il_real *restrict g,
                                   il_real *restrict m, il_real *restrict v, il_real *restrict w) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0, at = i * R; r < R; r++, at++)
            move(&k, rate[r], root[r], g[at], &m[at], &v[at], &w[at]);
}

void il_adam_step(const double *arg, const il_step *s) {
    rule k = {(il_real)arg[BETA1], (il_real)(1 - arg[BETA1]), (il_real)arg[BETA2],
              (il_real)(1 - arg[BETA2]), (il_real)arg[EPS]};
    adam_descend(s->rows, s->R, k, s->rate[0], s->rate[1], s->g, s->slot[0], s->slot[1], s->w);
}

const il_optimizer_type il_optimizer_adam = {
    .desc = {.name = "adam",
             .formula =
                 "w -= lr*m/(1 - beta1^t)/(sqrt(v/(1 - beta2^t)) + eps), m and v the decaying "
                 "means of g and g^2",
             .source = "Kingma & Ba 2015, algorithm 1; PyTorch's Adam",
             .params = {IL_ADAM_PARAMS},
             .n_params = 4},
    .slots = 2,
    .lane_slots = 2,
    .rates = 2,
    .lane_start = 1,
    .advance = il_adam_advance,
    .step = il_adam_step,
};
