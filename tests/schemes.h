/* What tests of single schemes share: filling one layer, the third of five. */
#ifndef SCHEMES_H
#define SCHEMES_H

#include "cmocka_all.h"

#include "initlab.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MOST 70000

static il_error err;
static il_real W[MOST], V[MOST];

static inline il_call parse(const il_family *family, const char *text) {
    il_call call;
    if (il_call_parse(family, text, NULL, &call, &err) != IL_OK)
        fail_msg("%s", err.message);
    return call;
}

static inline il_init_layer layer_of(size_t in, size_t out, const char *activation) {
    return (il_init_layer){.index = 2,
                           .layers = 5,
                           .fan_in = in,
                           .fan_out = out,
                           .activation = parse(&il_activations, activation)};
}

static inline void fill(const char *text, size_t in, size_t out, uint64_t seed, il_real *to) {
    il_call call = parse(&il_inits, text);
    il_init_layer layer = layer_of(in, out, "relu");
    assert_true(in * out <= MOST);
    if (il_init_fill(&call, &layer, seed, IL_PURPOSE_WEIGHT, to, &err) != IL_OK)
        fail_msg("%s", err.message);
}

static inline void fill_bias(const char *text, size_t in, size_t out, uint64_t seed, il_real *to) {
    il_call call = parse(&il_inits, text);
    il_init_layer layer = layer_of(in, out, "relu");
    if (il_init_fill(&call, &layer, seed, IL_PURPOSE_BIAS, to, &err) != IL_OK)
        fail_msg("%s", err.message);
}

static inline il_network *build(const char *widths, const char *hidden) {
    il_network *net = NULL;
    il_network_config config = {.engine = IL_BLAS, .replicas = 1, .batch = 1};
    assert_int_equal(il_widths_parse(widths, NULL, &config.widths, &err), IL_OK);
    config.hidden = parse(&il_activations, hidden);
    config.loss = parse(&il_losses, "mse");
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    return net;
}

/* Sum of (count - e)^2 / e; the limits below leave a chance of 1e-6. */
static inline double chi_square(size_t cells, const double *count, double expected) {
    double sum = 0;
    for (size_t i = 0; i < cells; i++)
        sum += (count[i] - expected) * (count[i] - expected) / expected;
    return sum;
}

#endif
