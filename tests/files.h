/* A folder for each test's files, and files in it. */
#ifndef TESTS_FILES_H
#define TESTS_FILES_H

#include "cmocka_all.h"

#include "initlab.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char test_folder[64];

static inline int make_folder(void **state) {
    (void)state;
    strcpy(test_folder, "/tmp/initlab-test-XXXXXX");
    return mkdtemp(test_folder) ? 0 : -1;
}

/* How many files the folder holds; they are removed when `remove_them` is set. */
static inline size_t count_files(int remove_them) {
    size_t n = 0;
    DIR *dir = opendir(test_folder);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            n++;
            if (remove_them)
                assert_int_equal(unlinkat(dirfd(dir), e->d_name, 0), 0);
        }
    closedir(dir);
    return n;
}

static inline int remove_folder(void **state) {
    (void)state;
    count_files(1);
    return rmdir(test_folder);
}

/* The path of a file in the folder, until the fourth call after this one. */
static inline const char *path_of(const char *name) {
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", test_folder, name);
    return path;
}

static inline const char *put(const char *name, const void *bytes, size_t n) {
    const char *path = path_of(name);
    /* File systems write a file that is overwritten to the disk at once, which takes long. */
    unlink(path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* The file's bytes, to be freed. */
static inline char *get(const char *path, size_t *n) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct stat info;
    assert_int_equal(fstat(fileno(file), &info), 0);
    char *bytes = malloc((size_t)info.st_size + 1);
    assert_non_null(bytes);
    *n = fread(bytes, 1, (size_t)info.st_size, file);
    assert_int_equal(*n, info.st_size);
    fclose(file);
    return bytes;
}

/* The error is `status`, and its message is the path, a colon and `message`. */
static inline void assert_error(const il_error *err, il_status status, const char *path,
                                const char *message) {
    char expected[1024];
    snprintf(expected, sizeof expected, "%s: %s", path, message);
    assert_string_equal(err->message, expected);
    assert_int_equal(err->status, status);
}

#endif
