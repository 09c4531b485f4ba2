/* Atomic replacement of a file: what is written goes to PATH.initlab-tmp in the same folder, and takes the
 * place of PATH only when all of it is on the disk. Killed at any moment, the process leaves the old file
 * or the new one, complete.
 */
#ifndef IL_IO_REPLACE_H
#define IL_IO_REPLACE_H

#include "initlab/tensor.h"

typedef struct il_replacement il_replacement;

/* `noun` names in messages what is written: "cannot write the <noun>". `path` and `noun` must outlive the
 * replacement. A symbolic link is followed, and an existing file's permissions are kept. Errors:
 * IL_IO, IL_NO_MEMORY; IL_INVALID: PATH is no ordinary file. */
il_status il_replace_begin(const char *path, const char *noun, il_replacement **out, il_error *err);

/* Appends n bytes. After an error only il_replace_abandon may follow. */
il_status il_replace_write(il_replacement *new, const void *bytes, size_t n, il_error *err);

/* Puts the new file in place, and releases `new` whether or not that succeeds. With IL_KEEP_ONE what PATH was
 * becomes PATH.1. */
il_status il_replace_commit(il_replacement *new, il_generations generations, il_error *err);

/* Leaves everything as it was, and releases `new`. */
void il_replace_abandon(il_replacement *new);

#endif
