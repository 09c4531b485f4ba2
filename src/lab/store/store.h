/* What the files of the store share. Data flows one way: key.c names arms, file.c opens the file, schema.c makes its
 * tables, join.c matches it with a study, writer.c adds runs, records.c what was recorded of them, and archive.c reads a
 * study back.
 */
#ifndef IL_LAB_STORE_H
#define IL_LAB_STORE_H

#include "lab/recorder.h"

#include <pthread.h>
#include <sqlite3.h>
#include <xxhash.h>

/* Part of every run's key. It must rise with any change that changes a result of the lockstep engine: when the hashes
 * in tests/golden/bits.h change. */
#define IL_ALGORITHMS 1

#define IL_APPLICATION 0x694c6162 /* "iLab" */
#define IL_FORMAT 2               /* of the file; 1 had no records */

/* The name of an arm, or of samples, by content. */
typedef struct il_digest {
    unsigned char bytes[16];
} il_digest;

/* Runs that a worker has finished: seed[i] of an arm whose runs are row[seed - 1]. */
typedef struct il_finished {
    size_t arm, n;
    const uint32_t *seed;
    const il_run *row;
    il_record **record; /* [recording.seeds] of the arm, freed when written; NULL: none */
} il_finished;

#define IL_WAITING 64 /* finished blocks that may wait for the writer */

struct il_store {
    char *path, *openblas, *plugins, *command, *spec;
    sqlite3 *db;
    int lock; /* the descriptor that holds the lock, or -1 */

    sqlite3_int64 *arm;     /* [n_arms of the study] ids */
    il_recording recording; /* that the study asks for */
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

/* Executes statements; rolls back after an error. */
il_status il_store_execute(sqlite3 *db, const char *path, const char *sql, const char *doing,
                           il_error *err);

/* Makes what tables the file lacks. */
il_status il_store_make(sqlite3 *db, const char *path, bool empty, il_error *err);
il_status il_store_has_later_tables(sqlite3 *db, const char *path, bool *has, il_error *err);

/* A column that may be NULL, which is how SQLite keeps a NaN. */
float il_store_number(sqlite3_stmt *row, int column);

/* Reads the runs of the seeds 1 … seeds of n_arms arms into runs [n_arms][seeds]; sets ran[i] for each of the *found. */
il_status il_store_read_runs(sqlite3 *db, const char *path, const sqlite3_int64 *arm, size_t n_arms,
                             size_t seeds, il_run *runs, unsigned char *ran, size_t *found,
                             il_error *err);

/* The statements with which a record is written. */
enum { IL_PUT_RECORD, IL_PUT_POINT, IL_PUT_LAYER, IL_PUT_SNAPSHOT, IL_PUTS };
il_status il_records_prepare(sqlite3 *db, const char *path, sqlite3_stmt *put[IL_PUTS],
                             il_error *err);
bool il_records_put(sqlite3_stmt *const put[IL_PUTS], sqlite3_int64 arm, const il_run *run,
                    const il_record *record, const il_recording *recording);

/* Sets whole[seed - 1] for the seeds 1 … recording->seeds of which there is what `recording` asks for. */
il_status il_records_find(sqlite3 *db, const char *path, sqlite3_int64 arm,
                          const il_recording *recording, unsigned char *whole, il_error *err);

/* Reads what was recorded of the seeds 1 … seeds of an arm. */
il_status il_records_read(sqlite3 *db, const char *path, sqlite3_int64 arm, size_t seeds,
                          il_arm_record **out, il_error *err);

/* Enters the study, and reads what the store has of its runs [n_arms][seeds]: done[i] is set for each that needs not run
 * (again, to be recorded). data[n_arms] are the digests of the arms' datasets, alarms [n_arms][recording->seeds] what
 * recorded runs say when layers are, else NULL. Failed runs of seeds above last_failed are to be run again. Then starts
 * the writer. */
il_status il_store_begin(il_store *store, const il_study *study, const il_digest *data,
                         const il_recording *recording, size_t last_failed, il_run *runs,
                         unsigned char *done, il_alarms *alarms, il_error *err);

/* Hands finished runs to the writer; they must stay in place until il_store_end. Fails once the writer has. */
il_status il_store_put(il_store *store, const il_finished *runs, il_error *err);

/* Waits until everything is written; the writer's error if it had one. Only after il_store_begin succeeded. */
il_status il_store_end(il_store *store, il_error *err);

il_status il_writer_start(il_store *store, il_error *err);

#endif
