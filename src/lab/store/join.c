/* A study meets the file: it is entered, and what is there of its runs is read.
 */
#include "lab/store/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One statement that is done after one row, or none. */
static il_status once(il_store *store, sqlite3_stmt *statement, il_error *err) {
    int code = sqlite3_step(statement);
    return code == SQLITE_DONE || code == SQLITE_ROW
               ? IL_OK
               : il_store_fail(store->db, store->path, "the study cannot be entered", err);
}

static void bind_digest(sqlite3_stmt *statement, int at, const il_digest *digest) {
    sqlite3_bind_blob(statement, at, digest->bytes, sizeof digest->bytes, SQLITE_TRANSIENT);
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text) {
    sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
}

/* Enters the arms that are new, notes the ids of all, and fills keys[n_arms]. */
static il_status enter_arms(il_store *store, const il_study *study, const il_digest *data,
                            il_digest *keys, il_error *err) {
    sqlite3_stmt *find, *add = NULL;
    il_status status =
        il_store_prepare(store->db, store->path, "SELECT arm FROM arm WHERE key = ?", &find, err);
    if (status == IL_OK)
        status = il_store_prepare(store->db, store->path,
                                  "INSERT INTO arm (key, settings) VALUES (?, ?) RETURNING arm",
                                  &add, err);
    for (size_t i = 0; i < study->n_arms && status == IL_OK; i++) {
        char *text;
        status = il_arm_settings(study, &study->arms[i], store, data[i], &text, err);
        if (status != IL_OK)
            break;
        keys[i] = il_digest_of(text, strlen(text));
        bind_digest(find, 1, &keys[i]);
        status = once(store, find, err);
        bool known = sqlite3_data_count(find) > 0;
        if (status == IL_OK && !known) {
            bind_digest(add, 1, &keys[i]);
            bind_text(add, 2, text);
            status = once(store, add, err);
        }
        if (status == IL_OK)
            store->arm[i] = sqlite3_column_int64(known ? find : add, 0);
        sqlite3_reset(find);
        sqlite3_reset(add);
        free(text);
    }
    sqlite3_finalize(find);
    sqlite3_finalize(add);
    return status;
}

/* The first line in which the two settings differ: "budget: 500 (was 3000)". */
static void describe_difference(const char *now, const char *before, char *out, size_t size) {
    while (*now && *before) {
        size_t a = strcspn(now, "\n"), b = strcspn(before, "\n"),
               key = strcspn(before, ":") + strlen(": ");
        if (a != b || memcmp(now, before, a) != 0) {
            snprintf(out, size, "%.*s (was %.*s)", (int)(a < 160 ? a : 160), now,
                     (int)(key > b         ? 0
                           : b - key < 160 ? b - key
                                           : 160),
                     before + key);
            return;
        }
        now += a + (now[a] != '\0');
        before += b + (before[b] != '\0');
    }
    snprintf(out, size, "other samples, weights or arithmetic");
}

/* Compares with the study run last, when this one is not in the file. */
static il_status find_difference(il_store *store, const char *settings, const il_digest *key,
                                 il_error *err) {
    sqlite3_stmt *latest;
    il_status status =
        il_store_prepare(store->db, store->path,
                         "SELECT settings FROM study WHERE NOT EXISTS "
                         "(SELECT 1 FROM study WHERE key = ?) ORDER BY turn DESC LIMIT 1",
                         &latest, err);
    if (status != IL_OK)
        return status;
    bind_digest(latest, 1, key);
    status = once(store, latest, err);
    store->difference[0] = '\0';
    if (status == IL_OK && sqlite3_data_count(latest) > 0)
        describe_difference(settings, (const char *)sqlite3_column_text(latest, 0),
                            store->difference, sizeof store->difference);
    sqlite3_finalize(latest);
    return status;
}

static il_status enter_members(il_store *store, const il_study *study, sqlite3_int64 id,
                               il_error *err) {
    sqlite3_stmt *add;
    il_status status = il_store_prepare(
        store->db, store->path, "INSERT OR IGNORE INTO member VALUES (?, ?, ?, ?)", &add, err);
    for (size_t i = 0; i < study->n_arms && status == IL_OK; i++) {
        size_t baseline = study->arms[i].baseline;
        sqlite3_bind_int64(add, 1, id);
        sqlite3_bind_int64(add, 2, (sqlite3_int64)i);
        sqlite3_bind_int64(add, 3, store->arm[i]);
        if (baseline == SIZE_MAX)
            sqlite3_bind_null(add, 4);
        else
            sqlite3_bind_int64(add, 4, (sqlite3_int64)baseline);
        status = once(store, add, err);
        sqlite3_reset(add);
    }
    sqlite3_finalize(add);
    return status;
}

/* The rule by which the study has as many seeds as it has; none for a given number. */
static il_status enter_seeding(il_store *store, const il_study *study, sqlite3_int64 id,
                               il_error *err) {
    sqlite3_stmt *enter;
    il_status status =
        il_store_prepare(store->db, store->path,
                         study->half_width > 0 ? "INSERT OR REPLACE INTO seeding VALUES (?, ?, ?)"
                                               : "DELETE FROM seeding WHERE study = ?",
                         &enter, err);
    if (status != IL_OK)
        return status;
    sqlite3_bind_int64(enter, 1, id);
    if (study->half_width > 0) {
        sqlite3_bind_int64(enter, 2, (sqlite3_int64)study->most);
        sqlite3_bind_double(enter, 3, study->half_width);
    }
    status = once(store, enter, err);
    sqlite3_finalize(enter);
    return status;
}

static il_status enter_study(il_store *store, const il_study *study, const char *settings,
                             const il_digest *keys, il_error *err) {
    char criterion[IL_CRITERION_TEXT];
    il_digest parts[2] = {il_digest_of(settings, strlen(settings)),
                          il_digest_of(keys, study->n_arms * sizeof *keys)};
    il_digest key = il_digest_of(parts, sizeof parts);
    il_status status = find_difference(store, settings, &key, err);
    if (status != IL_OK)
        return status;
    sqlite3_stmt *add;
    status = il_store_prepare(
        store->db, store->path,
        "INSERT INTO study (key, turn, name, seeds, budget, converged, settings, version, openblas,"
        " command, spec) VALUES (?1, (SELECT 1 + coalesce(max(turn), 0) FROM study),"
        " ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (key) DO UPDATE SET turn = "
        "excluded.turn,"
        " name = excluded.name, seeds = max(seeds, excluded.seeds), version = excluded.version,"
        " openblas = excluded.openblas, command = excluded.command, spec = excluded.spec"
        " RETURNING study",
        &add, err);
    if (status != IL_OK)
        return status;
    bind_digest(add, 1, &key);
    bind_text(add, 2, study->name);
    sqlite3_bind_int64(add, 3, (sqlite3_int64)study->seeds);
    sqlite3_bind_int64(add, 4, study->budget);
    bind_text(add, 5, il_criterion_format(&study->converged, criterion));
    bind_text(add, 6, settings);
    bind_text(add, 7, il_version());
    bind_text(add, 8, store->openblas);
    bind_text(add, 9, store->command);
    bind_text(add, 10, store->spec);
    status = once(store, add, err);
    sqlite3_int64 id = status == IL_OK ? sqlite3_column_int64(add, 0) : 0;
    sqlite3_finalize(add);
    if (status == IL_OK)
        status = enter_seeding(store, study, id, err);
    return status == IL_OK ? enter_members(store, study, id, err) : status;
}

float il_store_number(sqlite3_stmt *row, int column) {
    return sqlite3_column_type(row, column) == SQLITE_NULL
               ? NAN
               : (float)sqlite3_column_double(row, column);
}

il_status il_store_read_runs(sqlite3 *db, const char *path, const sqlite3_int64 *arm, size_t n_arms,
                             size_t seeds, il_run *runs, unsigned char *ran, size_t *found,
                             il_error *err) {
    sqlite3_stmt *select;
    il_status status = il_store_prepare(db, path,
                                        "SELECT seed, state, epochs, layer, loss, accuracy FROM run"
                                        " WHERE arm = ? AND seed BETWEEN 1 AND ?",
                                        &select, err);
    *found = 0;
    for (size_t i = 0; i < n_arms && status == IL_OK; i++) {
        int code;
        sqlite3_bind_int64(select, 1, arm[i]);
        sqlite3_bind_int64(select, 2, (sqlite3_int64)seeds);
        while ((code = sqlite3_step(select)) == SQLITE_ROW) {
            size_t at = i * seeds + (size_t)sqlite3_column_int64(select, 0) - 1;
            runs[at] = (il_run){.outcome = (uint8_t)sqlite3_column_int(select, 1),
                                .epoch = (uint32_t)sqlite3_column_int64(select, 2),
                                .layer = (uint16_t)sqlite3_column_int(select, 3),
                                .loss = il_store_number(select, 4),
                                .accuracy = il_store_number(select, 5)};
            ran[at] = 1;
            ++*found;
        }
        if (code != SQLITE_DONE)
            status = il_store_fail(db, path, "runs cannot be read", err);
        sqlite3_reset(select);
    }
    sqlite3_finalize(select);
    return status;
}

/* What the recorded runs of arm i say of their layers. */
static il_status read_alarms(il_store *store, size_t i, il_alarms *alarms, il_error *err) {
    size_t seeds = store->recording.seeds;
    il_arm_record *record;
    il_status status = il_records_read(store->db, store->path, store->arm[i], seeds, &record, err);
    for (size_t k = 0; status == IL_OK && k < record->n; k++)
        alarms[record->run[k].seed - 1] = record->run[k].alarms;
    if (status == IL_OK)
        il_arm_record_free(record);
    return status;
}

/* Runs that had failed, of seeds above `last`, are not done. */
static void forget_failed(il_store *store, const il_study *study, size_t last, const il_run *runs,
                          unsigned char *done) {
    for (size_t i = 0; i < study->n_arms * study->seeds; i++)
        if (done[i] && runs[i].outcome == IL_FAILED && i % study->seeds >= last) {
            done[i] = 0;
            store->found--;
        }
}

/* Runs that lack records are not done. */
static il_status find_records(il_store *store, const il_study *study, const il_run *runs,
                              unsigned char *done, il_alarms *alarms, il_error *err) {
    size_t seeds = store->recording.seeds;
    unsigned char *whole = calloc(seeds + 1, 1);
    il_status status = whole
                           ? IL_OK
                           : il_fail(err, IL_NO_MEMORY, "%s: no memory for the records of %zu runs",
                                     store->path, seeds);
    for (size_t i = 0; i < study->n_arms && seeds > 0 && status == IL_OK; i++) {
        memset(whole, 0, seeds);
        status =
            il_records_find(store->db, store->path, store->arm[i], &store->recording, whole, err);
        for (size_t k = 0; k < seeds && status == IL_OK; k++) {
            size_t at = i * study->seeds + k;
            bool lacks = done[at] && !whole[k] && runs[at].outcome != IL_FAILED;
            store->found -= lacks;
            done[at] &= !lacks;
        }
        if (status == IL_OK && alarms)
            status = read_alarms(store, i, alarms + i * seeds, err);
    }
    free(whole);
    return status;
}

il_status il_store_begin(il_store *store, const il_study *study, const il_digest *data,
                         const il_recording *recording, size_t last_failed, il_run *runs,
                         unsigned char *done, il_alarms *alarms, il_error *err) {
    il_status status = IL_NO_MEMORY;
    char *settings = il_study_settings(study);
    il_digest *keys = calloc(study->n_arms, sizeof *keys);
    free(store->arm);
    store->found = store->kept = 0;
    store->recording = *recording;
    store->arm = calloc(study->n_arms, sizeof *store->arm);
    if (!settings || !keys || !store->arm)
        il_fail(err, status, "%s: no memory for %zu arms", store->path, study->n_arms);
    else if (sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        status = il_store_fail(store->db, store->path, "the study cannot be entered", err);
    else {
        status = enter_arms(store, study, data, keys, err);
        if (status == IL_OK)
            status = enter_study(store, study, settings, keys, err);
        if (status == IL_OK && sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
            status = il_store_fail(store->db, store->path, "the study cannot be entered", err);
        if (status != IL_OK)
            sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    if (status == IL_OK)
        status = il_store_read_runs(store->db, store->path, store->arm, study->n_arms, study->seeds,
                                    runs, done, &store->found, err);
    if (status == IL_OK)
        forget_failed(store, study, last_failed, runs, done);
    store->kept = store->found;
    if (status == IL_OK)
        status = find_records(store, study, runs, done, alarms, err);
    if (status == IL_OK)
        status = il_writer_start(store, err);
    free(settings);
    free(keys);
    return status;
}
