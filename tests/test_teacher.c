/* Teacher networks: their targets from a forward pass of our own, and linear maps: whitened inputs, rank and singular
 * values by an eigenvalue method of our own.
 */
#include "datasets.h"

#include "initlab/rng.h"

#include <stdio.h>

#define N 300

static double relu(double z) {
    return z > 0 ? z : 0;
}

static double leaky(double z) {
    return z > 0 ? z : 0.2 * z;
}

/* Unit by unit, from the weights' streams: layer k is stream 3 + k, [in][out] in order. */
static void forward(size_t n_widths, const size_t *width, double gain, double (*phi)(double),
                    const il_real *x, double *y) {
    double in[32], out[32];
    for (size_t i = 0; i < width[0]; i++)
        in[i] = (double)x[i];
    for (size_t k = 0; k + 1 < n_widths; k++) {
        il_real W[32 * 32];
        il_stream stream = il_stream_open(5, IL_PURPOSE_DATA, (uint32_t)(3 + k));
        il_stream_normal(&stream, width[k] * width[k + 1], W);
        for (size_t j = 0; j < width[k + 1]; j++) {
            double z = 0;
            for (size_t i = width[k]; i--;)
                z += in[i] * (double)W[i * width[k + 1] + j];
            z *= gain / sqrt((double)width[k]);
            out[j] = k + 2 < n_widths ? phi(z) : z;
        }
        memcpy(in, out, sizeof in);
    }
    memcpy(y, in, width[n_widths - 1] * sizeof *y);
}

/* Mean and deviation of each output over the thousand inputs of stream 2. */
static void moments(size_t n_widths, const size_t *width, double gain, double (*phi)(double),
                    double *mean, double *deviation) {
    static double y[1000][32];
    size_t outputs = width[n_widths - 1];
    il_stream stream = il_stream_open(5, IL_PURPOSE_DATA, 2);
    for (size_t i = 0; i < 1000; i++) {
        il_real x[32];
        il_stream_normal(&stream, width[0], x);
        forward(n_widths, width, gain, phi, x, y[i]);
    }
    for (size_t j = 0; j < outputs; j++) {
        double squares = 0;
        mean[j] = 0;
        for (size_t i = 0; i < 1000; i++)
            mean[j] += y[i][j] / 1000;
        for (size_t i = 0; i < 1000; i++)
            squares += pow(y[i][j] - mean[j], 2) / 1000;
        deviation[j] = sqrt(squares);
    }
}

static const struct {
    const char *text;
    size_t n_widths, width[4];
    double gain;
    double (*phi)(double);
} cases[] = {
    {"widths=4-8-1", 3, {4, 8, 1}, 1, tanh},
    {"widths=5-3, gain=1/2", 2, {5, 3}, 0.5, tanh},
    {"widths=3-17-12-6, activation=relu, gain=1.5", 4, {3, 17, 12, 6}, 1.5, relu},
    {"widths=2-30-2, activation=leaky_relu(slope=0.2), gain=3", 3, {2, 30, 2}, 3, leaky},
};

static void teachers(void **state) {
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char text[160];
        size_t outputs = cases[c].width[cases[c].n_widths - 1];
        snprintf(text, sizeof text, "teacher(%s, n=300, seed=5)", cases[c].text);
        il_dataset *numbers = dataset_of(text);
        snprintf(text, sizeof text, "teacher(%s, n=300, seed=5, targets=classes)", cases[c].text);
        il_dataset *classes = dataset_of(text);
        assert_true(numbers->outputs == outputs && numbers->classes == 0 && !numbers->label);
        assert_true(classes->classes == (outputs == 1 ? 2 : outputs) && !classes->target);
        assert_true(numbers->inputs == cases[c].width[0]);
        assert_memory_equal(numbers->X, classes->X, N * numbers->inputs * sizeof *numbers->X);
        double mean[32], deviation[32];
        moments(cases[c].n_widths, cases[c].width, cases[c].gain, cases[c].phi, mean, deviation);
        size_t count[32] = {0};
        for (size_t i = 0; i < N; i++) {
            double y[32];
            size_t best = 0;
            forward(cases[c].n_widths, cases[c].width, cases[c].gain, cases[c].phi,
                    numbers->X + i * numbers->inputs, y);
            for (size_t j = 0; j < outputs; j++) {
                y[j] = (y[j] - mean[j]) / deviation[j];
                assert_true(fabs((double)numbers->target[i * outputs + j] - y[j]) <
                            2e-6 * (1 + fabs(y[j])));
                best = y[j] > y[best] ? j : best;
            }
            assert_int_equal(classes->label[i], outputs == 1 ? y[0] > 0 : best);
            count[classes->label[i]]++;
        }
        for (size_t k = 0; k < classes->classes; k++) /* none is rare */
            assert_true(count[k] * classes->classes > N / 4);
        il_dataset_free(numbers);
        il_dataset_free(classes);
    }
}

static void teacher_draws(void **state) {
    (void)state;
    il_dataset *clean = dataset_of("teacher(n=5000, widths=4-6-3)"),
               *noisy = dataset_of("teacher(n=5000, widths=4-6-3, noise=0.5)"),
               *classes = dataset_of("teacher(n=5000, widths=4-6-3, noise=0.5, targets=classes)");
    static double z[20000];
    for (size_t i = 0; i < 20000; i++)
        z[i] = (double)clean->X[i];
    assert_normal(20000, z, 1);
    assert_noise(15000, noisy->target, clean->target, 0.5);
    for (size_t i = 0; i < 5000; i++) { /* the noise is in the choice of the class */
        const il_real *y = noisy->target + 3 * i;
        size_t best = y[1] > y[0];
        assert_int_equal(classes->label[i], y[2] > y[best] ? 2 : best);
    }
    il_dataset_free(clean);
    il_dataset_free(noisy);
    il_dataset_free(classes);
}

static void teachers_refused(void **state) {
    (void)state;
    assert_dataset_refused("teacher(widths=4-0-1)", "teacher: widths: 0 is outside [1, 1000000]");
    assert_dataset_refused("teacher(widths=4-100000-1000)",
                           "teacher: 100400000 weights are more than 4194304: make it narrower");
    assert_dataset_refused(
        "teacher(widths=\"[1000000]x256\")",
        "teacher: 255000000000000 weights are more than 4194304: make it narrower");
    assert_dataset_refused("teacher(n=1000000, widths=100-1000-100)",
                           "teacher: 1000000 samples times 200000 weights are more than "
                           "17179869184 products: take fewer");
}

/* Sorts the eigenvalues of the symmetric A [n][n], largest first, into w: Jacobi's rotations. */
static void eigenvalues(size_t n, double *A, double *w) {
    for (int sweep = 0; sweep < 60; sweep++)
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++) {
                double t = 0.5 * atan2(2 * A[p * n + q], A[p * n + p] - A[q * n + q]), c = cos(t),
                       s = sin(t);
                for (size_t i = 0; i < n; i++) {
                    double a = A[i * n + p], b = A[i * n + q];
                    A[i * n + p] = c * a + s * b;
                    A[i * n + q] = c * b - s * a;
                }
                for (size_t i = 0; i < n; i++) {
                    double a = A[p * n + i], b = A[q * n + i];
                    A[p * n + i] = c * a + s * b;
                    A[q * n + i] = c * b - s * a;
                }
            }
    for (size_t i = 0; i < n; i++) {
        size_t k = i;
        for (; k > 0 && w[k - 1] < A[i * n + i]; k--)
            w[k] = w[k - 1];
        w[k] = A[i * n + i];
    }
}

/* C = A'B / n, for A [n][a] and B [n][b]. */
static void correlate(size_t n, size_t a, size_t b, const il_real *A, const il_real *B, double *C) {
    memset(C, 0, a * b * sizeof *C);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < a; i++)
            for (size_t j = 0; j < b; j++)
                C[i * b + j] += (double)A[k * a + i] * (double)B[k * b + j] / (double)n;
}

static void whitened(const il_dataset *data) {
    size_t n = data->n, inputs = data->inputs;
    double C[16 * 16];
    correlate(n, inputs, inputs, data->X, data->X, C);
    for (size_t i = 0; i < inputs; i++) {
        double mean = 0;
        for (size_t k = 0; k < n; k++)
            mean += (double)data->X[k * inputs + i] / (double)n;
        assert_true(fabs(mean) < 1e-6);
        for (size_t j = 0; j < inputs; j++)
            assert_true(fabs(C[i * inputs + j] - (i == j)) < 1e-6);
    }
}

static void linear(void **state) {
    (void)state;
    static const struct {
        size_t n, inputs, outputs, rank;
        double strength;
    } maps[] = {{64, 8, 8, 4, 1},   {9, 8, 3, 3, 5},  {500, 5, 16, 1, 0.25},
                {200, 16, 7, 6, 2}, {40, 1, 1, 1, 3}, {50, 12, 12, 12, 1}};
    for (size_t m = 0; m < sizeof maps / sizeof *maps; m++) {
        size_t n = maps[m].n, inputs = maps[m].inputs, outputs = maps[m].outputs,
               rank = maps[m].rank;
        char text[160];
        double A[16 * 16], gram[16 * 16] = {0}, w[16] = {0};
        snprintf(text, sizeof text, "linear(n=%zu, inputs=%zu, outputs=%zu, rank=%zu, strength=%g)",
                 n, inputs, outputs, rank, maps[m].strength);
        il_dataset *data = dataset_of(text);
        whitened(data);
        correlate(n, inputs, outputs, data->X, data->target, A);
        for (size_t i = 0; i < inputs; i++)
            for (size_t j = 0; j < outputs; j++)
                for (size_t k = 0; k < outputs; k++)
                    gram[j * outputs + k] += A[i * outputs + j] * A[i * outputs + k];
        eigenvalues(outputs, gram, w);
        for (size_t k = 0; k < outputs; k++) {
            double s = k < rank ? maps[m].strength * (double)(rank - k) / (double)rank : 0;
            assert_true(fabs(w[k] - s * s) < 1e-6 * maps[m].strength * maps[m].strength);
        }
        snprintf(text, sizeof text,
                 "linear(n=777, inputs=%zu, outputs=%zu, rank=%zu, strength=%g, whitened=false)",
                 inputs, outputs, rank, maps[m].strength);
        il_dataset *plain = dataset_of(text); /* the same map of other inputs */
        for (size_t i = 0; i < plain->n; i++)
            for (size_t j = 0; j < outputs; j++) {
                double y = 0;
                for (size_t k = 0; k < inputs; k++)
                    y += (double)plain->X[i * inputs + k] * A[k * outputs + j];
                assert_true(fabs((double)plain->target[i * outputs + j] - y) <
                            1e-5 * maps[m].strength);
            }
        il_dataset_free(data);
        il_dataset_free(plain);
    }
}

static void linear_draws(void **state) {
    (void)state;
    il_dataset *clean = dataset_of("linear(n=2000, whitened=false)"),
               *noisy = dataset_of("linear(n=2000, whitened=false, noise=0.1)");
    static double z[16000];
    for (size_t i = 0; i < 16000; i++)
        z[i] = (double)clean->X[i];
    assert_normal(16000, z, 1);
    assert_noise(16000, noisy->target, clean->target, 0.1);
    il_dataset_free(clean);
    il_dataset_free(noisy);
}

static void linear_refused(void **state) {
    (void)state;
    assert_dataset_refused("linear(rank=9)",
                           "linear: rank=9 is above inputs=8 or outputs=8: at most the smaller");
    assert_dataset_refused("linear(inputs=4096, outputs=3)",
                           "linear: rank=4 is above inputs=4096 or outputs=3: at most the smaller");
    assert_dataset_refused("linear(n=8)", "linear: whitening 8 inputs takes at least n=9 samples, "
                                          "not 8: take more, or whitened=false");
    assert_dataset_refused("linear(n=1000000, inputs=131)",
                           "linear: whitening 1000000 samples of 131 inputs takes more than "
                           "17179869184 steps: take fewer, or whitened=false");
    assert_dataset_refused(
        "linear(n=1000000, outputs=4096, inputs=64)",
        "1000000 samples of 4096 features are more than 268435456 values: take fewer");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(teachers),         cmocka_unit_test(teacher_draws),
        cmocka_unit_test(teachers_refused), cmocka_unit_test(linear),
        cmocka_unit_test(linear_draws),     cmocka_unit_test(linear_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
