/* The lockstep engine: matrix products of R interleaved matrices.
 *
 * A tile of C, a few rows by a few columns of LANES numbers each, is summed in registers while p runs over the products,
 * so that a number that is loaded serves a whole row or column of the tile. With R > 1 the lanes of an element are
 * its replicas; with R = 1 they are LANES columns of C (nn and tn), which is how a shared input meets the
 * weights of all replicas at once. Each lane is summed in the order of p, so its bits depend neither on its neighbours
 * nor on the tile.
 */
#include "linalg/gemm.h"

#include "base/clones.h"

#include <stdbool.h>

#define LANES 16
#define SIDE 4 /* rows and columns of the largest tile */

/* The numbers of element (i, p) of the left factor start at A + i*ai + p*ap, and so on; a product starts from 0, or
 * from beta times the elements at start + i*si + j*cj. */
typedef struct operands {
    const il_real *A, *B, *start;
    il_real beta, *C;
    size_t ai, ap, bp, bj, ci, cj, si;
} operands;

/* The same operands, from element (i, j) of C on. */
IL_INLINE operands moved(operands x, size_t i, size_t j) {
    x.A += i * x.ai;
    x.B += j * x.bj;
    x.start += x.start ? i * x.si + j * x.cj : 0;
    x.C += i * x.ci + j * x.cj;
    return x;
}

/* rows by columns elements of C, LANES numbers of each from lane l on. The left factor is one number for all lanes when
 * it is shared. */
IL_INLINE void tile(size_t rows, size_t columns, bool shared, size_t k, size_t l,
                    const operands *x) {
    il_real sum[SIDE][SIDE][LANES];
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            for (size_t q = 0; q < LANES; q++)
                sum[i][j][q] = x->start ? x->beta * x->start[i * x->si + j * x->cj + l + q] : 0;
    const il_real *A = x->A + (shared ? 0 : l), *B = x->B + l;
    for (size_t p = 0; p < k; p++, A += x->ap, B += x->bp)
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++)
                for (size_t q = 0; q < LANES; q++)
                    sum[i][j][q] += A[i * x->ai + (shared ? 0 : q)] * B[j * x->bj + q];
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            for (size_t q = 0; q < LANES; q++)
                x->C[i * x->ci + j * x->cj + l + q] = sum[i][j][q];
}

IL_INLINE void tile_lanes(size_t rows, size_t columns, bool shared, size_t k, size_t lanes,
                          operands x) {
    for (size_t l = 0; l < lanes; l += LANES)
        tile(rows, columns, shared, k, l, &x);
}

/* `rows` rows of C. */
IL_INLINE void band(size_t rows, bool shared, size_t n, size_t k, size_t lanes, operands x) {
    size_t j = 0;
    for (; j + SIDE <= n; j += SIDE)
        tile_lanes(rows, SIDE, shared, k, lanes, moved(x, 0, j));
    for (; j < n; j++)
        tile_lanes(rows, 1, shared, k, lanes, moved(x, 0, j));
}

IL_INLINE void bands(size_t tall, bool shared, size_t m, size_t n, size_t k, size_t lanes,
                     operands x) {
    size_t i = 0;
    for (; i + tall <= m; i += tall)
        band(tall, shared, n, k, lanes, moved(x, i, 0));
    for (; i < m; i++)
        band(1, shared, n, k, lanes, moved(x, i, 0));
}

/* n columns of `lanes` adjacent numbers. Large tiles want the 32 registers of AVX-512. */
IL_CLONES static void gemm_replicas(size_t m, size_t n, size_t k, size_t lanes, operands x,
                                    bool wide) {
    if (wide)
        bands(SIDE, false, m, n, k, lanes, x);
    else
        bands(SIDE / 2, false, m, n, k, lanes, x);
}

IL_CLONES static void gemm_shared(size_t m, size_t n, size_t k, operands x, bool wide) {
    if (wide)
        bands(SIDE, true, m, n, k, LANES, x);
    else
        bands(SIDE / 2, true, m, n, k, LANES, x);
}

/* Single numbers. */
IL_CLONES static void gemm_numbers(size_t m, size_t n, size_t k, operands x) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            const operands at = moved(x, i, j);
            il_real sum = at.start ? at.beta * *at.start : 0;
            for (size_t p = 0; p < k; p++)
                sum += at.A[p * at.ap] * at.B[p * at.bp];
            *at.C = sum;
        }
}

static void product(size_t m, size_t n, size_t k, size_t R, operands x) {
    if (R > 1) {
        gemm_replicas(m, n, k, R, x, IL_HAS_AVX512F);
        return;
    }
    size_t whole = x.bj == 1 ? n / LANES : 0;
    operands rest = moved(x, 0, whole * LANES);
    x.bj = x.cj = LANES;
    gemm_shared(m, whole, k, x, IL_HAS_AVX512F);
    gemm_numbers(m, n - whole * LANES, k, rest);
}

static void nn(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
               const il_real *B, il_real beta, il_real *C) {
    (void)team;
    product(m, n, k, R,
            (operands){A, B, beta == 0 ? NULL : C, beta, C, k * R, R, n * R, R, n * R, R, n * R});
}

static void nt(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
               const il_real *B, il_real beta, il_real *C) {
    (void)team;
    product(m, n, k, R,
            (operands){A, B, beta == 0 ? NULL : C, beta, C, k * R, R, R, k * R, n * R, R, n * R});
}

static void tn(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
               const il_real *B, il_real beta, il_real *C) {
    (void)team;
    product(m, n, k, R,
            (operands){A, B, beta == 0 ? NULL : C, beta, C, R, m * R, n * R, R, n * R, R, n * R});
}

/* The start is the bias for every row. */
static void affine(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
                   const il_real *B, const il_real *b, il_real *C) {
    (void)team;
    product(m, n, k, R, (operands){A, B, b, 1, C, k * R, R, n * R, R, n * R, R, 0});
}

const il_gemm_engine il_gemm_lockstep = {"lockstep", nn, nt, tn, affine};
