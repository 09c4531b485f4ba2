/* Studies from files. */
#include "io/file.h"
#include "lab/spec.h"

#include <stdlib.h>

il_status il_study_load_with(const il_sources *sources, const char *path,
                             const char *const *overrides, size_t n, il_study **out,
                             il_error *err) {
    static const il_file_kind kind = {"study", IL_SPEC_BYTES, false};
    char *text;
    size_t size;
    *out = NULL;
    il_status status = il_file_load(path, &kind, &text, &size, err);
    if (status == IL_OK)
        status = il_study_parse_with(sources, text, size, path, overrides, n, out, err);
    free(text);
    return status;
}

il_status il_study_load(const char *path, const char *const *overrides, size_t n, il_study **out,
                        il_error *err) {
    return il_study_load_with(&(il_sources){0}, path, overrides, n, out, err);
}
