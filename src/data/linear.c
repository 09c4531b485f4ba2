/* Targets that are linear in the inputs: Y = X A, where A = U diag(s) V' has a chosen rank and known singular values,
 * strength·(rank + 1 - k)/rank for k = 1 … rank. U [inputs][rank] and V [outputs][rank] have random orthonormal columns.
 *
 * Whitened inputs are not a sample of N(0, 1) but made so that every feature has mean 0 and X'X = n·I, both to rounding:
 * the columns after the first of an orthonormal basis that begins with the constant. Then X'Y/n = A, and the theory of
 * deep linear networks, which assumes this, holds without a sampling error (noise aside).
 */
#include "data/synthetic.h"

#include "linalg/qr.h"

#include <stdlib.h>

enum { N, INPUTS, OUTPUTS, RANK, WHITENED, STRENGTH, NOISE, SEED };
enum { STREAM_X, STREAM_U, STREAM_V, STREAM_NOISE };

#define MOST_STEPS ((size_t)1 << 34) /* of whitening: some seconds */

static il_status fail_memory(size_t rows, size_t columns, il_error *err) {
    return il_fail(err, IL_NO_MEMORY, "linear: no memory for %zu times %zu numbers", rows, columns);
}

/* Orthonormal columns from a stream, in Q [rows][columns] with `constant` columns of ones before them. The caller
 * frees *Q, also on failure. */
static il_status draw_orthonormal(double seed, uint32_t layer, size_t rows, size_t columns,
                                  size_t constant, double **Q, il_error *err) {
    size_t width = columns + constant;
    double *work = malloc(il_qr_work(rows, width) * sizeof *work);
    il_real *z = malloc(columns * sizeof *z);
    *Q = malloc(rows * width * sizeof **Q);
    bool enough = work && z && *Q;
    il_stream stream = il_stream_open((uint64_t)seed, IL_PURPOSE_DATA, layer);
    for (size_t i = 0; enough && i < rows; i++) {
        il_stream_normal(&stream, columns, z);
        for (size_t j = 0; j < width; j++)
            (*Q)[i * width + j] = j < constant ? 1 : (double)z[j - constant];
    }
    if (enough)
        il_qr_orthonormal(rows, width, *Q, work);
    free(work);
    free(z);
    return enough ? IL_OK : fail_memory(rows, width, err);
}

static il_status whiten(const double *arg, size_t n, size_t inputs, il_real *X, il_error *err) {
    double *Q = NULL, scale = __builtin_sqrt((double)n);
    il_status status = draw_orthonormal(arg[SEED], STREAM_X, n, inputs, 1, &Q, err);
    for (size_t i = 0; status == IL_OK && i < n; i++)
        for (size_t j = 0; j < inputs; j++)
            X[i * inputs + j] = (il_real)(scale * Q[i * (inputs + 1) + j + 1]);
    free(Q);
    return status;
}

/* One row: y = x U diag(s) V', by way of the rank numbers `mode`. */
static void map(const double *arg, const double *U, const double *V, const il_real *x, double *mode,
                il_real *y) {
    size_t inputs = (size_t)arg[INPUTS], outputs = (size_t)arg[OUTPUTS], rank = (size_t)arg[RANK];
    for (size_t k = 0; k < rank; k++)
        mode[k] = 0;
    for (size_t i = 0; i < inputs; i++)
        for (size_t k = 0; k < rank; k++)
            mode[k] += (double)x[i] * U[i * rank + k];
    for (size_t k = 0; k < rank; k++)
        mode[k] *= arg[STRENGTH] * (double)(rank - k) / (double)rank;
    for (size_t j = 0; j < outputs; j++) {
        double sum = arg[NOISE] * (double)y[j];
        for (size_t k = 0; k < rank; k++)
            sum += mode[k] * V[j * rank + k];
        y[j] = (il_real)sum;
    }
}

/* The targets, in place of the noise that is drawn into them first. */
static il_status map_all(const double *arg, const il_dataset *data, il_error *err) {
    size_t rank = (size_t)arg[RANK];
    double *U = NULL, *V = NULL, *mode = malloc(rank * sizeof *mode);
    il_status status = draw_orthonormal(arg[SEED], STREAM_U, data->inputs, rank, 0, &U, err);
    if (status == IL_OK)
        status = draw_orthonormal(arg[SEED], STREAM_V, data->outputs, rank, 0, &V, err);
    if (status == IL_OK && !mode)
        status = fail_memory(1, rank, err);
    il_draw_normal(arg[SEED], STREAM_NOISE, data->n * data->outputs, data->target);
    for (size_t i = 0; status == IL_OK && i < data->n; i++)
        map(arg, U, V, data->X + i * data->inputs, mode, data->target + i * data->outputs);
    free(U);
    free(V);
    free(mode);
    return status;
}

static il_status check(const double *arg, il_error *err) {
    size_t n = (size_t)arg[N], inputs = (size_t)arg[INPUTS], outputs = (size_t)arg[OUTPUTS],
           rank = (size_t)arg[RANK], width = inputs + 1;
    if (rank > inputs || rank > outputs)
        return il_fail(err, IL_INVALID,
                       "linear: rank=%zu is above inputs=%zu or outputs=%zu: at most the smaller",
                       rank, inputs, outputs);
    if (arg[WHITENED] == 0)
        return IL_OK;
    if (n < width)
        return il_fail(err, IL_INVALID,
                       "linear: whitening %zu inputs takes at least n=%zu samples, not %zu: take "
                       "more, or whitened=false",
                       inputs, width, n);
    if (n * width > MOST_STEPS / width)
        return il_fail(err, IL_INVALID,
                       "linear: whitening %zu samples of %zu inputs takes more than %zu steps: "
                       "take fewer, or whitened=false",
                       n, inputs, MOST_STEPS);
    return IL_OK;
}

static il_status make(const il_call *call, const il_folders *folders, il_dataset **out,
                      il_error *err) {
    (void)folders;
    const double *arg = call->arg;
    const il_dataset_shape shape = {
        .n = (size_t)arg[N], .inputs = (size_t)arg[INPUTS], .outputs = (size_t)arg[OUTPUTS]};
    il_status status = check(arg, err);
    if (status == IL_OK)
        status = il_dataset_allocate(&shape, out, err);
    if (status != IL_OK)
        return status;
    if (arg[WHITENED] != 0)
        status = whiten(arg, shape.n, shape.inputs, (*out)->X, err);
    else
        il_draw_normal(arg[SEED], STREAM_X, shape.n * shape.inputs, (*out)->X);
    return status == IL_OK ? map_all(arg, *out, err) : status;
}

const il_dataset_type il_dataset_linear = {
    .desc = {.name = "linear",
             .formula = "Y = X A, A of rank `rank` with singular values strength*(rank+1-k)/rank: "
                        "numbers to predict",
             .source = "after Saxe et al. 2013, section 1",
             .params = {IL_PARAM_N(64, 1),
                        IL_PARAM_INPUTS(8, 1),
                        {.name = "outputs",
                         .doc = "numbers of a target",
                         .kind = IL_INTEGER,
                         .initial = 8,
                         .min = 1,
                         .max = 4096},
                        {.name = "rank",
                         .doc = "of A",
                         .kind = IL_INTEGER,
                         .initial = 4,
                         .min = 1,
                         .max = 4096},
                        {.name = "whitened",
                         .doc = "X'X = n*I exactly, else X is N(0, 1)",
                         .kind = IL_BOOL,
                         .initial = 1,
                         .max = 1},
                        {.name = "strength",
                         .doc = "largest singular value of A",
                         .initial = 1,
                         .max = 1e3,
                         .above_min = true},
                        IL_PARAM_NOISE(0, "the targets"),
                        IL_PARAM_SEED("inputs, A and noise")},
             .n_params = 8},
    .make = make,
};
