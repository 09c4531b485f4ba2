/* Datasets from NumPy's files: arrays X of inputs and y of classes or targets, named in one npz or each a npy. */
#include "data/source.h"
#include "initlab/tensor.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_CLASSES = 1000 };
static const uint64_t most_bytes = UINT64_C(1) << 30;

/* The arrays of one part, and the names that errors give them. */
typedef struct arrays {
    const il_tensor *X, *y;
    const char *X_name, *y_name;
} arrays;

static bool is_whole(il_dtype dtype) {
    return dtype != IL_DTYPE_F64 && dtype != IL_DTYPE_F32 && dtype != IL_DTYPE_F16 &&
           dtype != IL_DTYPE_BF16;
}

/* A whole number array is classes, any other targets. */
static bool is_label(const il_tensor *y) {
    return is_whole(y->dtype);
}

static bool is_pixels(const il_tensor *X) {
    return X->dtype == IL_DTYPE_U8 && X->n_dims == 3;
}

static il_status check_X(const arrays *a, il_error *err) {
    if (a->X->n_dims != 2 && a->X->n_dims != 3)
        return il_fail(err, IL_INVALID,
                       "%.200s: %zu dims: inputs are [samples][features], or pictures "
                       "[samples][rows][columns]",
                       a->X_name, a->X->n_dims);
    if (!a->X->count)
        return il_fail(err, IL_INVALID, "%.200s: holds no numbers", a->X_name);
    return IL_OK;
}

static il_status check_y(const arrays *a, il_error *err) {
    size_t n = a->X->shape[0];
    if (a->y->n_dims != 1 && (is_label(a->y) || a->y->n_dims != 2))
        return il_fail(err, IL_INVALID,
                       "%.200s: %zu dims of %s: classes are whole numbers [samples], targets are "
                       "real numbers [samples] or [samples][outputs]",
                       a->y_name, a->y->n_dims, il_dtype_name(a->y->dtype));
    if (a->y->shape[0] != n)
        return il_fail(err, IL_INVALID, "%.200s: %zu samples, but %.200s has %zu", a->y_name,
                       a->y->shape[0], a->X_name, n);
    if (!a->y->count)
        return il_fail(err, IL_INVALID, "%.200s: holds no numbers", a->y_name);
    return IL_OK;
}

/* Parts differ in nothing but their samples. */
static il_status check_alike(const arrays *train, const arrays *test, il_error *err) {
    bool alike = train->X->n_dims == test->X->n_dims && train->y->n_dims == test->y->n_dims &&
                 is_pixels(train->X) == is_pixels(test->X) &&
                 is_label(train->y) == is_label(test->y);
    for (size_t i = 1; alike && i < train->X->n_dims; i++)
        alike = train->X->shape[i] == test->X->shape[i];
    alike = alike && (train->y->n_dims < 2 || train->y->shape[1] == test->y->shape[1]);
    return alike ? IL_OK
                 : il_fail(err, IL_INVALID,
                           "%.200s and %.200s do not have the shapes and types of those that train",
                           test->X_name, test->y_name);
}

/* Classes are not renumbered: their count is one more than the largest. */
static il_status read_labels(const arrays *a, uint32_t *label, size_t *classes, il_error *err) {
    for (size_t i = 0; i < a->y->count; i++) {
        double y = il_tensor_at(a->y, i);
        if (y < 0 || y >= MOST_CLASSES)
            return il_fail(err, IL_INVALID,
                           "%.200s: class %.17g of sample %zu, counted from 0, is outside 0-%d",
                           a->y_name, y, i, MOST_CLASSES - 1);
        label[i] = (uint32_t)y;
        *classes = label[i] >= *classes ? (size_t)label[i] + 1 : *classes;
    }
    return IL_OK;
}

static il_status read_part(const arrays *a, size_t first, il_dataset *data, il_error *err) {
    if (data->pixels)
        memcpy(data->pixels + first * data->inputs, a->X->data, a->X->count);
    else
        il_tensor_values(a->X, data->X + first * data->inputs);
    if (data->label)
        return read_labels(a, data->label + first, &data->classes, err);
    il_tensor_values(a->y, data->target + first * data->outputs);
    return IL_OK;
}

/* `test` may have no arrays. */
static il_status assemble(const arrays *train, const arrays *test, il_dataset **out,
                          il_error *err) {
    il_status status = check_X(train, err);
    if (status == IL_OK)
        status = check_y(train, err);
    if (status == IL_OK && test->X)
        status = check_X(test, err);
    if (status == IL_OK && test->X)
        status = check_y(test, err);
    if (status == IL_OK && test->X)
        status = check_alike(train, test, err);
    if (status != IL_OK)
        return status;
    const il_tensor *X = train->X, *y = train->y;
    size_t n = X->shape[0], tests = test->X ? test->X->shape[0] : 0;
    bool picture = X->n_dims == 3;
    const il_dataset_shape shape = {.n = n + tests,
                                    .inputs = X->count / n,
                                    .outputs = is_label(y) ? 0 : y->count / n,
                                    .rows = is_pixels(X) ? X->shape[1] : 0,
                                    .columns = is_pixels(X) ? X->shape[2] : 0};
    status = il_dataset_allocate(&shape, out, err);
    if (status != IL_OK)
        return status;
    (*out)->rows = picture ? X->shape[1] : 0;
    (*out)->columns = picture ? X->shape[2] : 0;
    (*out)->part[IL_TRAIN] = n;
    (*out)->part[IL_TEST] = tests;
    status = read_part(train, 0, *out, err);
    if (status == IL_OK && tests)
        status = read_part(test, n, *out, err);
    if (status == IL_OK && (*out)->classes == 1)
        status = il_fail(err, IL_INVALID, "%.200s: all samples have class 0", train->y_name);
    return status;
}

static il_status find_array(const il_tensors *set, const char *name, const il_tensor **out,
                            il_error *err) {
    *out = il_tensors_find(set, name);
    return *out ? IL_OK
                : il_file_fail(err, IL_INVALID, set->path,
                               "holds no array '%.100s': its first is '%.100s'", name,
                               set->n ? set->tensor[0].name : "");
}

static il_status make_npz(const il_call *call, const il_folders *folders, il_dataset **out,
                          il_error *err) {
    (void)folders;
    enum { FILE_PATH, X, Y, TEST_X, TEST_Y };
    il_tensors *set = NULL;
    arrays train = {.X_name = il_call_string(call, X), .y_name = il_call_string(call, Y)},
           test = {.X_name = il_call_string(call, TEST_X), .y_name = il_call_string(call, TEST_Y)};
    if (!*test.X_name != !*test.y_name)
        return il_fail(err, IL_INVALID, "npz: give both test_x= and test_y=, or none");
    il_status status = il_tensors_read(il_call_string(call, FILE_PATH), most_bytes, &set, err);
    if (status == IL_OK)
        status = il_tensors_check_finite(set, err);
    if (status == IL_OK)
        status = find_array(set, train.X_name, &train.X, err);
    if (status == IL_OK)
        status = find_array(set, train.y_name, &train.y, err);
    if (status == IL_OK && *test.X_name)
        status = find_array(set, test.X_name, &test.X, err);
    if (status == IL_OK && *test.X_name)
        status = find_array(set, test.y_name, &test.y, err);
    if (status == IL_OK)
        status = assemble(&train, &test, out, err);
    il_tensors_free(set);
    return status;
}

/* The one array of a file. */
static il_status read_one(const char *path, il_tensors **set, const il_tensor **out,
                          il_error *err) {
    il_status status = il_tensors_read(path, most_bytes, set, err);
    if (status == IL_OK)
        status = il_tensors_check_finite(*set, err);
    if (status == IL_OK && (*set)->n != 1)
        return il_file_fail(err, IL_INVALID, path, "holds %zu arrays, not one: use npz", (*set)->n);
    *out = status == IL_OK ? (*set)->tensor : NULL;
    return status;
}

static il_status make_npy(const il_call *call, const il_folders *folders, il_dataset **out,
                          il_error *err) {
    (void)folders;
    enum { X, Y, TEST_X, TEST_Y, PATHS };
    il_tensors *set[PATHS] = {NULL};
    const char *path[PATHS];
    const il_tensor *array[PATHS] = {NULL};
    il_status status = IL_OK;
    for (size_t i = 0; i < PATHS; i++)
        path[i] = il_call_string(call, i);
    if (!*path[TEST_X] != !*path[TEST_Y])
        return il_fail(err, IL_INVALID, "npy: give both test_x= and test_y=, or none");
    for (size_t i = 0; i < PATHS && status == IL_OK; i++)
        if (*path[i])
            status = read_one(path[i], &set[i], &array[i], err);
    const arrays train = {array[X], array[Y], path[X], path[Y]},
                 test = {array[TEST_X], array[TEST_Y], path[TEST_X], path[TEST_Y]};
    if (status == IL_OK)
        status = assemble(&train, &test, out, err);
    for (size_t i = 0; i < PATHS; i++)
        il_tensors_free(set[i]);
    return status;
}

const il_dataset_type il_dataset_npy = {
    .desc = {.name = "npy",
             .formula = "arrays of NumPy: inputs [n][features] or pictures [n][rows][columns]; "
                        "whole numbers [n] are classes from 0, real ones targets",
             .source = "NumPy, numpy.lib.format",
             .params = {{.name = "x", .doc = "path of the inputs", .kind = IL_TEXT},
                        {.name = "y", .doc = "path of classes or targets", .kind = IL_TEXT},
                        {.name = "test_x",
                         .doc = "path of a test set's inputs",
                         .kind = IL_TEXT,
                         .word = ""},
                        {.name = "test_y",
                         .doc = "path of its classes or targets",
                         .kind = IL_TEXT,
                         .word = ""}},
             .n_params = 4},
    .make = make_npy,
    .origin = IL_OWN,
};

const il_dataset_type il_dataset_npz = {
    .desc =
        {.name = "npz",
         .formula = "the same arrays from one file",
         .source = "NumPy, numpy.savez",
         .params =
             {{.name = "path", .doc = "the file", .kind = IL_TEXT, .bare = true},
              {.name = "x", .doc = "name of the inputs", .kind = IL_TEXT, .word = "X"},
              {.name = "y", .doc = "name of classes or targets", .kind = IL_TEXT, .word = "y"},
              {.name = "test_x", .doc = "name of a test set's inputs", .kind = IL_TEXT, .word = ""},
              {.name = "test_y",
               .doc = "name of its classes or targets",
               .kind = IL_TEXT,
               .word = ""}},
         .n_params = 5},
    .make = make_npz,
    .origin = IL_OWN,
};
