/* Element types of tensor files: their names, sizes and values. */
#ifndef IL_IO_DTYPE_H
#define IL_IO_DTYPE_H

#include "initlab/tensor.h"

typedef struct il_dtype_info {
    const char *name;  /* in safetensors */
    const char *numpy; /* the array-protocol type string, or NULL */
    size_t size;
    double (*at)(const void *data, size_t i);
} il_dtype_info;

/* In the order of il_dtype, in which the safetensors library lays tensors out. */
extern const il_dtype_info il_dtype_infos[IL_DTYPES];

#endif
