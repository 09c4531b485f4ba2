#include "cmocka_all.h"

#include "initlab/data.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static il_dataset *make(const char *text) {
    il_error err;
    il_data_request request = {0};
    il_dataset *data = NULL;
    if (il_call_parse(&il_datasets, text, NULL, &request.data, &err) != IL_OK ||
        il_dataset_new(&request, NULL, &data, &err) != IL_OK)
        fail_msg("%s", err.message);
    return data;
}

static void truth_tables(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t label[4];
    } cases[] = {{"and", {0, 0, 0, 1}}, {"or", {0, 1, 1, 1}}, {"xor", {0, 1, 1, 0}}};
    static const il_real X[8] = {0, 0, 0, 1, 1, 0, 1, 1};
    for (size_t c = 0; c < 3; c++) {
        il_dataset *data = make(cases[c].text);
        assert_int_equal(data->n, 4);
        assert_int_equal(data->inputs, 2);
        assert_int_equal(data->classes, 2);
        assert_memory_equal(data->X, X, sizeof X);
        assert_memory_equal(data->label, cases[c].label, sizeof cases[c].label);
        il_dataset_free(data);
    }
}

static void plus_minus_one(void **state) {
    (void)state;
    static const il_real X[8] = {-1, -1, -1, 1, 1, -1, 1, 1};
    il_dataset *data = make("xor(inputs=pm1)"), *zero_one = make("xor(inputs=01)");
    assert_memory_equal(data->X, X, sizeof X);
    assert_memory_equal(data->label, zero_one->label, 4 * sizeof *data->label);
    il_dataset_free(data);
    il_dataset_free(zero_one);
}

static void parity(void **state) {
    (void)state;
    for (size_t bits = 1; bits <= 16; bits += 5) {
        char text[32];
        snprintf(text, sizeof text, "parity(%zu)", bits);
        il_dataset *data = make(text);
        assert_int_equal(data->n, (size_t)1 << bits);
        assert_int_equal(data->inputs, bits);
        for (size_t i = 0; i < data->n; i++) {
            size_t row = 0, ones = 0;
            for (size_t j = 0; j < bits; j++) {
                row = 2 * row + (data->X[i * bits + j] > 0);
                ones += data->X[i * bits + j] > 0;
            }
            assert_int_equal(row, i);
            assert_int_equal(data->label[i], ones % 2);
        }
        il_dataset_free(data);
    }
}

static void targets(void **state) {
    (void)state;
    il_error err;
    il_real Y[12];
    il_dataset *data = make("xor");
    assert_int_equal(il_dataset_targets(data, 1, Y, &err), IL_OK);
    static const il_real one[4] = {0, 1, 1, 0};
    assert_memory_equal(Y, one, sizeof one);
    assert_int_equal(il_dataset_targets(data, 2, Y, &err), IL_OK);
    static const il_real two[8] = {1, 0, 0, 1, 0, 1, 1, 0};
    assert_memory_equal(Y, two, sizeof two);
    assert_int_equal(il_dataset_targets(data, 3, Y, &err), IL_INVALID);
    assert_string_equal(err.message, "3 outputs do not fit a dataset of 2 classes: use 1 or 2");
    il_dataset_free(data);
}

/* Without noise a spiral's radius and angle can be read off its points. */
static void spirals(void **state) {
    (void)state;
    il_dataset *data = make("spirals(n=300, noise=0, turns=0.75, classes=3)");
    assert_int_equal(data->n, 300);
    assert_int_equal(data->inputs, 2);
    assert_int_equal(data->classes, 3);
    for (size_t i = 0; i < 300; i++) {
        double x = (double)data->X[2 * i], y = (double)data->X[2 * i + 1], r = hypot(x, y);
        double angle = 6.283185307179586 * (0.75 * r + (double)(i % 3) / 3);
        assert_int_equal(data->label[i], i % 3);
        assert_true(fabs(r - ((double)(i / 3) + 0.5) / 100) < 1e-6);
        assert_true(hypot(x - r * cos(angle), y - r * sin(angle)) < 1e-5);
    }
    il_dataset_free(data);
    il_dataset *a = make("spirals(noise=0.5)"), *b = make("spirals(noise=0.5, seed=2)"),
               *c = make("spirals(noise=0)");
    double squares = 0;
    for (size_t i = 0; i < 2 * a->n; i++)
        squares += pow((double)(a->X[i] - c->X[i]), 2);
    double spread = squares / (double)(2 * a->n); /* variance 0.25 within 4 standard errors: 6e-5 */
    assert_true(fabs(spread - 0.25) < 4 * 0.25 * sqrt(2.0 / (double)(2 * a->n)));
    assert_memory_not_equal(a->X, b->X, 2 * a->n * sizeof *a->X);
    il_dataset_free(a);
    il_dataset_free(b);
    il_dataset_free(c);
}

static void blobs(void **state) {
    (void)state;
    il_error err;
    il_data_request request = {0};
    il_dataset *huge = NULL;
    assert_int_equal(
        il_call_parse(&il_datasets, "blobs(n=1000000, inputs=4096)", NULL, &request.data, &err),
        IL_OK);
    assert_int_equal(il_dataset_new(&request, NULL, &huge, &err), IL_INVALID);
    assert_string_equal(
        err.message, "1000000 samples of 4096 features are more than 268435456 values: take fewer");
    assert_null(huge);
    il_dataset *few = make("blobs(n=400, inputs=8, classes=4, std=0.5)"),
               *many = make("blobs(n=4000, inputs=8, classes=4, std=0.5)"),
               *tight = make("blobs(n=4, inputs=8, classes=4, std=0)");
    assert_memory_equal(few->X, many->X, 400 * 8 * sizeof *few->X); /* more samples only add */
    double squares = 0, means = 0;
    for (size_t i = 0; i < 4000; i++) {
        assert_int_equal(many->label[i], i % 4);
        for (size_t j = 0; j < 8; j++) {
            double d = (double)(many->X[i * 8 + j] - tight->X[i % 4 * 8 + j]);
            means += d;
            squares += d * d;
        }
    }
    /* Within 4 standard errors of 32000 draws of N(0, 0.25): 6e-5 each. */
    assert_true(fabs(means / 32000) < 4 * 0.5 / sqrt(32000));
    assert_true(fabs(squares / 32000 - 0.25) < 4 * 0.25 * sqrt(2.0 / 32000));
    il_dataset_free(few);
    il_dataset_free(many);
    il_dataset_free(tight);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truth_tables), cmocka_unit_test(plus_minus_one), cmocka_unit_test(parity),
        cmocka_unit_test(targets),      cmocka_unit_test(spirals),        cmocka_unit_test(blobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
