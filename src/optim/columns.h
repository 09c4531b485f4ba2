/* An array [n][R] as tables for kernels that keep a number for each column on the stack. The columns are at most
 * IL_SPAN replicas; a single replica's numbers stand in rows of IL_SPAN, the last of which may not be full. */
#ifndef IL_OPTIM_COLUMNS_H
#define IL_OPTIM_COLUMNS_H

#include "initlab/network.h"

typedef struct il_columns {
    size_t rows, stride, n; /* x[i * stride + c] for i < rows, c < n */
    il_real *x;
} il_columns;

/* How many columns there are from replica `first` on. */
static inline size_t il_columns_width(size_t R, size_t first) {
    return R == 1 || R - first > IL_SPAN ? IL_SPAN : R - first;
}

/* The replicas from `first` on. Returns how many tables hold them: 0 to 2. */
static inline size_t il_columns_of(size_t n, size_t R, size_t first, il_real *x,
                                   il_columns out[2]) {
    size_t count = 0;
    if (R > 1) {
        out[0] = (il_columns){n, R, il_columns_width(R, first), x + first};
        return n > 0;
    }
    if (n >= IL_SPAN)
        out[count++] = (il_columns){n / IL_SPAN, IL_SPAN, IL_SPAN, x};
    if (n % IL_SPAN > 0)
        out[count++] = (il_columns){1, n % IL_SPAN, n % IL_SPAN, x + n / IL_SPAN * IL_SPAN};
    return count;
}

#endif
