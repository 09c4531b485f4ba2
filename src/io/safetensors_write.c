/* Writing safetensors. Tensors are laid out by type and name and the JSON has no blanks, so that the bytes are
 * those of the format's own library. Jansson does not write it because without memory Jansson 2.14 leaves
 * out keys and reports success.
 */
#include "base/text.h"
#include "io/dtype.h"
#include "io/set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text that is measured while `text` is NULL, and written when it has that room. */
typedef struct output {
    char *text;
    size_t n;
} output;

static void put(output *out, const char *text, size_t n) {
    if (out->text)
        memcpy(out->text + out->n, text, n);
    out->n += n;
}

static void put_word(output *out, const char *word) {
    put(out, word, strlen(word));
}

static void put_number(output *out, uint64_t number) {
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    put_word(out, text);
}

static void put_string(output *out, const char *text) {
    static const char escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    put_word(out, "\"");
    for (; *text; text++) {
        const char *found = strchr(escaped, *text);
        char code[8] = {'\\', found ? letters[found - escaped] : '\0'};
        if (!found && (unsigned char)*text < ' ')
            snprintf(code, sizeof code, "\\u%04x", (unsigned)*text);
        if (code[1])
            put_word(out, code);
        else
            put(out, text, 1);
    }
    put_word(out, "\"");
}

static void put_notes(output *out, const il_tensors *set) {
    put_word(out, "\"__metadata__\":{");
    for (size_t i = 0; i < set->n_notes; i++) {
        put_word(out, i ? "," : "");
        put_string(out, set->note[i].key);
        put_word(out, ":");
        put_string(out, set->note[i].text);
    }
    put_word(out, "}");
}

/* "name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]} */
static void put_tensor(output *out, const il_tensor *tensor, uint64_t begin) {
    put_string(out, tensor->name);
    put_word(out, ":{\"dtype\":\"");
    put_word(out, il_dtype_name(tensor->dtype));
    put_word(out, "\",\"shape\":[");
    for (size_t d = 0; d < tensor->n_dims; d++) {
        put_word(out, d ? "," : "");
        put_number(out, tensor->shape[d]);
    }
    put_word(out, "],\"data_offsets\":[");
    put_number(out, begin);
    put_word(out, ",");
    put_number(out, begin + il_tensor_bytes(tensor));
    put_word(out, "]}");
}

/* The JSON, and spaces up to a multiple of 8. */
static void put_header(output *out, const il_tensors *set, const il_tensor *const *order) {
    uint64_t at = 0;
    put_word(out, "{");
    if (set->n_notes)
        put_notes(out, set);
    for (size_t i = 0; i < set->n; at += il_tensor_bytes(order[i++])) {
        put_word(out, i || set->n_notes ? "," : "");
        put_tensor(out, order[i], at);
    }
    put_word(out, "}");
    put(out, "       ", (8 - out->n % 8) % 8);
}

static il_status write_header(il_replacement *new, const il_tensors *set,
                              const il_tensor *const *order, const char *path, il_error *err) {
    output out = {0};
    put_header(&out, set, order);
    uint64_t n = out.n;
    if (n > IL_SAFETENSORS_HEADER)
        return il_file_fail(
            err, IL_INVALID, path,
            "the set needs %llu bytes of header, at most %d are accepted (write fewer tensors or "
            "notes)",
            (unsigned long long)n, IL_SAFETENSORS_HEADER);
    out = (output){malloc(n), 0};
    if (!out.text)
        return il_tensors_no_memory(path, err);
    put_header(&out, set, order);
    il_status status = il_replace_write(new, &n, sizeof n, err);
    if (status == IL_OK)
        status = il_replace_write(new, out.text, n, err);
    free(out.text);
    return status;
}

static int by_type_and_name(const void *a, const void *b) {
    const il_tensor *x = *(const il_tensor *const *)a, *y = *(const il_tensor *const *)b;
    return x->dtype != y->dtype ? (x->dtype < y->dtype ? -1 : 1) : strcmp(x->name, y->name);
}

il_status il_safetensors_write(const il_tensors *set, il_replacement *new, const char *path,
                               il_error *err) {
    const il_tensor **order = malloc((set->n + 1) * sizeof *order);
    if (!order)
        return il_tensors_no_memory(path, err);
    for (size_t i = 0; i < set->n; i++)
        order[i] = &set->tensor[i];
    qsort(order, set->n, sizeof *order, by_type_and_name);
    il_status status = write_header(new, set, order, path, err);
    for (size_t i = 0; i < set->n && status == IL_OK; i++)
        status = il_replace_write(new, order[i]->data, il_tensor_bytes(order[i]), err);
    free(order);
    return status;
}
