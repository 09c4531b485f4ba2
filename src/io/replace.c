#include "io/replace.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME = NAME_MAX + 16 }; /* too long is for the system to say */

struct il_replacement {
    const char *path, *noun;
    int folder, fd;
    bool exists, ours;     /* there is an old file; the temporary is ours */
    mode_t mode;           /* of the old file */
    char target[PATH_MAX]; /* `path` without links */
    const char *name;      /* its last part; all work is done by names in `folder` */
    char temporary[NAME];
};

static il_status fail(const il_replacement *new, int error, il_error *err) {
    const char *remedy =
        error == ENOENT || error == ENOTDIR                    ? "make the folder first"
        : error == EACCES || error == EPERM || error == EROFS  ? "write where that is permitted"
        : error == ENOSPC || error == EDQUOT || error == EFBIG ? "free some space"
        : error == EWOULDBLOCK ? "another process is writing it: wait, or name another file"
        : error == EISDIR      ? "name a file"
                               : "name another file";
    return il_file_fail_system(err, new->path, "write", new->noun, error, remedy);
}

/* Follows links, and splits the path: new->name becomes its last part, *folder the rest. */
static il_status locate(il_replacement *new, char folder[PATH_MAX], il_error *err) {
    struct stat link;
    bool follow = lstat(new->path, &link) == 0 && S_ISLNK(link.st_mode);
    if (strlen(new->path) >= PATH_MAX)
        return fail(new, ENAMETOOLONG, err);
    if (!follow)
        memcpy(new->target, new->path, strlen(new->path) + 1);
    else if (!realpath(new->path, new->target))
        return fail(new, errno, err);
    const char *slash = strrchr(new->target, '/');
    size_t length = slash ? (size_t)(slash - new->target) + 1 : 0;
    new->name = new->target + length;
    memcpy(folder, length ? new->target : ".", length ? length : 1);
    folder[length ? length : 1] = '\0';
    if (!*new->name)
        return fail(new, EISDIR, err);
    snprintf(new->temporary, NAME, "%.*s.initlab-tmp", NAME_MAX + 1, new->name);
    return IL_OK;
}

/* What is there may be replaced only if it is a file that could have been written to. */
static il_status check_old(il_replacement *new, il_error *err) {
    struct stat old;
    if (fstatat(new->folder, new->name, &old, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? IL_OK : fail(new, errno, err);
    if (S_ISDIR(old.st_mode))
        return fail(new, EISDIR, err);
    if (!S_ISREG(old.st_mode))
        return il_file_fail(err, IL_INVALID, new->path,
                            "no ordinary file: name one to write the %s to", new->noun);
    if (faccessat(new->folder, new->name, W_OK, AT_EACCESS) != 0)
        return fail(new, errno, err);
    new->exists = true;
    new->mode = old.st_mode & 0777;
    return IL_OK;
}

/* The temporary by its name, locked: what is locked is being written, and what is not was left behind by a
 * process that was killed. */
static il_status lock_temporary(il_replacement *new, bool *stale, il_error *err) {
    struct stat mine, named;
    new->fd = openat(new->folder, new->temporary,
                     O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    if (new->fd < 0)
        return fail(new, errno, err);
    if (flock(new->fd, LOCK_EX | LOCK_NB) != 0) {
        new->ours = errno != EWOULDBLOCK;
        return fail(new, errno, err);
    }
    if (fstat(new->fd, &mine) != 0)
        return fail(new, errno, err);
    *stale = fstatat(new->folder, new->temporary, &named, AT_SYMLINK_NOFOLLOW) != 0 ||
             mine.st_ino != named.st_ino;
    if (!*stale && !S_ISREG(mine.st_mode))
        return fail(new, EEXIST, err);
    new->ours = !*stale;
    return IL_OK;
}

static il_status open_temporary(il_replacement *new, il_error *err) {
    /* Between open and lock another process may have put that file in place: then there is a new name to
     * open. */
    bool stale = true;
    for (int attempt = 0; stale && attempt < 100; attempt++) {
        if (new->fd >= 0)
            close(new->fd);
        il_status status = lock_temporary(new, &stale, err);
        if (status != IL_OK)
            return status;
    }
    if (stale || ftruncate(new->fd, 0) != 0 || (new->exists &&fchmod(new->fd, new->mode) != 0))
        return fail(new, stale ? EWOULDBLOCK : errno, err);
    return IL_OK;
}

il_status il_replace_begin(const char *path, const char *noun, il_replacement **out,
                           il_error *err) {
    char folder[PATH_MAX];
    *out = NULL;
    il_replacement *new = calloc(1, sizeof *new);
    if (!new)
        return il_file_fail(err, IL_NO_MEMORY, path, "out of memory writing the %s", noun);
    new->path = path;
    new->noun = noun;
    new->folder = new->fd = -1;
    il_status status = locate(new, folder, err);
    if (status == IL_OK) {
        new->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        status = new->folder < 0 ? fail(new, errno, err) : check_old(new, err);
    }
    if (status == IL_OK)
        status = open_temporary(new, err);
    if (status == IL_OK)
        *out = new;
    else
        il_replace_abandon(new);
    return status;
}

il_status il_replace_write(il_replacement *new, const void *bytes, size_t n, il_error *err) {
    for (size_t done = 0; done < n;) {
        ssize_t more = write(new->fd, (const char *)bytes + done, n - done);
        if (more < 0 && errno != EINTR)
            return fail(new, errno, err);
        done += more > 0 ? (size_t)more : 0;
    }
    return IL_OK;
}

/* What PATH is becomes PATH.1 as well: a second name for it, so that PATH is never missing. Returns
 * false with errno. */
static bool keep_old(const il_replacement *new, bool *moved) {
    char kept[NAME], spare[NAME];
    snprintf(kept, NAME, "%.*s.1", NAME_MAX, new->name);
    snprintf(spare, NAME, "%.*s.initlab-old", NAME_MAX, new->name);
    unlinkat(new->folder, spare, 0);
    if (linkat(new->folder, new->name, new->folder, spare, 0) == 0) {
        bool done = renameat(new->folder, spare, new->folder, kept) == 0;
        int error = errno;
        /* Renaming does nothing when both are the same file, from a process killed after this. */
        unlinkat(new->folder, spare, 0);
        errno = error;
        return done;
    }
    /* A file system without links. */
    *moved = (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS || errno == EMLINK) &&
             renameat(new->folder, new->name, new->folder, kept) == 0;
    return *moved;
}

/* The new file under its name, and the folder that says so on the disk. */
static il_status put_in_place(il_replacement *new, il_generations generations, il_error *err) {
    bool moved = false;
    if (fsync(new->fd) != 0)
        return fail(new, errno, err);
    if (new->exists && generations == IL_KEEP_ONE && !keep_old(new, &moved))
        return fail(new, errno, err);
    if (renameat(new->folder, new->temporary, new->folder, new->name) != 0) {
        int error = errno;
        char kept[NAME];
        snprintf(kept, NAME, "%.*s.1", NAME_MAX, new->name);
        if (moved)
            renameat(new->folder, kept, new->folder, new->name);
        return fail(new, error, err);
    }
    new->ours = false; /* its name is gone */
    /* Some file systems cannot sync a folder, and say EINVAL. */
    if (fsync(new->folder) != 0 && errno != EINVAL)
        return fail(new, errno, err);
    return IL_OK;
}

il_status il_replace_commit(il_replacement *new, il_generations generations, il_error *err) {
    il_status status = put_in_place(new, generations, err);
    il_replace_abandon(new);
    return status;
}

void il_replace_abandon(il_replacement *new) {
    if (!new)
        return;
    if (new->ours)
        unlinkat(new->folder, new->temporary, 0);
    if (new->fd >= 0)
        close(new->fd);
    if (new->folder >= 0)
        close(new->folder);
    free(new);
}
