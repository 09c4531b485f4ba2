#include "linalg/gemm.h"

#include "base/uncached.h"

#include <cblas.h>
#include <stdbool.h>
#include <string.h>

#ifdef IL_DOUBLE
#define GEMM cblas_dgemm
#else
#define GEMM cblas_sgemm
#endif

/* A product as OpenBLAS takes it; row, where it is not NULL, is what every row of C is first. */
typedef struct product {
    CBLAS_TRANSPOSE ta, tb;
    size_t m, n, k;
    const il_real *A, *B, *row;
    il_real beta, *C;
    size_t parts;
    bool shared; /* by several threads */
} product;

/* Into how many parts: of TN, which is a gradient, rows of C, so that a thread writes adjacent memory; else columns, which
 * are units of a layer. Each part has some 10^6 products of numbers at least, and costs about a hundredth more
 * than as part of a whole. */
static size_t count_parts(const product *x) {
    size_t lines = x->ta == CblasTrans ? x->m : x->n;
    double work = (double)x->m * (double)x->n * (double)x->k;
    size_t parts = work < 0x1p21 ? 1 : work < 0x1p26 ? 2 : work < 0x1p29 ? 4 : 8;
    return lines < 4 * IL_SLICE * parts ? 1 : parts;
}

static const il_real zeros[1024];

/* What OpenBLAS would do itself, but for the stores: other threads have read this memory. */
static void start_row(const product *x, const il_real *from, size_t count, il_real *to) {
    for (size_t i = 0, n; i < count; i += n) {
        n = count - i < sizeof zeros / sizeof *zeros ? count - i : sizeof zeros / sizeof *zeros;
        if (x->shared)
            il_uncached_copy(to + i, from ? from + i : zeros, n * sizeof *to);
        else
            memcpy(to + i, from ? from + i : zeros, n * sizeof *to);
    }
}

static void multiply_columns(const product *x, size_t first, size_t count) {
    bool nt = x->tb == CblasTrans, start = x->row || (x->parts > 1 && x->beta == 0);
    blasint M = (blasint)x->m, N = (blasint)count, K = (blasint)x->k, ldc = (blasint)x->n;
    il_real *C = x->C + first;
    for (size_t i = 0; start && i < x->m; i++)
        start_row(x, x->row ? x->row + first : NULL, count, C + i * x->n);
    il_uncached_end();
    GEMM(CblasRowMajor, CblasNoTrans, x->tb, M, N, K, 1, x->A, K, x->B + first * (nt ? x->k : 1),
         nt ? K : ldc, start ? 1 : x->beta, C, ldc);
}

static void multiply(void *context, size_t part) {
    const product *x = context;
    bool tn = x->ta == CblasTrans;
    size_t lines = tn ? x->m : x->n, first = il_slice_start(lines, part, x->parts),
           count = il_slice_start(lines, part + 1, x->parts) - first;
    blasint N = (blasint)x->n;
    if (tn)
        GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, (blasint)count, N, (blasint)x->k, 1,
             x->A + first, (blasint)x->m, x->B, N, x->beta, x->C + first * x->n, N);
    else
        multiply_columns(x, first, count);
}

/* OpenBLAS scales C by beta before it adds, which keeps NaN out of C for beta = 0 but returns early
 * for empty products without doing so in every version; empty shapes are therefore settled here. */
static void gemm(il_team *team, product x) {
    if (x.k == 0) {
        for (size_t i = 0; i < x.m * x.n; i++)
            x.C[i] = x.row ? x.row[i % x.n] : x.beta == 0 ? 0 : x.beta * x.C[i];
        return;
    }
    if (x.m == 0 || x.n == 0)
        return;
    x.parts = count_parts(&x);
    x.shared = team && x.parts > 1;
    il_team_run(team, x.parts, multiply, &x);
}

static void nn(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
               const il_real *B, il_real beta, il_real *C) {
    (void)R;
    gemm(team, (product){CblasNoTrans, CblasNoTrans, m, n, k, A, B, NULL, beta, C, 1, false});
}

static void nt(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
               const il_real *B, il_real beta, il_real *C) {
    (void)R;
    gemm(team, (product){CblasNoTrans, CblasTrans, m, n, k, A, B, NULL, beta, C, 1, false});
}

static void tn(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
               const il_real *B, il_real beta, il_real *C) {
    (void)R;
    gemm(team, (product){CblasTrans, CblasNoTrans, m, n, k, A, B, NULL, beta, C, 1, false});
}

static void affine(il_team *team, size_t m, size_t n, size_t k, size_t R, const il_real *A,
                   const il_real *B, const il_real *b, il_real *C) {
    (void)R;
    gemm(team, (product){CblasNoTrans, CblasNoTrans, m, n, k, A, B, b, 1, C, 1, false});
}

const il_gemm_engine il_gemm_blas = {"blas", nn, nt, tn, affine};
