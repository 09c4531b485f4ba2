/* Sums over samples, the same for every unit of every replica: [n][columns] in sample order, in double. */
#ifndef IL_NN_NORM_COLUMNS_H
#define IL_NN_NORM_COLUMNS_H

#include "base/clones.h"
#include "initlab/status.h"

#include <stddef.h>

/* sum[c] = sum of x[i][c]. */
IL_INLINE void il_sum_columns(size_t n, size_t columns, const il_real *restrict x,
                              double *restrict sum) {
    for (size_t c = 0; c < columns; c++)
        sum[c] = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < columns; c++)
            sum[c] += (double)x[i * columns + c];
}

/* sum[c] = sum of x[i][c] y[i][c]. */
IL_INLINE void il_sum_products(size_t n, size_t columns, const il_real *restrict x,
                               const il_real *restrict y, double *restrict sum) {
    for (size_t c = 0; c < columns; c++)
        sum[c] = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < columns; c++)
            sum[c] += (double)x[i * columns + c] * (double)y[i * columns + c];
}

#endif
