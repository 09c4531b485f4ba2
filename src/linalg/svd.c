/* Singular values: Householder QR and one-sided Jacobi rotations where the matrix is small; where it is large,
 * Lanczos on the Gram matrix G for the largest and on G's inverse for the smallest. All in double.
 * Hestenes, J. SIAM 6 (1958) 51; Golub & Van Loan, Matrix Computations, sections 8.6 and 10.1.
 */
#include "linalg/svd.h"
#include "initlab/rng.h"

#include <cblas.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Element (i, k) of A turned so that it is tall: [rows][columns] with rows >= columns. */
typedef struct tall {
    const il_real *A;
    size_t rows, columns;
    size_t down, across; /* from one row, one column to the next, in A */
} tall;

static tall turn(const il_real *A, size_t m, size_t n) {
    return m >= n ? (tall){A, m, n, n, 1} : (tall){A, n, m, 1, n};
}

static double product(size_t n, const double *x, const double *y) {
    return cblas_ddot((int)n, x, 1, y, 1);
}

/* Q [columns][rows], each row one column of the matrix, becomes R by Householder reflections: what lies below
 * the diagonal is left undefined. */
static void reduce(size_t rows, size_t columns, double *Q) {
    for (size_t k = 0; k < columns; k++) {
        double *v = Q + k * rows + k;
        size_t n = rows - k;
        double norm = cblas_dnrm2((int)n, v, 1);
        double diagonal = v[0] > 0 ? -norm : norm;
        if (norm == 0)
            continue;
        v[0] -= diagonal;
        double square = product(n, v, v);
        for (size_t j = k + 1; j < columns; j++) {
            double *x = Q + j * rows + k;
            cblas_daxpy((int)n, -2 * product(n, v, x) / square, v, 1, x, 1);
        }
        v[0] = diagonal;
    }
}

/* Rotates rows x and y of length n until they are orthogonal; false when they were. */
static bool rotate(size_t n, double *x, double *y) {
    double a = product(n, x, x), b = product(n, y, y), c = product(n, x, y);
    /* An angle this small moves a singular value by its square. */
    if (!(fabs(c) > (double)n * DBL_EPSILON * sqrt(a) * sqrt(b)))
        return false;
    double zeta = (b - a) / (2 * c);
    double t = (zeta >= 0 ? 1 : -1) / (fabs(zeta) + sqrt(1 + zeta * zeta));
    double cosine = 1 / sqrt(1 + t * t);
    cblas_drot((int)n, x, 1, y, 1, cosine, -cosine * t);
    return true;
}

il_status il_singular_jacobi(const il_real *A, size_t m, size_t n, il_singular_range *out,
                             il_error *err) {
    tall t = turn(A, m, n);
    size_t r = t.columns;
    double *Q = malloc(r * t.rows * sizeof *Q), *R = calloc(r * r, sizeof *R);
    if (!Q || !R) {
        free(Q);
        free(R);
        return il_fail(err, IL_NO_MEMORY, "no memory for the singular values of %zux%zu weights", m,
                       n);
    }
    for (size_t k = 0; k < r; k++)
        for (size_t i = 0; i < t.rows; i++)
            Q[k * t.rows + i] = (double)A[i * t.down + k * t.across];
    reduce(t.rows, r, Q);
    /* The rows of R and not its columns: these are nearer to orthogonal. */
    for (size_t k = 0; k < r; k++)
        for (size_t i = 0; i <= k; i++)
            R[i * r + k] = Q[k * t.rows + i];
    bool rotated = true;
    for (int sweep = 0; rotated && sweep < 40; sweep++) {
        rotated = false;
        for (size_t i = 0; i < r; i++)
            for (size_t k = i + 1; k < r; k++)
                rotated |= rotate(r, R + i * r, R + k * r);
    }
    *out = (il_singular_range){0, DBL_MAX};
    for (size_t k = 0; k < r; k++) {
        double norm = cblas_dnrm2((int)r, R + k * r, 1);
        out->largest = fmax(out->largest, norm);
        out->smallest = fmin(out->smallest, norm);
    }
    free(Q);
    free(R);
    return IL_OK;
}

enum { STRIP = 64, STEPS = 400, CHECK = 10 };

/* The upper triangle of G [r][r] = At A, from strips of A's rows in double, `strip` [STRIP][r]. */
static void gram(const tall *t, double *strip, double *G) {
    size_t r = t->columns;
    for (size_t at = 0; at < t->rows; at += STRIP) {
        size_t n = t->rows - at < STRIP ? t->rows - at : STRIP;
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < r; k++)
                strip[i * r + k] = (double)t->A[(at + i) * t->down + k * t->across];
        cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)r, (int)n, 1, strip, (int)r, at > 0,
                    G, (int)r);
    }
}

/* Upper triangle G = Ut U in place, by blocks; false when G is not positive definite. */
static bool factor(size_t r, double *G) {
    int ld = (int)r;
    for (size_t at = 0; at < r; at += STRIP) {
        size_t end = at + STRIP < r ? at + STRIP : r;
        for (size_t k = at; k < end; k++) {
            double *row = G + k * r, pivot = row[k];
            if (!(pivot > 0))
                return false;
            cblas_dscal((int)(end - k), 1 / sqrt(pivot), row + k, 1);
            for (size_t i = k + 1; i < end; i++)
                cblas_daxpy((int)(end - i), -row[i], row + i, 1, G + i * r + i, 1);
        }
        int block = (int)(end - at), rest = (int)(r - end);
        if (rest == 0)
            break;
        double *corner = G + at * r + at, *right = G + at * r + end;
        cblas_dtrsm(CblasRowMajor, CblasLeft, CblasUpper, CblasTrans, CblasNonUnit, block, rest, 1,
                    corner, ld, right, ld);
        cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, rest, block, -1, right, ld, 1,
                    G + end * r + end, ld);
    }
    return true;
}

/* y = G x, or y = G^-1 x when G holds the factor U. */
static void apply(size_t r, const double *G, bool factored, const double *x, double *y) {
    int n = (int)r;
    if (!factored) {
        cblas_dsymv(CblasRowMajor, CblasUpper, n, 1, G, n, x, 1, 0, y, 1);
        return;
    }
    memcpy(y, x, r * sizeof *y);
    cblas_dtrsv(CblasRowMajor, CblasUpper, CblasTrans, CblasNonUnit, n, G, n, y, 1);
    cblas_dtrsv(CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, n, G, n, y, 1);
}

/* The largest eigenvalue of the symmetric tridiagonal with a[n] on and b[n - 1] beside the diagonal: bisection, an
 * eigenvalue above x showing as a pivot of T - x I that is positive. */
static double top(size_t n, const double *a, const double *b) {
    double low = a[0], high = a[0];
    for (size_t i = 0; i < n; i++) {
        double radius = (i ? b[i - 1] : 0) + (i + 1 < n ? b[i] : 0);
        low = fmax(low, a[i]);
        high = fmax(high, a[i] + radius);
    }
    for (int step = 0; step < 100 && high - low > 1e-15 * high; step++) {
        double x = (low + high) / 2, pivot = a[0] - x;
        bool above = pivot > 0;
        for (size_t i = 1; i < n && !above; i++) {
            pivot = a[i] - x - b[i - 1] * b[i - 1] / (pivot == 0 ? -DBL_MIN : pivot);
            above = pivot > 0;
        }
        *(above ? &low : &high) = x;
    }
    return high;
}

/* The largest eigenvalue of the operator by Lanczos with full reorthogonalization; V [STEPS + 1][r]. Ritz values
 * only grow: it ends when CHECK steps add nothing. */
static double lanczos(size_t r, const double *G, bool factored, double *V) {
    double a[STEPS], b[STEPS], before = 0, now = 0;
    il_stream stream = il_stream_open(1, IL_PURPOSE_DATA, 0);
    for (size_t i = 0; i < r; i++) {
        il_real z;
        il_stream_uniform(&stream, 1, &z);
        V[i] = (double)z;
    }
    cblas_dscal((int)r, 1 / cblas_dnrm2((int)r, V, 1), V, 1);
    for (size_t k = 0; k < STEPS && k < r; k++) {
        double *v = V + k * r, *next = v + r;
        apply(r, G, factored, v, next);
        a[k] = product(r, v, next);
        for (int twice = 0; twice < 2; twice++)
            for (size_t i = 0; i <= k; i++)
                cblas_daxpy((int)r, -product(r, V + i * r, next), V + i * r, 1, next, 1);
        b[k] = cblas_dnrm2((int)r, next, 1);
        bool last = k + 1 == STEPS || k + 1 == r || b[k] <= 1e-14 * fabs(a[0]);
        if (last || k % CHECK == CHECK - 1) {
            now = top(k + 1, a, b);
            if (last || now - before <= 1e-10 * now)
                break;
            before = now;
        }
        cblas_dscal((int)r, 1 / b[k], next, 1);
    }
    return now;
}

il_status il_singular_gram(const il_real *A, size_t m, size_t n, il_singular_range *out,
                           il_error *err) {
    tall t = turn(A, m, n);
    size_t r = t.columns, steps = r < STEPS ? r : STEPS;
    double *G = malloc((r * r + (steps + 1 > STRIP ? steps + 1 : STRIP) * r) * sizeof *G);
    if (!G)
        return il_fail(err, IL_NO_MEMORY, "no memory for the singular values of %zux%zu weights", m,
                       n);
    double *V = G + r * r;
    gram(&t, V, G);
    double largest = lanczos(r, G, false, V);
    /* Rounding moves G's eigenvalues by about r * epsilon * largest, which IL_SVD_FLOOR squared is above. */
    bool definite = factor(r, G);
    double smallest = definite ? 1 / lanczos(r, G, true, V) : 0;
    free(G);
    *out = (il_singular_range){sqrt(largest), sqrt(smallest)};
    if (!(out->smallest >= IL_SVD_FLOOR * out->largest))
        out->smallest = 0;
    return IL_OK;
}

il_status il_singular_values(const il_real *A, size_t m, size_t n, il_singular_range *out,
                             il_error *err) {
    size_t r = m < n ? m : n;
    *out = (il_singular_range){(double)NAN, (double)NAN};
    if (r > IL_SVD_MOST)
        return IL_OK;
    return r <= IL_SVD_JACOBI ? il_singular_jacobi(A, m, n, out, err)
                              : il_singular_gram(A, m, n, out, err);
}
