/* Records of runs: written beside them, and read back an arm at a time.
 */
#include "base/arena.h"
#include "lab/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "?, ?, …" for a row of layer_stat, and the names of its statistics. */
static char *layer_sql(const char *before, const char *after, bool names) {
    char *sql = NULL;
    size_t size;
    FILE *out = open_memstream(&sql, &size);
    if (!out)
        return NULL;
    fputs(before, out);
    for (il_probe_statistic i = 0; i < IL_PROBE_STATISTICS; i++)
        fprintf(out, ", %s", names ? il_probe_statistic_name(i) : "?");
    fputs(after, out);
    return fclose(out) == 0 ? sql : NULL;
}

static il_status prepare_layers(sqlite3 *db, const char *path, const char *before,
                                const char *after, bool names, sqlite3_stmt **out, il_error *err) {
    char *sql = layer_sql(before, after, names);
    *out = NULL;
    il_status status = sql ? il_store_prepare(db, path, sql, out, err)
                           : il_fail(err, IL_NO_MEMORY, "%s: no memory for its layers", path);
    free(sql);
    return status;
}

/* Of two records of one run the finer one counts where it has all that the other has. */
static const char *const puts_sql[IL_PUTS] = {
    [IL_PUT_RECORD] =
        "INSERT INTO record VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " curves = iif(excluded.curves % curves = 0, curves, excluded.curves),"
        " layers = CASE WHEN excluded.layers IS NULL OR excluded.layers % layers = 0 THEN layers"
        " ELSE excluded.layers END",
    [IL_PUT_POINT] = "INSERT OR REPLACE INTO epoch VALUES (?, ?, ?, ?, ?, ?, ?)",
    [IL_PUT_SNAPSHOT] = "INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?)"};

il_status il_records_prepare(sqlite3 *db, const char *path, sqlite3_stmt *put[IL_PUTS],
                             il_error *err) {
    il_status status = IL_OK;
    for (int i = 0; i < IL_PUTS && status == IL_OK; i++)
        status = puts_sql[i] ? il_store_prepare(db, path, puts_sql[i], &put[i], err)
                             : prepare_layers(db, path,
                                              "INSERT OR REPLACE INTO layer_stat VALUES"
                                              " (?, ?, ?, ?",
                                              ")", false, &put[i], err);
    return status;
}

/* One row, whose first columns are whole numbers. */
static void bind_place(sqlite3_stmt *put, sqlite3_int64 arm, uint32_t seed, sqlite3_int64 third) {
    sqlite3_bind_int64(put, 1, arm);
    sqlite3_bind_int64(put, 2, seed);
    sqlite3_bind_int64(put, 3, third);
}

static bool finish_row(sqlite3_stmt *put) {
    bool done = sqlite3_step(put) == SQLITE_DONE;
    return sqlite3_reset(put) == SQLITE_OK && done;
}

static bool put_point(sqlite3_stmt *put, sqlite3_int64 arm, uint32_t seed, const il_point *point) {
    bind_place(put, arm, seed, point->epoch);
    sqlite3_bind_double(put, 4, (double)point->train_loss);
    sqlite3_bind_double(put, 5, (double)point->train_accuracy);
    sqlite3_bind_double(put, 6, (double)point->loss);
    sqlite3_bind_double(put, 7, (double)point->accuracy);
    return finish_row(put);
}

static bool put_layer(sqlite3_stmt *put, sqlite3_int64 arm, uint32_t seed, uint32_t epoch, size_t k,
                      const il_layer_point *layer) {
    bind_place(put, arm, seed, epoch);
    sqlite3_bind_int64(put, 4, (sqlite3_int64)k + 1);
    for (int i = 0; i < IL_PROBE_STATISTICS; i++)
        sqlite3_bind_double(put, 5 + i, (double)layer->statistic[i]);
    return finish_row(put);
}

static uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static bool put_snapshot(sqlite3_stmt *put, sqlite3_int64 arm, uint32_t seed, uint32_t epoch,
                         const float *value, size_t n) {
    unsigned char bytes[4 * IL_MOST_SNAPSHOT];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < 4; j++)
            bytes[4 * i + j] = (unsigned char)(bits_of(value[i]) >> 8 * j);
    bind_place(put, arm, seed, epoch);
    sqlite3_bind_blob(put, 4, bytes, (int)(4 * n), SQLITE_STATIC);
    return finish_row(put);
}

bool il_records_put(sqlite3_stmt *const put[IL_PUTS], sqlite3_int64 arm, const il_run *run,
                    const il_record *record, const il_recording *recording) {
    const il_run_record *r = &record->run;
    bind_place(put[IL_PUT_RECORD], arm, r->seed, recording->curves);
    if (recording->layers)
        sqlite3_bind_int64(put[IL_PUT_RECORD], 4, recording->layers);
    else
        sqlite3_bind_null(put[IL_PUT_RECORD], 4);
    bool done = finish_row(put[IL_PUT_RECORD]);
    for (size_t i = 0; i < r->n_points && done; i++)
        done = put_point(put[IL_PUT_POINT], arm, r->seed, &r->point[i]);
    for (size_t i = 0; i < r->n_layer_points * record->n_layers && done; i++)
        done = put_layer(put[IL_PUT_LAYER], arm, r->seed, r->layer_epoch[i / record->n_layers],
                         i % record->n_layers, &r->layer[i]);
    if (record->n_snapshot && done)
        done = put_snapshot(put[IL_PUT_SNAPSHOT], arm, r->seed, 0, r->start, record->n_snapshot) &&
               put_snapshot(put[IL_PUT_SNAPSHOT], arm, r->seed, run->epoch, r->end,
                            record->n_snapshot);
    return done;
}

/* A statement about the seeds 1 … seeds of an arm. */
static void ask(sqlite3_stmt *select, sqlite3_int64 arm, size_t seeds) {
    sqlite3_bind_int64(select, 1, arm);
    sqlite3_bind_int64(select, 2, (sqlite3_int64)seeds);
}

il_status il_records_find(sqlite3 *db, const char *path, sqlite3_int64 arm,
                          const il_recording *recording, unsigned char *whole, il_error *err) {
    sqlite3_stmt *select;
    int code = SQLITE_DONE;
    il_status status =
        il_store_prepare(db, path,
                         "SELECT seed FROM record WHERE arm = ?1 AND seed BETWEEN 1"
                         " AND ?2 AND ?3 % curves = 0 AND (?4 = 0 OR ?4 % layers = 0)",
                         &select, err);
    if (status != IL_OK)
        return status;
    ask(select, arm, recording->seeds);
    sqlite3_bind_int64(select, 3, recording->curves);
    sqlite3_bind_int64(select, 4, recording->layers);
    while ((code = sqlite3_step(select)) == SQLITE_ROW)
        whole[sqlite3_column_int64(select, 0) - 1] = 1;
    if (code != SQLITE_DONE)
        status = il_store_fail(db, path, "records cannot be read", err);
    sqlite3_finalize(select);
    return status;
}

/* While an arm is read: rows come in the order of seed, epoch and layer, and are matched with its runs. */
typedef struct reading {
    sqlite3 *db;
    const char *path;
    sqlite3_int64 arm;
    size_t seeds;
    il_arm_record *out;
    size_t points, times; /* of all runs: in curves, and of their layers */
    il_point *point;
    uint32_t *epoch;
    il_layer_point *layer;
    float *snapshot; /* [n][2][n_snapshot] */
    size_t at;       /* the run of the last row */
    size_t used;     /* rows of all runs */
} reading;

static il_status fail_damaged(const reading *r, il_error *err) {
    return il_fail(err, IL_INVALID,
                   "%s: the file is damaged (a record is not whole): restore a copy", r->path);
}

/* The rows of each table, layers, and the snapshots' longest. */
static il_status count(reading *r, size_t out[5], il_error *err) {
    sqlite3_stmt *select;
    il_status status = il_store_prepare(
        r->db, r->path,
        "SELECT (SELECT count(*) FROM record WHERE arm = ?1 AND seed BETWEEN 1 AND ?2),"
        " (SELECT count(*) FROM epoch WHERE arm = ?1 AND seed BETWEEN 1 AND ?2),"
        " (SELECT count(*) FROM layer_stat WHERE arm = ?1 AND seed BETWEEN 1 AND ?2),"
        " (SELECT coalesce(max(layer), 0) FROM layer_stat WHERE arm = ?1 AND seed BETWEEN 1 AND "
        "?2),"
        " (SELECT coalesce(max(length(parameters)), 0) FROM snapshot"
        "  WHERE arm = ?1 AND seed BETWEEN 1 AND ?2)",
        &select, err);
    if (status != IL_OK)
        return status;
    ask(select, r->arm, r->seeds);
    if (sqlite3_step(select) != SQLITE_ROW)
        status = il_store_fail(r->db, r->path, "records cannot be read", err);
    for (int i = 0; i < 5; i++)
        out[i] = (size_t)sqlite3_column_int64(select, i);
    sqlite3_finalize(select);
    return status;
}

static il_status reserve(reading *r, il_error *err) {
    size_t n[5];
    il_layout layout = {0};
    il_status status = count(r, n, err);
    if (status != IL_OK)
        return status;
    il_arm_record *out = r->out;
    out->n = n[0];
    out->n_layers = n[3];
    out->n_snapshot = n[4] / 4;
    if ((n[3] ? n[2] % n[3] : n[2]) != 0 || n[4] % 4 != 0 || out->n_snapshot > IL_MOST_SNAPSHOT)
        return fail_damaged(r, err);
    r->points = n[1];
    r->times = n[3] ? n[2] / n[3] : 0;
    size_t run = il_layout_reserve(&layout, sizeof *out->run, out->n, 1, 1);
    size_t point = il_layout_reserve(&layout, sizeof *r->point, r->points, 1, 1);
    size_t epoch = il_layout_reserve(&layout, sizeof *r->epoch, r->times, 1, 1);
    size_t layer = il_layout_reserve(&layout, sizeof *r->layer, r->times, out->n_layers, 1);
    size_t snapshot = il_layout_reserve(&layout, sizeof *r->snapshot, out->n, 2, out->n_snapshot);
    char *block = out->block = il_layout_allocate(&layout);
    if (!block)
        return il_fail(err, IL_NO_MEMORY, "%s: no memory for the records of %zu runs", r->path,
                       out->n);
    out->run = (il_run_record *)(void *)(block + run);
    r->point = (il_point *)(void *)(block + point);
    r->epoch = (uint32_t *)(void *)(block + epoch);
    r->layer = (il_layer_point *)(void *)(block + layer);
    r->snapshot = (float *)(void *)(block + snapshot);
    return IL_OK;
}

/* The run of a row's seed, from that of the row before on; NULL when it has no record. */
static il_run_record *run_of(reading *r, sqlite3_stmt *row) {
    while (r->at < r->out->n && r->out->run[r->at].seed < sqlite3_column_int64(row, 0))
        r->at++;
    bool found = r->at < r->out->n && r->out->run[r->at].seed == sqlite3_column_int64(row, 0);
    return found ? &r->out->run[r->at] : NULL;
}

static bool take_seed(reading *r, sqlite3_stmt *row) {
    if (r->used >= r->out->n)
        return false;
    r->out->run[r->used++].seed = (uint32_t)sqlite3_column_int64(row, 0);
    return true;
}

static bool take_point(reading *r, sqlite3_stmt *row) {
    il_run_record *run = run_of(r, row);
    if (!run || r->used >= r->points)
        return false;
    il_point *point = &r->point[r->used++];
    run->point = run->n_points++ ? run->point : point;
    *point = (il_point){.epoch = (uint32_t)sqlite3_column_int64(row, 1),
                        .train_loss = il_store_number(row, 2),
                        .train_accuracy = il_store_number(row, 3),
                        .loss = il_store_number(row, 4),
                        .accuracy = il_store_number(row, 5)};
    return true;
}

static bool take_layer(reading *r, sqlite3_stmt *row) {
    il_run_record *run = run_of(r, row);
    size_t layers = r->out->n_layers, k = r->used % layers, time = r->used / layers;
    if (!run || time >= r->times || sqlite3_column_int64(row, 2) != (sqlite3_int64)k + 1)
        return false;
    il_layer_point *layer = &r->layer[r->used++];
    if (k == 0) {
        r->epoch[time] = (uint32_t)sqlite3_column_int64(row, 1);
        run->layer = run->n_layer_points ? run->layer : layer;
        run->layer_epoch = run->n_layer_points++ ? run->layer_epoch : &r->epoch[time];
    }
    for (int i = 0; i < IL_PROBE_STATISTICS; i++)
        layer->statistic[i] = il_store_number(row, 3 + i);
    if (k + 1 == layers)
        il_alarms_watch(&run->alarms, r->epoch[time], layer - k, layers);
    return r->epoch[time] == (uint32_t)sqlite3_column_int64(row, 1);
}

static bool take_snapshot(reading *r, sqlite3_stmt *row) {
    il_run_record *run = run_of(r, row);
    const unsigned char *bytes = sqlite3_column_blob(row, 2);
    size_t n = r->out->n_snapshot;
    if (!run || !bytes || (size_t)sqlite3_column_bytes(row, 2) != 4 * n)
        return false;
    bool start = sqlite3_column_int64(row, 1) == 0 && !run->start;
    float *to = r->snapshot + (2 * (size_t)(run - r->out->run) + !start) * n;
    *(start ? &run->start : &run->end) = to;
    for (size_t i = 0; i < n; i++, bytes += 4) {
        uint32_t bits = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                        (uint32_t)bytes[3] << 24;
        memcpy(&to[i], &bits, sizeof bits);
    }
    return true;
}

/* Hands the rows of a statement to `take`, which refuses what cannot be. */
static il_status read_rows(reading *r, sqlite3_stmt *select,
                           bool (*take)(reading *r, sqlite3_stmt *row), il_error *err) {
    int code = SQLITE_DONE;
    il_status status = IL_OK;
    ask(select, r->arm, r->seeds);
    r->at = r->used = 0;
    while (status == IL_OK && (code = sqlite3_step(select)) == SQLITE_ROW)
        status = take(r, select) ? IL_OK : fail_damaged(r, err);
    if (status == IL_OK && code != SQLITE_DONE)
        status = il_store_fail(r->db, r->path, "records cannot be read", err);
    sqlite3_finalize(select);
    return status;
}

static il_status read_table(reading *r, const char *sql, bool (*take)(reading *, sqlite3_stmt *),
                            il_error *err) {
    sqlite3_stmt *select;
    il_status status = il_store_prepare(r->db, r->path, sql, &select, err);
    return status == IL_OK ? read_rows(r, select, take, err) : status;
}

/* A run that ended before its first epoch has one snapshot, which is both. */
static void settle_snapshots(il_arm_record *out) {
    for (size_t i = 0; i < out->n; i++)
        out->run[i].end = out->run[i].end ? out->run[i].end : out->run[i].start;
}

#define OF_ARM " WHERE arm = ?1 AND seed BETWEEN 1 AND ?2 ORDER BY seed"

il_status il_records_read(sqlite3 *db, const char *path, sqlite3_int64 arm, size_t seeds,
                          il_arm_record **out, il_error *err) {
    reading r = {.db = db, .path = path, .arm = arm, .seeds = seeds};
    sqlite3_stmt *layers;
    *out = NULL;
    r.out = calloc(1, sizeof *r.out);
    il_status status =
        r.out ? reserve(&r, err) : il_fail(err, IL_NO_MEMORY, "%s: no memory to read it", path);
    if (status == IL_OK)
        status = read_table(&r, "SELECT seed FROM record" OF_ARM, take_seed, err);
    if (status == IL_OK)
        status = read_table(
            &r,
            "SELECT seed, epoch, train_loss, train_accuracy, loss, accuracy FROM epoch" OF_ARM
            ", epoch",
            take_point, err);
    if (status == IL_OK && r.out->n_layers)
        status = prepare_layers(db, path, "SELECT seed, epoch, layer",
                                " FROM layer_stat" OF_ARM ", epoch, layer", true, &layers, err);
    if (status == IL_OK && r.out->n_layers)
        status = read_rows(&r, layers, take_layer, err);
    if (status == IL_OK && r.out->n_snapshot)
        status = read_table(&r, "SELECT seed, epoch, parameters FROM snapshot" OF_ARM ", epoch",
                            take_snapshot, err);
    if (status == IL_OK) {
        settle_snapshots(r.out);
        *out = r.out;
    } else
        il_arm_record_free(r.out);
    return status;
}

void il_arm_record_free(il_arm_record *record) {
    if (record)
        free(record->block);
    free(record);
}
