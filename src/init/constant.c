/* The same value everywhere: every unit of a layer then computes the same thing, and goes on doing
 * so. */
#include "init/scheme.h"

static il_status fill(il_real value, size_t n, il_real *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = value;
    return IL_OK;
}

static il_status zeros(il_init_job *job, il_real *out) {
    return fill(0, job->n, out);
}

static il_status ones(il_init_job *job, il_real *out) {
    return fill(1, job->n, out);
}

static il_status constant(il_init_job *job, il_real *out) {
    return fill((il_real)job->init->arg[0], job->n, out);
}

const il_init_type il_init_zeros = {
    .desc = {.name = "zeros", .formula = "W = 0"},
    .family = "constant",
    .weights = zeros,
    .bias = zeros,
};

const il_init_type il_init_ones = {
    .desc = {.name = "ones", .formula = "W = 1"},
    .family = "constant",
    .weights = ones,
    .bias = ones,
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
    .family = "constant",
    .weights = constant,
    .bias = constant,
};
