/* The datasets that are part of the library, against sums of the files that they were taken from: Debian 12's
 * python3-sklearn (digits.csv.gz, iris.csv). */
#include "data_files.h"

#include <math.h>

static unsigned long crc(const void *bytes, size_t n) {
    return crc32(0, bytes, (unsigned)n);
}

static void digits(void **state) {
    (void)state;
    /* The classes as the UCI page counts them in its test set. */
    static const size_t counts[10] = {178, 182, 177, 183, 181, 182, 181, 179, 174, 180};
    il_dataset *data = make("digits");
    assert_int_equal(data->n, 1797);
    assert_int_equal(data->part[IL_TRAIN], 1797);
    assert_int_equal(data->inputs, 64);
    assert_int_equal(data->rows, 8);
    assert_int_equal(data->columns, 8);
    assert_int_equal(data->classes, 10);
    assert_int_equal(data->white, 16);
    assert_int_equal(crc(data->pixels, 1797 * 64), 0xf3a2533c);
    size_t count[10] = {0}, sum = 0;
    uint8_t label[1797];
    for (size_t i = 0; i < 1797; i++) {
        count[data->label[i]]++;
        label[i] = (uint8_t)data->label[i];
        for (size_t j = 0; j < 64; j++)
            sum += data->pixels[64 * i + j];
    }
    assert_memory_equal(count, counts, sizeof counts);
    assert_int_equal(crc(label, sizeof label), 0xf86fc929);
    assert_int_equal(sum, 561718);
    il_dataset_free(data);
}

/* White is 1, whatever byte it is. */
static void digits_scaled(void **state) {
    (void)state;
    il_error err;
    il_data_request request = {0};
    il_dataset *data;
    assert_int_equal(il_call_parse(&il_datasets, "digits", NULL, &request.data, &err), IL_OK);
    assert_int_equal(il_call_parse(&il_scalings, "scale01", NULL, &request.scale, &err), IL_OK);
    assert_int_equal(il_dataset_new(&request, NULL, &data, &err), IL_OK);
    il_real Y[1], x[64];
    const il_samples samples = il_dataset_part(data, IL_TRAIN, Y, 1);
    il_samples_read(&samples, 0, 64, x);
    for (size_t j = 0; j < 64; j++)
        assert_true(x[j] == (il_real)(data->pixels[j] / 16.0));
    il_dataset_free(data);
}

static void iris(void **state) {
    (void)state;
    static const double sums[3][4] = {
        {250.3, 171.4, 73.1, 12.3}, {296.8, 138.5, 213.0, 66.3}, {329.4, 148.7, 277.6, 101.3}};
    il_dataset *data = make("iris");
    uint8_t tenths[600];
    double sum[3][4] = {{0}};
    assert_int_equal(data->n, 150);
    assert_int_equal(data->inputs, 4);
    assert_int_equal(data->classes, 3);
    assert_int_equal(data->rows, 0);
    for (size_t i = 0; i < 600; i++) {
        tenths[i] = (uint8_t)lround((double)data->X[i] * 10);
        assert_true(data->X[i] == (il_real)(tenths[i] / 10.0));
        sum[data->label[i / 4]][i % 4] += tenths[i] / 10.0;
    }
    assert_int_equal(crc(tenths, sizeof tenths), 0xcc57826e);
    for (size_t i = 0; i < 12; i++)
        assert_true(fabs(sum[i / 4][i % 4] - sums[i / 4][i % 4]) < 1e-9);
    il_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits),
        cmocka_unit_test(digits_scaled),
        cmocka_unit_test(iris),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
