/* What the fuzz targets share: bytes as a file that has a path, and what must hold of every dataset. */
#ifndef FUZZ_H
#define FUZZ_H

#include "initlab/data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static inline void demand(bool holds) {
    if (!holds)
        abort();
}

/* An ordinary file in memory, whose path is /proc/self/fd/N; the return value is N. */
static inline int open_bytes(const uint8_t *bytes, size_t n) {
    int fd = memfd_create("fuzz", 0);
    demand(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
    return fd;
}

/* Builds what the call says. A dataset is one in all its parts, an error has one line. */
static inline void try_call(const char *text) {
    il_data_request request = {0};
    il_error err = {.message = ""};
    il_dataset *data = NULL;
    demand(il_call_parse(&il_datasets, text, NULL, &request.data, &err) == IL_OK);
    il_status status = il_dataset_new(&request, NULL, &data, &err);
    demand((status == IL_OK) == (data != NULL));
    demand(status == IL_OK || (*err.message && !strchr(err.message, '\n')));
    for (size_t i = 0; data && i < data->n; i++)
        demand(!data->label || data->label[i] < data->classes);
    for (size_t i = 0; data && data->X && i < data->n * data->inputs; i++)
        demand(isfinite(data->X[i]));
    for (size_t i = 0; data && data->target && i < data->n * data->outputs; i++)
        demand(isfinite(data->target[i]));
    il_dataset_free(data);
}

#endif
