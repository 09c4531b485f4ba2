#include "nn/activation.h"

#include "base/clones.h"
#include "base/elementary.h"

IL_CLONES static void sigmoid_forward(const double *arg, size_t n, const il_real *restrict z,
                                      il_real *restrict a) {
    (void)arg;
    for (size_t i = 0; i < n; i++)
        a[i] = IL_SIGMOID(z[i]);
}

IL_CLONES static void sigmoid_backward(const double *arg, size_t n, const il_real *restrict z,
                                       const il_real *restrict a, il_real *restrict delta) {
    (void)arg, (void)z;
    for (size_t i = 0; i < n; i++)
        delta[i] *= a[i] * (1 - a[i]);
}

static double value(const double *arg, double z) {
    (void)arg;
    return il_sigmoid(z);
}

static double slope(const double *arg, double z) {
    (void)arg;
    return il_sigmoid(z) * il_sigmoid(-z);
}

const il_activation_type il_activation_sigmoid = {
    .desc = {.name = "sigmoid", .aliases = "logistic", .formula = "1/(1 + exp(-z))"},
    .forward = sigmoid_forward,
    .backward = sigmoid_backward,
    .value = value,
    .slope = slope,
};
