/* Householder QR in panels of WIDTH columns, each a product of reflections I - V T V' that meets the other
 * columns as matrix products. Every sum runs in an order that the shape alone fixes: inner loops go over
 * adjacent columns and add to all of them, so that the width of a vector splits no sum. Source: Golub & Van
 * Loan, Matrix Computations, sections 5.1 and 5.2; T is from Schreiber & Van Loan 1989.
 */
#include "linalg/qr.h"

#include "base/clones.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define WIDTH 32    /* columns of a panel: part of the result's bits */
#define ROWS 32     /* rows of a product's tile … */
#define COLUMNS 128 /* … and its columns, few enough to stay in the first cache */

/* Element (i, p) of a product's left factor is at A + i*ai + p*ap. */
typedef struct left {
    const double *A;
    size_t ai, ap;
} left;

/* One panel's reflections, and room for their products. */
typedef struct panel {
    size_t rows, width;
    double *V;             /* [rows][WIDTH]: unit lower trapezoidal */
    double *T;             /* [WIDTH][WIDTH]: upper triangular */
    double *above, *below; /* [WIDTH][COLUMNS] each */
} panel;

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* C[i][c] += sum over p of A(i, p) B[p][c], in the order of p; rows of B and of C are bp and ci apart. */
IL_CLONES static void qr_add_product(size_t rows, size_t columns, size_t depth, left a,
                                     const double *restrict B, size_t bp, double *restrict C,
                                     size_t ci) {
    size_t p = 0;
    for (; p + 4 <= depth; p += 4)
        for (size_t i = 0; i < rows; i++) {
            const double *A = a.A + i * a.ai + p * a.ap, *b = B + p * bp;
            double a0 = A[0], a1 = A[a.ap], a2 = A[2 * a.ap], a3 = A[3 * a.ap], *row = C + i * ci;
            for (size_t c = 0; c < columns; c++) {
                double sum = row[c] + a0 * b[c];
                sum += a1 * b[bp + c];
                sum += a2 * b[2 * bp + c];
                row[c] = sum + a3 * b[3 * bp + c];
            }
        }
    for (; p < depth; p++)
        for (size_t i = 0; i < rows; i++) {
            double factor = a.A[i * a.ai + p * a.ap];
            for (size_t c = 0; c < columns; c++)
                C[i * ci + c] += factor * B[p * bp + c];
        }
}

/* C -= V T V' C, or V T' V' C when `transposed`, for C [rows][columns] whose rows are `ci` apart. */
static void reflect(const panel *y, bool transposed, size_t columns, double *C, size_t ci) {
    for (; columns > 0; C += least(COLUMNS, columns), columns -= least(COLUMNS, columns)) {
        size_t n = least(COLUMNS, columns);
        for (size_t a = 0; a < y->width; a++) {
            memset(y->above + a * COLUMNS, 0, n * sizeof *y->above);
            memset(y->below + a * COLUMNS, 0, n * sizeof *y->below);
        }
        for (size_t i = 0; i < y->rows; i += ROWS)
            qr_add_product(y->width, n, least(ROWS, y->rows - i),
                           (left){y->V + i * WIDTH, 1, WIDTH}, C + i * ci, ci, y->above, COLUMNS);
        qr_add_product(y->width, n, y->width,
                       transposed ? (left){y->T, 1, WIDTH} : (left){y->T, WIDTH, 1}, y->above,
                       COLUMNS, y->below, COLUMNS);
        for (size_t a = 0; a < y->width; a++)
            for (size_t c = 0; c < n; c++)
                y->below[a * COLUMNS + c] = -y->below[a * COLUMNS + c];
        for (size_t i = 0; i < y->rows; i += ROWS)
            qr_add_product(least(ROWS, y->rows - i), n, y->width,
                           (left){y->V + i * WIDTH, WIDTH, 1}, y->below, COLUMNS, C + i * ci, ci);
    }
}

/* Turns P [rows][WIDTH] into the reflections that make its columns triangular, I - tau[j] v v' with v in column
 * j from its diagonal 1 downwards; sign[j] is that of R's diagonal. */
IL_CLONES static void qr_reflections(size_t rows, size_t width, double *P, double *restrict tau,
                                     double *restrict sign) {
    for (size_t j = 0; j < width; j++) {
        double head = P[j * WIDTH + j], rest = 0, dot[WIDTH];
        for (size_t i = j + 1; i < rows; i++)
            rest += P[i * WIDTH + j] * P[i * WIDTH + j];
        double norm = sqrt(head * head + rest), end = rest == 0 ? head : head > 0 ? -norm : norm;
        tau[j] = rest == 0 ? 0 : (end - head) / end;
        sign[j] = end < 0 ? -1 : 1;

        for (size_t c = j + 1; c < width; c++)
            dot[c] = P[j * WIDTH + c];
        for (size_t i = j + 1; i < rows; i++) {
            double *row = P + i * WIDTH;
            double v = row[j] = rest == 0 ? 0 : row[j] / (head - end);
            for (size_t c = j + 1; c < width; c++)
                dot[c] += v * row[c];
        }
        P[j * WIDTH + j] = 1;
        for (size_t c = j + 1; c < width; c++)
            dot[c] *= tau[j];
        for (size_t i = j; i < rows; i++) {
            double *row = P + i * WIDTH, v = row[j];
            for (size_t c = j + 1; c < width; c++)
                row[c] -= v * dot[c];
        }
    }
    for (size_t i = 0; i < width; i++)
        for (size_t j = i + 1; j < width; j++)
            P[i * WIDTH + j] = 0;
}

/* T of the product of the panel's reflections: column j is -tau[j] T V'v_j above the diagonal. */
static void triangle(const panel *y, const double *tau) {
    double *VV = y->above;
    memset(VV, 0, WIDTH * WIDTH * sizeof *VV);
    qr_add_product(y->width, y->width, y->rows, (left){y->V, 1, WIDTH}, y->V, WIDTH, VV, WIDTH);
    memset(y->T, 0, WIDTH * WIDTH * sizeof *y->T);
    for (size_t j = 0; j < y->width; j++) {
        y->T[j * WIDTH + j] = tau[j];
        for (size_t a = 0; a < j; a++) {
            double sum = 0;
            for (size_t b = a; b < j; b++)
                sum += y->T[a * WIDTH + b] * VV[b * WIDTH + j];
            y->T[a * WIDTH + j] = -tau[j] * sum;
        }
    }
}

static void copy_rows(size_t rows, size_t columns, const double *from, size_t from_row, double *to,
                      size_t to_row) {
    for (size_t i = 0; i < rows; i++)
        memcpy(to + i * to_row, from + i * from_row, columns * sizeof *to);
}

static size_t panels(size_t n) {
    return (n + WIDTH - 1) / WIDTH;
}

size_t il_qr_work(size_t m, size_t n) {
    return m * WIDTH + panels(n) * WIDTH * WIDTH + 2 * WIDTH * COLUMNS + panels(n) * WIDTH;
}

/* Panel k of A [m][n], its V still to be filled. */
static panel panel_of(size_t m, size_t n, size_t k, double *work) {
    double *above = work + m * WIDTH, *T = above + 2 * WIDTH * COLUMNS;
    return (panel){.rows = m - k * WIDTH,
                   .width = least(WIDTH, n - k * WIDTH),
                   .V = work,
                   .T = T + k * WIDTH * WIDTH,
                   .above = above,
                   .below = above + WIDTH * COLUMNS};
}

void il_qr_orthonormal(size_t m, size_t n, double *A, double *work) {
    double *sign = work + il_qr_work(m, n) - panels(n) * WIDTH, tau[WIDTH];

    /* Every panel's V takes the place of its columns; of R only the signs are kept. */
    for (size_t k = 0; k < panels(n); k++) {
        panel y = panel_of(m, n, k, work);
        double *corner = A + k * WIDTH * n + k * WIDTH;
        copy_rows(y.rows, y.width, corner, n, y.V, WIDTH);
        qr_reflections(y.rows, y.width, y.V, tau, sign + k * WIDTH);
        copy_rows(y.rows, y.width, y.V, WIDTH, corner, n);
        triangle(&y, tau);
        reflect(&y, true, n - k * WIDTH - y.width, corner + y.width, n);
    }

    /* Q is the product of all reflections times the first n columns of I, from the last panel to the first; that
     * of the panels from k on differs from I only below and right of the corner. */
    for (size_t k = panels(n); k-- > 0;) {
        panel y = panel_of(m, n, k, work);
        double *corner = A + k * WIDTH * n + k * WIDTH;
        copy_rows(y.rows, y.width, corner, n, y.V, WIDTH);
        for (size_t i = 0; i < y.rows; i++)
            memset(corner + i * n, 0, (i < y.width ? n - k * WIDTH : y.width) * sizeof *corner);
        for (size_t j = 0; j < y.width; j++)
            corner[j * n + j] = 1;
        reflect(&y, false, n - k * WIDTH, corner, n);
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            A[i * n + j] *= sign[j];
}
