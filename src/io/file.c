#include "io/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define ZLIB_CONST
#include <zlib.h>

enum { CHUNK = 65536, PIECE = 1 << 30 }; /* zlib counts in unsigned int */

struct il_file {
    const char *path;
    const il_file_kind *kind;
    int fd;
    struct stat opened;
    uint64_t taken, given; /* bytes read from disk, and handed to the caller */
    bool compressed, ended;
    z_stream zip;
    const unsigned char *next; /* what is left of `chunk` */
    size_t left;
    unsigned char chunk[CHUNK];
};

il_status il_file_fail(il_error *err, il_status status, const char *path, const char *format, ...) {
    char message[sizeof err->message];
    il_place place = {path, 0, 0};
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    il_fail_at(err, &place, 0, "%s", message);
    if (err)
        err->status = status;
    return status;
}

il_status il_file_fail_system(il_error *err, const char *path, const char *verb, const char *noun,
                              int error, const char *remedy) {
    char reason[128];
    /* The GNU variant, which is safe between threads. */
    const char *text = strerror_r(error, reason, sizeof reason);
    return il_file_fail(err, IL_IO, path, "cannot %s the %s: %s (%s)", verb, noun, text, remedy);
}

static il_status fail_read(const char *path, const il_file_kind *kind, int error, il_error *err) {
    return il_file_fail_system(err, path, "read", kind->noun, error,
                               error == ENOENT   ? "check the path"
                               : error == EACCES ? "check its permissions"
                                                 : "name a file that can be read");
}

static il_status fail(const il_file *file, il_status status, const char *reason, il_error *err) {
    return il_file_fail(err, status, file->path, "%s", reason);
}

/* Refuses what is no ordinary file before a byte of it is read. */
static il_status check(il_file *file, il_error *err) {
    const char *noun = file->kind->noun;
    if (fstat(file->fd, &file->opened) != 0)
        return fail_read(file->path, file->kind, errno, err);
    if (S_ISDIR(file->opened.st_mode))
        return fail_read(file->path, file->kind, EISDIR, err);
    if (!S_ISREG(file->opened.st_mode))
        return il_file_fail(err, IL_INVALID, file->path,
                            "no ordinary file: name one that holds a %s", noun);
    if ((uint64_t)file->opened.st_size > file->kind->most)
        return il_file_fail(
            err, IL_INVALID, file->path, "%llu bytes is no %s: at most %llu are accepted",
            (unsigned long long)file->opened.st_size, noun, (unsigned long long)file->kind->most);
    return IL_OK;
}

/* At the end: the file must be what it was when it was opened, and `taken` all of it. */
static il_status check_unchanged(const il_file *file, il_error *err) {
    struct stat now;
    if (fstat(file->fd, &now) != 0)
        return fail_read(file->path, file->kind, errno, err);
    if (now.st_size == file->opened.st_size && file->taken == (uint64_t)now.st_size &&
        now.st_mtim.tv_sec == file->opened.st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == file->opened.st_mtim.tv_nsec)
        return IL_OK;
    return fail(file, IL_IO, "changed while it was read (read it again when nothing writes to it)",
                err);
}

/* Up to n bytes from the disk, fewer only at the end. */
static il_status take(il_file *file, unsigned char *to, size_t n, size_t *got, il_error *err) {
    for (*got = 0; *got < n;) {
        ssize_t more = read(file->fd, to + *got, n - *got);
        if (more == 0)
            break;
        if (more < 0 && errno != EINTR)
            return fail_read(file->path, file->kind, errno, err);
        *got += more > 0 ? (size_t)more : 0;
    }
    file->taken += *got;
    return *got < n || file->taken > il_file_size(file) ? check_unchanged(file, err) : IL_OK;
}

static il_status fill(il_file *file, il_error *err) {
    file->next = file->chunk;
    return take(file, file->chunk, CHUNK, &file->left, err);
}

/* zlib's own memory, from here so that it is the library's. */
static void *zip_allocate(void *context, unsigned n, unsigned size) {
    (void)context;
    return calloc(n, size);
}

static void zip_release(void *context, void *block) {
    (void)context;
    free(block);
}

static il_status start(il_file *file, il_error *err) {
    il_status status = fill(file, err);
    if (status != IL_OK || !file->kind->gzip || file->left < 2 || file->chunk[0] != 0x1F ||
        file->chunk[1] != 0x8B)
        return status;
    file->zip.zalloc = zip_allocate;
    file->zip.zfree = zip_release;
    enum { GZIP_ONLY = 16 };
    if (inflateInit2(&file->zip, GZIP_ONLY + MAX_WBITS) != Z_OK)
        return il_file_fail(err, IL_NO_MEMORY, file->path, "out of memory decompressing");
    file->compressed = true;
    return IL_OK;
}

il_status il_file_open(const char *path, const il_file_kind *kind, il_file **out, il_error *err) {
    *out = NULL;
    /* O_NONBLOCK: opening a pipe must not wait for its writer. */
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return fail_read(path, kind, errno, err);
    il_file *file = calloc(1, sizeof *file);
    if (!file) {
        close(fd);
        return il_file_fail(err, IL_NO_MEMORY, path, "out of memory reading");
    }
    file->path = path;
    file->kind = kind;
    file->fd = fd;
    il_status status = check(file, err);
    if (status == IL_OK)
        status = start(file, err);
    if (status == IL_OK)
        *out = file;
    else
        il_file_close(file);
    return status;
}

void il_file_close(il_file *file) {
    if (!file)
        return;
    if (file->compressed)
        inflateEnd(&file->zip);
    close(file->fd);
    free(file);
}

static il_status read_plain(il_file *file, unsigned char *to, size_t n, size_t *got,
                            il_error *err) {
    il_status status = IL_OK;
    *got = 0;
    while (status == IL_OK && *got < n) {
        size_t rest = n - *got, part = file->left < rest ? file->left : rest;
        if (part) {
            memcpy(to + *got, file->next, part);
            file->next += part;
            file->left -= part;
        } else if (rest >= CHUNK) {
            status = take(file, to + *got, rest, &part, err);
        } else {
            status = fill(file, err);
            part = 0;
        }
        *got += part;
        if (!part && !file->left)
            break;
    }
    return status;
}

/* After the end of a member: the next one, or the end of the file. */
static il_status next_member(il_file *file, il_error *err) {
    il_status status = file->left ? IL_OK : fill(file, err);
    if (status != IL_OK)
        return status;
    file->ended = !file->left;
    if (!file->ended)
        inflateReset(&file->zip);
    return IL_OK;
}

static il_status fail_zip(const il_file *file, int code, il_error *err) {
    if (code == Z_MEM_ERROR)
        return il_file_fail(err, IL_NO_MEMORY, file->path, "out of memory decompressing");
    if (code == Z_BUF_ERROR)
        return fail(file, IL_INVALID, "the compressed data breaks off (truncated: copy it again)",
                    err);
    /* The first member was told by its header: only a later one can lack it. */
    if (file->zip.msg && strcmp(file->zip.msg, "incorrect header check") == 0)
        return fail(
            file, IL_INVALID,
            "something else follows the compressed data (remove it, or copy the file again)", err);
    return il_file_fail(err, IL_INVALID, file->path, "corrupt gzip data: %s (copy it again)",
                        file->zip.msg ? file->zip.msg : "no such stream");
}

static il_status read_zip(il_file *file, unsigned char *to, size_t n, size_t *got, il_error *err) {
    il_status status = IL_OK;
    for (*got = 0; *got < n && !file->ended && status == IL_OK;) {
        if (!file->left && (status = fill(file, err)) != IL_OK)
            break;
        z_stream *zip = &file->zip;
        unsigned room = n - *got < PIECE ? (unsigned)(n - *got) : PIECE;
        zip->next_in = file->next;
        zip->avail_in = (unsigned)file->left;
        zip->next_out = to + *got;
        zip->avail_out = room;
        int code = inflate(zip, Z_NO_FLUSH);
        file->next = zip->next_in;
        file->left = zip->avail_in;
        *got += room - zip->avail_out;
        if (code == Z_STREAM_END)
            status = next_member(file, err);
        else if (code != Z_OK)
            status = fail_zip(file, code, err);
    }
    return status;
}

il_status il_file_read(il_file *file, void *to, size_t n, size_t *got, il_error *err) {
    il_status status = (file->compressed ? read_zip : read_plain)(file, to, n, got, err);
    file->given += *got;
    if (status == IL_OK && file->given > file->kind->most)
        return il_file_fail(err, IL_INVALID, file->path,
                            "holds more than %llu bytes when decompressed: no %s has more",
                            (unsigned long long)file->kind->most, file->kind->noun);
    return status;
}

il_status il_file_read_exactly(il_file *file, void *to, size_t n, il_error *err) {
    size_t got;
    uint64_t from = file->given;
    il_status status = il_file_read(file, to, n, &got, err);
    if (status != IL_OK || got == n)
        return status;
    return il_file_fail(err, IL_INVALID, file->path,
                        "ends after %llu bytes, %llu are needed (truncated?)",
                        (unsigned long long)(from + got), (unsigned long long)(from + n));
}

il_status il_file_end(il_file *file, il_error *err) {
    unsigned char byte;
    size_t got;
    uint64_t from = file->given;
    il_status status = il_file_read(file, &byte, 1, &got, err);
    if (status != IL_OK || !got)
        return status;
    return il_file_fail(err, IL_INVALID, file->path,
                        "more bytes follow the %llu that belong to it (remove them)",
                        (unsigned long long)from);
}

uint64_t il_file_size(const il_file *file) {
    return (uint64_t)file->opened.st_size;
}

bool il_file_compressed(const il_file *file) {
    return file->compressed;
}

const char *il_file_path(const il_file *file) {
    return file->path;
}

int il_file_descriptor(const il_file *file) {
    return file->fd;
}

/* Room for `n` bytes more than `used`, in place of *text. */
static il_status grow(const il_file *file, char **text, size_t used, size_t n, il_error *err) {
    char *larger = used < SIZE_MAX - n ? malloc(used + n) : NULL;
    if (larger && used)
        memcpy(larger, *text, used);
    if (larger) {
        free(*text);
        *text = larger;
        return IL_OK;
    }
    return il_file_fail(err, IL_NO_MEMORY, file->path, "out of memory reading");
}

il_status il_file_load(const char *path, const il_file_kind *kind, char **out, size_t *n,
                       il_error *err) {
    il_file *file;
    char *text = NULL;
    *out = NULL;
    *n = 0;
    il_status status = il_file_open(path, kind, &file, err);
    if (status != IL_OK)
        return status;
    /* One byte more than the size shows the end; what is decompressed doubles until it fits. */
    size_t used = 0, got, room = file->compressed ? CHUNK : (size_t)il_file_size(file) + 1;
    do {
        status = grow(file, &text, used, room, err);
        if (status == IL_OK)
            status = il_file_read(file, text + used, room, &got, err);
        used += status == IL_OK ? got : 0;
    } while (status == IL_OK && got == room && (room = used));
    if (status == IL_OK) {
        text[used] = '\0';
        *out = text;
        *n = used;
    } else
        free(text);
    il_file_close(file);
    return status;
}
