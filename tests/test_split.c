/* Splits and scalings: every sample in one part, shares as asked, statistics of the training samples alone. */
#include "cmocka_all.h"

#include "data/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static il_data_request request_of(const char *data, const char *split, const char *scale) {
    il_data_request request;
    il_error err;
    if (il_call_parse(&il_datasets, data, NULL, &request.data, &err) != IL_OK ||
        il_call_parse(&il_splits, split, NULL, &request.split, &err) != IL_OK ||
        il_call_parse(&il_scalings, scale, NULL, &request.scale, &err) != IL_OK)
        fail_msg("%s", err.message);
    return request;
}

static il_dataset *make(const char *data, const char *split, const char *scale) {
    const il_data_request request = request_of(data, split, scale);
    il_dataset *made = NULL;
    il_error err;
    if (il_dataset_new(&request, NULL, &made, &err) != IL_OK)
        fail_msg("%s", err.message);
    return made;
}

/* How often each sample of `whole` occurs in `cut`, which must be once; labels follow their samples. */
static void assert_permuted(const il_dataset *whole, const il_dataset *cut) {
    bool *used = calloc(whole->n, sizeof *used);
    size_t moved = 0, width = whole->inputs * sizeof *whole->X;
    assert_int_equal(whole->n, cut->n);
    for (size_t i = 0; i < cut->n; i++) {
        size_t k = 0;
        while (k < whole->n && (used[k] || memcmp(&cut->X[i * cut->inputs],
                                                  &whole->X[k * whole->inputs], width) != 0))
            k++;
        assert_true(k < whole->n);
        assert_int_equal(cut->label[i], whole->label[k]);
        used[k] = true;
        moved += i != k;
    }
    assert_true(moved > whole->n / 2);
    free(used);
}

static void random_parts(void **state) {
    (void)state;
    const char *data = "blobs(n=403, inputs=3, classes=5)";
    il_dataset *whole = make(data, "given", "none"),
               *cut = make(data, "random(test=0.2, validation=0.1)", "none"),
               *again = make(data, "random(test=0.2, validation=0.1)", "none"),
               *other = make(data, "random(test=0.2, validation=0.1, seed=2)", "none");
    assert_int_equal(whole->part[IL_TRAIN], 403);
    assert_int_equal(cut->part[IL_TEST], 81);       /* the middles of 403 steps below 0.2 */
    assert_int_equal(cut->part[IL_VALIDATION], 40); /* … and below 0.3: 121 */
    assert_int_equal(cut->part[IL_TRAIN], 282);
    assert_permuted(whole, cut);
    assert_memory_equal(cut->X, again->X, cut->n * cut->inputs * sizeof *cut->X);
    assert_memory_not_equal(cut->X, other->X, cut->n * cut->inputs * sizeof *cut->X);
    il_real Y[403 * 5];
    il_error err;
    assert_int_equal(il_dataset_targets(cut, 5, Y, &err), IL_OK);
    const il_samples test = il_dataset_part(cut, IL_TEST, Y, 5);
    assert_int_equal(test.n, 81);
    assert_ptr_equal(test.X, cut->X + (282 + 40) * 3);
    assert_ptr_equal(test.Y, Y + (282 + 40) * 5);
    assert_int_equal(il_dataset_judges(cut), IL_VALIDATION);
    assert_int_equal(il_dataset_judges(whole), IL_TRAIN);
    il_dataset_free(whole);
    il_dataset_free(cut);
    il_dataset_free(again);
    il_dataset_free(other);
}

static void stratified_parts(void **state) {
    (void)state;
    il_dataset *cut =
        make("blobs(n=400, inputs=3, classes=4)", "random(test=0.25, stratified=true)", "none");
    size_t seen[4] = {0};
    assert_int_equal(cut->part[IL_TEST], 100);
    assert_int_equal(il_dataset_judges(cut), IL_TEST);
    for (size_t i = 300; i < 400; i++)
        seen[cut->label[i]]++;
    for (size_t c = 0; c < 4; c++)
        assert_int_equal(seen[c], 25);
    il_dataset_free(cut);
}

static void refused(const char *data, const char *split, const char *message) {
    const il_data_request request = request_of(data, split, "none");
    il_dataset *made = (il_dataset *)1;
    il_error err;
    assert_int_equal(il_dataset_new(&request, NULL, &made, &err), IL_INVALID);
    assert_string_equal(err.message, message);
    assert_null(made);
}

static void impossible_splits(void **state) {
    (void)state;
    refused(
        "xor", "random(test=0.5, validation=0.5)",
        "split random: test=0.5 and validation=0.5 leave nothing to train on: their sum must be "
        "below 1");
    refused("xor", "random(test=0.9)",
            "split random: none of 4 samples is left to train on: lower test= or validation=");
}

/* Mean and variance of feature j over samples first … last - 1. */
static void moments(const il_dataset *data, size_t j, size_t first, size_t last, double *mean,
                    double *variance) {
    *mean = *variance = 0;
    for (size_t i = first; i < last; i++)
        *mean += (double)data->X[i * data->inputs + j] / (double)(last - first);
    for (size_t i = first; i < last; i++)
        *variance += pow((double)data->X[i * data->inputs + j] - *mean, 2) / (double)(last - first);
}

static void standardized(void **state) {
    (void)state;
    il_dataset *cut = make("blobs(n=300, inputs=3)", "random(test=0.3)", "standardize");
    size_t train = cut->part[IL_TRAIN];
    double tolerance = 1e-6, mean, variance;
    for (size_t j = 0; j < 3; j++) {
        moments(cut, j, 0, train, &mean, &variance);
        assert_true(fabs(mean) < tolerance && fabs(variance - 1) < tolerance);
        moments(cut, j, train, cut->n, &mean, &variance);
        assert_true(fabs(mean) > tolerance); /* the test samples had no say */
    }
    il_dataset_free(cut);
}

/* Moved by the mean of what trains, and otherwise the same: a difference of two samples stays. */
static void centred(void **state) {
    (void)state;
    il_dataset *cut = make("blobs(n=300, inputs=3)", "random(test=0.3)", "center"),
               *plain = make("blobs(n=300, inputs=3)", "random(test=0.3)", "none");
    for (size_t j = 0; j < 3; j++) {
        double mean, variance;
        moments(cut, j, 0, cut->part[IL_TRAIN], &mean, &variance);
        assert_true(fabs(mean) < 1e-6);
        for (size_t i = 1; i < cut->n; i++)
            assert_true(fabs((double)(cut->X[i * 3 + j] - cut->X[j]) -
                             (double)(plain->X[i * 3 + j] - plain->X[j])) < 1e-5);
    }
    il_dataset_free(cut);
    il_dataset_free(plain);
}

static void scaled01(void **state) {
    (void)state;
    il_dataset *cut = make("blobs(n=300, inputs=3)", "random(test=0.3)", "scale01");
    for (size_t j = 0; j < 3; j++) {
        double low = HUGE_VAL, high = -HUGE_VAL;
        for (size_t i = 0; i < cut->part[IL_TRAIN]; i++) {
            low = fmin(low, (double)cut->X[i * 3 + j]);
            high = fmax(high, (double)cut->X[i * 3 + j]);
        }
        assert_true(fabs(low) < 1e-6 && fabs(high - 1) < 1e-6);
    }
    il_dataset_free(cut);
}

/* A feature without variance is centred, not divided by zero. */
static void constant_feature(void **state) {
    (void)state;
    il_dataset *flat =
        make("blobs(n=2, inputs=3, classes=2, std=0)", "random(test=0.5)", "standardize");
    assert_int_equal(flat->part[IL_TRAIN], 1);
    for (size_t j = 0; j < 3; j++)
        assert_true(flat->X[j] == 0 && isfinite(flat->X[3 + j]));
    il_dataset_free(flat);
}

/* Two pictures of 2 x 2, the second a test sample. */
static il_dataset *pictures(void) {
    static const uint8_t bytes[8] = {0, 10, 20, 30, 255, 255, 255, 255};
    const il_dataset_shape shape = {.n = 2, .inputs = 4, .classes = 2, .rows = 2, .columns = 2};
    il_dataset *made = NULL;
    il_error err;
    assert_int_equal(il_dataset_allocate(&shape, &made, &err), IL_OK);
    memcpy(made->pixels, bytes, sizeof bytes);
    made->part[IL_TRAIN] = made->part[IL_TEST] = 1;
    return made;
}

static void pixels(void **state) {
    (void)state;
    il_real x[8], Y[2] = {0};
    static const struct {
        const il_scaling_type *type;
        double unit;
    } scalings[] = {/* mean 15, variance (225 + 25 + 25 + 225) / 4 = 125 */
                    {&il_scaling_standardize, 11.180339887498949},
                    {&il_scaling_center, 255},
                    {&il_scaling_auto, 255}};
    for (size_t k = 0; k < 3; k++) {
        il_dataset *data = pictures();
        scalings[k].type->scale(data);
        il_samples all = il_dataset_part(data, IL_TRAIN, Y, 1);
        il_samples_read(&all, 0, 4, x);
        for (size_t i = 0; i < 4; i++)
            assert_true(fabs((double)x[i] - (10.0 * (double)i - 15) / scalings[k].unit) < 1e-6);
        all = il_dataset_part(data, IL_TEST, Y, 1);
        il_samples_read(&all, 1, 2, x);
        assert_true(fabs((double)x[0] - 240 / scalings[k].unit) < 1e-5 && x[0] == x[1]);
        il_dataset_free(data);
    }
    il_dataset *data = pictures();
    il_scaling_scale01.scale(data);
    il_samples all = il_dataset_part(data, IL_TRAIN, Y, 1);
    il_samples_read(&all, 3, 1, x);
    assert_true(fabs((double)x[0] - 30 / 255.0) < 1e-7);
    il_dataset_swap(data, 0, 1);
    assert_int_equal(data->pixels[0], 255);
    assert_int_equal(data->pixels[7], 30);
    il_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_parts),      cmocka_unit_test(stratified_parts),
        cmocka_unit_test(impossible_splits), cmocka_unit_test(standardized),
        cmocka_unit_test(centred),           cmocka_unit_test(scaled01),
        cmocka_unit_test(constant_feature),  cmocka_unit_test(pixels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
