/* The seam between networks and matrix multiplication. Two engines stand behind it: OpenBLAS for one
 * replica, and plain loops with the replica innermost.
 *
 * Row-major, densely packed, R matrices interleaved, replica r of each:
 *   nn   C[m][n] = A[m][k]  B[k][n] + beta C
 *   nt   C[m][n] = A[m][k]  B[n][k]ᵀ + beta C
 *   tn   C[m][n] = A[k][m]ᵀ B[k][n] + beta C
 *   affine   C[m][n] = b[n] + A[m][k] B[k][n]
 * With beta = 0 the old C is not read (it may hold NaN); with k = 0 the product is 0. Matrices that all
 * replicas share as the left factor are not a special case: C[m][n·R] = A[m][k] B[k][n·R] with R = 1.
 *
 * A team shares large products of the blas engine, each thread those of its own rows of a layer's weights: B of
 * affine and nt, C of tn. Only activations and their gradients cross from thread to thread. No bit depends on it: products
 * are cut by their shapes alone, also where one thread computes all parts.
 */
#ifndef IL_LINALG_GEMM_H
#define IL_LINALG_GEMM_H

#include "base/team.h"
#include "initlab/status.h"

typedef void il_gemm(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
                     const il_real *B, il_real beta, il_real *C);

/* `sums` [count_sums(m, n, k)] is memory to work in, and may be larger. */
typedef void il_affine(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
                       const il_real *B, const il_real *b, il_real *sums, il_real *C);

typedef struct il_gemm_engine {
    const char *name;
    il_gemm *nn, *nt, *tn;
    il_affine *affine;
    size_t (*count_sums)(size_t m, size_t n, size_t k); /* not less for more samples m */
} il_gemm_engine;

/* R must be 1; sizes must fit OpenBLAS's int. */
extern const il_gemm_engine il_gemm_blas;

/* R is 1 or a multiple of 16. Every element is summed in the order of k, so its bits depend on nothing
 * but its own operands. */
extern const il_gemm_engine il_gemm_lockstep;

#endif
