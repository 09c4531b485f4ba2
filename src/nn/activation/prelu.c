/* The leaky rectifier whose slope is learned: one for the layer, or one for each unit. Functions of a single point are
 * those at the starting slope. */
#include "nn/activation.h"

#include "base/clones.h"

enum { SLOPE, PER_UNIT };

static size_t slopes(const double *arg, size_t units) {
    return arg[PER_UNIT] != 0 ? units : 1;
}

static double slope_start(const double *arg) {
    return arg[SLOPE];
}

/* z [rows][columns], where all rows have the same slopes p [columns]. */
IL_CLONES static void prelu_rows(size_t rows, size_t columns, const il_real *restrict p,
                                 const il_real *restrict z, il_real *restrict a) {
    for (size_t i = 0; i < rows; i++)
        for (size_t c = 0; c < columns; c++) {
            size_t at = i * columns + c;
            a[at] = z[at] > 0 ? z[at] : p[c] * z[at];
        }
}

#define SPAN 16 /* columns whose sums are in registers */

/* `width` columns from `first` on; sums over the rows in their order. */
IL_INLINE void span_backward(size_t rows, size_t columns, size_t first, size_t width,
                             const il_real *restrict p, const il_real *restrict z,
                             il_real *restrict delta, il_real *restrict gp) {
    double sum[SPAN] = {0};
    for (size_t i = 0; i < rows; i++)
        for (size_t c = 0; c < width; c++) {
            size_t at = i * columns + first + c;
            double product = (double)delta[at] * (double)z[at];
            sum[c] += z[at] > 0 ? 0 : product;
            il_real low = p[first + c] * delta[at];
            delta[at] = z[at] > 0 ? delta[at] : low;
        }
    for (size_t c = 0; c < width; c++)
        gp[first + c] = (il_real)sum[c];
}

IL_CLONES static void prelu_rows_backward(size_t rows, size_t columns, const il_real *restrict p,
                                          const il_real *restrict z, il_real *restrict delta,
                                          il_real *restrict gp) {
    size_t first = 0;
    for (; first + SPAN <= columns; first += SPAN)
        span_backward(rows, columns, first, SPAN, p, z, delta, gp);
    if (first < columns)
        span_backward(rows, columns, first, columns - first, p, z, delta, gp);
}

static void forward_learned(size_t n, size_t units, size_t R, size_t count, const il_real *p,
                            const il_real *z, il_real *a) {
    prelu_rows(n * units / count, count * R, p, z, a);
}

static void backward_learned(size_t n, size_t units, size_t R, size_t count, const il_real *p,
                             const il_real *z, il_real *delta, il_real *gp) {
    prelu_rows_backward(n * units / count, count * R, p, z, delta, gp);
}

static double value(const double *arg, double z) {
    return z > 0 ? z : arg[SLOPE] * z;
}

static double slope(const double *arg, double z) {
    return z > 0 ? 1 : arg[SLOPE];
}

const il_activation_type il_activation_prelu = {
    .desc = {.name = "prelu",
             .formula = "z where z > 0, else p*z with p learned; gains are those at the start",
             .source = "He, Zhang, Ren & Sun 2015, section 2.1",
             .params = {{.name = "slope",
                         .doc = "p before training",
                         .initial = 0.25,
                         .min = -1,
                         .max = 1},
                        {.name = "per_unit",
                         .doc = "a slope for each unit, not one for the layer",
                         .kind = IL_BOOL,
                         .max = 1}},
             .n_params = 2},
    .slopes = slopes,
    .slope_start = slope_start,
    .forward_learned = forward_learned,
    .backward_learned = backward_learned,
    .value = value,
    .slope = slope,
    .n_kinks = 1,
    .kink = {0},
};
