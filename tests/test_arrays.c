/* Datasets from npy and npz: shapes and types decide what an array is. */
#include "data_files.h"

#include "initlab/tensor.h"

#include <math.h>

/* Appends an array whose elements are values[count], or 0, 1, 2 … when there are none. */
static void add(il_tensors *set, const char *name, il_dtype dtype, size_t n_dims,
                const size_t *shape, const double *values) {
    il_error err;
    void *data;
    if (il_tensors_add(set, name, dtype, n_dims, shape, &data, &err) != IL_OK)
        fail_msg("%s", err.message);
    for (size_t i = 0; i < set->tensor[set->n - 1].count; i++) {
        double x = values ? values[i] : (double)i;
        if (dtype == IL_DTYPE_F32)
            ((float *)data)[i] = (float)x;
        else if (dtype == IL_DTYPE_F64)
            ((double *)data)[i] = x;
        else if (dtype == IL_DTYPE_I64)
            ((int64_t *)data)[i] = (int64_t)x;
        else if (dtype == IL_DTYPE_U8)
            ((uint8_t *)data)[i] = (uint8_t)x;
        else
            fail_msg("no such type here");
    }
}

static il_tensors *new_set(void) {
    il_error err;
    il_tensors *set;
    assert_int_equal(il_tensors_new(&set, &err), IL_OK);
    return set;
}

static void write_set(il_tensors *set, const char *path) {
    il_error err;
    if (il_tensors_write(set, path, IL_REPLACE, &err) != IL_OK)
        fail_msg("%s", err.message);
    il_tensors_free(set);
}

static void write_one(const char *path, il_dtype dtype, size_t n_dims, const size_t *shape,
                      const double *values) {
    il_tensors *set = new_set();
    add(set, "arr_0", dtype, n_dims, shape, values);
    write_set(set, path);
}

static const double classes[] = {1, 0, 2, 1}, reals[] = {0.5, -1, 2, 8};

static void numbers_and_classes(void **state) {
    (void)state;
    il_tensors *set = new_set();
    add(set, "X", IL_DTYPE_F64, 2, (size_t[]){4, 3}, NULL);
    add(set, "y", IL_DTYPE_I64, 1, (size_t[]){4}, classes);
    add(set, "z", IL_DTYPE_F32, 1, (size_t[]){4}, reals);
    add(set, "zz", IL_DTYPE_F32, 2, (size_t[]){4, 1}, reals);
    write_set(set, "t.npz");
    il_dataset *data = make("npz(t.npz)");
    assert_int_equal(data->n, 4);
    assert_int_equal(data->inputs, 3);
    assert_int_equal(data->classes, 3);
    assert_int_equal(data->rows, 0);
    for (size_t i = 0; i < 12; i++)
        assert_true(data->X[i] == (il_real)i);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(data->label[i], classes[i]);
    il_dataset_free(data);
    for (const char *const *call =
             (const char *const[]){"npz(t.npz, y=z)", "npz(t.npz, y=zz)", NULL};
         *call; call++) {
        data = make(*call);
        assert_int_equal(data->classes, 0);
        assert_int_equal(data->outputs, 1);
        for (size_t i = 0; i < 4; i++)
            assert_true(data->target[i] == (il_real)reals[i]);
        il_dataset_free(data);
    }
    assert_refused("npz(t.npz, x=W)", "t.npz: holds no array 'W': its first is 'X'");
    assert_refused("npz(t.npz, test_x=X)", "npz: give both test_x= and test_y=, or none");
}

/* As Keras writes mnist.npz. */
static void pictures(void **state) {
    (void)state;
    il_tensors *set = new_set();
    add(set, "x_train", IL_DTYPE_U8, 3, (size_t[]){4, 2, 3}, NULL);
    add(set, "y_train", IL_DTYPE_U8, 1, (size_t[]){4}, classes);
    add(set, "x_test", IL_DTYPE_U8, 3, (size_t[]){2, 2, 3}, NULL);
    add(set, "y_test", IL_DTYPE_U8, 1, (size_t[]){2}, (double[]){2, 3});
    add(set, "grey", IL_DTYPE_F32, 3, (size_t[]){4, 2, 3}, NULL);
    write_set(set, "t.npz");
    il_dataset *data = make("npz(t.npz, x_train, y_train, x_test, y_test)");
    assert_int_equal(data->part[IL_TRAIN], 4);
    assert_int_equal(data->part[IL_TEST], 2);
    assert_int_equal(data->classes, 4);
    assert_int_equal(data->rows, 2);
    assert_int_equal(data->columns, 3);
    assert_null(data->X);
    for (size_t i = 0; i < 36; i++)
        assert_int_equal(data->pixels[i], i < 24 ? i : i - 24);
    assert_int_equal(data->label[5], 3);
    il_dataset_free(data);
    data = make("npz(t.npz, grey, y_train)"); /* pictures of numbers */
    assert_int_equal(data->columns, 3);
    assert_null(data->pixels);
    assert_true(data->X[23] == 23);
    il_dataset_free(data);
    assert_refused("npz(t.npz, x_train, y_train, grey, y_train)",
                   "grey and y_train do not have the shapes and types of those that train");
    assert_refused("npz(t.npz, x_train, y_test)", "y_test: 2 samples, but x_train has 4");
}

static void npy_files(void **state) {
    (void)state;
    write_one("X.npy", IL_DTYPE_F32, 2, (size_t[]){4, 3}, NULL);
    write_one("y.npy", IL_DTYPE_I64, 1, (size_t[]){4}, classes);
    write_one("X2.npy", IL_DTYPE_F32, 2, (size_t[]){2, 3}, NULL);
    write_one("y2.npy", IL_DTYPE_I64, 1, (size_t[]){2}, classes);
    il_dataset *data = make("npy(X.npy, y.npy, X2.npy, y2.npy)");
    assert_int_equal(data->part[IL_TRAIN], 4);
    assert_int_equal(data->part[IL_TEST], 2);
    assert_int_equal(data->classes, 3);
    assert_true(data->X[12 + 5] == 5);
    il_dataset_free(data);
    assert_refused("npy(X.npy, y.npy, X2.npy)", "npy: give both test_x= and test_y=, or none");
    assert_refused("npy(X.npy, y2.npy)", "y2.npy: 2 samples, but X.npy has 4");
}

static void refused(void **state) {
    (void)state;
    write_one("X.npy", IL_DTYPE_F32, 2, (size_t[]){4, 3}, NULL);
    write_one("y.npy", IL_DTYPE_I64, 1, (size_t[]){4}, classes);
    write_one("bad.npy", IL_DTYPE_I64, 1, (size_t[]){4}, (double[]){0, 1, -1, 0});
    assert_refused("npy(X.npy, bad.npy)",
                   "bad.npy: class -1 of sample 2, counted from 0, is outside 0-999");
    write_one("bad.npy", IL_DTYPE_I64, 1, (size_t[]){4}, (double[]){0, 1000, 1, 0});
    assert_refused("npy(X.npy, bad.npy)",
                   "bad.npy: class 1000 of sample 1, counted from 0, is outside 0-999");
    write_one("bad.npy", IL_DTYPE_I64, 1, (size_t[]){4}, (double[]){0, 0, 0, 0});
    assert_refused("npy(X.npy, bad.npy)", "bad.npy: all samples have class 0");
    write_one("bad.npy", IL_DTYPE_I64, 2, (size_t[]){4, 1}, classes);
    assert_refused("npy(X.npy, bad.npy)",
                   "bad.npy: 2 dims of I64: classes are whole numbers [samples], targets are real "
                   "numbers [samples] or [samples][outputs]");
    write_one("bad.npy", IL_DTYPE_F32, 1, (size_t[]){4}, NULL);
    assert_refused("npy(bad.npy, y.npy)", "bad.npy: 1 dims: inputs are [samples][features], or "
                                          "pictures [samples][rows][columns]");
    write_one("bad.npy", IL_DTYPE_F32, 2, (size_t[]){0, 3}, NULL);
    assert_refused("npy(bad.npy, y.npy)", "bad.npy: holds no numbers");
    write_one("bad.npy", IL_DTYPE_F32, 2, (size_t[]){4, 0}, NULL);
    assert_refused("npy(X.npy, bad.npy)", "bad.npy: holds no numbers");
    write_one("bad.npy", IL_DTYPE_F32, 1, (size_t[]){4}, (double[]){0, 1, (double)NAN, 3});
    il_error err;
    il_dataset *data;
    assert_int_equal(build("npy(X.npy, bad.npy)", NULL, &data, &err), IL_INVALID);
    assert_non_null(strstr(err.message, "bad.npy"));
    write_text("bad.npy", "x");
    assert_int_equal(build("npz(bad.npy)", NULL, &data, &err), IL_INVALID);
    il_tensors *set = new_set();
    add(set, "X", IL_DTYPE_F32, 1, (size_t[]){1}, NULL);
    add(set, "y", IL_DTYPE_F32, 1, (size_t[]){1}, NULL);
    write_set(set, "two.npz");
    assert_refused("npy(two.npz, y.npy)", "two.npz: holds 2 arrays, not one: use npz");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_classes),
        cmocka_unit_test(pictures),
        cmocka_unit_test(npy_files),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
