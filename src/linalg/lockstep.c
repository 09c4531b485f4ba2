/* The lockstep engine: matrix products of R interleaved matrices.
 *
 * A tile of C, a few rows by a few columns, is summed in registers while p runs over the products, so that a number
 * that is loaded serves a whole row or column of the tile. With R > 1 the lanes of an element are its replicas; with
 * R = 1 they are LANES columns of C (nn and tn), which is how a shared input meets the weights of all replicas at
 * once. Each lane is summed in the order of p, so its bits depend neither on its neighbours nor on the tile.
 */
#include "linalg/gemm.h"

#include "base/clones.h"

#include <stdbool.h>

#define LANES 16
#define LINE 64 /* bytes of a cache line */

/* The numbers of element (i, p) of the left factor start at A + i*ai + p*ap, and so on. A sum starts from the bias of its
 * column, or else from beta times what stands in C. */
typedef struct operands {
    const il_real *A, *B, *bias;
    il_real *C, beta;
    size_t ai, ap, bp, bj, ci, cj;
} operands;

/* The same operands, from element (i, j) of C on. */
IL_INLINE operands moved(operands x, size_t i, size_t j) {
    x.A += i * x.ai;
    x.B += j * x.bj;
    x.bias += x.bias ? j * x.cj : 0;
    x.C += i * x.ci + j * x.cj;
    return x;
}

#define SET baseline
#define TARGET
#define BYTES 16
#define TALL 2
#define WIDE 1
#include "linalg/tiles.h"

#ifdef __x86_64__
#define SET avx2
#define TARGET __attribute__((target("avx2")))
#define BYTES 32
#define TALL 4
#define WIDE 1
#include "linalg/tiles.h"

#define SET avx512f
#define TARGET __attribute__((target("avx512f")))
#define BYTES 64
#define TALL 4
#define WIDE 4
#include "linalg/tiles.h"
#endif

/* n columns of `lanes` adjacent numbers. */
static void tiles(bool shared, size_t m, size_t n, size_t k, size_t lanes, operands x) {
    IL_BEST(bands, shared, m, n, k, lanes, x);
}

/* Single numbers. */
IL_CLONES static void gemm_numbers(size_t m, size_t n, size_t k, operands x) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            const operands at = moved(x, i, j);
            il_real sum = at.bias ? *at.bias : at.beta == 0 ? 0 : at.beta * *at.C;
            for (size_t p = 0; p < k; p++)
                sum += at.A[p * at.ap] * at.B[p * at.bp];
            *at.C = sum;
        }
}

static void product(size_t m, size_t n, size_t k, size_t R, operands x) {
    if (R > 1) {
        tiles(false, m, n, k, R, x);
        return;
    }
    size_t whole = x.bj == 1 ? n / LANES : 0;
    operands rest = moved(x, 0, whole * LANES);
    x.bj = x.cj = LANES;
    tiles(true, m, whole, k, LANES, x);
    if (n > whole * LANES)
        gemm_numbers(m, n - whole * LANES, k, rest);
}

static void nn(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
               const il_real *B, il_real beta, il_real *C) {
    (void)team;
    product(m, n, k, R, (operands){A, B, NULL, C, beta, k * R, R, n * R, R, n * R, R});
}

static void nt(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
               const il_real *B, il_real beta, il_real *C) {
    (void)team;
    product(m, n, k, R, (operands){A, B, NULL, C, beta, k * R, R, R, k * R, n * R, R});
}

static void tn(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
               const il_real *B, il_real beta, il_real *C) {
    (void)team;
    product(m, n, k, R, (operands){A, B, NULL, C, beta, R, m * R, n * R, R, n * R, R});
}

static void affine(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
                   const il_real *B, const il_real *b, il_real *sums, il_real *C) {
    (void)team, (void)sums;
    product(m, n, k, R, (operands){A, B, b, C, 0, k * R, R, n * R, R, n * R, R});
}

static size_t count_sums(size_t m, size_t n, size_t k) {
    (void)m, (void)n, (void)k;
    return 0;
}

const il_gemm_engine il_gemm_lockstep = {"lockstep", nn, nt, tn, affine, count_sums};
