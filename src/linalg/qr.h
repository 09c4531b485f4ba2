/* Orthonormal columns by Householder reflections, with the same bits on every IEEE-754 machine. */
#ifndef IL_LINALG_QR_H
#define IL_LINALG_QR_H

#include <stddef.h>

/* Doubles of working space for a matrix of m rows and n columns. */
size_t il_qr_work(size_t m, size_t n);

/* Replaces A [m][n], m >= n >= 1, by the Q [m][n] of A = QR, where Q'Q = I and R is upper triangular with a
 * diagonal >= 0, which makes the two unique when A has full rank. Entries must be finite, and their squares
 * neither overflow nor vanish. */
void il_qr_orthonormal(size_t m, size_t n, double *A, double *work);

#endif
