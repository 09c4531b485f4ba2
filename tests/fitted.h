/* A batch, networks fitted to it, and their pre-activations computed anew: in double, from the weights that a
 * scheme left. All data and weights are drawn from fixed streams, so nothing is left to chance between runs. */
#ifndef TESTS_FITTED_H
#define TESTS_FITTED_H

#include "cmocka_all.h"

#include "initlab.h"
#include "nn/activation.h"

#include <math.h>

#define N 64 /* samples of the Gaussian batch */
#define MOST 40
#ifdef IL_DOUBLE
#define ROUNDING 1e-13
#else
#define ROUNDING 1e-6
#endif

static il_real X[N * 20], Y[N]; /* [N][inputs], standard normal; [N][1], 0 or 1 */

static inline int draw_data(void **state) {
    (void)state;
    il_stream stream = il_stream_open(1, IL_PURPOSE_DATA, 0);
    il_stream_normal(&stream, sizeof X / sizeof *X, X);
    for (size_t i = 0; i < N; i++)
        Y[i] = X[20 * i] > 0;
    return 0;
}

static inline il_call parse(const il_family *family, const char *text) {
    il_error err;
    il_call call;
    if (il_call_parse(family, text, NULL, &call, &err) != IL_OK)
        fail_msg("%s", err.message);
    return call;
}

static inline il_network *build_with(const char *widths, const char *hidden, const char *norm,
                                     size_t R) {
    il_error err;
    il_network *net = NULL;
    il_network_config config = {.engine = R == 1 ? IL_BLAS : IL_LOCKSTEP,
                                .replicas = R,
                                .batch = N,
                                .hidden = parse(&il_activations, hidden),
                                .norm = parse(&il_norms, norm),
                                .loss = parse(&il_losses, "mse")};
    assert_int_equal(il_widths_parse(widths, NULL, &config.widths, &err), IL_OK);
    if (il_network_new(&config, &net, &err) != IL_OK)
        fail_msg("%s", err.message);
    return net;
}

static inline il_network *build(const char *widths, const char *hidden, size_t R) {
    return build_with(widths, hidden, "none", R);
}

static inline void fill(il_network *net, size_t r, const char *init, const char *bias,
                        uint64_t seed) {
    il_error err;
    il_initializer initializer;
    il_call weights = parse(&il_inits, init), biases = parse(&il_inits, bias ? bias : "zeros");
    assert_int_equal(il_initializer_bind(&weights, bias ? &biases : NULL,
                                         &il_network_layer(net, 0)->activation, &initializer, &err),
                     IL_OK);
    assert_int_equal(il_initializer_fill(&initializer, net, r, seed, &err), IL_OK);
}

static inline il_status fit(il_network *net, size_t r, const char *init, uint64_t seed, size_t n,
                            il_error *err) {
    il_initializer initializer;
    il_call weights = parse(&il_inits, init);
    assert_int_equal(il_initializer_bind(&weights, NULL, &il_network_layer(net, 0)->activation,
                                         &initializer, err),
                     IL_OK);
    assert_true(il_initializer_needs_data(&initializer));
    return il_initializer_fit(&initializer, net, r, seed, n, X, Y, err);
}

static inline void initialize(il_network *net, size_t r, const char *init, const char *bias,
                              uint64_t seed) {
    il_error err;
    fill(net, r, init, bias, seed);
    if (fit(net, r, init, seed, N, &err) != IL_OK)
        fail_msg("%s: %s", init, err.message);
}

/* z [N][fan_out] of layer k of replica r. */
static inline void pre_activations(const il_network *net, size_t r, size_t k, double z[N][MOST]) {
    size_t R = il_network_replicas(net);
    double a[N][MOST];
    for (size_t l = 0; l <= k; l++) {
        const il_layer *y = il_network_layer(net, l);
        for (size_t i = 0; i < N; i++)
            for (size_t p = 0; p < y->fan_in; p++)
                a[i][p] = l == 0
                              ? (double)X[i * y->fan_in + p]
                              : il_activation_of(&il_network_layer(net, l - 1)->activation)
                                    ->value(il_network_layer(net, l - 1)->activation.arg, z[i][p]);
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < y->fan_out; j++) {
                z[i][j] = (double)y->b[j * R + r];
                for (size_t p = 0; p < y->fan_in; p++)
                    z[i][j] += a[i][p] * (double)y->W[(p * y->fan_out + j) * R + r];
            }
    }
}

static inline void moments(double z[N][MOST], size_t first, size_t count, double *mean,
                           double *variance) {
    double n = (double)(N * count), m1 = 0, m2 = 0;
    for (size_t i = 0; i < N; i++)
        for (size_t j = first; j < first + count; j++)
            m1 += z[i][j] / n;
    for (size_t i = 0; i < N; i++)
        for (size_t j = first; j < first + count; j++)
            m2 += (z[i][j] - m1) * (z[i][j] - m1) / n;
    *mean = m1;
    *variance = m2;
}

/* Columns [first, first + count) of W in layer k are one positive multiple of the base's. */
static inline void assert_multiple(const il_network *net, const il_network *base, size_t k,
                                   size_t first, size_t count) {
    const il_layer *y = il_network_layer(net, k), *y0 = il_network_layer(base, k);
    size_t R = il_network_replicas(net);
    double ww = 0, w0 = 0;
    for (size_t p = 0; p < y->fan_in; p++)
        for (size_t j = first; j < first + count; j++) {
            double w = (double)y0->W[(p * y->fan_out + j) * R];
            ww += w * (double)y->W[(p * y->fan_out + j) * R];
            w0 += w * w;
        }
    assert_true(ww > 0);
    for (size_t p = 0; p < y->fan_in; p++)
        for (size_t j = first; j < first + count; j++) {
            double w = (double)y->W[(p * y->fan_out + j) * R],
                   scaled = ww / w0 * (double)y0->W[(p * y->fan_out + j) * R];
            assert_true(fabs(w - scaled) <= ROUNDING * fabs(scaled));
        }
}

#endif
