/* Layer normalization: every sample of every replica over the layer's units, in training and evaluation alike. Sums
 * are double and in the order of the units. */
#include "base/clones.h"
#include "nn/norm.h"

enum { AFTER, EPS };

/* Mean and 1/sqrt(variance + eps) of one sample's units, x [units][R]; `variance` is room for [R]. */
IL_INLINE void sample_statistics(size_t units, size_t R, double eps, const il_real *restrict x,
                                 double *restrict mean, double *restrict variance,
                                 il_real *restrict inverse) {
    for (size_t r = 0; r < R; r++)
        mean[r] = variance[r] = 0;
    for (size_t j = 0; j < units; j++)
        for (size_t r = 0; r < R; r++)
            mean[r] += (double)x[j * R + r];
    for (size_t r = 0; r < R; r++)
        mean[r] /= (double)units;
    for (size_t j = 0; j < units; j++)
        for (size_t r = 0; r < R; r++) {
            double d = (double)x[j * R + r] - mean[r];
            variance[r] += d * d;
        }
    for (size_t r = 0; r < R; r++)
        inverse[r] = (il_real)(1 / __builtin_sqrt(variance[r] / (double)units + eps));
}

IL_INLINE void normalize(size_t units, size_t R, const double *restrict mean,
                         const il_real *restrict inverse, const il_real *restrict gain,
                         const il_real *restrict shift, const il_real *restrict x,
                         il_real *restrict normalized, il_real *restrict y) {
    for (size_t j = 0; j < units; j++)
        for (size_t r = 0; r < R; r++) {
            size_t at = j * R + r;
            normalized[at] = (il_real)((double)x[at] - mean[r]) * inverse[r];
            y[at] = normalized[at] * gain[at] + shift[at];
        }
}

IL_CLONES static void layernorm_forward(const double *arg, const il_norm_pass *p) {
    size_t row = p->units * p->R;
    double *mean = p->scratch, *variance = mean + p->R;
    for (size_t i = 0; i < p->n; i++) {
        il_real *inverse = p->inverse + i * p->R;
        sample_statistics(p->units, p->R, arg[EPS], p->x + i * row, mean, variance, inverse);
        normalize(p->units, p->R, mean, inverse, p->gain, p->shift, p->x + i * row,
                  p->normalized + i * row, p->y + i * row);
    }
}

/* One sample: with d = dy gain and means over the units, dx = inverse (d - mean(d) - normalized mean(d normalized)). */
IL_INLINE void sample_backward(size_t units, size_t R, const il_real *restrict gain,
                               const il_real *restrict normalized, const il_real *restrict inverse,
                               double *restrict plain, double *restrict along,
                               il_real *restrict g_gain, il_real *restrict g_shift,
                               il_real *restrict delta) {
    for (size_t r = 0; r < R; r++)
        plain[r] = along[r] = 0;
    for (size_t j = 0; j < units; j++)
        for (size_t r = 0; r < R; r++) {
            size_t at = j * R + r;
            g_gain[at] += delta[at] * normalized[at];
            g_shift[at] += delta[at];
            delta[at] *= gain[at];
            plain[r] += (double)delta[at];
            along[r] += (double)delta[at] * (double)normalized[at];
        }
    for (size_t r = 0; r < R; r++) {
        plain[r] /= (double)units;
        along[r] /= (double)units;
    }
    for (size_t j = 0; j < units; j++)
        for (size_t r = 0; r < R; r++) {
            size_t at = j * R + r;
            delta[at] =
                inverse[r] * (delta[at] - (il_real)plain[r] - normalized[at] * (il_real)along[r]);
        }
}

IL_CLONES static void layernorm_backward(const double *arg, const il_norm_pass *p) {
    (void)arg;
    size_t row = p->units * p->R;
    for (size_t c = 0; c < row; c++)
        p->g_gain[c] = p->g_shift[c] = 0;
    for (size_t i = 0; i < p->n; i++)
        sample_backward(p->units, p->R, p->gain, p->normalized + i * row, p->inverse + i * p->R,
                        p->scratch, p->scratch + p->R, p->g_gain, p->g_shift, p->delta + i * row);
}

const il_norm_type il_norm_layernorm = {
    .desc = {.name = "layernorm",
             .aliases = "layer_norm",
             .formula = "gain*(x - mean)/sqrt(variance + eps) + shift, each sample over the units",
             .source = "Ba, Kiros & Hinton 2016, section 3",
             .params = {{.name = "after",
                         .doc = "after the activation, not before it",
                         .kind = IL_BOOL,
                         .max = 1},
                        {.name = "eps",
                         .doc = "added to the variance",
                         .initial = 1e-5,
                         .min = 1e-12,
                         .max = 1}},
             .n_params = 2},
    .forward = layernorm_forward,
    .backward = layernorm_backward,
};
