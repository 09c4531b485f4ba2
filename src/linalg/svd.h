/* The range of a matrix's singular values. */
#ifndef IL_LINALG_SVD_H
#define IL_LINALG_SVD_H

#include "initlab/status.h"
#include <stddef.h>

/* Of A [m][n], with r = min(m, n). Up to r = IL_SVD_JACOBI by one-sided Jacobi rotations: each value to within
 * 1e-13 of the largest. Beyond, from the Gram matrix: the largest to a relative 1e-6; the smallest too, but 0
 * where it is below IL_SVD_FLOOR times the largest. Above r = IL_SVD_MOST both are NaN: there the Gram matrix
 * would cost more than all else together. */
#define IL_SVD_JACOBI 512
#define IL_SVD_MOST 4096
#define IL_SVD_FLOOR 1e-6

typedef struct il_singular_range {
    double largest, smallest;
} il_singular_range;

il_status il_singular_values(const il_real *A, size_t m, size_t n, il_singular_range *out,
                             il_error *err);

/* The two methods, for any size. */
il_status il_singular_jacobi(const il_real *A, size_t m, size_t n, il_singular_range *out,
                             il_error *err);
il_status il_singular_gram(const il_real *A, size_t m, size_t n, il_singular_range *out,
                           il_error *err);

#endif
