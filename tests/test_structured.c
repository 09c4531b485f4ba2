/* Schemes whose weights depend on each other: orthogonality, counts and places of zeros, rank. The draws are
 * fixed, so that a test passes or fails for ever; where a limit is statistical, its chance under the law is stated.
 */
#include "schemes.h"

#include "init/choose.h"

/* The largest deviation of W W' or W'W, whichever is smaller, from gain^2 I. */
static double unorthogonality(size_t in, size_t out, double gain) {
    size_t n = in < out ? in : out, m = in < out ? out : in;
    double worst = 0;
    for (size_t x = 0; x < n; x++)
        for (size_t y = 0; y <= x; y++) {
            double sum = x == y ? -gain * gain : 0;
            for (size_t i = 0; i < m; i++)
                sum += in < out ? (double)W[x * out + i] * (double)W[y * out + i]
                                : (double)W[i * out + x] * (double)W[i * out + y];
            worst = fmax(worst, fabs(sum));
        }
    return worst;
}

static void orthogonal(void **state) {
    (void)state;
    static const size_t shapes[][2] = {{1, 1},     {1, 9},     {9, 1},    {5, 5},
                                       {64, 10},   {10, 64},   {33, 33},  {32, 96},
                                       {257, 130}, {130, 257}, {250, 250}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        size_t in = shapes[s][0], out = shapes[s][1];
        fill("orthogonal", in, out, s, W);
        double limit = sizeof(il_real) == sizeof(float) ? 1e-6 : 1e-13;
        if (!(unorthogonality(in, out, 1) <= limit))
            fail_msg("%zux%zu: %g from orthogonal", in, out, unorthogonality(in, out, 1));
        fill("orthogonal(gain=1.5)", in, out, s, W);
        assert_true(unorthogonality(in, out, 1.5) <= 3 * limit);
    }
}

/* Uniform over all orthogonal 3x3 matrices: every entry and the determinant are positive as often as negative.
 * 4000 signs stay within 4.9 standard deviations of 2000 with a chance of all but 1e-6 each, 1e-5 together. A
 * Householder Q as it comes fails: the signs of its first column follow from those of R. */
static void orthogonal_is_uniform(void **state) {
    (void)state;
    double sum[10] = {0};
    for (uint64_t seed = 0; seed < 4000; seed++) {
        fill("orthogonal", 3, 3, seed, W);
        for (size_t i = 0; i < 9; i++)
            sum[i] += W[i] > 0 ? 1 : -1;
        double det = 0;
        for (size_t i = 0; i < 3; i++)
            det += (double)W[i] * ((double)W[3 + (i + 1) % 3] * (double)W[6 + (i + 2) % 3] -
                                   (double)W[3 + (i + 2) % 3] * (double)W[6 + (i + 1) % 3]);
        assert_true(fabs(fabs(det) - 1) < 1e-5);
        sum[9] += det > 0 ? 1 : -1;
    }
    for (size_t i = 0; i < 10; i++)
        if (fabs(sum[i]) > 4.9 * sqrt(4000))
            fail_msg("entry %zu: %g more positive than negative of 4000", i, sum[i]);
}

/* R of QR has a positive diagonal: column j of Q leans towards column j of the Gaussian, whose draws are those of
 * normal(std=1), transposed when fan_in < fan_out. */
static void orthogonal_starts_from_the_normals(void **state) {
    (void)state;
    static const size_t shapes[][2] = {{40, 35}, {35, 40}, {38, 38}};
    for (size_t s = 0; s < 3; s++) {
        size_t in = shapes[s][0], out = shapes[s][1];
        size_t rows = in < out ? out : in, columns = in < out ? in : out;
        fill("normal(std=1)", in, out, 9, V);
        fill("orthogonal", in, out, 9, W);
        for (size_t j = 0; j < columns; j++)
            for (size_t k = 0; k <= j; k++) {
                double r = 0;
                for (size_t i = 0; i < rows; i++)
                    r += (double)W[in < out ? j * out + i : i * out + j] *
                         (double)V[i * columns + k];
                if (j == k)
                    assert_true(r > 0.01);
                else
                    assert_true(fabs(r) < 1e-5);
            }
    }
}

/* With n = 3*2^30 a scaled word would favour every third number by 2 to 1. Remainders of 6000 draws: 27.6 is
 * exceeded by chi-square of 2 degrees of freedom with a chance of 1e-6. */
static void whole_numbers(void **state) {
    (void)state;
    il_words words = {.stream = il_stream_open(2, IL_PURPOSE_DATA, 0)};
    double rest[3] = {0};
    for (size_t i = 0; i < 6000; i++) {
        uint32_t x = il_words_below(&words, UINT32_C(3) << 30);
        assert_true(x < UINT32_C(3) << 30);
        rest[x % 3]++;
        assert_int_equal(il_words_below(&words, 1), 0);
        il_real u = il_words_unit(&words);
        assert_true(u > 0 && u < 1);
    }
    assert_true(chi_square(3, rest, 2000) < 27.6);
}

/* Exactly k per unit, no value used twice, and each of the 10 pairs out of 5 inputs equally often: 44.9 is exceeded with a chance
 * of 1e-6 by chi-square of 9 degrees of freedom. */
static void sparse(void **state) {
    (void)state;
    static const size_t cases[][3] = {
        {20, 50, 3}, {15, 4, 15}, {1, 7, 1}, {100, 30, 15}, {64, 9, 63}};
    for (size_t c = 0; c < 5; c++) {
        char text[32];
        snprintf(text, sizeof text, "sparse(k=%zu)", cases[c][2]);
        fill(text, cases[c][0], cases[c][1], c, W);
        for (size_t j = 0; j < cases[c][1]; j++) {
            size_t n = 0;
            for (size_t i = 0; i < cases[c][0]; i++)
                n += W[i * cases[c][1] + j] != 0;
            assert_int_equal(n, cases[c][2]);
        }
    }
    size_t equal = 0;
    fill("sparse(k=8)", 20, 50, 1, W);
    for (size_t i = 0; i < 1000; i++)
        for (size_t j = 0; j < i; j++)
            equal += W[i] != 0 && W[i] == W[j];
    assert_int_equal(equal, 0);
    double pairs[25] = {0}, met[10];
    fill("sparse(k=2)", 5, 10000, 1, W);
    for (size_t j = 0; j < 10000; j++) {
        size_t first = 5, second = 5;
        for (size_t i = 0; i < 5; i++)
            if (W[i * 10000 + j] != 0)
                *(first == 5 ? &first : &second) = i;
        pairs[first * 5 + second]++;
    }
    size_t n = 0;
    for (size_t p = 0; p < 25; p++)
        if (p / 5 < p % 5)
            met[n++] = pairs[p];
    assert_true(chi_square(10, met, 1000) < 44.9);
}

/* ceil(sparsity * fan_out) zeros for every input, as in torch; and each of 20 units is cut off equally often. A
 * row's cuts exclude each other, which shrinks chi-square by (1 - p)*20/19; 63.7 leaves a chance of 1e-6. */
static void sparse_columns(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t out, zeros;
    } cases[] = {
        {"sparse_columns(sparsity=0)", 7, 0},       {"sparse_columns(sparsity=0.1)", 10, 1},
        {"sparse_columns(sparsity=0.101)", 10, 2},  {"sparse_columns(sparsity=0.5)", 7, 4},
        {"sparse_columns(sparsity=0.999)", 20, 20}, {"sparse_columns(sparsity=1)", 5, 5},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t out = cases[c].out;
        fill(cases[c].text, 30, out, c, W);
        for (size_t i = 0; i < 30; i++) {
            size_t zeros = 0;
            for (size_t j = 0; j < out; j++)
                zeros += W[i * out + j] == 0;
            assert_int_equal(zeros, cases[c].zeros);
        }
    }
    double cut[20] = {0};
    fill("sparse_columns(sparsity=0.3)", 3000, 20, 3, W);
    fill("normal(std=0.01)", 3000, 20, 3, V);
    for (size_t i = 0; i < 60000; i++) {
        cut[i % 20] += W[i] == 0;
        assert_true(W[i] == 0 || W[i] == V[i]); /* the draws of normal(), some cut out */
    }
    assert_true(chi_square(20, cut, 900) / (0.7 * 20 / 19) < 63.7);
}

/* Rank by elimination with full pivoting; entries here are 0 or of order 1. */
static size_t rank_of(size_t in, size_t out) {
    static double A[MOST];
    size_t rank = 0;
    for (size_t i = 0; i < in * out; i++)
        A[i] = (double)W[i];
    for (; rank < in && rank < out; rank++) {
        size_t pi = rank, pj = rank;
        for (size_t i = rank; i < in; i++)
            for (size_t j = rank; j < out; j++)
                if (fabs(A[i * out + j]) > fabs(A[pi * out + pj]))
                    pi = i, pj = j;
        if (fabs(A[pi * out + pj]) < 1e-4)
            break;
        for (size_t j = 0; j < out; j++) {
            double t = A[rank * out + j];
            A[rank * out + j] = A[pi * out + j];
            A[pi * out + j] = t;
        }
        for (size_t i = 0; i < in; i++) {
            double t = A[i * out + rank];
            A[i * out + rank] = A[i * out + pj];
            A[i * out + pj] = t;
        }
        for (size_t i = rank + 1; i < in; i++) {
            double f = A[i * out + rank] / A[rank * out + rank];
            for (size_t j = rank; j < out; j++)
                A[i * out + j] -= f * A[rank * out + j];
        }
    }
    return rank;
}

static void identity_and_zero(void **state) {
    (void)state;
    static const size_t shapes[][2] = {{1, 1}, {1, 6},   {6, 1},   {5, 5},    {9, 4},  {4, 9},
                                       {3, 4}, {17, 32}, {30, 33}, {60, 100}, {7, 11}, {15, 16}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        size_t in = shapes[s][0], out = shapes[s][1];
        fill("identity(gain=1.5)", in, out, 1, W);
        for (size_t i = 0; i < in * out; i++)
            assert_true(W[i] == (i / out == i % out ? (il_real)1.5 : 0));
        fill("zero_hadamard", in, out, 1, W);
        fill("ZerO", in, out, 2, V);
        assert_memory_equal(W, V, in * out * sizeof *W);
        assert_int_equal(rank_of(in, out), in < out ? in : out);
        if (out <= in)
            for (size_t i = 0; i < in * out; i++)
                assert_true(W[i] == (i / out == i % out));
    }
    /* The corner of H_4 / 2; and with all of H's rows the columns are orthonormal. */
    static const il_real three[12] = {.5, .5, .5, .5, .5, -.5, .5, -.5, .5, .5, -.5, -.5};
    fill("zero_hadamard", 3, 4, 1, W);
    assert_memory_equal(W, three, sizeof three);
    fill("zero_hadamard", 5, 128, 1, W);
    assert_true(unorthogonality(5, 128, 1) < 1e-6);
    fill("zero_hadamard", 5, 65, 1, W);
    assert_true(fabs((double)W[0] - sqrt(1.0 / 128)) < 1e-8);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orthogonal),
        cmocka_unit_test(orthogonal_is_uniform),
        cmocka_unit_test(orthogonal_starts_from_the_normals),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(sparse),
        cmocka_unit_test(sparse_columns),
        cmocka_unit_test(identity_and_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
