/* Gradients of 240 networks composed at random: 1 to 6 layers, any widths, activation, loss, norm and dropout. */
#include "gradient.h"

#include <stdio.h>

#define NETWORKS 240

static const char *const activations[] = {
    "linear",
    "relu",
    "leaky_relu(slope=0.3)",
    "prelu",
    "prelu(per_unit=true, slope=0.1)",
    "elu",
    "selu",
    "softplus",
    "silu",
    "gelu",
    "mish",
    "tanh",
    "gelu_tanh",
    "hard_tanh",
    "softsign",
    "abs",
    "sine",
    "sigmoid",
};
static const char *const losses[] = {
    "bce",        "mse",
    "mae",        "huber(delta=0.4)",
    "hinge",      "perceptron",
    "huber",      "hinge(squared=true, margin=2)",
    "softmax_ce", "softmax_ce(label_smoothing=0.1)",
};
static const char *const norms[] = {
    NULL,
    NULL,
    "batchnorm(eps=0.01)",
    "batchnorm(after=true, eps=0.01)",
    "layernorm(eps=0.01)",
    "layernorm(after=true, eps=0.01)",
};
static const char *const dropouts[] = {NULL, NULL, "dropout(0.3)", "alpha_dropout(0.2)"};

/* A whole number below n. */
static size_t roll(il_stream *dice, size_t n) {
    uint32_t word;
    il_stream_words(dice, 1, &word);
    return (size_t)(((uint64_t)word * n) >> 32);
}

#define PICK(dice, table) (table)[roll(dice, sizeof(table) / sizeof *(table))]

static void random_networks(void **state) {
    (void)state;
    double alive = 0;
    size_t lockstep = 0, own = 0, training = 0, deep = 0;
    for (uint64_t i = 0; i < NETWORKS; i++) {
        il_stream dice = il_stream_open(i, IL_PURPOSE_DATA, 99);
        char widths[64] = "";
        size_t layers = 1 + roll(&dice, 6), outputs = 1 + roll(&dice, 4), used = 0;
        for (size_t k = 0; k < layers; k++)
            used +=
                (size_t)snprintf(widths + used, sizeof widths - used, "%zu-", 2 + roll(&dice, 5));
        recipe x = {.widths = widths,
                    .hidden = PICK(&dice, activations),
                    .loss = PICK(&dice, losses),
                    .norm = PICK(&dice, norms),
                    .dropout = PICK(&dice, dropouts),
                    .own = roll(&dice, 2),
                    .training = roll(&dice, 2),
                    .engine = roll(&dice, 3) ? IL_LOCKSTEP : IL_BLAS};
        if (outputs == 1 && strncmp(x.loss, "softmax_ce", 10) == 0)
            outputs = 2;
        snprintf(widths + used, sizeof widths - used, "%zu", outputs);
        alive += check(&x, 5000 + i) / NETWORKS;
        lockstep += x.engine == IL_LOCKSTEP;
        own += x.own;
        training += x.training;
        deep += layers >= 4;
    }
    /* Gradients that are 0 throughout would prove nothing. */
    assert_true(alive > 0.8);
    assert_true(lockstep > 120 && own > 80 && training > 80 && deep > 80);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_networks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
