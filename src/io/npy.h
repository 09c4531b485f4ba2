/* One array in NumPy's format, from a .npy file or an entry of a .npz. */
#ifndef IL_IO_NPY_H
#define IL_IO_NPY_H

#include "io/set.h"

/* Where the bytes of an array come from. */
typedef struct il_npy_source {
    /* Exactly n bytes. */
    il_status (*read)(void *context, void *to, size_t n, il_error *err);
    void *context;
    const char *path;
    const char *label; /* put before messages, such as "entry 'x.npy': " */
    uint64_t rest;     /* bytes after IL_HEAD */
} il_npy_source;

/* Appends the array to the set. `head` is its first bytes. */
il_status il_npy_read(const il_npy_source *source, const unsigned char head[IL_HEAD],
                      const char *name, il_tensors *set, il_error *err);

/* The magic, the header and the spaces that align the data to 64 bytes, as NumPy writes them; returns how many
 * bytes. The tensor's type must be one of NumPy's. */
enum { IL_NPY_HEADER = 512 };
size_t il_npy_header(const il_tensor *tensor, char out[IL_NPY_HEADER]);

#endif
