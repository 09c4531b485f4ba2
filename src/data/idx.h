/* idx, the format of MNIST: a big-endian magic number 0x000008dd (unsigned bytes, dd dims), the dims as 32-bit numbers,
 * then the bytes. Images have 3 dims, labels 1. Source: yann.lecun.com/exdb/mnist. */
#ifndef IL_DATA_IDX_H
#define IL_DATA_IDX_H

#include "data/labelled.h"

/* Files to be read together. */
typedef struct il_idx {
    const char *images, *labels;           /* paths */
    const char *test_images, *test_labels; /* "" when there is no test set */
    size_t classes;                        /* labels are below it; 0: as many as the labels say */
    uint8_t first;                         /* the label of the first class */
    bool transposed; /* a picture's columns lie one after another, and are to become rows */
} il_idx;

/* Pixels are read to where they stay. Errors name the file. */
il_status il_idx_load(const il_idx *files, const il_wanted *wanted, il_dataset **out,
                      il_error *err);

#endif
