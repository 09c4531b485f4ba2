/* The writer: one thread, which adds all blocks that have arrived in one transaction. While it waits for the disk the
 * workers compute, and more blocks arrive for the next.
 */
#include "lab/store/store.h"

#include <signal.h>
#include <stdlib.h>

typedef struct writer {
    il_store *store;
    sqlite3_stmt *run, *same, *put[IL_PUTS];
    size_t added; /* runs of the transaction that the store did not have */
} writer;

static void bind_run(sqlite3_stmt *statement, sqlite3_int64 arm, uint32_t seed, const il_run *run) {
    sqlite3_bind_int64(statement, 1, arm);
    sqlite3_bind_int64(statement, 2, seed);
    sqlite3_bind_int(statement, 3, run->outcome);
    sqlite3_bind_int64(statement, 4, run->epoch);
    sqlite3_bind_int(statement, 5, run->layer);
    sqlite3_bind_double(statement, 6, (double)run->loss);     /* SQLite stores NaN as NULL */
    sqlite3_bind_double(statement, 7, (double)run->accuracy); /* NaN when targets are numbers */
}

/* A run that was there, and was run again to be recorded, must have ended as it did. */
static il_status check_same(writer *w, uint32_t seed, il_error *err) {
    il_store *store = w->store;
    int code = sqlite3_step(w->same);
    sqlite3_reset(w->same);
    if (code == SQLITE_ROW)
        return IL_OK;
    if (code != SQLITE_DONE)
        return il_store_fail(store->db, store->path, "runs cannot be read", err);
    return il_fail(err, IL_INVALID,
                   "%s: seed %u, run again to be recorded, did not end as the store has it: it was "
                   "computed otherwise: use a new file",
                   store->path, seed);
}

static il_status insert(writer *w, sqlite3_int64 arm, uint32_t seed, const il_run *run,
                        il_error *err) {
    bind_run(w->run, arm, seed, run);
    sqlite3_bind_int(w->run, 8, IL_FAILED); /* only such a run is replaced */
    bool done = sqlite3_step(w->run) == SQLITE_DONE;
    done &= sqlite3_reset(w->run) == SQLITE_OK;
    if (!done)
        return il_store_fail(w->store->db, w->store->path, "runs cannot be added", err);
    if (sqlite3_changes(w->store->db) > 0) {
        w->added++;
        return IL_OK;
    }
    bind_run(w->same, arm, seed, run);
    return check_same(w, seed, err);
}

/* A run, and with it what was recorded of it. */
static il_status write_run(writer *w, const il_finished *block, uint32_t seed, il_error *err) {
    il_store *store = w->store;
    const il_run *run = &block->row[seed - 1];
    bool recorded = block->record && seed <= store->recording.seeds;
    il_status status = insert(w, store->arm[block->arm], seed, run, err);
    if (status != IL_OK || !recorded || !block->record[seed - 1])
        return status;
    return il_records_put(w->put, store->arm[block->arm], run, block->record[seed - 1],
                          &store->recording)
               ? IL_OK
               : il_store_fail(store->db, store->path, "records cannot be added", err);
}

static void free_records(const il_store *store, const il_finished *block) {
    for (size_t k = 0; k < block->n; k++) {
        if (!block->record || block->seed[k] > store->recording.seeds)
            continue;
        free(block->record[block->seed[k] - 1]);
        block->record[block->seed[k] - 1] = NULL;
    }
}

/* Blocks first … first + n - 1 of the ring, whole or not at all. */
static il_status write_blocks(writer *w, size_t first, size_t n, il_error *err) {
    il_store *store = w->store;
    il_status status =
        il_store_execute(store->db, store->path, "BEGIN IMMEDIATE", "runs cannot be added", err);
    w->added = 0;
    if (status != IL_OK)
        return status;
    for (size_t i = 0; i < n && status == IL_OK; i++) {
        const il_finished *block = &store->waiting[(first + i) % IL_WAITING];
        for (size_t k = 0; k < block->n && status == IL_OK; k++)
            status = write_run(w, block, block->seed[k], err);
    }
    if (status == IL_OK)
        status = il_store_execute(store->db, store->path, "COMMIT", "runs cannot be added", err);
    else
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    for (size_t i = 0; i < n && status == IL_OK; i++)
        free_records(store, &store->waiting[(first + i) % IL_WAITING]);
    return status;
}

static il_status prepare(writer *w, il_error *err) {
    sqlite3 *db = w->store->db;
    const char *path = w->store->path;
    il_status status = il_store_prepare(
        db, path,
        "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = "
        "excluded.state, epochs = excluded.epochs, layer = excluded.layer, loss = "
        "excluded.loss, accuracy = excluded.accuracy WHERE run.state = ?8",
        &w->run, err);
    if (status == IL_OK)
        status = il_store_prepare(db, path,
                                  "SELECT 1 FROM run WHERE arm = ? AND seed = ? AND state = ? AND "
                                  "epochs = ? AND layer = ? AND loss IS ? AND accuracy IS ?",
                                  &w->same, err);
    return status == IL_OK ? il_records_prepare(db, path, w->put, err) : status;
}

static void release(writer *w) {
    sqlite3_finalize(w->run);
    sqlite3_finalize(w->same);
    for (int i = 0; i < IL_PUTS; i++)
        sqlite3_finalize(w->put[i]);
}

static void *write_all(void *argument) {
    il_store *store = argument;
    writer w = {.store = store};
    il_error error = {0};
    prepare(&w, &error);
    pthread_mutex_lock(&store->mutex);
    store->error = error;
    for (;;) {
        while (store->n == 0 && !store->closing)
            pthread_cond_wait(&store->arrived, &store->mutex);
        if (store->n == 0)
            break;
        size_t first = store->first, n = store->n;
        bool usable = store->error.status == IL_OK;
        pthread_mutex_unlock(&store->mutex);
        il_status status = usable ? write_blocks(&w, first, n, &error) : IL_OK;
        pthread_mutex_lock(&store->mutex);
        if (status != IL_OK)
            store->error = error;
        else if (usable)
            store->kept += w.added;
        store->first = (first + n) % IL_WAITING;
        store->n -= n;
        pthread_cond_broadcast(&store->written);
    }
    pthread_mutex_unlock(&store->mutex);
    release(&w);
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
