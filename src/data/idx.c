#include "data/idx.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>

enum { IMAGES = 0x00000803, LABELS = 0x00000801 };

static const il_file_kind kind = {"set of idx data", UINT64_C(1) << 30, true};

/* An open file after its header. */
typedef struct idx_file {
    il_file *file;
    size_t n, rows, columns; /* of labels the last two are 1 */
} idx_file;

static uint32_t big_endian(const uint8_t *b) {
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static il_status check_magic(const char *path, uint32_t magic, uint32_t wanted, il_error *err) {
    bool images = wanted == IMAGES;
    if (magic == wanted)
        return IL_OK;
    if (magic == IMAGES || magic == LABELS)
        return il_file_fail(err, IL_INVALID, path, "holds %s, not %s: exchange the two paths",
                            images ? "labels" : "images", images ? "images" : "labels");
    return il_file_fail(err, IL_INVALID, path,
                        "begins with 0x%08x, but idx data of %s with 0x%08x (unsigned bytes): "
                        "name such a file",
                        magic, images ? "images" : "labels", wanted);
}

/* The header promises no more than the file can hold. */
static il_status check_size(const idx_file *idx, uint64_t header, il_error *err) {
    enum { DEFLATE_RATIO = 1032 }; /* zlib.net/zlib_tech.html, "Maximum Compression Factor" */
    const char *path = il_file_path(idx->file);
    uint64_t bytes, size = il_file_size(idx->file);
    bool packed = il_file_compressed(idx->file);
    if (!idx->n || !idx->rows || !idx->columns)
        return il_file_fail(err, IL_INVALID, path, "holds no samples (%zu of %zux%zu)", idx->n,
                            idx->rows, idx->columns);
    if (__builtin_mul_overflow((uint64_t)idx->n, idx->rows, &bytes) ||
        __builtin_mul_overflow(bytes, idx->columns, &bytes) || bytes > kind.most - header)
        return il_file_fail(err, IL_INVALID, path,
                            "%zu samples of %zux%zu are more than the %llu bytes that are accepted",
                            idx->n, idx->rows, idx->columns, (unsigned long long)kind.most);
    bytes += header;
    if (packed ? bytes > size * DEFLATE_RATIO : bytes != size)
        return il_file_fail(
            err, IL_INVALID, path,
            "has %llu bytes%s, but its header speaks of %zu samples of %zux%zu, which %s %llu: "
            "copy it again",
            (unsigned long long)size, packed ? " of compressed data" : "", idx->n, idx->rows,
            idx->columns, packed ? "cannot come from fewer than" : "makes",
            (unsigned long long)(packed ? bytes / DEFLATE_RATIO : bytes));
    return IL_OK;
}

static il_status open_idx(const char *path, uint32_t magic, idx_file *idx, il_error *err) {
    uint8_t head[16];
    size_t header = magic == IMAGES ? 16 : 8;
    *idx = (idx_file){.rows = 1, .columns = 1};
    il_status status = il_file_open(path, &kind, &idx->file, err);
    if (status == IL_OK)
        status = il_file_read_exactly(idx->file, head, 4, err);
    if (status == IL_OK)
        status = check_magic(path, big_endian(head), magic, err);
    if (status == IL_OK)
        status = il_file_read_exactly(idx->file, head + 4, header - 4, err);
    if (status != IL_OK)
        return status;
    idx->n = big_endian(head + 4);
    if (magic == IMAGES) {
        idx->rows = big_endian(head + 8);
        idx->columns = big_endian(head + 12);
    }
    return check_size(idx, header, err);
}

static il_status read_labels(const char *path, il_labels *labels, il_error *err) {
    idx_file idx;
    il_status status = open_idx(path, LABELS, &idx, err);
    if (status == IL_OK)
        status = il_labels_new(idx.n, labels, err);
    if (status == IL_OK)
        status = il_file_read_exactly(idx.file, labels->label, idx.n, err);
    if (status == IL_OK)
        status = il_file_end(idx.file, err);
    il_file_close(idx.file);
    return status;
}

/* Labels from 0, each below `classes`. */
static il_status check_labels(const il_idx *files, const char *path, size_t classes,
                              il_labels *labels, il_error *err) {
    for (size_t i = 0; i < labels->n; i++) {
        uint8_t label = labels->label[i];
        if (label < files->first || (size_t)(label - files->first) >= classes)
            return il_file_fail(err, IL_INVALID, path,
                                "label %u of sample %zu, counted from 0, is outside %u-%zu: %s",
                                label, i, files->first, files->first + classes - 1,
                                files->classes ? "name the files of one dataset"
                                               : "no sample that trains has this class");
        labels->label[i] = (uint8_t)(label - files->first);
    }
    return IL_OK;
}

static size_t count_classes(const il_labels *labels) {
    size_t most = 0;
    for (size_t i = 0; i < labels->n; i++)
        most = labels->label[i] > most ? labels->label[i] : most;
    return most + 1;
}

/* Images [n][pixels] of which those that are kept go to `to`, one after another. The file is read to its end, so
 * that its checksum counts. */
static il_status read_images(const idx_file *idx, const il_labels *labels, uint8_t *to,
                             il_error *err) {
    size_t pixels = idx->rows * idx->columns;
    uint8_t *skipped = malloc(pixels);
    il_status status =
        skipped ? IL_OK
                : il_fail(err, IL_NO_MEMORY, "no memory for an image of %zu pixels", pixels);
    for (size_t i = 0, run; i < idx->n && status == IL_OK; i += run) {
        for (run = 1; labels->keep[i] && i + run < idx->n && labels->keep[i + run];)
            run++;
        status = il_file_read_exactly(idx->file, labels->keep[i] ? to : skipped, run * pixels, err);
        to += labels->keep[i] ? run * pixels : 0;
    }
    free(skipped);
    return status == IL_OK ? il_file_end(idx->file, err) : status;
}

static void write_labels(const il_labels *labels, uint32_t *to) {
    for (size_t i = 0; i < labels->n; i++)
        if (labels->keep[i])
            *to++ = labels->label[i];
}

/* Pictures [n][columns][rows] become [n][rows][columns]; `held` has room for one. */
static void transpose(il_dataset *data, uint8_t *held) {
    for (size_t i = 0; i < data->n; i++) {
        uint8_t *picture = data->pixels + i * data->inputs;
        memcpy(held, picture, data->inputs);
        for (size_t r = 0; r < data->rows; r++)
            for (size_t c = 0; c < data->columns; c++)
                picture[r * data->columns + c] = held[c * data->rows + r];
    }
}

static il_status turn(il_dataset *data, il_error *err) {
    uint8_t *held = malloc(data->inputs);
    if (!held)
        return il_fail(err, IL_NO_MEMORY, "no memory for an image of %zu pixels", data->inputs);
    transpose(data, held);
    free(held);
    return IL_OK;
}

static il_status check_counts(const il_idx *files, const idx_file *images, const il_labels *labels,
                              bool test, il_error *err) {
    if (images->n == labels->n)
        return IL_OK;
    return il_file_fail(err, IL_INVALID, test ? files->test_labels : files->labels,
                        "%zu labels for the %zu images in %.120s: name the files of one set",
                        labels->n, images->n, test ? files->test_images : files->images);
}

/* With all labels read and chosen among. */
static il_status load_images(const il_idx *files, size_t classes, const il_labels *train,
                             const il_labels *test, il_dataset **out, il_error *err) {
    idx_file images = {0}, tests = {0};
    il_status status = open_idx(files->images, IMAGES, &images, err);
    if (status == IL_OK)
        status = check_counts(files, &images, train, false, err);
    if (status == IL_OK && test->n)
        status = open_idx(files->test_images, IMAGES, &tests, err);
    if (status == IL_OK && test->n)
        status = check_counts(files, &tests, test, true, err);
    if (status == IL_OK && test->n &&
        (tests.rows != images.rows || tests.columns != images.columns))
        status = il_file_fail(err, IL_INVALID, files->test_images,
                              "images of %zux%zu, but those that train have %zux%zu", tests.rows,
                              tests.columns, images.rows, images.columns);
    const il_dataset_shape shape = {.n = train->kept + test->kept,
                                    .inputs = images.rows * images.columns,
                                    .classes = classes,
                                    .rows = images.rows,
                                    .columns = images.columns};
    if (status == IL_OK)
        status = il_dataset_allocate(&shape, out, err);
    if (status == IL_OK)
        status = read_images(&images, train, (*out)->pixels, err);
    if (status == IL_OK && test->n)
        status = read_images(&tests, test, (*out)->pixels + train->kept * shape.inputs, err);
    if (status == IL_OK) {
        (*out)->part[IL_TRAIN] = train->kept;
        (*out)->part[IL_TEST] = test->kept;
        write_labels(train, (*out)->label);
        write_labels(test, (*out)->label + train->kept);
    }
    il_file_close(images.file);
    il_file_close(tests.file);
    return status == IL_OK && files->transposed ? turn(*out, err) : status;
}

il_status il_idx_load(const il_idx *files, const il_wanted *wanted, il_dataset **out,
                      il_error *err) {
    il_labels train = {0}, test = {0};
    size_t classes = files->classes, kept;
    *out = NULL;
    il_status status = read_labels(files->labels, &train, err);
    if (status == IL_OK && *files->test_labels)
        status = read_labels(files->test_labels, &test, err);
    if (status == IL_OK) {
        classes = classes ? classes : count_classes(&train);
        status = check_labels(files, files->labels, classes, &train, err);
    }
    if (status == IL_OK)
        status = check_labels(files, files->test_labels, classes, &test, err);
    if (status == IL_OK)
        status = il_labels_choose(wanted, classes, &train, &test, &kept, err);
    if (status == IL_OK)
        status = load_images(files, kept, &train, &test, out, err);
    il_labels_free(&train);
    il_labels_free(&test);
    if (status != IL_OK) {
        il_dataset_free(*out);
        *out = NULL;
    }
    return status;
}
