/* The tables: made in a new file, or added to one of an earlier format.
 */
#include "lab/store/store.h"

#include <stdio.h>
#include <stdlib.h>

/* A loss that is not a number is NULL. Runs lie in the order of their arm and seed, so that
 * those of a block are written side by side: with a hash of each run as its key, half a million runs took five times as
 * long to store and three times the room. */
static const char tables[] =
    "CREATE TABLE study ("
    "  study INTEGER PRIMARY KEY,"
    "  key BLOB NOT NULL UNIQUE," /* hash of the settings and the arms */
    "  turn INTEGER NOT NULL,"    /* the study run last has the largest */
    "  name TEXT NOT NULL,"
    "  seeds INTEGER NOT NULL," /* runs of each arm, at most, that it was ever asked for */
    "  budget INTEGER NOT NULL,"
    "  converged TEXT NOT NULL,"
    "  settings TEXT NOT NULL," /* a line for each key */
    "  version TEXT NOT NULL,"
    "  openblas TEXT NOT NULL,"
    "  command TEXT NOT NULL,"
    "  spec TEXT NOT NULL"
    ") STRICT;"
    "CREATE TABLE arm ("
    "  arm INTEGER PRIMARY KEY,"
    "  key BLOB NOT NULL UNIQUE," /* hash of the settings */
    "  settings TEXT NOT NULL"    /* JSON: all that decides a run's result, but for its seed */
    ") STRICT;"
    "CREATE TABLE member (" /* the arms of a study; other studies may share them */
    "  study INTEGER NOT NULL REFERENCES study,"
    "  place INTEGER NOT NULL,"
    "  arm INTEGER NOT NULL REFERENCES arm,"
    "  baseline INTEGER," /* the place of the arm it is compared with */
    "  PRIMARY KEY (study, place)"
    ") STRICT, WITHOUT ROWID;";

/* state is an il_outcome. In format 1 it was at most 3. */
static const char run_table[] = "CREATE TABLE run ("
                                "  arm INTEGER NOT NULL REFERENCES arm,"
                                "  seed INTEGER NOT NULL,"
                                "  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),"
                                "  epochs INTEGER NOT NULL,"
                                "  layer INTEGER NOT NULL,"
                                "  loss REAL,"
                                "  accuracy REAL,"
                                "  PRIMARY KEY (arm, seed)"
                                ") STRICT, WITHOUT ROWID;";

/* Of format 2: rules for seeds, and what was recorded of runs. A column of layer_stat for each statistic follows. */
static const char later_tables[] =
    "CREATE TABLE seeding (" /* of the studies whose seeds are auto */
    "  study INTEGER PRIMARY KEY REFERENCES study,"
    "  most INTEGER NOT NULL,"
    "  half_width REAL NOT NULL"
    ") STRICT;"
    "CREATE TABLE record ("
    "  arm INTEGER NOT NULL REFERENCES arm,"
    "  seed INTEGER NOT NULL,"
    "  curves INTEGER NOT NULL," /* every how many epochs, beside the first and the last … */
    "  layers INTEGER,"          /* … or NULL: not at all */
    "  PRIMARY KEY (arm, seed)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE epoch ("
    "  arm INTEGER NOT NULL,"
    "  seed INTEGER NOT NULL,"
    "  epoch INTEGER NOT NULL,"
    "  train_loss REAL,"
    "  train_accuracy REAL,"
    "  loss REAL," /* on the samples that judge */
    "  accuracy REAL,"
    "  PRIMARY KEY (arm, seed, epoch)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE snapshot ("
    "  arm INTEGER NOT NULL,"
    "  seed INTEGER NOT NULL,"
    "  epoch INTEGER NOT NULL,"
    "  parameters BLOB NOT NULL," /* float32, little endian: see il_snapshot_size */
    "  PRIMARY KEY (arm, seed, epoch)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE layer_stat ("
    "  arm INTEGER NOT NULL,"
    "  seed INTEGER NOT NULL,"
    "  epoch INTEGER NOT NULL,"
    "  layer INTEGER NOT NULL,"; /* from 1 */

static il_status read_format(sqlite3 *db, const char *path, int *format, il_error *err) {
    sqlite3_stmt *pragma;
    il_status status = il_store_prepare(db, path, "PRAGMA user_version", &pragma, err);
    if (status == IL_OK && sqlite3_step(pragma) != SQLITE_ROW)
        status = il_store_fail(db, path, "cannot be read", err);
    *format = status == IL_OK ? sqlite3_column_int(pragma, 0) : 0;
    sqlite3_finalize(pragma);
    return status;
}

static void put_tables(bool empty, FILE *out) {
    fputs("BEGIN;", out);
    if (empty)
        fprintf(out, "PRAGMA application_id = %d;%s%s", IL_APPLICATION, tables, run_table);
    else
        fprintf(out,
                "ALTER TABLE run RENAME TO old_run; %s INSERT INTO run SELECT * FROM old_run;"
                "DROP TABLE old_run;",
                run_table);
    fputs(later_tables, out);
    for (il_probe_statistic i = 0; i < IL_PROBE_STATISTICS; i++)
        fprintf(out, "%s REAL,", il_probe_statistic_name(i));
    fputs("PRIMARY KEY (arm, seed, epoch, layer)) STRICT, WITHOUT ROWID;", out);
    fprintf(out, "PRAGMA user_version = %d; COMMIT;", IL_FORMAT);
}

il_status il_store_make(sqlite3 *db, const char *path, bool empty, il_error *err) {
    char *sql = NULL;
    size_t size;
    int format;
    il_status status = read_format(db, path, &format, err);
    if (status != IL_OK || format == IL_FORMAT)
        return status;
    FILE *out = open_memstream(&sql, &size);
    if (out)
        put_tables(empty, out);
    status = out && fclose(out) == 0
                 ? il_store_execute(db, path, sql, "cannot be made", err)
                 : il_fail(err, IL_NO_MEMORY, "%s: no memory to make its tables", path);
    free(sql);
    return status;
}

il_status il_store_has_later_tables(sqlite3 *db, const char *path, bool *has, il_error *err) {
    int format;
    il_status status = read_format(db, path, &format, err);
    *has = format >= 2;
    return status;
}
