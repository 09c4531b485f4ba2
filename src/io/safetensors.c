/* Reading safetensors: 8 bytes of header size, a JSON header, and the tensors' bytes one after another.
 *
 * The format is that of github.com/huggingface/safetensors, "Format"; like its library, the reader
 * requires the data to be covered without holes and overlaps.
 */
#include "base/text.h"
#include "io/dtype.h"
#include "io/set.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A tensor as the header has it: data[begin, end) with `name` in the JSON's memory. */
typedef struct entry {
    const char *name;
    il_shape shape;
    uint64_t begin, end;
} entry;

typedef struct header {
    const char *path;
    json_t *json;
    size_t n;
    entry *entry; /* [n] */
} header;

/* A value as a message shows it. */
static const char *show(const json_t *value, char text[IL_CLIP]) {
    static const char *const kinds[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list", [JSON_STRING] = "a string",
        [JSON_TRUE] = "true",        [JSON_FALSE] = "false",  [JSON_NULL] = "null"};
    if (!value)
        return "missing";
    if (json_is_integer(value))
        snprintf(text, IL_CLIP, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        il_number_format(json_real_value(value), text);
    else
        return kinds[json_typeof(value)];
    return text;
}

static il_status fail_entry(const header *h, const char *name, const char *what,
                            const json_t *value, const char *remedy, il_error *err) {
    char clip[IL_CLIP], shown[IL_CLIP];
    il_clip(name, strlen(name), clip);
    return il_file_fail(err, IL_INVALID, h->path, "%s: %s is %s (%s)", clip, what,
                        show(value, shown), remedy);
}

/* A whole number from 0. */
static bool read_whole(const json_t *value, uint64_t *out) {
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *out = (uint64_t)json_integer_value(value);
    return true;
}

static il_status read_dtype(const header *h, entry *e, const json_t *value, il_error *err) {
    const char *word = json_string_value(value);
    if (!word)
        return fail_entry(h, e->name, "dtype", value, "it must be a string such as \"F32\"", err);
    il_match best = {0};
    il_names known = {0};
    for (size_t i = 0; i < IL_DTYPES; i++) {
        const char *name = il_dtype_infos[i].name;
        if (strcmp(word, name) == 0) {
            e->shape.dtype = (il_dtype)i;
            return IL_OK;
        }
        il_match_offer(&best, word, strlen(word), name, strlen(name));
        il_names_add(&known, name);
    }
    char clip[IL_CLIP], what[IL_CLIP + 20];
    snprintf(what, sizeof what, "%s: unknown dtype", il_clip(e->name, strlen(e->name), clip));
    il_place place = {h->path, 0, 0};
    return il_fail_unknown(err, &place, 0, what, word, strlen(word), &best, &known);
}

static il_status read_shape(const header *h, entry *e, const json_t *value, il_error *err) {
    if (!json_is_array(value))
        return fail_entry(h, e->name, "shape", value, "it must be a list", err);
    char clip[IL_CLIP], what[32];
    e->shape.n_dims = json_array_size(value);
    if (e->shape.n_dims > IL_TENSOR_DIMS)
        return il_file_fail(err, IL_INVALID, h->path, "%s: %zu dims, at most %d are accepted",
                            il_clip(e->name, strlen(e->name), clip), e->shape.n_dims,
                            IL_TENSOR_DIMS);
    for (size_t i = 0; i < e->shape.n_dims; i++) {
        uint64_t dim;
        snprintf(what, sizeof what, "shape[%zu]", i);
        if (!read_whole(json_array_get(value, i), &dim) || dim > SIZE_MAX)
            return fail_entry(h, e->name, what, json_array_get(value, i),
                              "it must be a whole number from 0", err);
        e->shape.dim[i] = (size_t)dim;
    }
    if (!il_shape_measure(&e->shape))
        return il_file_fail(err, IL_INVALID, h->path, "%s: its dims have too large a product",
                            il_clip(e->name, strlen(e->name), clip));
    return IL_OK;
}

static il_status read_offsets(const header *h, entry *e, const json_t *value, il_error *err) {
    if (json_array_size(value) != 2 || !read_whole(json_array_get(value, 0), &e->begin) ||
        !read_whole(json_array_get(value, 1), &e->end) || e->begin > e->end)
        return fail_entry(h, e->name, "data_offsets", value,
                          "it must be two whole numbers, the beginning and the end", err);
    char clip[IL_CLIP];
    if (e->end - e->begin != e->shape.bytes)
        return il_file_fail(err, IL_INVALID, h->path,
                            "%s: %s in its shape needs %zu bytes, data_offsets give it %llu",
                            il_clip(e->name, strlen(e->name), clip), il_dtype_name(e->shape.dtype),
                            e->shape.bytes, (unsigned long long)(e->end - e->begin));
    return IL_OK;
}

static il_status read_entry(const header *h, const char *name, const json_t *value, entry *e,
                            il_error *err) {
    char clip[IL_CLIP];
    const char *problem = il_name_problem(name), *key;
    json_t *ignored;
    e->name = name;
    if (problem)
        return il_file_fail(err, IL_INVALID, h->path, "the name '%s' %s",
                            il_clip(name, strlen(name), clip), problem);
    if (!json_is_object(value))
        return fail_entry(h, name, "its description", value, "it must be an object", err);
    json_object_foreach(
        (json_t *)value, key,
        ignored) if (strcmp(key, "dtype") != 0 && strcmp(key, "shape") != 0 &&
                     strcmp(key, "data_offsets") !=
                         0) return fail_entry(h, name,
                                              "a key besides dtype, shape and data_offsets",
                                              ignored, "the format has no such key", err);
    il_status status = read_dtype(h, e, json_object_get(value, "dtype"), err);
    if (status == IL_OK)
        status = read_shape(h, e, json_object_get(value, "shape"), err);
    if (status == IL_OK)
        status = read_offsets(h, e, json_object_get(value, "data_offsets"), err);
    return status;
}

static il_status read_notes(const header *h, const json_t *notes, il_tensors *set, il_error *err) {
    const char *key;
    json_t *value;
    if (!json_is_object(notes))
        return fail_entry(h, "__metadata__", "it", notes, "it must be an object of strings", err);
    json_object_foreach((json_t *)notes, key, value) {
        if (!json_is_string(value))
            return fail_entry(h, "__metadata__", key, value, "it must be a string", err);
        il_status status = il_tensors_note(set, key, json_string_value(value), err);
        if (status != IL_OK)
            return status;
    }
    return IL_OK;
}

static int by_place(const void *a, const void *b) {
    const entry *x = a, *y = b;
    return x->begin != y->begin ? (x->begin < y->begin ? -1 : 1)
           : x->end != y->end   ? (x->end < y->end ? -1 : 1)
                                : strcmp(x->name, y->name);
}

/* Sorts the entries by place, and requires that they follow one another from 0 to `size`. */
static il_status check_cover(const header *h, uint64_t size, il_error *err) {
    char clip[IL_CLIP];
    uint64_t at = 0;
    if (h->n)
        qsort(h->entry, h->n, sizeof *h->entry, by_place);
    for (size_t i = 0; i < h->n; at = h->entry[i++].end) {
        const entry *e = &h->entry[i];
        il_clip(e->name, strlen(e->name), clip);
        if (e->end > size)
            return il_file_fail(err, IL_INVALID, h->path,
                                "%s: its data ends at byte %llu, the file's at %llu (truncated?)",
                                clip, (unsigned long long)e->end, (unsigned long long)size);
        if (e->begin != at)
            return il_file_fail(err, IL_INVALID, h->path,
                                "%s: its data begins at byte %llu, %s at %llu", clip,
                                (unsigned long long)e->begin,
                                e->begin > at ? "leaving a hole: the data before it ends"
                                              : "overlapping: the data before it ends",
                                (unsigned long long)at);
    }
    if (at == size)
        return IL_OK;
    return il_file_fail(
        err, IL_INVALID, h->path,
        "the tensors' data ends at byte %llu, the file's at %llu (remove what follows)",
        (unsigned long long)at, (unsigned long long)size);
}

static il_status read_header(header *h, const char *text, size_t n, il_tensors *set,
                             il_error *err) {
    const char *name;
    json_t *value;
    json_error_t error;
    if (text[0] != '{')
        return il_file_fail(err, IL_INVALID, h->path,
                            "no safetensors, npy or npz file: name one of these");
    h->json = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
    /* Jansson has a text for every fault of the JSON; without memory it mostly has none. */
    if (!h->json && (!*error.text || json_error_code(&error) == json_error_out_of_memory))
        return il_tensors_no_memory(h->path, err);
    if (!h->json)
        return il_file_fail(err, IL_INVALID, h->path, "byte %d of the header: %s", error.position,
                            error.text);
    h->entry = calloc(json_object_size(h->json) + 1, sizeof *h->entry);
    if (!h->entry)
        return il_tensors_no_memory(h->path, err);
    json_object_foreach(h->json, name, value) {
        il_status status = strcmp(name, "__metadata__") == 0
                               ? read_notes(h, value, set, err)
                               : read_entry(h, name, value, &h->entry[h->n++], err);
        if (status != IL_OK)
            return status;
    }
    return IL_OK;
}

static il_status read_data(const header *h, il_file *file, il_tensors *set, il_error *err) {
    il_status status = IL_OK;
    for (size_t i = 0; i < h->n && status == IL_OK; i++) {
        void *data;
        status = il_tensors_append(set, h->entry[i].name, &h->entry[i].shape, &data, err);
        if (status == IL_OK)
            status = il_file_read_exactly(file, data, h->entry[i].shape.bytes, err);
    }
    return status == IL_OK ? il_file_end(file, err) : status;
}

il_status il_safetensors_read(il_file *file, const unsigned char head[IL_HEAD], il_tensors *set,
                              il_error *err) {
    header h = {.path = il_file_path(file)};
    uint64_t n, rest = il_file_size(file) - IL_HEAD;
    memcpy(&n, head, sizeof n);
    if (n < 2 || n > rest)
        return il_file_fail(err, IL_INVALID, h.path,
                            "no tensor file, or truncated: as safetensors it would have %llu bytes "
                            "of header, and %llu are there",
                            (unsigned long long)n, (unsigned long long)rest);
    if (n > IL_SAFETENSORS_HEADER)
        return il_file_fail(err, IL_INVALID, h.path,
                            "%llu bytes of header: at most %d are accepted", (unsigned long long)n,
                            IL_SAFETENSORS_HEADER);
    char *text = malloc((size_t)n);
    il_status status =
        text ? il_file_read_exactly(file, text, (size_t)n, err) : il_tensors_no_memory(h.path, err);
    if (status == IL_OK)
        status = read_header(&h, text, (size_t)n, set, err);
    free(text);
    if (status == IL_OK)
        status = check_cover(&h, rest - n, err);
    if (status == IL_OK)
        status = read_data(&h, file, set, err);
    free(h.entry);
    json_decref(h.json);
    return status;
}
