/* Tensor files: named arrays in safetensors, npy and npz.
 *
 * A set of tensors is read from one of these files, or made and written to one. The weights of a
 * network are a set; so are its checkpoints, and the arrays of a dataset. All data is in C order and
 * little-endian, as in the files.
 *
 *     #include <initlab.h>
 *     int main(void) {
 *         il_error err;
 *         il_tensors *set = NULL;
 *         void *w;
 *         if (il_tensors_new(&set, &err) == IL_OK &&
 *             il_tensors_add(set, "0.weight", IL_DTYPE_F32, 2, (size_t[]){2, 3}, &w, &err) == IL_OK)
 *             ((float *)w)[5] = 0.5f; // row 1, column 2
 *         const il_tensor *weight = set ? il_tensors_find(set, "0.weight") : NULL;
 *         double last = weight ? il_tensor_at(weight, 5) : 0;
 *         il_tensors_free(set); // il_tensors_write(set, "xor.safetensors", IL_REPLACE, &err) keeps it
 *         return last != 0.5;
 *     }
 */
#ifndef INITLAB_TENSOR_H
#define INITLAB_TENSOR_H

#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define IL_TENSOR_DIMS 8

/* A limit for il_tensors_read that fits weights: 4 GiB of data. */
#define IL_TENSORS_BYTES (UINT64_C(1) << 32)

/* What an element is. Safetensors has them all; npy and npz have all but BF16. */
typedef enum il_dtype {
    IL_DTYPE_U64,
    IL_DTYPE_I64,
    IL_DTYPE_F64,
    IL_DTYPE_F32,
    IL_DTYPE_U32,
    IL_DTYPE_I32,
    IL_DTYPE_BF16, /* the upper half of a float */
    IL_DTYPE_F16,  /* IEEE 754 binary16 */
    IL_DTYPE_U16,
    IL_DTYPE_I16,
    IL_DTYPE_I8,
    IL_DTYPE_U8,
    IL_DTYPE_BOOL, /* a byte: 0 is false, all else true */
    IL_DTYPES,
#ifdef IL_DOUBLE
    IL_DTYPE_REAL = IL_DTYPE_F64
#else
    IL_DTYPE_REAL = IL_DTYPE_F32 /* il_real */
#endif
} il_dtype;

/* The name in safetensors, such as "F32"; and the bytes of an element. */
const char *il_dtype_name(il_dtype dtype);
size_t il_dtype_size(il_dtype dtype);

typedef struct il_tensor {
    char *name; /* UTF-8 without control characters, unique in its set */
    il_dtype dtype;
    size_t n_dims;                /* 0: one number */
    size_t shape[IL_TENSOR_DIMS]; /* the last index moves fastest; a dim may be 0 */
    size_t count;                 /* elements: the product of shape */
    void *data;                   /* [count] elements of `dtype`, aligned for any type */
} il_tensor;

/* A line of a set's metadata. */
typedef struct il_note {
    char *key, *text; /* UTF-8 */
} il_note;

typedef struct il_tensors {
    char *path; /* the file it was read from, for messages; NULL for a set made here */
    size_t n;
    il_tensor *tensor; /* [n] */
    size_t n_notes;
    il_note *note; /* [n_notes], what safetensors calls __metadata__ */
} il_tensors;

/* An empty set. Errors: IL_NO_MEMORY. */
il_status il_tensors_new(il_tensors **out, il_error *err);
void il_tensors_free(il_tensors *set);

/* Appends a tensor of zeros; *data (when `data` is not NULL) points to its elements until the set is
 * freed. Pointers to il_tensor that were taken before are void. Errors (IL_INVALID): a name that is
 * empty, taken, "__metadata__", or not UTF-8 or with control characters; more than IL_TENSOR_DIMS
 * dims; more bytes than can be addressed. IL_NO_MEMORY. */
il_status il_tensors_add(il_tensors *set, const char *name, il_dtype dtype, size_t n_dims,
                         const size_t *shape, void **data, il_error *err);

/* Sets the text of `key`. Errors (IL_INVALID): text that is not UTF-8. IL_NO_MEMORY. */
il_status il_tensors_note(il_tensors *set, const char *key, const char *text, il_error *err);

/* The tensor called `name`, or the text of `key`; NULL when there is none. */
const il_tensor *il_tensors_find(const il_tensors *set, const char *name);
const char *il_tensors_text(const il_tensors *set, const char *key);

/* Element i < count, in C order. 64-bit integers beyond 2^53 are rounded: take them from `data`. */
double il_tensor_at(const il_tensor *tensor, size_t i);

/* All elements as il_real, to out[count]: exact, or rounded to nearest where il_real is narrower
 * (float from F64, and integers beyond 2^24). Values may be NaN or infinite. */
void il_tensor_values(const il_tensor *tensor, il_real *out);

/* IL_INVALID, with the tensor's name and the index, when an element of any tensor is NaN, infinite, or
 * too large for il_real. */
il_status il_tensors_check_finite(const il_tensors *set, il_error *err);

/* Reads a file of any of the three formats; which one is told from its content. At most `most` bytes
 * of file, and of data, are accepted. A .npy holds one array without a name, which is then called arr_0,
 * as NumPy calls it. The tensors are in the file's order.
 *
 * Errors: IL_IO when the file cannot be read or changes meanwhile; IL_NO_MEMORY; IL_INVALID for
 * everything that is not exactly the format, among it: sizes that do not match the file, to the byte;
 * overlapping data and unused bytes; keys or entries that occur twice; element types other than those
 * of il_dtype; big-endian arrays; arrays of Python objects; encrypted or corrupt archives. A header
 * may have 4 MiB (safetensors; its own limit is 100 MB) or 64 KiB (npy). Nothing is allocated from a
 * size that the file's has not confirmed. */
il_status il_tensors_read(const char *path, uint64_t most, il_tensors **out, il_error *err);

typedef enum il_generations {
    IL_REPLACE, /* the file is replaced */
    IL_KEEP_ONE /* and what it was stays, as PATH.1 */
} il_generations;

/* Writes a file, in the format that the path's end says: .safetensors, .npz or .npy (a set of one).
 * The bytes depend on the set alone. npy and npz hold no notes, and a set with notes is refused.
 *
 * The file is replaced as a whole or, on any error, not at all: killed at any moment, the process leaves
 * what was there before or what is new, complete. Where a file system has no hard links, IL_KEEP_ONE has
 * a moment in which PATH.1 is all there is. A symbolic link stays, and the file it names is replaced;
 * permissions stay. What a killed process leaves behind, PATH.initlab-tmp, is reused by the next.
 *
 * Errors: IL_IO (no such folder, no permission, disk full, another process is writing the file),
 * IL_INVALID (the path names no such format, or the set does not fit it), IL_NO_MEMORY. */
il_status il_tensors_write(const il_tensors *set, const char *path, il_generations generations,
                           il_error *err);

/* Whether several tensors, with notes or without, could be written to PATH, as far as can be known before there are any.
 * Nothing changes. Errors: those of il_tensors_write. */
il_status il_tensors_try(const char *path, bool notes, il_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
