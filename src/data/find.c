#include "data/find.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool join(char path[IL_PATH], const char *folder, const char *name, const char *end) {
    int n = snprintf(path, IL_PATH, "%s%s%s%s", folder, *name ? "/" : "", name, end);
    return n > 0 && n < IL_PATH;
}

/* Whether the folder has the file; its path to out->path[i]. */
static bool has_file(const il_partners *files, size_t i, il_found *out) {
    static const char *const ends[] = {"", ".gz"};
    for (size_t k = 0; k < 2; k++)
        if (join(out->path[i], out->folder, files->file[i], ends[k]) &&
            access(out->path[i], F_OK) == 0)
            return true;
    return false;
}

/* How many of the files out->folder has; one that is missing to *missing. */
static size_t count_files(const il_partners *files, il_found *out, const char **missing) {
    size_t n = 0;
    for (size_t i = 0; i < IL_PARTNERS; i++)
        if (has_file(files, i, out))
            n++;
        else
            *missing = files->file[i];
    return n;
}

/* A long path's end says more than its beginning. */
static void add_folder(const char *folder, bool first, char *text, size_t size, size_t *used) {
    enum { MOST = 90 };
    size_t n = strlen(folder), cut = n > MOST ? n - MOST : 0;
    while (cut && ((unsigned char)folder[cut] & 0xC0) == 0x80)
        cut++;
    il_append(text, size, used, "%s%s%s", first ? "" : ", ", cut ? "..." : "", folder + cut);
}

static il_status fail_missing(const il_partners *files, const il_folders *folders, il_error *err) {
    char looked[320] = "";
    size_t used = 0;
    for (size_t i = 0; folders && i < folders->n; i++)
        add_folder(folders->path[i], i == 0, looked, sizeof looked, &used);
    if (!used)
        return il_fail(err, IL_INVALID,
                       "%s: no folder is known in which its files could lie: give il_folders",
                       files->name);
    return il_fail(err, IL_INVALID,
                   "%s: no %s, with .gz or without, in %s/ below these folders%s: %s "
                   "(data/fetch.sh %s brings it)",
                   files->name, files->file[0], files->name,
                   files->anywhere ? ", or in themselves" : "", looked, files->name);
}

il_status il_find_files(const il_partners *files, const il_folders *folders, il_found *out,
                        il_error *err) {
    for (size_t i = 0; folders && i < folders->n; i++)
        for (int inside = 1; inside >= 0; inside--) {
            const char *missing = NULL;
            if ((!inside && !files->anywhere) ||
                !join(out->folder, folders->path[i], inside ? files->name : "", ""))
                continue;
            size_t n = count_files(files, out, &missing);
            if (n == IL_PARTNERS)
                return IL_OK;
            if (n > 0)
                return il_fail(
                    err, IL_INVALID,
                    "%s: %.200s has no %s, with .gz or without (data/fetch.sh %s brings it)",
                    files->name, out->folder, missing, files->name);
        }
    return fail_missing(files, folders, err);
}
