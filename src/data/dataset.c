#include "base/arena.h"
#include "data/source.h"

#include <stdlib.h>

#define MOST_VALUES ((size_t)1 << 28) /* a gibibyte of floats */

il_status il_dataset_allocate(size_t n, size_t inputs, size_t classes, il_dataset **out,
                              il_error *err) {
    size_t values;
    if (__builtin_mul_overflow(n, inputs, &values) || values > MOST_VALUES)
        return il_fail(err, IL_INVALID,
                       "%zu samples of %zu features are more than %zu values: take fewer", n,
                       inputs, MOST_VALUES);
    il_layout layout = {0};
    il_layout_reserve(&layout, sizeof(il_dataset), 1, 1, 1);
    size_t X = il_layout_reserve(&layout, sizeof(il_real), n, inputs, 1);
    size_t label = il_layout_reserve(&layout, sizeof(uint32_t), n, 1, 1);
    char *block = il_layout_allocate(&layout);
    if (!block)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu samples of %zu features", n, inputs);
    *out = (il_dataset *)(void *)block;
    **out = (il_dataset){.n = n,
                         .inputs = inputs,
                         .classes = classes,
                         .X = (il_real *)(void *)(block + X),
                         .label = (uint32_t *)(void *)(block + label)};
    return IL_OK;
}

il_status il_dataset_new(const il_call *call, il_dataset **out, il_error *err) {
    *out = NULL;
    return ((const il_dataset_type *)(const void *)call->desc)->make(call->arg, out, err);
}

void il_dataset_free(il_dataset *data) {
    free(data);
}

il_status il_dataset_targets(const il_dataset *data, size_t outputs, il_real *Y, il_error *err) {
    if (outputs != data->classes && !(outputs == 1 && data->classes == 2))
        return il_fail(err, IL_INVALID,
                       "%zu outputs do not fit a dataset of %zu classes: use %s%zu", outputs,
                       data->classes, data->classes == 2 ? "1 or " : "", data->classes);
    for (size_t i = 0; i < data->n; i++)
        for (size_t j = 0; j < outputs; j++)
            Y[i * outputs + j] =
                outputs == 1 ? (il_real)data->label[i] : (il_real)(data->label[i] == j);
    return IL_OK;
}
