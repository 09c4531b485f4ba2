/* Tensor files of any format: told by their content when read, by their name when written. */
#include "base/text.h"
#include "io/dtype.h"
#include "io/set.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *end;
    bool notes; /* holds metadata */
    bool one;   /* holds one tensor, without a name */
    il_status (*write)(const il_tensors *set, il_replacement *new, const char *path, il_error *err);
} formats[] = {
    {".safetensors", true, false, il_safetensors_write},
    {".npz", false, false, il_npz_write},
    {".npy", false, true, il_npy_write_file},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

static il_status read_any(il_file *file, uint64_t most, il_tensors *set, il_error *err) {
    unsigned char head[IL_HEAD];
    if (il_file_size(file) < IL_HEAD)
        return il_file_fail(err, IL_INVALID, il_file_path(file),
                            "%llu bytes is no tensor file (name a safetensors, npy or npz file)",
                            (unsigned long long)il_file_size(file));
    il_status status = il_file_read_exactly(file, head, IL_HEAD, err);
    if (status != IL_OK)
        return status;
    if (memcmp(head, "\x93NUMPY", 6) == 0)
        return il_npy_read_file(file, head, set, err);
    if (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0)
        return il_npz_read(file, most, set, err);
    if (memcmp(head, "\x1F\x8B", 2) == 0)
        return il_file_fail(err, IL_INVALID, il_file_path(file),
                            "is compressed (decompress it with gunzip first)");
    return il_safetensors_read(file, head, set, err);
}

il_status il_tensors_read(const char *path, uint64_t most, il_tensors **out, il_error *err) {
    il_file_kind kind = {"tensor file", most, false};
    il_file *file = NULL;
    il_tensors *set = NULL;
    *out = NULL;
    il_status status = il_file_open(path, &kind, &file, err);
    if (status == IL_OK)
        status = il_tensors_new(&set, err);
    if (status == IL_OK) {
        size_t n = strlen(path) + 1;
        set->path = malloc(n);
        status = set->path ? IL_OK : il_tensors_no_memory(path, err);
        if (set->path)
            memcpy(set->path, path, n);
    }
    if (status == IL_OK)
        status = read_any(file, most, set, err);
    il_file_close(file);
    if (status == IL_OK)
        *out = set;
    else
        il_tensors_free(set);
    return status;
}

/* The format that the path's end names, or FORMATS. */
static size_t find_format(const char *path) {
    size_t n = strlen(path), f = 0;
    for (; f < FORMATS; f++) {
        size_t m = strlen(formats[f].end);
        if (n > m && strcmp(path + n - m, formats[f].end) == 0)
            break;
    }
    return f;
}

static il_status check_set(const il_tensors *set, const char *path, size_t format, il_error *err) {
    const char *end = formats[format].end;
    if (!formats[format].notes && set->n_notes)
        return il_file_fail(err, IL_INVALID, path,
                            "%s holds no notes, and there are %zu (write a .safetensors)", end,
                            set->n_notes);
    if (formats[format].one && set->n != 1)
        return il_file_fail(err, IL_INVALID, path,
                            "%s holds one tensor, and there are %zu (write a .npz)", end, set->n);
    if (!formats[format].notes && !set->n)
        return il_file_fail(err, IL_INVALID, path,
                            "%s holds at least one tensor (write a .safetensors)", end);
    for (size_t i = 0; i < set->n && !formats[format].notes; i++)
        if (!il_dtype_infos[set->tensor[i].dtype].numpy) {
            char clip[IL_CLIP];
            const char *name = set->tensor[i].name;
            return il_file_fail(
                err, IL_INVALID, path, "%s: NumPy has no type %s (write a .safetensors)",
                il_clip(name, strlen(name), clip), il_dtype_name(set->tensor[i].dtype));
        }
    return IL_OK;
}

static il_status check_format(const char *path, size_t *format, il_error *err) {
    *format = find_format(path);
    if (*format < FORMATS)
        return IL_OK;
    return il_file_fail(err, IL_INVALID, path,
                        "its end names no format of tensors (known: .safetensors, .npz, .npy)");
}

il_status il_tensors_try(const char *path, bool notes, il_error *err) {
    size_t format;
    il_replacement *new;
    il_status status = check_format(path, &format, err);
    if (status == IL_OK && (formats[format].one || (notes && !formats[format].notes)))
        return il_file_fail(err, IL_INVALID, path, "%s holds %s (write a .safetensors)",
                            formats[format].end, formats[format].one ? "one tensor" : "no notes");
    if (status == IL_OK)
        status = il_replace_begin(path, "tensors", &new, err);
    if (status == IL_OK)
        il_replace_abandon(new);
    return status;
}

il_status il_tensors_write(const il_tensors *set, const char *path, il_generations generations,
                           il_error *err) {
    size_t format;
    il_replacement *new;
    il_status status = check_format(path, &format, err);
    if (status == IL_OK)
        status = check_set(set, path, format, err);
    if (status == IL_OK)
        status = il_replace_begin(path, "tensors", &new, err);
    if (status != IL_OK)
        return status;
    status = formats[format].write(set, new, path, err);
    if (status == IL_OK)
        return il_replace_commit(new, generations, err);
    il_replace_abandon(new);
    return status;
}
