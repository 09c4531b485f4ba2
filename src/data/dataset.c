#include "base/arena.h"
#include "data/source.h"

#include <stdlib.h>
#include <string.h>

#define MOST_VALUES ((size_t)1 << 28) /* a gibibyte of floats */

static il_status fail_size(size_t n, size_t width, il_error *err) {
    return il_fail(err, IL_INVALID,
                   "%zu samples of %zu features are more than %zu values: take fewer", n, width,
                   MOST_VALUES);
}

static bool too_many(size_t n, size_t width) {
    size_t values;
    return __builtin_mul_overflow(n, width, &values) || values > MOST_VALUES;
}

const char *il_part_name(il_part part) {
    static const char *const names[] = {
        [IL_TRAIN] = "train", [IL_VALIDATION] = "validation", [IL_TEST] = "test"};
    return names[part];
}

il_status il_dataset_allocate(const il_dataset_shape *shape, il_dataset **out, il_error *err) {
    size_t n = shape->n, inputs = shape->inputs, outputs = shape->outputs;
    if (too_many(n, inputs))
        return fail_size(n, inputs, err);
    if (too_many(n, outputs))
        return fail_size(n, outputs, err);
    bool pixels = shape->rows > 0;
    il_layout layout = {0};
    il_layout_reserve(&layout, sizeof(il_dataset), 1, 1, 1);
    size_t x = il_layout_reserve(&layout, pixels ? 1 : sizeof(il_real), n, inputs, 1);
    size_t y = outputs ? il_layout_reserve(&layout, sizeof(il_real), n, outputs, 1)
                       : il_layout_reserve(&layout, sizeof(uint32_t), n, 1, 1);
    char *block = il_layout_allocate(&layout);
    if (!block)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu samples of %zu features", n, inputs);
    *out = (il_dataset *)(void *)block;
    **out = (il_dataset){.n = n,
                         .part = {[IL_TRAIN] = n},
                         .inputs = inputs,
                         .classes = shape->classes,
                         .outputs = outputs,
                         .rows = shape->rows,
                         .columns = shape->columns,
                         .X = pixels ? NULL : (il_real *)(void *)(block + x),
                         .pixels = pixels ? (uint8_t *)(block + x) : NULL,
                         .scale = 1,
                         .white = shape->white ? shape->white : 255,
                         .label = outputs ? NULL : (uint32_t *)(void *)(block + y),
                         .target = outputs ? (il_real *)(void *)(block + y) : NULL};
    return IL_OK;
}

il_status il_dataset_new(const il_data_request *request, const il_folders *folders,
                         il_dataset **out, il_error *err) {
    const il_desc *data = request->data.desc, *split = request->split.desc,
                  *scale = request->scale.desc ? request->scale.desc : &il_scaling_auto.desc;
    const il_scaling_type *scaling = (const il_scaling_type *)(const void *)scale;
    *out = NULL;
    il_status status =
        ((const il_dataset_type *)(const void *)data)->make(&request->data, folders, out, err);
    if (status == IL_OK && split && ((const il_split_type *)(const void *)split)->split)
        status = ((const il_split_type *)(const void *)split)->split(&request->split, *out, err);
    if (status == IL_OK && scaling->scale)
        scaling->scale(*out);
    if (status == IL_OK)
        return IL_OK;
    il_dataset_free(*out);
    *out = NULL;
    return status;
}

void il_dataset_free(il_dataset *data) {
    free(data);
}

static void swap_bytes(char *a, char *b, size_t n) {
    char held[256];
    for (size_t done = 0; done < n; done += sizeof held) {
        size_t some = n - done < sizeof held ? n - done : sizeof held;
        memcpy(held, a + done, some);
        memcpy(a + done, b + done, some);
        memcpy(b + done, held, some);
    }
}

static void swap_rows(void *array, size_t bytes, size_t i, size_t j) {
    if (array)
        swap_bytes((char *)array + i * bytes, (char *)array + j * bytes, bytes);
}

void il_dataset_swap(il_dataset *data, size_t i, size_t j) {
    if (i == j)
        return;
    swap_rows(data->X, data->inputs * sizeof *data->X, i, j);
    swap_rows(data->pixels, data->inputs, i, j);
    swap_rows(data->label, sizeof *data->label, i, j);
    swap_rows(data->target, data->outputs * sizeof *data->target, i, j);
}

static il_status fail_outputs(const il_dataset *data, size_t outputs, il_error *err) {
    if (data->target)
        return il_fail(err, IL_INVALID, "%zu outputs do not fit targets of %zu number%s: use %zu",
                       outputs, data->outputs, data->outputs == 1 ? "" : "s", data->outputs);
    return il_fail(err, IL_INVALID, "%zu outputs do not fit a dataset of %zu classes: use %s%zu",
                   outputs, data->classes, data->classes == 2 ? "1 or " : "", data->classes);
}

il_status il_dataset_targets(const il_dataset *data, size_t outputs, il_real *Y, il_error *err) {
    bool single = outputs == 1 && data->classes == 2;
    if (outputs != (data->target ? data->outputs : data->classes) && !single)
        return fail_outputs(data, outputs, err);
    if (data->target)
        memcpy(Y, data->target, data->n * outputs * sizeof *Y);
    for (size_t i = 0; i < data->n && !data->target; i++)
        for (size_t j = 0; j < outputs; j++)
            Y[i * outputs + j] = single ? (il_real)data->label[i] : (il_real)(data->label[i] == j);
    return IL_OK;
}

il_samples il_dataset_part(const il_dataset *data, il_part part, const il_real *Y, size_t outputs) {
    size_t first = 0;
    for (il_part p = 0; p < part; p++)
        first += data->part[p];
    return (il_samples){.n = data->part[part],
                        .X = data->X ? data->X + first * data->inputs : NULL,
                        .Y = Y + first * outputs,
                        .pixels = data->pixels ? data->pixels + first * data->inputs : NULL,
                        .scale = data->scale,
                        .offset = data->offset,
                        .numbers = data->target != NULL};
}

il_part il_dataset_judges(const il_dataset *data) {
    return data->part[IL_VALIDATION] ? IL_VALIDATION : data->part[IL_TEST] ? IL_TEST : IL_TRAIN;
}
