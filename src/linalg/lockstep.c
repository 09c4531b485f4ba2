/* The lockstep engine: matrix products of R interleaved matrices, 16 lanes at a time.
 *
 * Every product is reached through strides: element (i, p) of the left factor starts at A + i*ai +
 * p*ap, element (p, j) of the right at B + p*bp + j*bj. A lane is a replica when R > 1. When R = 1
 * the columns of C take the lanes' place (nn and tn, where columns of B are adjacent), which is how
 * a shared input multiplies the weights of all replicas at once.
 */
#include "linalg/gemm.h"

#include "base/clones.h"

#define LANES 16

typedef struct strides {
    size_t ai, ap, bp, bj, ci, cj;
} strides;

/* The 16 lanes of one element: sum over p in order, on top of beta C. `a_lanes` is 0 when the left
 * factor is one number for all lanes. */
IL_INLINE void dot_lanes(size_t k, const il_real *restrict A, size_t ap, size_t a_lanes,
                         const il_real *restrict B, size_t bp, il_real beta, il_real *restrict C) {
    il_real sum[LANES];
    for (size_t l = 0; l < LANES; l++)
        sum[l] = beta == 0 ? 0 : beta * C[l];
    for (size_t p = 0; p < k; p++)
        for (size_t l = 0; l < LANES; l++)
            sum[l] += A[p * ap + l * a_lanes] * B[p * bp + l];
    for (size_t l = 0; l < LANES; l++)
        C[l] = sum[l];
}

/* One matrix per replica: blocks of 16 replicas. */
IL_CLONES static void gemm_replicas(size_t m, size_t n, size_t k, size_t R,
                                    const il_real *restrict A, const il_real *restrict B,
                                    il_real beta, il_real *restrict C, strides s) {
    for (size_t r = 0; r < R; r += LANES)
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++)
                dot_lanes(k, A + i * s.ai + r, s.ap, 1, B + j * s.bj + r, s.bp, beta,
                          C + i * s.ci + j * s.cj + r);
}

static void one_element(size_t k, const il_real *A, size_t ap, const il_real *B, size_t bp,
                        il_real beta, il_real *C) {
    il_real sum = beta == 0 ? 0 : beta * *C;
    for (size_t p = 0; p < k; p++)
        sum += A[p * ap] * B[p * bp];
    *C = sum;
}

/* One matrix, R = 1: blocks of 16 columns where they are adjacent in B, the rest one by one. */
IL_CLONES static void gemm_columns(size_t m, size_t n, size_t k, const il_real *restrict A,
                                   const il_real *restrict B, il_real beta, il_real *restrict C,
                                   strides s) {
    size_t blocked = s.bj == 1 ? n / LANES * LANES : 0;
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < blocked; j += LANES)
            dot_lanes(k, A + i * s.ai, s.ap, 0, B + j, s.bp, beta, C + i * s.ci + j);
        for (size_t j = blocked; j < n; j++)
            one_element(k, A + i * s.ai, s.ap, B + j * s.bj, s.bp, beta, C + i * s.ci + j);
    }
}

static void gemm(size_t m, size_t n, size_t k, size_t R, const il_real *A, const il_real *B,
                 il_real beta, il_real *C, strides s) {
    if (R == 1)
        gemm_columns(m, n, k, A, B, beta, C, s);
    else
        gemm_replicas(m, n, k, R, A, B, beta, C, s);
}

static void nn(size_t m, size_t n, size_t k, size_t R, const il_real *A, const il_real *B,
               il_real beta, il_real *C) {
    gemm(m, n, k, R, A, B, beta, C, (strides){k * R, R, n * R, R, n * R, R});
}

static void nt(size_t m, size_t n, size_t k, size_t R, const il_real *A, const il_real *B,
               il_real beta, il_real *C) {
    gemm(m, n, k, R, A, B, beta, C, (strides){k * R, R, R, k * R, n * R, R});
}

static void tn(size_t m, size_t n, size_t k, size_t R, const il_real *A, const il_real *B,
               il_real beta, il_real *C) {
    gemm(m, n, k, R, A, B, beta, C, (strides){R, m * R, n * R, R, n * R, R});
}

const il_gemm_engine il_gemm_lockstep = {"lockstep", nn, nt, tn};
