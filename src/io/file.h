/* Reading files safely: ordinary files only, up to a size, as they were when they were opened; gzip is
 * decompressed on the way. Every error is "PATH: reason (remedy)".
 */
#ifndef IL_IO_FILE_H
#define IL_IO_FILE_H

#include "initlab/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the caller expects of a file. */
typedef struct il_file_kind {
    const char *noun; /* what it holds, as "a <noun>": "study", "dataset" */
    uint64_t most;    /* bytes accepted: of the file, and of what is read from it */
    bool gzip; /* a file that begins as gzip does is decompressed; else gzip is bytes like any */
} il_file_kind;

/* A file that is being read from beginning to end. */
typedef struct il_file il_file;

/* `path` and `kind` must outlive the file. Pipes, devices and the like are refused, and never waited for.
 * Errors: IL_IO when the system refuses; IL_INVALID: no ordinary file, or too large; IL_NO_MEMORY. */
il_status il_file_open(const char *path, const il_file_kind *kind, il_file **out, il_error *err);
void il_file_close(il_file *file);

/* Up to n bytes, fewer only at the end, to `to`; how many to *got. Errors: IL_IO, also for a file that
 * changes while it is read; IL_INVALID: gzip that is corrupt, cut short, or followed by something else (members
 * one after another are one stream, as for gzip), or more than `most` bytes; IL_NO_MEMORY. */
il_status il_file_read(il_file *file, void *to, size_t n, size_t *got, il_error *err);

/* Exactly n bytes; IL_INVALID when the file ends before. */
il_status il_file_read_exactly(il_file *file, void *to, size_t n, il_error *err);

/* IL_INVALID when anything is left to read. Until this or a short read has returned IL_OK, a checksum at the
 * end of gzip is not verified. */
il_status il_file_end(il_file *file, il_error *err);

/* The size on disk, and whether what is read has been compressed. */
uint64_t il_file_size(const il_file *file);
bool il_file_compressed(const il_file *file);

const char *il_file_path(const il_file *file);
int il_file_descriptor(const il_file *file);

/* Opens, reads and closes. *out has *n bytes and a NUL after them; release it with free(). */
il_status il_file_load(const char *path, const il_file_kind *kind, char **out, size_t *n,
                       il_error *err);

/* il_fail with "PATH: " before the message. */
il_status il_file_fail(il_error *err, il_status status, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "PATH: cannot <verb> the <noun>: <what errno means> (<remedy>)", IL_IO. */
il_status il_file_fail_system(il_error *err, const char *path, const char *verb, const char *noun,
                              int error, const char *remedy);

#endif
