/* Batch normalization: every unit of every replica over the samples of the batch.
 *
 * In training by the batch's own mean and (biased) variance, which move the running ones as in PyTorch: the running
 * variance takes the unbiased one, momentum is the share of the new value. In evaluation by the running ones. One sample
 * has no variance: training then gives y = shift and moves the running mean alone. */
#include "nn/norm.h"
#include "nn/norm/columns.h"

enum { AFTER, MOMENTUM, EPS };

/* Means and variances of the columns, in double, into mean and variance [columns]. */
IL_INLINE void batch_statistics(size_t n, size_t columns, const il_real *restrict x,
                                double *restrict mean, double *restrict variance) {
    il_sum_columns(n, columns, x, mean);
    for (size_t c = 0; c < columns; c++) {
        mean[c] /= (double)n;
        variance[c] = 0;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < columns; c++) {
            double d = (double)x[i * columns + c] - mean[c];
            variance[c] += d * d;
        }
    for (size_t c = 0; c < columns; c++)
        variance[c] /= (double)n;
}

IL_INLINE void move_running(size_t n, size_t columns, double momentum, const double *restrict mean,
                            const double *restrict variance, il_real *restrict running_mean,
                            il_real *restrict running_variance) {
    for (size_t c = 0; c < columns; c++)
        running_mean[c] = (il_real)((1 - momentum) * (double)running_mean[c] + momentum * mean[c]);
    if (n == 1)
        return;
    double unbiased = (double)n / (double)(n - 1);
    for (size_t c = 0; c < columns; c++)
        running_variance[c] = (il_real)((1 - momentum) * (double)running_variance[c] +
                                        momentum * unbiased * variance[c]);
}

/* normalized = (x - mean) inverse, y = normalized gain + shift. */
IL_INLINE void normalize(size_t n, size_t columns, const double *restrict mean,
                         const il_real *restrict inverse, const il_real *restrict gain,
                         const il_real *restrict shift, const il_real *restrict x,
                         il_real *restrict normalized, il_real *restrict y) {
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < columns; c++) {
            size_t at = i * columns + c;
            normalized[at] = (il_real)((double)x[at] - mean[c]) * inverse[c];
            y[at] = normalized[at] * gain[c] + shift[c];
        }
}

IL_CLONES static void batchnorm_forward(const double *arg, const il_norm_pass *p) {
    size_t columns = p->units * p->R;
    double *restrict mean = p->scratch, *restrict variance = mean + columns;
    if (p->training) {
        batch_statistics(p->n, columns, p->x, mean, variance);
        move_running(p->n, columns, arg[MOMENTUM], mean, variance, p->mean, p->variance);
    } else {
        for (size_t c = 0; c < columns; c++) {
            mean[c] = (double)p->mean[c];
            variance[c] = (double)p->variance[c];
        }
    }
    il_real *restrict inverse = p->inverse;
    for (size_t c = 0; c < columns; c++)
        inverse[c] = (il_real)(1 / __builtin_sqrt(variance[c] + arg[EPS]));
    normalize(p->n, columns, mean, inverse, p->gain, p->shift, p->x, p->normalized, p->y);
}

/* In training, with dy the gradient of y and sums over the batch:
 * dx = gain inverse (dy - sum(dy)/n - normalized sum(dy normalized)/n); in evaluation the statistics are constants. */
IL_CLONES static void batchnorm_backward(const double *arg, const il_norm_pass *p) {
    (void)arg;
    size_t columns = p->units * p->R;
    double *restrict shifts = p->scratch, *restrict gains = shifts + columns;
    const il_real *restrict gain = p->gain, *restrict inverse = p->inverse;
    const il_real *restrict normalized = p->normalized;
    il_real *restrict delta = p->delta, *restrict g_gain = p->g_gain,
                      *restrict g_shift = p->g_shift;
    il_sum_columns(p->n, columns, delta, shifts);
    il_sum_products(p->n, columns, delta, normalized, gains);
    double share = p->training ? 1 / (double)p->n : 0;
    for (size_t c = 0; c < columns; c++) {
        g_shift[c] = (il_real)shifts[c];
        g_gain[c] = (il_real)gains[c];
        shifts[c] *= share;
        gains[c] *= share;
    }
    for (size_t i = 0; i < p->n; i++)
        for (size_t c = 0; c < columns; c++) {
            size_t at = i * columns + c;
            delta[at] = gain[c] * inverse[c] *
                        (delta[at] - (il_real)shifts[c] - normalized[at] * (il_real)gains[c]);
        }
}

const il_norm_type il_norm_batchnorm = {
    .desc = {.name = "batchnorm",
             .aliases = "true batch_norm",
             .formula = "gain*(x - mean)/sqrt(variance + eps) + shift, each unit over the batch",
             .source = "Ioffe & Szegedy 2015, algorithms 1 and 2",
             .params = {{.name = "after",
                         .doc = "after the activation, not before it",
                         .kind = IL_BOOL,
                         .max = 1},
                        {.name = "momentum",
                         .doc = "share of the batch in the running statistics",
                         .initial = 0.1,
                         .max = 1},
                        {.name = "eps",
                         .doc = "added to the variance",
                         .initial = 1e-5,
                         .min = 1e-12,
                         .max = 1}},
             .n_params = 3},
    .per_unit = true,
    .forward = batchnorm_forward,
    .backward = batchnorm_backward,
};
