/* The partial identity: unit j repeats input j, and units or inputs without a partner are cut off. A deep linear
 * network of such square layers multiplies its input by gain^L, exactly. */
#include "init/scheme.h"

#include <string.h>

static il_status identity(il_init_job *job, il_real *W) {
    size_t in = job->layer->fan_in, out = job->layer->fan_out;
    memset(W, 0, job->n * sizeof *W);
    for (size_t i = 0; i < in && i < out; i++)
        W[i * out + i] = (il_real)job->init->arg[0];
    return IL_OK;
}

const il_init_type il_init_identity = {
    .desc = {.name = "identity",
             .aliases = "eye",
             .formula = "W[i][i] = gain, 0 elsewhere",
             .params = {{.name = "gain",
                         .doc = "value on the diagonal",
                         .initial = 1,
                         .min = -1e6,
                         .max = 1e6}},
             .n_params = 1},
    .family = "constant",
    .weights = identity,
};
