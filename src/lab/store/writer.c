/* The writer: one thread, which adds all blocks that have arrived in one transaction. While it waits for the disk the
 * workers compute, and more blocks arrive for the next.
 */
#include "lab/store/store.h"

#include <signal.h>

static bool insert(sqlite3_stmt *statement, sqlite3_int64 arm, uint32_t seed, const il_run *run) {
    sqlite3_bind_int64(statement, 1, arm);
    sqlite3_bind_int64(statement, 2, seed);
    sqlite3_bind_int(statement, 3, run->outcome);
    sqlite3_bind_int64(statement, 4, run->epoch);
    sqlite3_bind_int(statement, 5, run->layer);
    sqlite3_bind_double(statement, 6, (double)run->loss);     /* SQLite stores NaN as NULL */
    sqlite3_bind_double(statement, 7, (double)run->accuracy); /* NaN when targets are numbers */
    bool done = sqlite3_step(statement) == SQLITE_DONE;
    return sqlite3_reset(statement) == SQLITE_OK && done;
}

/* Blocks first … first + n - 1 of the ring, whole or not at all. */
static il_status write_blocks(il_store *store, sqlite3_stmt *statement, size_t first, size_t n,
                              size_t *runs, il_error *err) {
    bool done = sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;
    *runs = 0;
    for (size_t i = 0; i < n && done; i++) {
        const il_finished *block = &store->waiting[(first + i) % IL_WAITING];
        for (size_t k = 0; k < block->n && done; k++)
            done = insert(statement, store->arm[block->arm], block->seed[k],
                          &block->row[block->seed[k] - 1]);
        *runs += block->n;
    }
    done = done && sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    if (done)
        return IL_OK;
    il_status status = il_store_fail(store->db, store->path, "runs cannot be added", err);
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

static void *write_all(void *argument) {
    il_store *store = argument;
    il_error error = {0};
    sqlite3_stmt *statement;
    il_store_prepare(store->db, store->path,
                     "INSERT OR IGNORE INTO run VALUES (?, ?, ?, ?, ?, ?, ?)", &statement, &error);
    pthread_mutex_lock(&store->mutex);
    store->error = error;
    for (;;) {
        while (store->n == 0 && !store->closing)
            pthread_cond_wait(&store->arrived, &store->mutex);
        if (store->n == 0)
            break;
        size_t first = store->first, n = store->n, runs = 0;
        bool usable = store->error.status == IL_OK;
        pthread_mutex_unlock(&store->mutex);
        il_status status = usable ? write_blocks(store, statement, first, n, &runs, &error) : IL_OK;
        pthread_mutex_lock(&store->mutex);
        if (status == IL_OK)
            store->kept += runs;
        else
            store->error = error;
        store->first = (first + n) % IL_WAITING;
        store->n -= n;
        pthread_cond_broadcast(&store->written);
    }
    pthread_mutex_unlock(&store->mutex);
    sqlite3_finalize(statement);
    return NULL;
}

il_status il_writer_start(il_store *store, il_error *err) {
    sigset_t all, before;
    store->first = store->n = 0;
    store->closing = false;
    store->error = (il_error){.status = IL_OK};
    sigfillset(&all); /* signals belong to the caller's thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&store->thread, NULL, write_all, store) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started
               ? IL_OK
               : il_fail(err, IL_NO_MEMORY, "%s: no thread can be started to write", store->path);
}

static il_status copy_error(const il_store *store, il_error *err) {
    return store->error.status == IL_OK
               ? IL_OK
               : il_fail(err, store->error.status, "%s", store->error.message);
}

il_status il_store_put(il_store *store, const il_finished *runs, il_error *err) {
    pthread_mutex_lock(&store->mutex);
    while (store->n == IL_WAITING)
        pthread_cond_wait(&store->written, &store->mutex);
    il_status status = copy_error(store, err);
    if (status == IL_OK)
        store->waiting[(store->first + store->n++) % IL_WAITING] = *runs;
    pthread_cond_signal(&store->arrived);
    pthread_mutex_unlock(&store->mutex);
    return status;
}

il_status il_store_end(il_store *store, il_error *err) {
    pthread_mutex_lock(&store->mutex);
    store->closing = true;
    pthread_cond_signal(&store->arrived);
    pthread_mutex_unlock(&store->mutex);
    pthread_join(store->thread, NULL);
    return copy_error(store, err);
}
