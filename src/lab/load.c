/* Studies from files. */
#include "lab/spec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static il_status fail_io(il_error *err, const char *path, int error) {
    char reason[128];
    const char *remedy = error == ENOENT   ? "check the path"
                         : error == EACCES ? "check its permissions"
                                           : "name a file that can be read";
    /* The GNU variant, which is safe between threads. */
    const char *text = strerror_r(error, reason, sizeof reason);
    il_place place = {path, 0, 0};
    il_fail_at(err, &place, 0, "cannot read the study: %s (%s)", text, remedy);
    if (err)
        err->status = IL_IO;
    return IL_IO;
}

/* Refuses what is no ordinary file before a byte of it is read. */
static il_status check_file(int fd, const char *path, il_error *err) {
    struct stat info;
    il_place place = {path, 0, 0};
    if (fstat(fd, &info) != 0)
        return fail_io(err, path, errno);
    if (S_ISDIR(info.st_mode))
        return fail_io(err, path, EISDIR);
    if (!S_ISREG(info.st_mode))
        return il_fail_at(err, &place, 0, "no ordinary file: name one that holds a study");
    if (info.st_size > IL_SPEC_BYTES)
        return il_fail_at(err, &place, 0, "%lld bytes is no study: at most %d are accepted",
                          (long long)info.st_size, IL_SPEC_BYTES);
    return IL_OK;
}

/* Up to `most` bytes; a file that grows meanwhile is cut there. */
static il_status read_all(int fd, const char *path, char *text, size_t most, size_t *size,
                          il_error *err) {
    for (*size = 0; *size < most;) {
        ssize_t n = read(fd, text + *size, most - *size);
        if (n == 0)
            break;
        if (n < 0 && errno != EINTR)
            return fail_io(err, path, errno);
        *size += n > 0 ? (size_t)n : 0;
    }
    return IL_OK;
}

il_status il_study_load_with(const il_sources *sources, const char *path,
                             const char *const *overrides, size_t n, il_study **out,
                             il_error *err) {
    *out = NULL;
    /* O_NONBLOCK: opening a pipe must not wait for its writer. */
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return fail_io(err, path, errno);
    size_t size = 0;
    char *text = malloc(IL_SPEC_BYTES + 1);
    il_status status = text ? check_file(fd, path, err)
                            : il_fail(err, IL_NO_MEMORY, "out of memory reading %s", path);
    if (status == IL_OK)
        status = read_all(fd, path, text, IL_SPEC_BYTES + 1, &size, err);
    close(fd);
    if (status == IL_OK)
        status = il_study_parse_with(sources, text, size, path, overrides, n, out, err);
    free(text);
    return status;
}

il_status il_study_load(const char *path, const char *const *overrides, size_t n, il_study **out,
                        il_error *err) {
    return il_study_load_with(&(il_sources){0}, path, overrides, n, out, err);
}
