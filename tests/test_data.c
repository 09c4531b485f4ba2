#include "cmocka_all.h"

#include "initlab/data.h"

#include <stdio.h>
#include <string.h>

static il_dataset *make(const char *text) {
    il_error err;
    il_call call;
    il_dataset *data = NULL;
    if (il_call_parse(&il_datasets, text, NULL, &call, &err) != IL_OK ||
        il_dataset_new(&call, &data, &err) != IL_OK)
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truth_tables),
        cmocka_unit_test(plus_minus_one),
        cmocka_unit_test(parity),
        cmocka_unit_test(targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
