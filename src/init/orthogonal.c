/* A random matrix with orthonormal columns, or rows where there are fewer of them: all its singular values are
 * `gain`, so that signals and gradients of a deep linear network keep their length. Q is uniform over all such
 * matrices only with the signs of R's diagonal: QR by itself is free to choose them.
 */
#include "init/scheme.h"

#include "linalg/qr.h"

#include <stdlib.h>

/* Allocates while it fills, where other schemes do not: fan_in*fan_out doubles and QR's working space. */
static il_status orthogonal(il_init_job *job, il_real *W) {
    size_t in = job->layer->fan_in, out = job->layer->fan_out;
    size_t rows = in > out ? in : out, columns = in > out ? out : in;
    double gain = job->init->arg[0];
    double *Q = malloc((job->n + il_qr_work(rows, columns)) * sizeof *Q);
    if (!Q)
        return il_fail(job->err, IL_NO_MEMORY,
                       "layer %zu: no memory to make %zux%zu weights orthogonal",
                       job->layer->index + 1, in, out);
    il_stream_normal(&job->stream, job->n, W);
    for (size_t i = 0; i < job->n; i++)
        Q[i] = (double)W[i];
    il_qr_orthonormal(rows, columns, Q, Q + job->n);
    for (size_t i = 0; i < in; i++)
        for (size_t j = 0; j < out; j++)
            W[i * out + j] = (il_real)(gain * (in >= out ? Q[i * out + j] : Q[j * in + i]));
    free(Q);
    return IL_OK;
}

const il_init_type il_init_orthogonal = {
    .desc = {.name = "orthogonal",
             .formula = "W = gain*Q of a tall Gaussian = QR with R's diagonal > 0; transposed when "
                        "fan_in < fan_out",
             .source = "Saxe, McClelland & Ganguli 2013",
             .params = {{.name = "gain",
                         .doc = "every singular value",
                         .initial = 1,
                         .min = 0,
                         .max = 1e6,
                         .above_min = true}},
             .n_params = 1},
    .family = "orthogonal",
    .note = "Takes 8*fan_in*fan_out bytes of memory, and a little more, while it fills a layer.",
    .weights = orthogonal,
};
