/* Datasets from files that a test writes, in an empty folder of its own. */
#ifndef DATA_FILES_H
#define DATA_FILES_H

#include "cmocka_all.h"

#include "initlab/data.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char folder[] = "/tmp/initlab-test-XXXXXX";

/* Setup and teardown of a group: the test works inside the folder. */
static inline int enter_folder(void **state) {
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static inline int leave_folder(void **state) {
    (void)state;
    char command[sizeof folder + 16];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static inline void write_file(const char *name, const void *bytes, size_t n) {
    FILE *out = fopen(name, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
}

static inline void write_text(const char *name, const char *text) {
    write_file(name, text, strlen(text));
}

static inline void write_gz(const char *name, const void *bytes, size_t n) {
    gzFile out = gzopen(name, "wb9");
    assert_non_null(out);
    assert_int_equal(gzwrite(out, bytes, (unsigned)n), (int)n);
    assert_int_equal(gzclose(out), Z_OK);
}

/* The bytes of a file; *n how many. */
static inline unsigned char *read_file(const char *name, size_t *n) {
    struct stat info;
    FILE *in = fopen(name, "rb");
    assert_non_null(in);
    assert_int_equal(fstat(fileno(in), &info), 0);
    *n = (size_t)info.st_size;
    unsigned char *bytes = malloc(*n + 2); /* room to append */
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *n, in), *n);
    fclose(in);
    return bytes;
}

/* A number as idx has it. */
static inline void put32(uint8_t *to, uint32_t value) {
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* An idx file of n labels; returns its size. */
static inline size_t labels_of(uint8_t *to, const uint8_t *label, size_t n) {
    put32(to, 0x801);
    put32(to + 4, (uint32_t)n);
    memcpy(to + 8, label, n);
    return 8 + n;
}

static inline il_status build(const char *text, const il_folders *folders, il_dataset **out,
                              il_error *err) {
    il_data_request request = {0};
    *out = NULL;
    if (il_call_parse(&il_datasets, text, NULL, &request.data, err) != IL_OK)
        fail_msg("%s: %s", text, err->message);
    if (il_call_parse(&il_scalings, "none", NULL, &request.scale, err) != IL_OK)
        fail_msg("%s", err->message);
    return il_dataset_new(&request, folders, out, err);
}

static inline il_dataset *make_in(const char *text, const il_folders *folders) {
    il_error err;
    il_dataset *data;
    if (build(text, folders, &data, &err) != IL_OK)
        fail_msg("%s: %s", text, err.message);
    return data;
}

static inline il_dataset *make(const char *text) {
    return make_in(text, NULL);
}

static inline void assert_refused_in(const char *text, const il_folders *folders, il_status status,
                                     const char *message) {
    il_error err = {.message = ""};
    il_dataset *data;
    assert_int_equal(build(text, folders, &data, &err), status);
    assert_int_equal(err.status, status);
    assert_string_equal(err.message, message);
    assert_null(data);
}

static inline void assert_refused(const char *text, const char *message) {
    assert_refused_in(text, NULL, IL_INVALID, message);
}

#endif
