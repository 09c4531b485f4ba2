/* The lockstep engine: matrix products of R interleaved matrices.
 *
 * The inner loop runs over lanes that are adjacent in B and C. With R > 1 the lanes of an element
 * are its replicas; with R = 1 they are the columns of a row of C (nn and tn), which is how a
 * shared input meets the weights of all replicas at once. Each lane is summed in the order of p,
 * four products at a time, so its bits depend neither on its neighbours nor on the width of a
 * vector.
 */
#include "linalg/gemm.h"

#include "base/clones.h"

#include <stdbool.h>

#define LANES 16
#define CHUNK 4

/* Element (i, p) of the left factor starts at A + i*ai + p*ap, and so on. */
typedef struct strides {
    size_t ai, ap, bp, bj, ci, cj;
} strides;

/* C[l] = start + sum of `count` <= CHUNK products, for adjacent lanes; start is 0 or beta*C[l]. The
 * left factor is one number for all lanes when it is shared. */
IL_INLINE void add_chunk(size_t lanes, size_t count, const il_real *restrict A, size_t ap,
                         bool shared, const il_real *restrict B, size_t bp, bool fresh,
                         il_real beta, il_real *restrict C) {
    for (size_t l = 0; l < lanes; l++) {
        il_real sum = fresh ? 0 : beta * C[l];
        for (size_t p = 0; p < count; p++)
            sum += A[p * ap + (shared ? 0 : l)] * B[p * bp + l];
        C[l] = sum;
    }
}

/* The same for a count known only when it runs: each case is a loop of its own. */
IL_INLINE void add_products(size_t lanes, size_t count, const il_real *restrict A, size_t ap,
                            bool shared, const il_real *restrict B, size_t bp, bool fresh,
                            il_real beta, il_real *restrict C) {
    switch (count) {
    case 0:
        add_chunk(lanes, 0, A, ap, shared, B, bp, fresh, beta, C);
        break;
    case 1:
        add_chunk(lanes, 1, A, ap, shared, B, bp, fresh, beta, C);
        break;
    case 2:
        add_chunk(lanes, 2, A, ap, shared, B, bp, fresh, beta, C);
        break;
    case 3:
        add_chunk(lanes, 3, A, ap, shared, B, bp, fresh, beta, C);
        break;
    default:
        add_chunk(lanes, CHUNK, A, ap, shared, B, bp, fresh, beta, C);
        break;
    }
}

/* The lanes of one element (or row) of C over all p. */
IL_INLINE void dot(size_t lanes, size_t k, const il_real *restrict A, size_t ap, bool shared,
                   const il_real *restrict B, size_t bp, il_real beta, il_real *restrict C) {
    size_t p = k < CHUNK ? k : CHUNK;
    if (beta == 0)
        add_products(lanes, p, A, ap, shared, B, bp, true, 0, C);
    else
        add_products(lanes, p, A, ap, shared, B, bp, false, beta, C);
    for (; p < k; p += CHUNK)
        add_products(lanes, k - p < CHUNK ? k - p : CHUNK, A + p * ap, ap, shared, B + p * bp, bp,
                     false, 1, C);
}

IL_CLONES static void gemm_replicas(size_t m, size_t n, size_t k, size_t R,
                                    const il_real *restrict A, const il_real *restrict B,
                                    il_real beta, il_real *restrict C, strides s) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            dot(R / LANES * LANES, k, A + i * s.ai, s.ap, false, B + j * s.bj, s.bp, beta,
                C + i * s.ci + j * s.cj);
}

IL_CLONES static void gemm_columns(size_t m, size_t n, size_t k, const il_real *restrict A,
                                   const il_real *restrict B, il_real beta, il_real *restrict C,
                                   strides s) {
    if (s.bj == 1)
        for (size_t i = 0; i < m; i++)
            dot(n, k, A + i * s.ai, s.ap, true, B, s.bp, beta, C + i * s.ci);
    else
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++)
                dot(1, k, A + i * s.ai, s.ap, true, B + j * s.bj, s.bp, beta, C + i * s.ci + j);
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
