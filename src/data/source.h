/* Dataset descriptors. A dataset is one file in src/data and one line in its registry. */
#ifndef IL_DATA_SOURCE_H
#define IL_DATA_SOURCE_H

#include "initlab/data.h"

typedef struct il_dataset_type {
    il_desc desc;
    il_status (*make)(const double *arg, il_dataset **out, il_error *err);
} il_dataset_type;

extern const il_dataset_type il_dataset_and, il_dataset_or, il_dataset_xor, il_dataset_parity,
    il_dataset_spirals, il_dataset_blobs;

/* An empty dataset of these sizes in one allocation, freed by il_dataset_free. */
il_status il_dataset_allocate(size_t n, size_t inputs, size_t classes, il_dataset **out,
                              il_error *err);

#endif
