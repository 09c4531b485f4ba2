/* npz: a zip archive of npy arrays, through libzip. */
#include "base/text.h"
#include "io/npy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

/* An entry while it is read. */
typedef struct entry {
    const char *path, *label;
    zip_file_t *file;
} entry;

static il_status fail(const char *path, zip_error_t *error, const char *label, il_error *err) {
    int code = zip_error_code_zip(error);
    /* Some of libzip's functions fail without memory and say nothing. */
    if (code == ZIP_ER_MEMORY || code == ZIP_ER_OK ||
        (code == ZIP_ER_ZLIB && zip_error_code_system(error) == Z_MEM_ERROR))
        return il_tensors_no_memory(path, err);
    if (code == ZIP_ER_EXISTS)
        return il_file_fail(err, IL_INVALID, path,
                            "zip archive: two of its entries have one name (remove one)");
    return il_file_fail(err, IL_INVALID, path, "%szip archive: %s (copy it again)", label,
                        zip_error_strerror(error));
}

static il_status read_entry(void *context, void *to, size_t n, il_error *err) {
    entry *e = context;
    for (size_t done = 0; done < n;) {
        zip_int64_t more = zip_fread(e->file, (char *)to + done, n - done);
        if (more < 0)
            return fail(e->path, zip_file_get_error(e->file), e->label, err);
        if (more == 0)
            return il_file_fail(err, IL_INVALID, e->path,
                                "%sends before its size (truncated: copy it again)", e->label);
        done += (size_t)more;
    }
    return IL_OK;
}

/* The checksum is verified by reading beyond the last byte. */
static il_status end_entry(entry *e, il_error *err) {
    char byte;
    zip_int64_t more = zip_fread(e->file, &byte, 1);
    if (more < 0)
        return fail(e->path, zip_file_get_error(e->file), e->label, err);
    if (more > 0)
        return il_file_fail(err, IL_INVALID, e->path,
                            "%sholds more bytes than its size says (copy it again)", e->label);
    return IL_OK;
}

/* The data of an entry can be what the archive says. */
static il_status check_entry(const char *path, const char *label, const zip_stat_t *stat,
                             uint64_t file_size, uint64_t room, il_error *err) {
    enum { DEFLATE_RATIO = 1032 }; /* zlib.net/zlib_tech.html, "Maximum Compression Factor" */
    if (stat->encryption_method != ZIP_EM_NONE)
        return il_file_fail(err, IL_INVALID, path, "%sis encrypted (save it without a password)",
                            label);
    if (stat->comp_method != ZIP_CM_STORE && stat->comp_method != ZIP_CM_DEFLATE)
        return il_file_fail(err, IL_INVALID, path,
                            "%sis compressed by method %u (save it with numpy.savez)", label,
                            stat->comp_method);
    if (stat->size > room)
        return il_file_fail(err, IL_INVALID, path,
                            "%s%llu bytes when decompressed, %llu are left of what is accepted",
                            label, (unsigned long long)stat->size, (unsigned long long)room);
    uint64_t most =
        stat->comp_method == ZIP_CM_STORE ? stat->comp_size : (stat->comp_size + 1) * DEFLATE_RATIO;
    if (stat->comp_size > file_size || stat->size > most)
        return il_file_fail(err, IL_INVALID, path,
                            "%s%llu bytes cannot come from %llu in the archive (copy it again)",
                            label, (unsigned long long)stat->size,
                            (unsigned long long)stat->comp_size);
    if (stat->size < IL_HEAD)
        return il_file_fail(err, IL_INVALID, path, "%sno npy array (save it with numpy.savez)",
                            label);
    return IL_OK;
}

/* "0.weight.npy" is the tensor 0.weight: cuts the name in place. */
static const char *cut_name(char *name) {
    size_t n = strlen(name);
    if (n < 4 || strcmp(name + n - 4, ".npy") != 0)
        return "is no .npy (PyTorch archives are no npz: save with safetensors.torch.save_file)";
    name[n - 4] = '\0';
    return il_name_problem(name);
}

static il_status read_array(const char *path, const char *label, zip_t *zip, const zip_stat_t *stat,
                            const char *name, il_tensors *set, il_error *err) {
    entry e = {path, label, zip_fopen_index(zip, stat->index, 0)};
    if (!e.file)
        return fail(path, zip_get_error(zip), label, err);
    unsigned char head[IL_HEAD];
    il_npy_source source = {read_entry, &e, path, label, stat->size - IL_HEAD};
    il_status status = read_entry(&e, head, IL_HEAD, err);
    if (status == IL_OK)
        status = il_npy_read(&source, head, name, set, err);
    if (status == IL_OK)
        status = end_entry(&e, err);
    zip_fclose(e.file);
    return status;
}

static il_status read_one(const char *path, zip_t *zip, zip_uint64_t i, uint64_t file_size,
                          uint64_t *room, il_tensors *set, il_error *err) {
    char clip[IL_CLIP], label[IL_CLIP + 12];
    zip_stat_t stat;
    if (zip_stat_index(zip, i, 0, &stat) != 0)
        return fail(path, zip_get_error(zip), "", err);
    snprintf(label, sizeof label, "'%s': ", il_clip(stat.name, strlen(stat.name), clip));
    size_t n = strlen(stat.name) + 1;
    char *name = malloc(n);
    if (!name)
        return il_tensors_no_memory(path, err);
    memcpy(name, stat.name, n);
    const char *problem = cut_name(name);
    il_status status = problem ? il_file_fail(err, IL_INVALID, path, "%s%s", label, problem)
                               : check_entry(path, label, &stat, file_size, *room, err);
    if (status == IL_OK)
        status = read_array(path, label, zip, &stat, name, set, err);
    *room -= status == IL_OK ? stat.size : 0;
    free(name);
    return status;
}

static il_status open_zip(il_file *file, zip_t **out, il_error *err) {
    int code = 0, fd = fcntl(il_file_descriptor(file), F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return il_file_fail_system(err, il_file_path(file), "read", "tensors", errno, "try again");
    *out = zip_fdopen(fd, ZIP_CHECKCONS, &code);
    if (*out)
        return IL_OK;
    /* The file is open: all that can keep a stream from it is memory. */
    if (code == ZIP_ER_OPEN)
        code = ZIP_ER_MEMORY;
    close(fd);
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    il_status status = fail(il_file_path(file), &error, "", err);
    zip_error_fini(&error);
    return status;
}

il_status il_npz_read(il_file *file, uint64_t most, il_tensors *set, il_error *err) {
    zip_t *zip;
    il_status status = open_zip(file, &zip, err);
    if (status != IL_OK)
        return status;
    zip_int64_t n = zip_get_num_entries(zip, 0);
    for (zip_int64_t i = 0; i < n && status == IL_OK; i++)
        status =
            read_one(il_file_path(file), zip, (zip_uint64_t)i, il_file_size(file), &most, set, err);
    zip_discard(zip);
    return status;
}

/* One array's entry: header and data, where they lie. */
static bool add_entry(zip_t *zip, const il_tensor *tensor, char header[IL_NPY_HEADER], char *name) {
    enum { JANUARY_1980 = 1 << 5 | 1 }; /* DOS cannot say less */
    zip_buffer_fragment_t parts[2] = {
        {(zip_uint8_t *)header, il_npy_header(tensor, header)},
        {tensor->data, il_tensor_bytes(tensor)},
    };
    sprintf(name, "%s.npy", tensor->name);
    zip_source_t *source = zip_source_buffer_fragment(zip, parts, 2, 0);
    if (!source)
        return false;
    zip_int64_t i = zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8);
    if (i < 0) {
        zip_source_free(source);
        return false;
    }
    return zip_set_file_compression(zip, (zip_uint64_t)i, ZIP_CM_STORE, 0) == 0 &&
           zip_file_set_dostime(zip, (zip_uint64_t)i, 0, JANUARY_1980, 0) == 0;
}

/* The archive goes to `to`. `headers` has IL_NPY_HEADER bytes for each tensor, `name` room for the longest. */
static il_status make_zip(const il_tensors *set, zip_source_t *to, char *headers, char *name,
                          const char *path, il_error *err) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_keep(to);
    zip_t *zip = zip_open_from_source(to, ZIP_TRUNCATE, &error);
    if (!zip) {
        zip_source_free(to);
        il_status status = fail(path, &error, "", err);
        zip_error_fini(&error);
        return status;
    }
    bool done = true;
    for (size_t i = 0; i < set->n && done; i++)
        done = add_entry(zip, &set->tensor[i], headers + i * IL_NPY_HEADER, name);
    if (done && zip_close(zip) == 0)
        return IL_OK;
    il_status status = fail(path, zip_get_error(zip), "", err);
    zip_discard(zip);
    return status;
}

static il_status copy_out(zip_source_t *from, il_replacement *new, const char *path,
                          il_error *err) {
    char part[16384];
    if (zip_source_open(from) != 0)
        return fail(path, zip_source_error(from), "", err);
    il_status status = IL_OK;
    for (zip_int64_t n = 1; n > 0 && status == IL_OK;) {
        n = zip_source_read(from, part, sizeof part);
        status = n < 0 ? fail(path, zip_source_error(from), "", err)
                       : il_replace_write(new, part, (size_t)n, err);
    }
    zip_source_close(from);
    return status;
}

il_status il_npz_write(const il_tensors *set, il_replacement *new, const char *path,
                       il_error *err) {
    size_t longest = 0;
    for (size_t i = 0; i < set->n; i++)
        if (strlen(set->tensor[i].name) > longest)
            longest = strlen(set->tensor[i].name);
    char *headers = calloc(set->n + 1, IL_NPY_HEADER), *name = malloc(longest + sizeof ".npy");
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *buffer = zip_source_buffer_create(NULL, 0, 0, &error);
    il_status status = headers && name && buffer ? make_zip(set, buffer, headers, name, path, err)
                                                 : il_tensors_no_memory(path, err);
    if (status == IL_OK)
        status = copy_out(buffer, new, path, err);
    zip_source_free(buffer);
    zip_error_fini(&error);
    free(headers);
    free(name);
    return status;
}
