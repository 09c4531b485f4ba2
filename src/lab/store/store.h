/* What the files of the store share. Data flows one way: key.c names arms, file.c opens the file, join.c matches it with
 * a study, writer.c adds runs, and archive.c reads a study back.
 */
#ifndef IL_LAB_STORE_H
#define IL_LAB_STORE_H

#include "initlab/store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <xxhash.h>

/* Part of every run's key. It must rise with any change that changes a result of the lockstep engine: when the hashes
 * in tests/golden/bits.h change. */
#define IL_ALGORITHMS 1

/* The name of an arm, or of samples, by content. */
typedef struct il_digest {
    unsigned char bytes[16];
} il_digest;

/* Runs that a worker has finished: seed[i] of an arm whose runs are row[seed - 1]. */
typedef struct il_finished {
    size_t arm, n;
    const uint32_t *seed;
    const il_run *row;
} il_finished;

#define IL_WAITING 64 /* finished blocks that may wait for the writer */

struct il_store {
    char *path, *openblas, *plugins, *command, *spec;
    sqlite3 *db;
    int lock; /* the descriptor that holds the lock, or -1 */

    sqlite3_int64 *arm; /* [n_arms of the study] ids */
    size_t found;
    char difference[512];

    pthread_t thread;
    pthread_mutex_t mutex; /* over the fields below */
    pthread_cond_t arrived, written;
    il_finished waiting[IL_WAITING]; /* a ring */
    size_t first, n;
    bool writing, closing;
    size_t kept;
    il_error error; /* the writer's */
};

/* Digest of everything in a dataset that training sees. */
il_digest il_digest_data(const il_dataset *data);

/* The settings that decide an arm's results, as one JSON object, to be freed. `data` is the digest of its dataset. Errors:
 * IL_NO_MEMORY; those of reading a file that its init names. */
il_status il_arm_settings(const il_study *study, const il_arm *arm, const il_store *store,
                          il_digest data, char **text, il_error *err);

/* The settings of a whole study, a line for each key, to be freed; NULL without memory. */
char *il_study_settings(const il_study *study);

il_digest il_digest_of(const void *bytes, size_t n);

/* Opens a store for reading; errors as il_store_open has them. */
il_status il_store_connect(const char *path, sqlite3 **db, il_error *err);

/* The status and message of SQLite's last failure on `db`. */
il_status il_store_fail(sqlite3 *db, const char *path, const char *doing, il_error *err);

/* Prepares a statement; NULL after an error. */
il_status il_store_prepare(sqlite3 *db, const char *path, const char *sql, sqlite3_stmt **out,
                           il_error *err);

/* Reads the runs of the seeds 1 … seeds of n_arms arms into runs [n_arms][seeds]; sets ran[i] for each of the *found. */
il_status il_store_read_runs(sqlite3 *db, const char *path, const sqlite3_int64 *arm, size_t n_arms,
                             size_t seeds, il_run *runs, unsigned char *ran, size_t *found,
                             il_error *err);

/* Enters the study, and reads what the store has of its runs [n_arms][seeds]: done[i] is set for each. data[n_arms] are
 * the digests of the arms' datasets. Then starts the writer. */
il_status il_store_begin(il_store *store, const il_study *study, const il_digest *data,
                         il_run *runs, unsigned char *done, il_error *err);

/* Hands finished runs to the writer; they must stay in place until il_store_end. Fails once the writer has. */
il_status il_store_put(il_store *store, const il_finished *runs, il_error *err);

/* Waits until everything is written; the writer's error if it had one. Only after il_store_begin succeeded. */
il_status il_store_end(il_store *store, il_error *err);

il_status il_writer_start(il_store *store, il_error *err);

#endif
