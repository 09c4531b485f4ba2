/* Pictures of shapes, judged by their pixels alone. The second moments of a figure's area, divided by the square of the
 * area, do not change when it is turned, moved or stretched: det/area^4 is 1/(16 pi^2) of every ellipse, 1/144 of every
 * parallelogram, 1/108 of every triangle.
 */
#include "datasets.h"

#include <stdio.h>

#define SIZE 64

typedef struct view {
    size_t greys;
    uint8_t grey[3]; /* the background's first */
    size_t area;     /* of what is not background */
    double moment;
} view;

/* The border is background; what is not has at most two greys. */
static view look(const uint8_t *pixels, size_t size) {
    view v = {.greys = 1, .grey = {pixels[0]}};
    double sum[6] = {0};
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++) {
            uint8_t p = pixels[i * size + j];
            double x = (double)j, y = (double)i;
            if (i == 0 || j == 0 || i == size - 1 || j == size - 1)
                assert_int_equal(p, v.grey[0]);
            if (p == v.grey[0])
                continue;
            size_t k = 1;
            while (k < v.greys && v.grey[k] != p)
                k++;
            if (k == v.greys) {
                assert_true(v.greys < 3);
                v.grey[v.greys++] = p;
            }
            v.area++;
            const double term[6] = {1, x, y, x * x, x * y, y * y};
            for (size_t t = 0; t < 6; t++)
                sum[t] += term[t];
        }
    double A = sum[0], xx = sum[3] - sum[1] * sum[1] / A, xy = sum[4] - sum[1] * sum[2] / A,
           yy = sum[5] - sum[2] * sum[2] / A;
    v.moment = (xx * yy - xy * xy) / (A * A * A * A);
    return v;
}

/* A dark background has at most 115 of 255 and bright objects at least 140, or the other way round. */
static void assert_contrast(const view *v) {
    for (size_t k = 1; k < v->greys; k++)
        assert_true(v->grey[0] <= 115 ? v->grey[k] >= 140 : v->grey[0] >= 140 && v->grey[k] <= 115);
}

/* Where pixels are small beside the figure each picture shows its class. The mean of half axes is a quarter of the size,
 * of their product 1/16: the mean area over 1000 pictures lies within 4.5 standard errors (0.3 of itself for one), and
 * a tenth of that for the pixels: fails less than 1 time in 100000. */
static void single_objects(void **state) {
    (void)state;
    const double pi = acos(-1), expected[3] = {1.0 / 108, 1.0 / 144, 1 / (16 * pi * pi)};
    const double unit[3] = {3 * sqrt(3) / 4, 2, pi};
    il_dataset *data = dataset_of("shapes(n=9000, size=64)");
    double area[3] = {0}, moment[3] = {0};
    size_t large[3] = {0}, dark = 0;
    assert_true(data->inputs == 4096 && data->rows == 64 && data->columns == 64 && !data->X);
    for (size_t i = 0; i < data->n; i++) {
        assert_int_equal(data->label[i], i % 9);
        if (i % 9 > 2)
            continue;
        view v = look(data->pixels + i * data->inputs, SIZE);
        assert_int_equal(v.greys, 2);
        assert_contrast(&v);
        dark += v.grey[0] <= 115;
        area[i % 9] += (double)v.area / 1000;
        if (v.area > 500) {
            large[i % 9]++;
            moment[i % 9] += v.moment;
            assert_true(fabs(v.moment / expected[i % 9] - 1) < 0.04);
        }
    }
    for (size_t k = 0; k < 3; k++) {
        double mean = unit[k] * SIZE * SIZE / 16.0;
        assert_true(large[k] > 50);
        assert_true(fabs(moment[k] / (double)large[k] / expected[k] - 1) < 0.01);
        assert_true(fabs(area[k] / mean - 1) < 4.5 * 0.5 / sqrt(1000));
    }
    assert_true(fabs((double)dark - 1500) < 4.5 * sqrt(750)); /* 7e-6 */
    il_dataset_free(data);
}

/* Two objects show two greys, unless they happen to have the same: of 115 or 116, so 52 of 6000 pictures, and more than 85
 * is beyond 4.5 standard deviations. Where one could hide the other many more pictures would show one. */
static void two_objects(void **state) {
    (void)state;
    il_dataset *data = dataset_of("shapes(n=9000)");
    size_t single = 0;
    double area[9] = {0};
    for (size_t i = 0; i < data->n; i++) {
        view v = look(data->pixels + i * data->inputs, 32);
        assert_contrast(&v);
        single += i % 9 > 2 && v.greys == 2;
        area[i % 9] += (double)v.area;
    }
    assert_in_range(single, 20, 85);
    /* Two cover less than the sum of their areas, by the overlap, and more than either. */
    static const size_t parts[9][2] = {
        [3] = {0, 1}, [4] = {1, 2}, [5] = {0, 2}, [6] = {0, 0}, [7] = {1, 1}, [8] = {2, 2}};
    for (size_t c = 3; c < 9; c++) {
        double both = area[parts[c][0]] + area[parts[c][1]];
        assert_true(area[c] < 0.97 * both && area[c] > 0.6 * both);
    }
    il_dataset_free(data);
}

static void small_pictures(void **state) {
    (void)state;
    il_dataset *data = dataset_of("shapes(n=9000, size=16, seed=3)");
    for (size_t i = 0; i < data->n; i++) {
        view v = look(data->pixels + i * data->inputs, 16);
        assert_true(v.area > 0);
    }
    il_dataset_free(data);
}

static void refused(void **state) {
    (void)state;
    assert_dataset_refused("shapes(size=15)", "shapes: size=15 is outside [16, 64]");
    assert_dataset_refused("shapes(n=8)", "shapes: n=8 is outside [9, 1e+06]");
    assert_dataset_refused(
        "shapes(n=1000000, size=64)",
        "1000000 samples of 4096 features are more than 268435456 values: take fewer");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_objects),
        cmocka_unit_test(two_objects),
        cmocka_unit_test(small_pictures),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
