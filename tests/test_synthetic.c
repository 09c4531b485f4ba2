/* Classes in the plane, noise without classes, and what holds of every generator. */
#include "datasets.h"

#include <stdio.h>

#define N 10000

static void moons(void **state) {
    (void)state;
    il_dataset *data = dataset_of("moons(n=10000, noise=0)");
    static double angle[2][N / 2];
    assert_true(data->inputs == 2 && data->classes == 2);
    for (size_t i = 0; i < N; i++) {
        double x = (double)data->X[2 * i], y = (double)data->X[2 * i + 1];
        assert_int_equal(data->label[i], i % 2);
        if (i % 2) { /* the second moon is the first, turned by half a turn about (1/2, 1/4) */
            x = 1 - x;
            y = 0.5 - y;
        }
        assert_true(fabs(hypot(x, y) - 1) < 1e-6 && y > -1e-6);
        angle[i % 2][i / 2] = atan2(y, x);
    }
    for (size_t k = 0; k < 2; k++)
        assert_uniform(N / 2, angle[k], 0, acos(-1));
    il_dataset *noisy = dataset_of("moons(n=10000, noise=0.2)");
    assert_noise(2 * N, noisy->X, data->X, 0.2);
    il_dataset_free(data);
    il_dataset_free(noisy);
}

static void circles(void **state) {
    (void)state;
    il_dataset *data = dataset_of("circles(n=10000, noise=0, factor=0.3)");
    static double angle[2][N / 2];
    for (size_t i = 0; i < N; i++) {
        double x = (double)data->X[2 * i], y = (double)data->X[2 * i + 1];
        assert_int_equal(data->label[i], i % 2);
        assert_true(fabs(hypot(x, y) - (i % 2 ? 0.3 : 1)) < 1e-6);
        angle[i % 2][i / 2] = atan2(y, x);
    }
    for (size_t k = 0; k < 2; k++)
        assert_uniform(N / 2, angle[k], -acos(-1), acos(-1));
    il_dataset *noisy = dataset_of("circles(n=10000, noise=0.05, factor=0.3)");
    assert_noise(2 * N, noisy->X, data->X, 0.05);
    il_dataset_free(data);
    il_dataset_free(noisy);
}

/* Squares of a color are hit alike: with 12 or 13 of them, chi-square of all 25 (23 degrees of freedom) beyond its
 * 1 - 1e-5 quantile fails. */
static void checkerboard(void **state) {
    (void)state;
    for (size_t side = 2; side <= 9; side++) {
        char text[64];
        size_t hits[9][9] = {{0}};
        snprintf(text, sizeof text, "checkerboard(n=10000, cells=%zu)", side);
        il_dataset *data = dataset_of(text);
        for (size_t i = 0; i < N; i++) {
            double x = (double)data->X[2 * i], y = (double)data->X[2 * i + 1];
            assert_true(x > -1 && x < 1 && y > -1 && y < 1);
            size_t column = (size_t)((x + 1) / 2 * (double)side),
                   row = (size_t)((y + 1) / 2 * (double)side);
            assert_int_equal(data->label[i], i % 2);
            assert_int_equal((row + column) % 2, i % 2);
            hits[row][column]++;
        }
        double chi = 0;
        for (size_t k = 0; k < side * side; k++) {
            size_t row = k / side, column = k % side, odd = (row + column) % 2;
            double expected = N / 2 / (double)((side * side + 1 - odd) / 2);
            chi += pow((double)hits[row][column] - expected, 2) / expected;
        }
        assert_true(side != 5 || chi < 63.97);
        il_dataset_free(data);
    }
    il_dataset *clean = dataset_of("checkerboard(n=5000)"),
               *noisy = dataset_of("checkerboard(n=5000, noise=0.1)");
    assert_noise(10000, noisy->X, clean->X, 0.1);
    il_dataset_free(clean);
    il_dataset_free(noisy);
}

static void gaussian(void **state) {
    (void)state;
    il_dataset *data = dataset_of("gaussian(n=3000, inputs=7, classes=3)");
    static double z[3][7000];
    for (size_t i = 0; i < 3000; i++) {
        assert_int_equal(data->label[i], i % 3);
        for (size_t j = 0; j < 7; j++)
            z[i % 3][i / 3 * 7 + j] = (double)data->X[i * 7 + j];
    }
    for (size_t k = 0; k < 3; k++) /* each class has the same distribution */
        assert_normal(7000, z[k], 1);
    il_dataset_free(data);
}

static const char *const generators[] = {
    "moons", "circles", "checkerboard", "gaussian", "shapes(n=90)", "teacher", "linear",
    "sine",  "cubic",   "step",         "friedman", "spirals",      "blobs"};
enum { GENERATORS = sizeof generators / sizeof *generators };

/* Whatever else is built between, a name and a seed stand for the same samples; another seed stands for others. */
static void same_request_same_samples(void **state) {
    (void)state;
    il_dataset *first[GENERATORS];
    for (size_t i = 0; i < GENERATORS; i++)
        first[i] = dataset_of(generators[i]);
    for (size_t i = GENERATORS; i--;) {
        char text[64], name[32];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(generators[i], "("), generators[i]);
        snprintf(text, sizeof text, "%s(n=%zu, seed=2)", name, first[i]->n);
        il_dataset *again = dataset_of(generators[i]), *other = dataset_of(text);
        size_t values = again->n * again->inputs,
               bytes = again->X ? values * sizeof *again->X : values;
        const void *a = again->X ? (const void *)again->X : again->pixels,
                   *b = first[i]->X ? (const void *)first[i]->X : first[i]->pixels,
                   *c = other->X ? (const void *)other->X : other->pixels;
        assert_memory_equal(a, b, bytes);
        assert_memory_not_equal(a, c, bytes);
        il_dataset_free(again);
        il_dataset_free(other);
        il_dataset_free(first[i]);
    }
}

static void more_samples_only_add(void **state) {
    (void)state;
    for (size_t i = 0; i < GENERATORS; i++) {
        char many[64], few[64], name[32];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(generators[i], "("), generators[i]);
        if (strcmp(name, "spirals") == 0) /* an arm's samples are evenly spaced, however many */
            continue;
        const char *more = strcmp(name, "linear") == 0 ? ", whitened=false" : "";
        snprintf(many, sizeof many, "%s(n=371%s)", name, more);
        snprintf(few, sizeof few, "%s(n=93%s)", name, more);
        assert_begins_with(many, few);
    }
}

static void refused(void **state) {
    (void)state;
    assert_dataset_refused("moons(n=1)", "moons: n=1 is outside [2, 1e+06]");
    assert_dataset_refused("moons(noise=-1)", "moons: noise=-1 is outside [0, 10]");
    assert_dataset_refused("circles(factor=1)", "circles: factor=1 is outside [0, 0.999]");
    assert_dataset_refused("checkerboard(cells=65)", "checkerboard: cells=65 is outside [2, 64]");
    assert_dataset_refused("checkerboard(cells=2.5)",
                           "checkerboard: cells=2.5 is not a whole number");
    assert_dataset_refused(
        "gaussian(n=1000000, inputs=4096)",
        "1000000 samples of 4096 features are more than 268435456 values: take fewer");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moons),
        cmocka_unit_test(circles),
        cmocka_unit_test(checkerboard),
        cmocka_unit_test(gaussian),
        cmocka_unit_test(same_request_same_samples),
        cmocka_unit_test(more_samples_only_add),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
