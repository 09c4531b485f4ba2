/* Sets of tensors, in memory. */
#include "base/arena.h"
#include "base/text.h"
#include "io/dtype.h"
#include "io/set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static il_status no_memory(il_error *err) {
    return il_fail(err, IL_NO_MEMORY, "out of memory for tensors");
}

il_status il_tensors_no_memory(const char *path, il_error *err) {
    return il_file_fail(err, IL_NO_MEMORY, path, "out of memory for tensors");
}

static char *copy_text(const char *text) {
    size_t n = strlen(text) + 1;
    char *copy = malloc(n);
    return copy ? memcpy(copy, text, n) : NULL;
}

/* Room for one more of n items: the block is as large as the next power of two. NULL: no memory, and
 * nothing has changed. */
static void *room_for_one(void *items, size_t n, size_t size) {
    if (n & (n - 1))
        return items;
    void *larger = malloc((n ? 2 * n : 1) * size);
    if (larger && n) {
        memcpy(larger, items, n * size);
        free(items);
    }
    return larger;
}

il_status il_tensors_new(il_tensors **out, il_error *err) {
    *out = calloc(1, sizeof **out);
    return *out ? IL_OK : no_memory(err);
}

void il_tensors_free(il_tensors *set) {
    if (!set)
        return;
    for (size_t i = 0; i < set->n; i++) {
        free(set->tensor[i].name);
        free(set->tensor[i].data);
    }
    for (size_t i = 0; i < set->n_notes; i++) {
        free(set->note[i].key);
        free(set->note[i].text);
    }
    free(set->tensor);
    free(set->note);
    free(set->path);
    free(set);
}

bool il_shape_measure(il_shape *shape) {
    size_t count = 1, bytes = il_dtype_size(shape->dtype);
    bool empty = false, overflow = false;
    for (size_t i = 0; i < shape->n_dims; i++) {
        empty |= shape->dim[i] == 0;
        overflow |= __builtin_mul_overflow(count, shape->dim[i] ? shape->dim[i] : 1, &count);
    }
    overflow |= __builtin_mul_overflow(bytes, count, &bytes) || bytes > SIZE_MAX / 4;
    shape->count = empty ? 0 : count;
    shape->bytes = empty ? 0 : bytes;
    return !overflow;
}

const char *il_name_problem(const char *name) {
    return !*name ? "is empty"
           : il_printable(name, strlen(name)) < strlen(name)
               ? "is not UTF-8 without control characters"
           : strcmp(name, "__metadata__") == 0 ? "is taken by the format's metadata"
                                               : NULL;
}

il_status il_tensors_append(il_tensors *set, const char *name, const il_shape *shape, void **data,
                            il_error *err) {
    il_layout layout = {0};
    il_layout_reserve(&layout, 1, shape->bytes, 1, 1);
    il_tensor *larger = room_for_one(set->tensor, set->n, sizeof *larger);
    if (!larger)
        return no_memory(err);
    set->tensor = larger;
    il_tensor tensor = {.name = copy_text(name),
                        .dtype = shape->dtype,
                        .n_dims = shape->n_dims,
                        .count = shape->count,
                        .data = il_layout_allocate(&layout)};
    if (!tensor.name || !tensor.data) {
        free(tensor.name);
        free(tensor.data);
        return no_memory(err);
    }
    memcpy(tensor.shape, shape->dim, sizeof tensor.shape);
    set->tensor[set->n++] = tensor;
    if (data)
        *data = tensor.data;
    return IL_OK;
}

il_status il_tensors_add(il_tensors *set, const char *name, il_dtype dtype, size_t n_dims,
                         const size_t *dims, void **data, il_error *err) {
    il_shape shape = {.dtype = dtype, .n_dims = n_dims};
    char clip[IL_CLIP];
    il_clip(name, strlen(name), clip);
    const char *problem = il_name_problem(name);
    if (problem)
        return il_fail(err, IL_INVALID, "the name '%s' %s", clip, problem);
    if (il_tensors_find(set, name))
        return il_fail(err, IL_INVALID, "there are two tensors called '%s'", clip);
    if (n_dims > IL_TENSOR_DIMS)
        return il_fail(err, IL_INVALID, "%s: %zu dims, at most %d are possible", clip, n_dims,
                       IL_TENSOR_DIMS);
    for (size_t i = 0; i < n_dims; i++)
        shape.dim[i] = dims[i];
    if (!il_shape_measure(&shape))
        return il_fail(err, IL_INVALID, "%s: its dims have too large a product", clip);
    return il_tensors_append(set, name, &shape, data, err);
}

/* UTF-8, in which control characters may occur. */
static bool is_utf8(const char *text) {
    for (size_t n = strlen(text), i = 0; i < n; i++) {
        i += il_printable(text + i, n - i);
        unsigned char c = (unsigned char)text[i], next = c ? (unsigned char)text[i + 1] : 0;
        bool c1 = c == 0xC2 && next >= 0x80 && next < 0xA0;
        if (c >= 0x80 && !c1)
            return false;
        i += c1;
    }
    return true;
}

il_status il_tensors_note(il_tensors *set, const char *key, const char *text, il_error *err) {
    if (!is_utf8(key) || !is_utf8(text))
        return il_fail(err, IL_INVALID, "a note's key and text must be UTF-8");
    il_note *same = NULL;
    for (size_t i = 0; i < set->n_notes; i++)
        if (strcmp(set->note[i].key, key) == 0)
            same = &set->note[i];
    il_note note = {same ? same->key : copy_text(key), copy_text(text)};
    il_note *larger = same ? set->note : room_for_one(set->note, set->n_notes, sizeof *larger);
    if (larger)
        set->note = larger;
    if (!larger || !note.key || !note.text) {
        free(same ? NULL : note.key);
        free(note.text);
        return no_memory(err);
    }
    if (same) {
        free(same->text);
        same->text = note.text;
    } else
        set->note[set->n_notes++] = note;
    return IL_OK;
}

const il_tensor *il_tensors_find(const il_tensors *set, const char *name) {
    for (size_t i = 0; i < set->n; i++)
        if (strcmp(set->tensor[i].name, name) == 0)
            return &set->tensor[i];
    return NULL;
}

const char *il_tensors_text(const il_tensors *set, const char *key) {
    for (size_t i = 0; i < set->n_notes; i++)
        if (strcmp(set->note[i].key, key) == 0)
            return set->note[i].text;
    return NULL;
}

/* "[2, 0, 7]" */
static void format_index(const il_tensor *tensor, size_t i, char *text, size_t size) {
    size_t index[IL_TENSOR_DIMS], used = 0;
    for (size_t d = tensor->n_dims; d-- > 0; i /= tensor->shape[d])
        index[d] = i % tensor->shape[d];
    il_append(text, size, &used, "[");
    for (size_t d = 0; d < tensor->n_dims; d++)
        il_append(text, size, &used, "%s%zu", d ? ", " : "", index[d]);
    il_append(text, size, &used, "]");
}

static il_status fail_value(const il_tensors *set, const il_tensor *tensor, size_t i,
                            il_error *err) {
    char clip[IL_CLIP], index[IL_TENSOR_DIMS * 24] = "", number[32];
    double value = il_tensor_at(tensor, i);
    bool large = __builtin_isfinite(value);
    format_index(tensor, i, index, sizeof index);
    il_clip(tensor->name, strlen(tensor->name), clip);
    return il_file_fail(
        err, IL_INVALID, set->path ? set->path : "tensors", "%s%s is %s: %s", clip, index,
        large                    ? il_number_format(value, number)
        : __builtin_isnan(value) ? "NaN"
        : value > 0              ? "+infinity"
                                 : "-infinity",
        large ? "more than a float holds (scale it down)"
              : "only finite numbers are accepted (save it before training diverges)");
}

il_status il_tensors_check_finite(const il_tensors *set, il_error *err) {
    for (size_t t = 0; t < set->n; t++)
        for (size_t i = 0; i < set->tensor[t].count; i++)
            if (!__builtin_isfinite((il_real)il_tensor_at(&set->tensor[t], i)))
                return fail_value(set, &set->tensor[t], i, err);
    return IL_OK;
}
