/* Singular values against closed forms, mpmath's, and each method against the other. */
#include "cmocka_all.h"

#include "initlab.h"
#include "linalg/svd.h"

#include <math.h>
#include <stdlib.h>

#include "golden/svd.h"

typedef il_status method(const il_real *A, size_t m, size_t n, il_singular_range *out,
                         il_error *err);

static il_singular_range range_of(method *f, const il_real *A, size_t m, size_t n) {
    il_error err;
    il_singular_range range;
    if (f(A, m, n, &range, &err) != IL_OK)
        fail_msg("%s", err.message);
    return range;
}

/* Absolute errors in units of the largest value. */
static void expect(il_singular_range got, double largest, double smallest, double tolerance) {
    if (!(fabs(got.largest - largest) <= tolerance * largest) ||
        !(fabs(got.smallest - smallest) <= tolerance * largest))
        fail_msg("%.17g to %.17g, expected %.17g to %.17g", got.smallest, got.largest, smallest,
                 largest);
}

static void reference_values(void **state) {
    (void)state;
    for (size_t g = 0; g < sizeof golden / sizeof *golden; g++) {
        size_t m = golden[g].m, n = golden[g].n;
        il_real A[600];
        for (size_t i = 0; i < m; i++)
            for (size_t k = 0; k < n; k++)
                A[i * n + k] =
                    golden[g].hilbert
                        ? (il_real)(1 / (float)(i + k + 1))
                        : (il_real)((int)((i * i * 7 + i * k * 13 + k * k * k * 5 + 3 * k) % 23) -
                                    11);
        expect(range_of(il_singular_jacobi, A, m, n), golden[g].largest, golden[g].smallest, 1e-13);
        /* The Gram matrix squares the condition: the smallest keeps fewer digits. */
        il_singular_range gram = range_of(il_singular_gram, A, m, n);
        expect(gram, golden[g].largest, golden[g].smallest, IL_SVD_FLOOR);
        assert_true((gram.smallest == 0) ==
                    (golden[g].smallest < IL_SVD_FLOOR * golden[g].largest));
    }
}

/* Singular values of a diagonal matrix are the magnitudes on the diagonal, wherever they stand. */
static void diagonal(void **state) {
    (void)state;
    il_real A[9 * 6] = {0};
    static const double d[6] = {3, -0.5, 7, 0.25, -11, 2};
    for (size_t k = 0; k < 6; k++)
        A[((k * 5 + 2) % 9) * 6 + k] = (il_real)d[k];
    expect(range_of(il_singular_jacobi, A, 9, 6), 11, 0.25, 1e-14);
    expect(range_of(il_singular_gram, A, 9, 6), 11, 0.25, 1e-10);
    A[((0 * 5 + 2) % 9) * 6] = 0;
    il_singular_range range = range_of(il_singular_jacobi, A, 9, 6);
    assert_true(range.largest == 11 && range.smallest == 0);
    assert_true(range_of(il_singular_gram, A, 9, 6).smallest == 0);
}

/* x[i][k] of Sylvester's Hadamard matrix. */
static int hadamard(size_t i, size_t k) {
    return __builtin_parityll(i & k) ? -1 : 1;
}

/* Hadamard columns scaled by d: orthogonal columns, so the singular values are sqrt(m) |d|. */
static il_real *scaled_hadamard(size_t m, size_t n, bool turned, double (*d)(size_t k)) {
    il_real *A = malloc(m * n * sizeof *A);
    assert_non_null(A);
    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < n; k++)
            A[turned ? k * m + i : i * n + k] = (il_real)(hadamard(i, k) * d(k));
    return A;
}

static double one(size_t k) {
    return (void)k, 1;
}
static double rising(size_t k) {
    return 1 + (double)((k * 37) % 1024) / 1024;
}

static void orthogonal(void **state) {
    (void)state;
    for (int turned = 0; turned < 2; turned++) {
        il_real *A = scaled_hadamard(128, 100, turned, one);
        size_t m = turned ? 100 : 128, n = turned ? 128 : 100;
        expect(range_of(il_singular_jacobi, A, m, n), sqrt(128), sqrt(128), 1e-14);
        expect(range_of(il_singular_gram, A, m, n), sqrt(128), sqrt(128), 1e-10);
        free(A);
    }
}

/* The size where the Gram matrix is used; rising takes all of 1024 values, in [1, 2). */
static void large(void **state) {
    (void)state;
    for (int turned = 0; turned < 2; turned++) {
        il_real *A = scaled_hadamard(1024, 1024, turned, rising);
        expect(range_of(il_singular_values, A, 1024, 1024), 32 * (1 + 1023.0 / 1024), 32, 1e-6);
        free(A);
    }
}

static void methods_agree(void **state) {
    (void)state;
    static const size_t shapes[][2] = {{300, 280}, {280, 300}, {512, 100}, {65, 65},
                                       {1, 50},    {50, 1},    {1, 1}};
    il_real *A = malloc(300 * 300 * sizeof *A);
    assert_non_null(A);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t m = shapes[i][0], n = shapes[i][1];
        il_stream stream = il_stream_open(3 + i, IL_PURPOSE_WEIGHT, 0);
        il_stream_normal(&stream, m * n, A);
        il_singular_range exact = range_of(il_singular_jacobi, A, m, n);
        il_singular_range gram = range_of(il_singular_gram, A, m, n);
        expect(gram, exact.largest, exact.smallest, 1e-8);
        assert_true(fabs(gram.smallest / exact.smallest - 1) < 1e-6);
        assert_true(exact.smallest > 0);
    }
    free(A);
}

static void limits(void **state) {
    (void)state;
    size_t n = IL_SVD_MOST + 1;
    il_real *A = calloc(n, n * sizeof *A); /* never touched */
    assert_non_null(A);
    il_singular_range range = range_of(il_singular_values, A, n, n);
    assert_true(isnan(range.largest) && isnan(range.smallest));
    range = range_of(il_singular_values, A, n, 3);
    assert_true(range.largest == 0 && range.smallest == 0);
    range = range_of(il_singular_values, A, IL_SVD_JACOBI + 1, IL_SVD_JACOBI + 2);
    assert_true(range.largest == 0 && range.smallest == 0);
    free(A);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_values), cmocka_unit_test(diagonal),
        cmocka_unit_test(orthogonal),       cmocka_unit_test(large),
        cmocka_unit_test(methods_agree),    cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
