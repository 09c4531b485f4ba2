/* The file: refused before SQLite may touch it, locked, and made.
 */
#include "lab/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE 10000 /* milliseconds to wait for another process that reads or commits */

il_status il_store_fail(sqlite3 *db, const char *path, const char *doing, il_error *err) {
    int code = sqlite3_errcode(db), reason = sqlite3_system_errno(db);
    if (code == SQLITE_NOMEM)
        return il_fail(err, IL_NO_MEMORY, "%s: no memory %s", path, doing);
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        return il_fail(err, IL_INVALID, "%s: the file is damaged (%s): restore a copy of it", path,
                       sqlite3_errmsg(db));
    if (code == SQLITE_FULL)
        return il_fail(err, IL_IO, "%s: the disk is full: make room and run the same command again",
                       path);
    bool told = reason != 0 && (code == SQLITE_IOERR || code == SQLITE_CANTOPEN);
    return il_fail(err, IL_IO, "%s: %s: %s", path, doing,
                   told ? strerror(reason) : sqlite3_errmsg(db));
}

il_status il_store_execute(sqlite3 *db, const char *path, const char *sql, const char *doing,
                           il_error *err) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return IL_OK;
    il_status status = il_store_fail(db, path, doing, err);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

il_status il_store_prepare(sqlite3 *db, const char *path, const char *sql, sqlite3_stmt **out,
                           il_error *err) {
    *out = NULL;
    return sqlite3_prepare_v2(db, sql, -1, out, NULL) == SQLITE_OK
               ? IL_OK
               : il_store_fail(db, path, "cannot be read", err);
}

static uint32_t big_endian(const unsigned char *b) {
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Reads the first page's header before SQLite opens the file, which might complete or undo what an unknown program had
 * begun. */
static il_status check_header(int file, const char *path, bool *empty, il_error *err) {
    unsigned char header[100] = {0};
    struct stat info;
    if (fstat(file, &info) != 0)
        return il_fail(err, IL_IO, "%s: cannot be read: %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return il_fail(err, IL_INVALID, "%s is not a file: results need one", path);
    ssize_t n = pread(file, header, sizeof header, 0);
    if (n < 0)
        return il_fail(err, IL_IO, "%s: cannot be read: %s", path, strerror(errno));
    *empty = n == 0;
    if (*empty)
        return IL_OK;
    if (n < (ssize_t)sizeof header || memcmp(header, "SQLite format 3", 16) != 0 ||
        big_endian(header + 68) != IL_APPLICATION)
        return il_fail(err, IL_INVALID,
                       "%s is not a store of initlab: name another file, or a new one", path);
    uint32_t format = big_endian(header + 60);
    if (format == 0 || format > IL_FORMAT)
        return il_fail(err, IL_INVALID,
                       "%s was written by a newer initlab (format %u; this one, %s, knows %d)",
                       path, format, il_version(), IL_FORMAT);
    return IL_OK;
}

static il_status check_content(sqlite3 *db, const char *path, il_error *err) {
    sqlite3_stmt *check;
    il_status status = il_store_prepare(db, path, "PRAGMA quick_check(1)", &check, err);
    if (status != IL_OK)
        return status;
    if (sqlite3_step(check) != SQLITE_ROW)
        status = il_store_fail(db, path, "cannot be checked", err);
    else if (strcmp((const char *)sqlite3_column_text(check, 0), "ok") != 0)
        status = il_fail(err, IL_INVALID, "%s: the file is damaged (%s): restore a copy of it",
                         path, (const char *)sqlite3_column_text(check, 0));
    sqlite3_finalize(check);
    return status;
}

/* The path as a URI, so that SQLite takes no name for something else than a file. */
static char *uri_of(const char *path, const char *query) {
    char *uri = malloc(3 * strlen(path) + strlen(query) + sizeof "file:./"), *out = uri;
    if (!uri)
        return NULL;
    out += sprintf(out, "file:%s", path[0] == '/' ? "" : "./");
    for (; *path; path++)
        out += sprintf(out, strchr("%?#", *path) ? "%%%02x" : "%c", (unsigned char)*path);
    strcpy(out, query);
    return uri;
}

static il_status open_database(const char *path, const char *query, int flags, sqlite3 **db,
                               il_error *err) {
    char *uri = uri_of(path, query);
    int code = uri ? sqlite3_open_v2(uri, db, flags | SQLITE_OPEN_URI, NULL) : SQLITE_NOMEM;
    free(uri);
    if (!*db)
        return il_fail(err, IL_NO_MEMORY, "no memory to open %s", path);
    if (code != SQLITE_OK)
        return il_store_fail(*db, path, "cannot be opened", err);
    sqlite3_busy_timeout(*db, PATIENCE);
    return IL_OK;
}

/* A log beside the file lets readers work while a writer does, and makes a commit a single write. It is synced at each
 * commit, so that runs survive the machine too; the writer does that while workers compute. */
static const char settings[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                               "PRAGMA wal_autocheckpoint = 4096; PRAGMA foreign_keys = OFF;";

/* Opens the database in `file`, whose header has been checked. */
static il_status connect_writable(il_store *store, bool empty, il_error *err) {
    const char *path = store->path;
    il_status status =
        open_database(path, "", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &store->db, err);
    if (status == IL_OK && !empty)
        status = check_content(store->db, path, err);
    if (status == IL_OK)
        status = il_store_make(store->db, path, empty, err);
    if (status == IL_OK)
        status = il_store_execute(store->db, path, settings, "cannot be written to", err);
    return status;
}

il_status il_store_connect(const char *path, sqlite3 **db, il_error *err) {
    bool empty;
    *db = NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return il_fail(err, IL_IO, "%s: cannot be opened: %s", path, strerror(errno));
    il_status status = check_header(file, path, &empty, err);
    close(file);
    if (status == IL_OK && empty)
        status = il_fail(err, IL_INVALID, "%s is empty: no study has been run with it", path);
    if (status == IL_OK)
        status = open_database(path, "", SQLITE_OPEN_READONLY, db, err);
    if (status == IL_OK)
        status = check_content(*db, path, err);
    /* Where SQLite may not make its log, no writer can be at work. */
    if (status == IL_IO && *db && sqlite3_errcode(*db) == SQLITE_CANTOPEN) {
        sqlite3_close(*db);
        status = open_database(path, "?immutable=1", SQLITE_OPEN_READONLY, db, err);
        if (status == IL_OK)
            status = check_content(*db, path, err);
    }
    if (status != IL_OK) {
        sqlite3_close(*db);
        *db = NULL;
    }
    return status;
}

#define HELD (1LL << 60) /* the byte that is locked for writing, far behind any that SQLite locks */
#define HOLDER (1LL << 61) /* the byte at HOLDER plus the process's id says who holds it */
#define MOST_PROCESSES (1LL << 32)

/* A lock that ends with the process. It belongs to the descriptor: a lock of the process would be lost whenever SQLite
 * unlocks the file. */
static il_status lock(il_store *store, il_error *err) {
    struct flock held = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = HELD, .l_len = 1};
    struct flock holder = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = HOLDER + getpid(), .l_len = 1};
    store->lock = open(store->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (store->lock < 0)
        return il_fail(err, IL_IO, "%s: cannot be written to: %s", store->path, strerror(errno));
    if (fcntl(store->lock, F_OFD_SETLK, &held) == 0 &&
        fcntl(store->lock, F_OFD_SETLK, &holder) == 0)
        return IL_OK;
    if (errno != EAGAIN && errno != EACCES)
        return il_fail(err, IL_IO, "%s: cannot be locked: %s", store->path, strerror(errno));
    holder.l_start = HOLDER;
    holder.l_len = MOST_PROCESSES;
    bool told = fcntl(store->lock, F_OFD_GETLK, &holder) == 0 && holder.l_type != F_UNLCK;
    return il_fail(err, IL_IO, "%s: process %lld is writing to it: wait until it is done",
                   store->path, told ? (long long)(holder.l_start - HOLDER) : 0);
}

static char *copy(const char *text) {
    return strdup(text ? text : "");
}

il_status il_store_open(const char *path, const il_origin *origin, il_store **out, il_error *err) {
    il_origin none = {0};
    const il_origin *o = origin ? origin : &none;
    *out = NULL;
    il_store *store = calloc(1, sizeof *store);
    if (!store)
        return il_fail(err, IL_NO_MEMORY, "no memory to open %s", path);
    store->lock = -1;
    pthread_mutex_init(&store->mutex, NULL);
    pthread_cond_init(&store->arrived, NULL);
    pthread_cond_init(&store->written, NULL);
    store->path = copy(path);
    store->openblas = copy(o->openblas);
    store->plugins = copy(o->plugins);
    store->command = copy(o->command);
    store->spec = copy(o->spec);
    bool empty,
        copied = store->path && store->openblas && store->plugins && store->command && store->spec;
    il_status status = copied ? IL_OK : il_fail(err, IL_NO_MEMORY, "no memory to open %s", path);
    if (status == IL_OK)
        status = lock(store, err);
    if (status == IL_OK)
        status = check_header(store->lock, path, &empty, err);
    if (status == IL_OK)
        status = connect_writable(store, empty, err);
    if (status == IL_OK)
        *out = store;
    else
        il_store_close(store);
    return status;
}

void il_store_close(il_store *store) {
    if (!store)
        return;
    sqlite3_close(
        store->db); /* before the lock's descriptor: closing that would drop SQLite's locks */
    if (store->lock >= 0)
        close(store->lock);
    pthread_mutex_destroy(&store->mutex);
    pthread_cond_destroy(&store->arrived);
    pthread_cond_destroy(&store->written);
    free(store->path);
    free(store->openblas);
    free(store->plugins);
    free(store->command);
    free(store->spec);
    free(store->arm);
    free(store);
}

size_t il_store_found(const il_store *store) {
    return store->found;
}

size_t il_store_kept(const il_store *store) {
    return store->kept;
}

const char *il_store_difference(const il_store *store) {
    return store->difference[0] ? store->difference : NULL;
}
