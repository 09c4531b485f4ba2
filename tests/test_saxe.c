/* Deep linear networks trained by the library learn as Saxe, McClelland & Ganguli (2013) solved them. */
#include "cmocka_all.h"

#include "initlab.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N = 4 };
static const double strength[N] = {2, 1.5, 1, 0.5};

static il_call parse(const il_family *family, const char *text) {
    il_error err;
    il_call call;
    if (il_call_parse(family, text, NULL, &call, &err) != IL_OK)
        fail_msg("%s", err.message);
    return call;
}

/* Entry (i, j) of the product of all layers, [N][N]. */
static void multiply_layers(const il_network *net, double product[N][N]) {
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            product[i][j] = i == j;
    for (size_t k = 0; k < il_network_layers(net); k++) {
        il_real W[N * N], b[N];
        double next[N][N] = {0};
        il_network_get(net, k, 0, W, b);
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < N; j++)
                for (size_t h = 0; h < N; h++)
                    next[i][j] += product[i][h] * (double)W[h * N + j];
        memcpy(product, next, sizeof next);
    }
}

/* Whitened inputs, X'X/n = 1, and targets Y = X diag(strength), from W = gain 1: the modes are the coordinates, and never
 * mix. A step of gradient descent on the mean squared error of N outputs moves time by 2 lr/N; at lr = 0.002 Euler's
 * method differs from gradient flow by well under the 2 % of s that is allowed. */
static void curves_of(const char *network, const char *init, size_t layers, double gain) {
    il_error err;
    const double lr = 0.002;
    const unsigned epochs = 12000, look = 200;
    il_real X[2 * N * N] = {0}, Y[2 * N * N] = {0};
    for (size_t i = 0; i < 2 * N; i++) { /* of both signs, so that biases stay 0 */
        double x = i < N ? 2 : -2;       /* X'X = 2 * 2² on the diagonal, and n = 2 N */
        X[i * N + i % N] = (il_real)x;
        Y[i * N + i % N] = (il_real)(x * strength[i % N]);
    }
    il_samples data = {.n = 2 * N, .X = X, .Y = Y};
    il_trainer *trainer = NULL;
    il_network_config config = {.engine = IL_LOCKSTEP,
                                .replicas = 16,
                                .hidden = parse(&il_activations, "linear"),
                                .loss = parse(&il_losses, "mse")};
    il_training training = {.optimizer = parse(&il_optimizers, "sgd(lr=0.002)"), .epochs = epochs};
    il_call call = parse(&il_inits, init), zeros = parse(&il_inits, "zeros");
    assert_int_equal(il_widths_parse(network, NULL, &config.widths, &err), IL_OK);
    if (il_trainer_new(&config, &training, &data, NULL, &trainer, &err) != IL_OK)
        fail_msg("%s", err.message);
    il_network *net = il_trainer_network(trainer);
    for (size_t r = 0; r < 16; r++) {
        assert_int_equal(il_init_network(&call, &zeros, net, r, r + 1, &err), IL_OK);
        il_trainer_begin(trainer, r, r + 1);
    }
    double start = pow(gain, (double)layers), most = 0;
    for (unsigned epoch = 0; epoch <= epochs; epoch++) {
        double u[N][N];
        if (epoch % look == 0) {
            multiply_layers(net, u);
            for (size_t i = 0; i < N; i++) {
                double t = 2 * lr / N * epoch;
                double exact = il_saxe_strength(layers, strength[i], start, t);
                double error = fabs(u[i][i] - exact) / strength[i];
                most = fmax(most, error);
                if (!(error <= 0.02))
                    fail_msg("%zu layers, s=%g, t=%g: %g, not %g", layers, strength[i], t, u[i][i],
                             exact);
            }
        }
        il_trainer_epoch(trainer, NULL, NULL);
    }
    /* It has learned the strongest mode, and the curve was no flat line. */
    double u[N][N];
    multiply_layers(net, u);
    assert_true(u[0][0] > 0.9 * strength[0] && start < 0.3);
    print_message("%zu layers: within %.3f %% of s\n", layers, 100 * most);
    il_trainer_free(trainer);
}

static void learning_curves(void **state) {
    (void)state;
    curves_of("4-4", "identity(gain=0.05)", 1, 0.05);
    curves_of("4-4-4", "identity(gain=0.3)", 2, 0.3);
    curves_of("4-4-4-4", "identity(gain=0.5)", 3, 0.5);
    curves_of("4-[4]x4-4", "identity(gain=0.7)", 5, 0.7);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(learning_curves)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
