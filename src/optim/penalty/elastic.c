/* Penalties that are added to the loss: l1, l2 and the sum of both. */
#include "optim/penalty.h"
#include "optim/scalar.h"

static size_t size(const il_penalized *x) {
    return x->fan_in * x->fan_out * x->R;
}

IL_CLONES static void penalty_l1_pull(size_t n, il_real lambda, const il_real *restrict w,
                                      il_real *restrict g) {
    for (size_t i = 0; i < n; i++)
        g[i] += lambda * il_sign(w[i]);
}

IL_CLONES static void penalty_l2_pull(size_t n, il_real lambda, const il_real *restrict w,
                                      il_real *restrict g) {
    for (size_t i = 0; i < n; i++)
        g[i] += lambda * w[i];
}

IL_CLONES static void penalty_l1_sum(size_t rows, size_t R, double lambda,
                                     const il_real *restrict w, double *restrict sum) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0; r < R; r++)
            sum[r] += lambda * (double)IL_ABS(w[i * R + r]);
}

IL_CLONES static void penalty_l2_sum(size_t rows, size_t R, double lambda,
                                     const il_real *restrict w, double *restrict sum) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0; r < R; r++) {
            double x = (double)w[i * R + r];
            sum[r] += 0.5 * lambda * (x * x);
        }
}

static void l1_gradient(const double *arg, const il_penalized *x) {
    penalty_l1_pull(size(x), (il_real)arg[0], x->w, x->g);
}
static void l1_value(const double *arg, const il_penalized *x) {
    penalty_l1_sum(x->fan_in * x->fan_out, x->R, arg[0], x->w, x->sum);
}

static void l2_gradient(const double *arg, const il_penalized *x) {
    penalty_l2_pull(size(x), (il_real)arg[0], x->w, x->g);
}
static void l2_value(const double *arg, const il_penalized *x) {
    penalty_l2_sum(x->fan_in * x->fan_out, x->R, arg[0], x->w, x->sum);
}

static void elastic_gradient(const double *arg, const il_penalized *x) {
    l1_gradient(arg, x);
    l2_gradient(arg + 1, x);
}
static void elastic_value(const double *arg, const il_penalized *x) {
    l1_value(arg, x);
    l2_value(arg + 1, x);
}

const il_penalty_type il_penalty_l1 = {
    .desc = {.name = "l1",
             .formula = "loss + lambda*sum |w|: g += lambda*sign(w)",
             .source = "Tibshirani 1996",
             .params = {IL_PARAM_LAMBDA("lambda", "weight of the penalty", true), IL_PARAM_ALL},
             .n_params = 2},
    .all = 1,
    .gradient = l1_gradient,
    .value = l1_value,
};

const il_penalty_type il_penalty_l2 = {
    .desc = {.name = "l2",
             .formula = "loss + lambda/2*sum w^2: g += lambda*w",
             .source = "Krogh & Hertz 1991; PyTorch's weight_decay of all but the optimizers that "
                       "decouple it",
             .params = {IL_PARAM_LAMBDA("lambda", "weight of the penalty", true), IL_PARAM_ALL},
             .n_params = 2},
    .all = 1,
    .gradient = l2_gradient,
    .value = l2_value,
};

const il_penalty_type il_penalty_elastic = {
    .desc = {.name = "elastic",
             .formula = "loss + l1*sum |w| + l2/2*sum w^2: g += l1*sign(w) + l2*w",
             .source = "Zou & Hastie 2005",
             .params = {IL_PARAM_LAMBDA("l1", "weight of the sum of magnitudes", false),
                        IL_PARAM_LAMBDA("l2", "weight of the half sum of squares", false),
                        IL_PARAM_ALL},
             .n_params = 3},
    .all = 2,
    .gradient = elastic_gradient,
    .value = elastic_value,
};
