#include "base/clones.h"
#include "linalg/gemm.h"

#include <cblas.h>
#include <stdbool.h>
#include <string.h>

#ifdef IL_DOUBLE
#define GEMM cblas_dgemm
#else
#define GEMM cblas_sgemm
#endif

#define ROWS 64 /* of a part, at least */

/* Into how many parts the rows of a layer's weights are cut, for a product of so much work. Each part has some 10^6
 * products of numbers, and costs about a hundredth more than as part of a whole. */
static size_t count_parts(size_t rows, size_t m, size_t n) {
    static const double least[] = {0x1p20, 0x1p26, 0x1p29};
    double work = (double)rows * (double)m * (double)n;
    size_t parts = 1;
    for (size_t i = 0; i < 3 && work >= least[i] && rows >= 2 * parts * ROWS; i++)
        parts *= 2;
    return parts;
}

/* C = A B + beta C, where B is the weights, transposed, or C their gradient: a part is some rows of these. */
typedef struct product {
    CBLAS_TRANSPOSE ta, tb;
    size_t m, n, k;
    const il_real *A, *B;
    il_real beta, *C;
    size_t parts;
} product;

static void multiply(void *context, size_t part) {
    const product *x = context;
    bool gradient = x->ta == CblasTrans;
    size_t rows = gradient ? x->m : x->n, first = il_slice_start(rows, part, x->parts),
           count = il_slice_start(rows, part + 1, x->parts) - first;
    blasint M = (blasint)x->m, N = (blasint)x->n, K = (blasint)x->k;
    if (gradient)
        GEMM(CblasRowMajor, CblasTrans, x->tb, (blasint)count, N, K, 1, x->A + first, M, x->B, N,
             x->beta, x->C + first * x->n, N);
    else
        GEMM(CblasRowMajor, CblasNoTrans, x->tb, M, (blasint)count, K, 1, x->A, K,
             x->B + first * x->k, x->tb == CblasTrans ? K : N, x->beta, x->C + first, N);
}

/* OpenBLAS scales C by beta before it adds, which keeps NaN out of C for beta = 0 but returns early
 * for empty products without doing so in every version; empty shapes are therefore settled here. */
static void gemm(il_team *team, product x) {
    if (x.k == 0)
        for (size_t i = 0; i < x.m * x.n; i++)
            x.C[i] = x.beta == 0 ? 0 : x.beta * x.C[i];
    else if (x.m > 0 && x.n > 0)
        il_team_run(team, x.parts, multiply, &x);
}

static void nn(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
               const il_real *B, il_real beta, il_real *C) {
    (void)R;
    gemm(team, (product){CblasNoTrans, CblasNoTrans, m, n, k, A, B, beta, C, 1});
}

static void nt(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
               const il_real *B, il_real beta, il_real *C) {
    (void)R;
    gemm(team, (product){CblasNoTrans, CblasTrans, m, n, k, A, B, beta, C, count_parts(n, m, k)});
}

static void tn(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
               const il_real *B, il_real beta, il_real *C) {
    (void)R;
    gemm(team, (product){CblasTrans, CblasNoTrans, m, n, k, A, B, beta, C, count_parts(m, n, k)});
}

#define BLOCK 1024 /* samples whose partial sums are in memory at once */

/* C = b + A B, where B is the weights: a part is the sums over some inputs, and then the units that are inputs of the same
 * part of the next layer. */
typedef struct layer {
    size_t m, n, k, parts;
    const il_real *A, *B, *b;
    il_real *C, *sums; /* [parts][m][n] */
} layer;

static void sum_inputs(void *context, size_t part) {
    const layer *x = context;
    size_t first = il_slice_start(x->k, part, x->parts),
           count = il_slice_start(x->k, part + 1, x->parts) - first;
    blasint N = (blasint)x->n;
    GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)x->m, N, (blasint)count, 1,
         x->A + first, (blasint)x->k, x->B + first * x->n, N, 0, x->sums + part * x->m * x->n, N);
}

IL_CLONES static void blas_add(size_t n, const il_real *restrict a, const il_real *restrict b,
                               il_real *restrict out) {
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] + b[i];
}

IL_CLONES static void blas_add_to(size_t n, const il_real *restrict a, il_real *restrict sum) {
    for (size_t i = 0; i < n; i++)
        sum[i] += a[i];
}

static void add_sums(void *context, size_t part) {
    const layer *x = context;
    size_t first = il_slice_start(x->n, part, x->parts),
           count = il_slice_start(x->n, part + 1, x->parts) - first;
    for (size_t i = 0; i < x->m; i++) {
        size_t at = i * x->n + first;
        blas_add(count, x->b + first, x->sums + at, x->C + at);
        for (size_t p = 1; p < x->parts; p++)
            blas_add_to(count, x->sums + p * x->m * x->n + at, x->C + at);
    }
}

/* C begins as b in each row. */
static void start_rows(size_t m, size_t n, const il_real *b, il_real *C) {
    for (size_t i = 0; i < m; i++)
        memcpy(C + i * n, b, n * sizeof *C);
}

static void affine(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
                   const il_real *B, const il_real *b, il_real *sums, il_real *C) {
    size_t parts = count_parts(k, m, n);
    if (parts == 1) {
        start_rows(m, n, b, C);
        nn(team, m, n, k, R, A, B, 1, C);
        return;
    }
    for (size_t at = 0; at < m; at += BLOCK) {
        size_t rows = m - at < BLOCK ? m - at : BLOCK;
        layer x = {rows, n, k, parts, A + at * k, B, b, C + at * n, sums};
        il_team_run(team, parts, sum_inputs, &x);
        il_team_run(team, parts, add_sums, &x);
    }
}

static size_t count_sums(size_t m, size_t n, size_t k) {
    size_t parts = count_parts(k, m, n);
    return parts == 1 ? 0 : parts * (m < BLOCK ? m : BLOCK) * n;
}

const il_gemm_engine il_gemm_blas = {"blas", nn, nt, tn, affine, count_sums};
