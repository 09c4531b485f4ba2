/* What the fuzz targets share: an input as a file, since what is read comes from files. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "initlab/tensor.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* The path of a file in memory that holds bytes[n], until the next call. */
static inline const char *file_of(const uint8_t *bytes, size_t n) {
    static char path[64];
    static int fd = -1;
    if (fd < 0) {
        fd = memfd_create("input", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, bytes, n, 0) != (ssize_t)n)
        abort();
    return path;
}

/* Reads a set; what is accepted must be consistent, and readable to its last element. */
static inline void read_tensors(const uint8_t *bytes, size_t n) {
    il_error err;
    il_tensors *set;
    if (il_tensors_read(file_of(bytes, n), 1 << 20, &set, &err) != IL_OK) {
        if (set || !err.message[0])
            abort();
        return;
    }
    for (size_t t = 0; t < set->n; t++) {
        const il_tensor *tensor = &set->tensor[t];
        size_t count = 1;
        for (size_t d = 0; d < tensor->n_dims; d++)
            count *= tensor->shape[d];
        if (count != tensor->count || il_tensors_find(set, tensor->name) != tensor)
            abort();
        il_real *values = malloc((count + 1) * sizeof *values);
        if (values)
            il_tensor_values(tensor, values);
        free(values);
    }
    il_tensors_check_finite(set, &err);
    il_tensors_free(set);
}

#endif
