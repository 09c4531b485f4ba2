/* What the formats need of a set of tensors beyond its public functions. */
#ifndef IL_IO_SET_H
#define IL_IO_SET_H

#include "io/file.h"
#include "io/replace.h"

/* An array as a file's header describes it. */
typedef struct il_shape {
    il_dtype dtype;
    size_t n_dims, dim[IL_TENSOR_DIMS];
    size_t count, bytes; /* set by il_shape_measure */
} il_shape;

/* False when the elements cannot be addressed. */
bool il_shape_measure(il_shape *shape);

/* The bytes of a tensor's data. */
size_t il_tensor_bytes(const il_tensor *tensor);

/* IL_NO_MEMORY, with a message. */
il_status il_tensors_no_memory(const char *path, il_error *err);

/* Why `name` cannot be a tensor's, or NULL. */
const char *il_name_problem(const char *name);

/* Appends a tensor of a measured shape whose name is known to be valid and new. */
il_status il_tensors_append(il_tensors *set, const char *name, const il_shape *shape, void **data,
                            il_error *err);

/* The longest header in bytes, enough for some 40000 tensors; the format's own limit is 100 MB. */
enum { IL_SAFETENSORS_HEADER = 4 << 20 };

/* The readers fill an empty set, whose `path` is the file's, from `file`, of which `head` has been read. */
enum { IL_HEAD = 8 };
il_status il_safetensors_read(il_file *file, const unsigned char head[IL_HEAD], il_tensors *set,
                              il_error *err);
il_status il_npy_read_file(il_file *file, const unsigned char head[IL_HEAD], il_tensors *set,
                           il_error *err);
il_status il_npz_read(il_file *file, uint64_t most, il_tensors *set, il_error *err);

/* The writers. The set fits the format as far as il_tensors_write can tell. */
il_status il_safetensors_write(const il_tensors *set, il_replacement *new, const char *path,
                               il_error *err);
il_status il_npy_write_file(const il_tensors *set, il_replacement *new, const char *path,
                            il_error *err);
il_status il_npz_write(const il_tensors *set, il_replacement *new, const char *path, il_error *err);

#endif
