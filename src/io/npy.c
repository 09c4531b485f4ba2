/* npy, versions 1.0 to 3.0: numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 *
 * The header is a Python dict: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
 */
#include "io/npy.h"
#include "base/text.h"
#include "io/dtype.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_MOST = 65536 };

/* The header while it is read. */
typedef struct header {
    const il_npy_source *source;
    il_error *err;
    const char *at; /* the next character; the text ends with NUL */
    il_shape shape;
    bool fortran;
    bool has_descr, has_order, has_shape;
} header;

static il_status fail(const il_npy_source *source, il_error *err, const char *what,
                      const char *remedy) {
    return il_file_fail(err, IL_INVALID, source->path, "%s%s (%s)", source->label, what, remedy);
}

static il_status fail_syntax(const header *h, const char *expected) {
    char clip[IL_CLIP];
    il_clip(h->at, strlen(h->at), clip);
    return il_file_fail(h->err, IL_INVALID, h->source->path,
                        "%snpy header: expected %s, found '%s'", h->source->label, expected, clip);
}

static void skip_blanks(header *h) {
    h->at += strspn(h->at, " \t\r\n");
}

/* Goes past `word` when it is next. */
static bool accept(header *h, const char *word) {
    skip_blanks(h);
    size_t n = strlen(word);
    bool found = strncmp(h->at, word, n) == 0;
    h->at += found ? n : 0;
    return found;
}

/* A Python string without escapes; its beginning to *text. */
static bool accept_string(header *h, const char **text, size_t *n) {
    skip_blanks(h);
    char quote = *h->at;
    if (quote != '\'' && quote != '"')
        return false;
    *text = h->at + 1;
    *n = strcspn(*text, quote == '\'' ? "'\\" : "\"\\");
    if ((*text)[*n] != quote)
        return false;
    h->at = *text + *n + 1;
    return true;
}

static il_status read_descr(header *h) {
    const char *text;
    size_t n;
    char clip[IL_CLIP], what[IL_CLIP + 40];
    if (accept(h, "["))
        return fail(h->source, h->err, "a structured array",
                    "save one column as an array of its own");
    if (!accept_string(h, &text, &n))
        return fail_syntax(h, "a type such as '<f4'");
    for (size_t i = 0; i < IL_DTYPES; i++) {
        const char *name = il_dtype_infos[i].numpy;
        /* A byte has no order, and old files give it one. */
        if (name && n == 3 && memcmp(name + 1, text + 1, 2) == 0 &&
            (text[0] == name[0] || (name[0] == '|' && (text[0] == '<' || text[0] == '>')))) {
            h->shape.dtype = (il_dtype)i;
            return IL_OK;
        }
    }
    snprintf(what, sizeof what, "elements of type '%s'", il_clip(text, n, clip));
    const char *remedy = n && text[0] == '>'       ? "big-endian: save array.astype('<f4')"
                         : n > 1 && text[1] == 'O' ? "Python objects: save numbers"
                                                   : "save array.astype('<f4')";
    return fail(h->source, h->err, what, remedy);
}

static il_status read_order(header *h) {
    h->fortran = accept(h, "True");
    return h->fortran || accept(h, "False") ? IL_OK : fail_syntax(h, "True or False");
}

static il_status read_dim(header *h, size_t *out) {
    skip_blanks(h);
    const char *begin = h->at;
    for (*out = 0; *h->at >= '0' && *h->at <= '9'; h->at++)
        if (__builtin_mul_overflow(*out, 10, out) ||
            __builtin_add_overflow(*out, (size_t)(*h->at - '0'), out)) {
            h->at = begin;
            return fail_syntax(h, "a dim that can be addressed");
        }
    return h->at > begin ? IL_OK : fail_syntax(h, "a whole number from 0 in the shape");
}

/* () or (3,) or (3, 4) */
static il_status read_shape(header *h) {
    if (!accept(h, "("))
        return fail_syntax(h, "a shape such as (3, 4)");
    bool comma = true;
    while (!accept(h, ")")) {
        if (!comma)
            return fail_syntax(h, "',' or ')' in the shape");
        if (h->shape.n_dims == IL_TENSOR_DIMS)
            return fail(h->source, h->err, "more than 8 dims", "save a reshaped array");
        il_status status = read_dim(h, &h->shape.dim[h->shape.n_dims++]);
        if (status != IL_OK)
            return status;
        comma = accept(h, ",");
    }
    return h->shape.n_dims == 1 && !comma ? fail_syntax(h, "a tuple of one dim, such as (3,)")
                                          : IL_OK;
}

static il_status read_item(header *h) {
    static const struct {
        const char *key;
        size_t seen;
        il_status (*read)(header *h);
    } keys[] = {{"descr", offsetof(header, has_descr), read_descr},
                {"fortran_order", offsetof(header, has_order), read_order},
                {"shape", offsetof(header, has_shape), read_shape}};
    const char *text;
    size_t n;
    const char *begin = h->at;
    if (!accept_string(h, &text, &n))
        return fail_syntax(h, "'descr', 'fortran_order' or 'shape'");
    for (size_t i = 0; i < 3; i++) {
        if (strlen(keys[i].key) != n || memcmp(keys[i].key, text, n) != 0)
            continue;
        bool *seen = (bool *)((char *)h + keys[i].seen);
        if (*seen)
            break;
        *seen = true;
        return accept(h, ":") ? keys[i].read(h) : fail_syntax(h, "':'");
    }
    h->at = begin;
    return fail_syntax(h, "each of 'descr', 'fortran_order' and 'shape' once");
}

static il_status read_dict(header *h) {
    if (!accept(h, "{"))
        return fail_syntax(h, "'{'");
    bool comma = true;
    while (!accept(h, "}")) {
        il_status status = comma ? read_item(h) : fail_syntax(h, "',' or '}'");
        if (status != IL_OK)
            return status;
        comma = accept(h, ",");
    }
    skip_blanks(h);
    if (*h->at)
        return fail_syntax(h, "the end");
    if (!h->has_descr || !h->has_order || !h->has_shape)
        return fail_syntax(h, "'descr', 'fortran_order' and 'shape' before the end");
    return il_shape_measure(&h->shape)
               ? IL_OK
               : fail(h->source, h->err, "its dims have too large a product", "copy it again");
}

/* The header's text, of n bytes, is next in the source. */
static il_status read_header(header *h, size_t n) {
    char *text = calloc(n + 1, 1);
    if (!text)
        return il_tensors_no_memory(h->source->path, h->err);
    il_status status = h->source->read(h->source->context, text, n, h->err);
    h->at = text;
    if (status == IL_OK && memchr(text, '\0', n))
        status = fail(h->source, h->err, "npy header: a NUL byte", "copy it again");
    if (status == IL_OK)
        status = read_dict(h);
    free(text);
    return status;
}

/* How many bytes the header has, and after it the source. */
static il_status read_size(const il_npy_source *source, const unsigned char *head, size_t *n,
                           uint64_t *rest, il_error *err) {
    unsigned char bytes[4] = {0};
    unsigned width = head[6] == 1 ? 2 : 4;
    if (memcmp(head, "\x93NUMPY", 6) != 0)
        return fail(source, err, "no npy array", "save it with numpy.save or numpy.savez");
    if (head[6] < 1 || head[6] > 3 || head[7] != 0)
        return il_file_fail(err, IL_INVALID, source->path,
                            "%snpy version %u.%u (1.0, 2.0 and 3.0 are read)", source->label,
                            head[6], head[7]);
    if (source->rest < width)
        return fail(source, err, "ends in its header", "truncated: copy it again");
    il_status status = source->read(source->context, bytes, width, err);
    if (status != IL_OK)
        return status;
    *n = bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 24;
    *rest = source->rest - width;
    if (*n > *rest)
        return fail(source, err, "ends in its header", "truncated: copy it again");
    if (*n > HEADER_MOST)
        return il_file_fail(err, IL_INVALID, source->path,
                            "%s%zu bytes of header: at most %d are accepted", source->label, *n,
                            HEADER_MOST);
    *rest -= *n;
    return IL_OK;
}

/* From Fortran's order, in which the first index moves fastest, to C's. */
static void reorder(const il_shape *shape, const char *from, char *to) {
    size_t index[IL_TENSOR_DIMS] = {0}, size = il_dtype_size(shape->dtype);
    for (size_t i = 0; i < shape->count; i++) {
        size_t place = 0;
        for (size_t d = 0; d < shape->n_dims; d++)
            place = place * shape->dim[d] + index[d];
        memcpy(to + place * size, from + i * size, size);
        for (size_t d = 0; d < shape->n_dims && ++index[d] == shape->dim[d]; d++)
            index[d] = 0;
    }
}

static il_status read_fortran(const header *h, void *data) {
    char *raw = malloc(h->shape.bytes + !h->shape.bytes);
    if (!raw)
        return il_tensors_no_memory(h->source->path, h->err);
    il_status status = h->source->read(h->source->context, raw, h->shape.bytes, h->err);
    if (status == IL_OK)
        reorder(&h->shape, raw, data);
    free(raw);
    return status;
}

il_status il_npy_read(const il_npy_source *source, const unsigned char head[IL_HEAD],
                      const char *name, il_tensors *set, il_error *err) {
    header h = {.source = source, .err = err};
    size_t n = 0;
    uint64_t rest = 0;
    void *data;
    il_status status = read_size(source, head, &n, &rest, err);
    if (status == IL_OK)
        status = read_header(&h, n);
    if (status != IL_OK)
        return status;
    if (h.shape.bytes != rest)
        return il_file_fail(err, IL_INVALID, source->path,
                            "%sits shape needs %zu bytes, %llu follow the header (copy it again)",
                            source->label, h.shape.bytes, (unsigned long long)rest);
    status = il_tensors_append(set, name, &h.shape, &data, err);
    if (status != IL_OK)
        return status;
    return h.fortran && h.shape.n_dims > 1
               ? read_fortran(&h, data)
               : source->read(source->context, data, h.shape.bytes, err);
}

static il_status read_file(void *context, void *to, size_t n, il_error *err) {
    return il_file_read_exactly(context, to, n, err);
}

il_status il_npy_read_file(il_file *file, const unsigned char head[IL_HEAD], il_tensors *set,
                           il_error *err) {
    il_npy_source source = {read_file, file, il_file_path(file), "", il_file_size(file) - IL_HEAD};
    il_status status = il_npy_read(&source, head, "arr_0", set, err);
    return status == IL_OK ? il_file_end(file, err) : status;
}

size_t il_npy_header(const il_tensor *tensor, char out[IL_NPY_HEADER]) {
    size_t used = 10;
    memcpy(out, "\x93NUMPY\1", 8); /* version 1.0; two bytes of size follow */
    il_append(out, IL_NPY_HEADER, &used, "{'descr': '%s', 'fortran_order': False, 'shape': (",
              il_dtype_infos[tensor->dtype].numpy);
    for (size_t i = 0; i < tensor->n_dims; i++)
        il_append(out, IL_NPY_HEADER, &used, i ? ", %zu" : "%zu", tensor->shape[i]);
    size_t digits = 0;
    for (size_t n = tensor->n_dims ? tensor->shape[0] : 0; n || !digits; n /= 10)
        digits++;
    /* NumPy leaves room for the first dim to grow to 21 digits, and at least one space. */
    il_append(out, IL_NPY_HEADER, &used, "%s%*s", tensor->n_dims == 1 ? ",), }" : "), }",
              tensor->n_dims ? (int)(21 - digits) : 0, "");
    do
        out[used++] = ' ';
    while (used % 64 != 63);
    out[used++] = '\n';
    out[8] = (char)((used - 10) & 0xFF);
    out[9] = (char)((used - 10) >> 8);
    return used;
}

il_status il_npy_write_file(const il_tensors *set, il_replacement *new, const char *path,
                            il_error *err) {
    (void)path;
    const il_tensor *tensor = &set->tensor[0];
    char text[IL_NPY_HEADER];
    il_status status = il_replace_write(new, text, il_npy_header(tensor, text), err);
    return status == IL_OK ? il_replace_write(new, tensor->data, il_tensor_bytes(tensor), err)
                           : status;
}
