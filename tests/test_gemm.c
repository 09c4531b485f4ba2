#include "cmocka_all.h"

#include "initlab/rng.h"
#include "linalg/gemm.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { NN, NT, TN, AFFINE };

#define MOST 40
#define R_MOST 32
#define MARGIN 16
#define FULL (MOST * MOST * R_MOST)

/* Factors and an old C as functions of their indices, held at full size: a product of any smaller
 * shape takes their leading part, so one table of partial sums is the reference for all shapes. */
static il_real a_full[FULL], b_full[FULL], c_full[FULL]; /* [i][p][R], [p][j][R], [i][j][R] */
static double sum_full[MOST + 1][FULL],
    size_full[MOST + 1][FULL]; /* over p < k, and of magnitudes */

static void prepare(size_t R) {
    il_real *full[] = {a_full, b_full, c_full};
    for (uint32_t i = 0; i < 3; i++) {
        il_stream s = il_stream_open(1, IL_PURPOSE_DATA, i);
        il_stream_normal(&s, MOST * MOST * R, full[i]);
    }
    for (size_t k = 0; k < MOST; k++)
        for (size_t i = 0; i < MOST; i++)
            for (size_t j = 0; j < MOST; j++)
                for (size_t r = 0; r < R; r++) {
                    size_t c = (i * MOST + j) * R + r;
                    double product = (double)a_full[(i * MOST + k) * R + r] *
                                     (double)b_full[(k * MOST + j) * R + r];
                    sum_full[k + 1][c] = sum_full[k][c] + product;
                    size_full[k + 1][c] = size_full[k][c] + fabs(product);
                }
}

/* The leading rows x columns of a full matrix, packed, or its transpose. */
static void pack(const il_real *full, size_t rows, size_t columns, size_t R, bool transposed,
                 il_real *out) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            memcpy(out + (transposed ? j * rows + i : i * columns + j) * R,
                   full + (i * MOST + j) * R, R * sizeof *out);
}

/* One product against the reference in double; the bound is that of a rounded sum of k + 1 terms.
 */
static void compare(const il_gemm_engine *engine, int op, size_t m, size_t n, size_t k, size_t R,
                    double beta) {
    static il_real A[FULL], B[FULL], C[FULL + MARGIN];
    il_gemm *const gemm[] = {engine->nn, engine->nt, engine->tn};
    const double unit = sizeof(il_real) == 4 ? 0x1p-24 : 0x1p-53;
    pack(a_full, m, k, R, op == TN, A);
    pack(b_full, k, n, R, op == NT, B);
    pack(c_full, m, n, R, false, C);
    for (size_t i = 0; i < m * n * R && beta == 0; i++)
        C[i] = (il_real)NAN;
    for (size_t i = 0; i < MARGIN; i++)
        C[m * n * R + i] = 77;
    gemm[op](NULL, m, n, k, R, A, B, (il_real)beta, C);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t r = 0; r < R; r++) {
                size_t full = (i * MOST + j) * R + r;
                double old = beta == 0 ? 0 : beta * (double)c_full[full];
                double value = (double)C[(i * n + j) * R + r], expected = old + sum_full[k][full];
                if (!(fabs(value - expected) <=
                      ((double)k + 2) * unit * (size_full[k][full] + fabs(old))))
                    fail_msg("%s op %d m=%zu n=%zu k=%zu R=%zu beta=%g: C[%zu][%zu][%zu] = %.9g, "
                             "not %.9g",
                             engine->name, op, m, n, k, R, beta, i, j, r, value, expected);
            }
    for (size_t i = 0; i < MARGIN; i++)
        assert_true(C[m * n * R + i] == 77);
}

static const double betas[] = {0, 1, -0.5};

/* All of 1 … 40 in each direction, and k = 0. */
static void every_shape(const il_gemm_engine *engine, size_t R, size_t step) {
    prepare(R);
    for (int op = NN; op <= TN; op++)
        for (size_t m = 1; m <= MOST; m += step)
            for (size_t n = 1; n <= MOST; n += step)
                for (size_t k = 0; k <= MOST; k += k == 0 ? 1 : step)
                    compare(engine, op, m, n, k, R, betas[(m + n + k) % 3]);
}

static void blas(void **state) {
    (void)state;
    every_shape(&il_gemm_blas, 1, 1);
}

static void lockstep_one(void **state) {
    (void)state;
    every_shape(&il_gemm_lockstep, 1, 1);
}

#ifdef __SANITIZE_ADDRESS__
#define STEP 3 /* instrumented code is slow; every remainder is still met */
#else
#define STEP 1
#endif

static void lockstep_many(void **state) {
    (void)state;
    every_shape(&il_gemm_lockstep, 16, STEP);
    every_shape(&il_gemm_lockstep, 32, 13);
}

static void every_beta_over_nan(void **state) {
    (void)state;
    prepare(16);
    for (size_t b = 0; b < 3; b++)
        for (int op = NN; op <= TN; op++)
            for (size_t k = 0; k < 3; k++) {
                compare(&il_gemm_lockstep, op, 5, 7, k, 16, betas[b]);
            }
    prepare(1);
    for (size_t b = 0; b < 3; b++)
        for (int op = NN; op <= TN; op++)
            for (size_t k = 0; k < 3; k++) {
                compare(&il_gemm_blas, op, 5, 7, k, 1, betas[b]);
                compare(&il_gemm_lockstep, op, 5, 7, k, 1, betas[b]);
            }
}

/* A replica's product has the same bits in any lane and for any R. */
static void lanes_do_not_matter(void **state) {
    (void)state;
    prepare(16);
    size_t m = 3, n = 5, k = 7;
    const il_real *A = a_full, *B = b_full;
    static il_real a[35 * 48], b[35 * 48], c[35 * 48], C[35 * 16];
    for (int op = NN; op <= TN; op++) {
        il_gemm *const gemm[] = {il_gemm_lockstep.nn, il_gemm_lockstep.nt, il_gemm_lockstep.tn};
        gemm[op](NULL, m, n, k, 16, A, B, 0, C);
        for (size_t i = 0; i < 48 * m * k; i++)
            a[i] = A[i / 48 * 16 + (i % 48 + 5) % 16];
        for (size_t i = 0; i < 48 * n * k; i++)
            b[i] = B[i / 48 * 16 + (i % 48 + 5) % 16];
        gemm[op](NULL, m, n, k, 48, a, b, 0, c);
        for (size_t i = 0; i < 48 * m * n; i++)
            assert_memory_equal(&c[i], &C[i / 48 * 16 + (i % 48 + 5) % 16], sizeof *c);
    }
}

/* One product against a plain loop over p, to the bit. */
static void compare_in_order(const il_gemm_engine *engine, int op, size_t m, size_t n, size_t k,
                             size_t R, il_real beta) {
    static il_real A[FULL], B[FULL], C[FULL + MARGIN], expected[FULL];
    il_gemm *const gemm[] = {engine->nn, engine->nt, engine->tn};
    pack(a_full, m, k, R, op == TN, A);
    pack(b_full, k, n, R, op == NT, B);
    pack(c_full, m, n, R, false, C);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t r = 0; r < R; r++) {
                size_t at = (i * n + j) * R + r;
                il_real sum = op == AFFINE ? c_full[j * R + r] : beta == 0 ? 0 : beta * C[at];
                for (size_t p = 0; p < k; p++)
                    sum += a_full[(i * MOST + p) * R + r] * b_full[(p * MOST + j) * R + r];
                expected[at] = sum;
            }
    for (size_t i = 0; i < MARGIN; i++)
        C[m * n * R + i] = 77;
    if (op == AFFINE)
        engine->affine(NULL, m, n, k, R, A, B, c_full, NULL, C);
    else
        gemm[op](NULL, m, n, k, R, A, B, beta, C);
    if (memcmp(C, expected, m * n * R * sizeof *C) != 0)
        fail_msg("%s op %d m=%zu n=%zu k=%zu R=%zu beta=%g is not the plain loop's", engine->name,
                 op, m, n, k, R, (double)beta);
    for (size_t i = 0; i < MARGIN; i++)
        assert_true(C[m * n * R + i] == 77);
}

/* Whatever tile an element falls into, and whether a shared factor's columns fill the lanes. */
static void lockstep_sums_in_order(void **state) {
    (void)state;
    static const size_t replicas[] = {1, 16, 32}, k[] = {0, 1, 2, 5};
    for (size_t c = 0; c < 3; c++) {
        prepare(replicas[c]);
        size_t wide = replicas[c] == 1 ? 37 : 9;
        for (int op = NN; op <= AFFINE; op++)
            for (size_t m = 1; m <= 9; m++)
                for (size_t n = 1; n <= wide; n++)
                    for (size_t p = 0; p < 4; p++)
                        compare_in_order(&il_gemm_lockstep, op, m, n, k[p], replicas[c],
                                         (il_real)betas[(m + n) % 3]);
    }
}

/* Sums of small whole numbers are exact in any order. */
static void blas_starts_from_the_bias(void **state) {
    (void)state;
    prepare(1);
    for (size_t i = 0; i < MOST * MOST; i++) {
        a_full[i] = (il_real)(int)(4 * a_full[i]);
        b_full[i] = (il_real)(int)(4 * b_full[i]);
        c_full[i] = (il_real)(int)(4 * c_full[i]);
    }
    for (size_t m = 1; m <= 9; m++)
        for (size_t n = 1; n <= 9; n++)
            for (size_t k = 0; k <= 9; k++)
                compare_in_order(&il_gemm_blas, AFFINE, m, n, k, 1, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blas),
        cmocka_unit_test(lockstep_one),
        cmocka_unit_test(lockstep_many),
        cmocka_unit_test(every_beta_over_nan),
        cmocka_unit_test(lanes_do_not_matter),
        cmocka_unit_test(lockstep_sums_in_order),
        cmocka_unit_test(blas_starts_from_the_bias),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
