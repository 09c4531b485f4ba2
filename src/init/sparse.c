/* Two schemes that both go by the name "sparse". Martens gives every unit the same small number of incoming
 * connections, so that its input does not grow with the layer below; torch's sparse_ cuts the same share of every
 * input's outgoing connections and leaves units with unequal numbers.
 */
#include "init/choose.h"
#include "init/scheme.h"

#include <math.h>
#include <string.h>

#define BATCH 64

/* The one draw in some millions that is exactly 0 would be a connection lost: it becomes the smallest step that
 * the stream takes near 0. */
static il_real nonzero(il_real z) {
    return z == 0 ? (il_real)0x1p-24 : z;
}

/* Positions come first, from one word or a few for each connection; values from the blocks after them, row by row
 * of W. */
static il_status sparse(il_init_job *job, il_real *W) {
    size_t in = job->layer->fan_in, out = job->layer->fan_out, k = (size_t)job->init->arg[0];
    il_real std = (il_real)job->init->arg[1], z[BATCH];
    if (k > in)
        return il_fail(job->err, IL_INVALID,
                       "layer %zu: sparse(k=%zu) needs at least %zu inputs, but fan_in is %zu",
                       job->layer->index + 1, k, k, in);
    il_words words = {.stream = job->stream};
    memset(W, 0, job->n * sizeof *W);
    for (size_t j = 0; j < out; j++)
        il_choose(&words, k, in, out, 1, W + j);
    size_t left = 0;
    for (size_t i = 0; i < job->n; i++)
        if (W[i] == 1) {
            if (left == 0) {
                il_stream_normal(&words.stream, BATCH, z);
                left = BATCH;
            }
            W[i] = std * nonzero(z[BATCH - left--]);
        }
    return IL_OK;
}

/* The draws of normal(std) with some cut out: those of every input by words from the blocks after them. */
static il_status sparse_columns(il_init_job *job, il_real *W) {
    size_t in = job->layer->fan_in, out = job->layer->fan_out;
    size_t zeros = (size_t)ceil(job->init->arg[0] * (double)out);
    il_real std = (il_real)job->init->arg[1];
    il_stream_normal(&job->stream, job->n, W);
    il_words words = {.stream = job->stream};
    for (size_t i = 0; i < in; i++) {
        il_real *row = W + i * out;
        il_choose(&words, zeros, out, 1, (il_real)INFINITY, row);
        for (size_t j = 0; j < out; j++)
            row[j] = isinf(row[j]) ? 0 : std * nonzero(row[j]);
    }
    return IL_OK;
}

#define STD(usual)                                                                                 \
    {                                                                                              \
        .name = "std", .doc = "standard deviation of the weights that are not 0",                  \
        .initial = usual, .min = 0, .max = 1e6, .above_min = true                                  \
    }

const il_init_type il_init_sparse = {
    .desc = {.name = "sparse",
             .formula = "k incoming weights of every unit ~ N(0, std^2), all others 0",
             .source = "Martens 2010",
             .params = {{.name = "k",
                         .doc = "connections into each unit, at most fan_in",
                         .kind = IL_INTEGER,
                         .initial = 15,
                         .min = 1,
                         .max = IL_MAX_WIDTH},
                        STD(1)},
             .n_params = 2},
    .family = "sparse",
    .note = "Not torch's sparse_, which cuts outgoing weights: that is sparse_columns.",
    .weights = sparse,
};

const il_init_type il_init_sparse_columns = {
    .desc = {.name = "sparse_columns",
             .formula =
                 "ceil(sparsity*fan_out) outgoing weights of every input are 0, all others ~ "
                 "N(0, std^2)",
             .source = "PyTorch, torch.nn.init.sparse_",
             .params = {{.name = "sparsity",
                         .doc = "share of weights that are 0",
                         .initial = __builtin_nan(""),
                         .min = 0,
                         .max = 1},
                        STD(0.01)},
             .n_params = 2},
    .family = "sparse",
    .weights = sparse_columns,
};
