#include "linalg/gemm.h"

#include <cblas.h>
#include <string.h>

#ifdef IL_DOUBLE
#define GEMM cblas_dgemm
#else
#define GEMM cblas_sgemm
#endif

/* OpenBLAS scales C by beta before it adds, which keeps NaN out of C for beta = 0 but returns early
 * for empty products without doing so in every version; empty shapes are therefore settled here. */
static void gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, size_t m, size_t n, size_t k,
                 const il_real *A, const il_real *B, il_real beta, il_real *C) {
    if (k == 0) {
        for (size_t i = 0; i < m * n; i++)
            C[i] = beta == 0 ? 0 : beta * C[i];
        return;
    }
    if (m == 0 || n == 0)
        return;
    blasint M = (blasint)m, N = (blasint)n, K = (blasint)k;
    GEMM(CblasRowMajor, ta, tb, M, N, K, 1, A, ta == CblasTrans ? M : K, B,
         tb == CblasTrans ? K : N, beta, C, N);
}

static void nn(size_t m, size_t n, size_t k, size_t R, const il_real *A, const il_real *B,
               il_real beta, il_real *C) {
    (void)R;
    gemm(CblasNoTrans, CblasNoTrans, m, n, k, A, B, beta, C);
}

static void nt(size_t m, size_t n, size_t k, size_t R, const il_real *A, const il_real *B,
               il_real beta, il_real *C) {
    (void)R;
    gemm(CblasNoTrans, CblasTrans, m, n, k, A, B, beta, C);
}

static void tn(size_t m, size_t n, size_t k, size_t R, const il_real *A, const il_real *B,
               il_real beta, il_real *C) {
    (void)R;
    gemm(CblasTrans, CblasNoTrans, m, n, k, A, B, beta, C);
}

static void affine(size_t m, size_t n, size_t k, size_t R, const il_real *A, const il_real *B,
                   const il_real *b, il_real *C) {
    for (size_t i = 0; i < m; i++)
        memcpy(C + i * n, b, n * sizeof *b);
    nn(m, n, k, R, A, B, 1, C);
}

const il_gemm_engine il_gemm_blas = {"blas", nn, nt, tn, affine};
