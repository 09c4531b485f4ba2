/* The same value everywhere: every unit of a layer then computes the same thing, and goes on doing
 * so. */
#include "init/scheme.h"

static il_status fill(il_real value, size_t n, il_real *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = value;
    return IL_OK;
}

static il_status zeros(const double *arg, const il_init_layer *layer, il_stream *stream, size_t n,
                       il_real *out, il_error *err) {
    (void)arg, (void)layer, (void)stream, (void)err;
    return fill(0, n, out);
}

static il_status ones(const double *arg, const il_init_layer *layer, il_stream *stream, size_t n,
                      il_real *out, il_error *err) {
    (void)arg, (void)layer, (void)stream, (void)err;
    return fill(1, n, out);
}

static il_status constant(const double *arg, const il_init_layer *layer, il_stream *stream,
                          size_t n, il_real *out, il_error *err) {
    (void)layer, (void)stream, (void)err;
    return fill((il_real)arg[0], n, out);
}

const il_init_type il_init_zeros = {
    .desc = {.name = "zeros", .formula = "W = 0"},
    .fill = zeros,
};

const il_init_type il_init_ones = {
    .desc = {.name = "ones", .formula = "W = 1"},
    .fill = ones,
};

const il_init_type il_init_constant = {
    .desc = {.name = "constant",
             .formula = "W = value",
             .params = {{.name = "value",
                         .doc = "every weight",
                         .initial = __builtin_nan(""),
                         .min = -1e6,
                         .max = 1e6,
                         .bare = true}},
             .n_params = 1},
    .fill = constant,
};
