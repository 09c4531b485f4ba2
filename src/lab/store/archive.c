/* A study read back from its store.
 */
#include "lab/store/store.h"
#include "lab/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What stays open to read records from. */
struct il_archive_file {
    sqlite3 *db;
    char *path;
    sqlite3_int64 *arm; /* [n_arms] */
};

typedef struct reader {
    sqlite3 *db;
    const char *path;
    il_archive *archive;
    sqlite3_int64 study;
    sqlite3_int64 *arm; /* [n_arms] */
} reader;

static il_status no_memory(const reader *r, il_error *err) {
    return il_fail(err, IL_NO_MEMORY, "%s: no memory to read it", r->path);
}

static il_status cannot_read(const reader *r, il_error *err) {
    return il_store_fail(r->db, r->path, "cannot be read", err);
}

static char *text_of(sqlite3_stmt *statement, int column) {
    const unsigned char *text = sqlite3_column_text(statement, column);
    return strdup(text ? (const char *)text : "");
}

static il_status read_study(reader *r, const char *name, il_error *err) {
    il_archive *a = r->archive;
    sqlite3_stmt *select;
    il_status status = il_store_prepare(
        r->db, r->path,
        "SELECT study, name, converged, settings, version, openblas, command, spec, budget, seeds,"
        " (SELECT count(*) FROM member WHERE member.study = study.study) FROM study"
        " WHERE ?1 IS NULL OR name = ?1 ORDER BY turn DESC LIMIT 1",
        &select, err);
    if (status != IL_OK)
        return status;
    sqlite3_bind_text(select, 1, name, -1, SQLITE_STATIC);
    int code = sqlite3_step(select);
    if (code == SQLITE_ROW) {
        char **const texts[] = {&a->name,     &a->converged, &a->settings, &a->version,
                                &a->openblas, &a->command,   &a->spec};
        for (int i = 0; i < 7; i++) {
            *texts[i] = text_of(select, 1 + i);
            status = *texts[i] ? status : no_memory(r, err);
        }
        r->study = sqlite3_column_int64(select, 0);
        a->budget = (uint32_t)sqlite3_column_int64(select, 8);
        a->asked = (size_t)sqlite3_column_int64(select, 9);
        a->n_arms = (size_t)sqlite3_column_int64(select, 10);
    } else if (code != SQLITE_DONE)
        status = cannot_read(r, err);
    else if (name)
        status = il_fail(err, IL_INVALID, "%s: there is no study '%s' in it", r->path, name);
    else
        status = il_fail(err, IL_INVALID, "%s: there is no study in it", r->path);
    sqlite3_finalize(select);
    return status;
}

/* An arm's texts lie in its settings under the keys' names. */
static il_status read_values(const reader *r, const char *settings, size_t i, sqlite3_stmt *value,
                             il_error *err) {
    il_archive *a = r->archive;
    for (size_t key = 0; key <= IL_KEYS; key++) {
        char **text = key < IL_KEYS ? &a->value[i][key] : &a->engine[i];
        sqlite3_bind_text(value, 1, settings, -1, SQLITE_STATIC);
        sqlite3_bind_text(value, 2, key < IL_KEYS ? il_key_name((il_key)key) : "engine", -1,
                          SQLITE_STATIC);
        if (sqlite3_step(value) != SQLITE_ROW)
            return cannot_read(r, err);
        *text = text_of(value, 0);
        sqlite3_reset(value);
        if (!*text)
            return no_memory(r, err);
        if (key < IL_KEYS)
            a->varied[key] |= strcmp(*text, a->value[0][key]) != 0;
    }
    return IL_OK;
}

static il_status read_arms(reader *r, il_error *err) {
    il_archive *a = r->archive;
    sqlite3_stmt *select = NULL, *value = NULL;
    r->arm = calloc(a->n_arms, sizeof *r->arm);
    a->value = calloc(a->n_arms, sizeof *a->value);
    a->engine = calloc(a->n_arms, sizeof *a->engine);
    a->baseline = calloc(a->n_arms, sizeof *a->baseline);
    a->arms = calloc(a->n_arms, sizeof *a->arms);
    if (!r->arm || !a->value || !a->engine || !a->baseline || !a->arms)
        return no_memory(r, err);
    il_status status =
        il_store_prepare(r->db, r->path,
                         "SELECT arm, settings, baseline FROM member JOIN arm USING (arm)"
                         " WHERE study = ? ORDER BY place",
                         &select, err);
    if (status == IL_OK)
        status =
            il_store_prepare(r->db, r->path, "SELECT json_extract(?1, '$.' || ?2)", &value, err);
    if (status == IL_OK)
        sqlite3_bind_int64(select, 1, r->study);
    for (size_t i = 0; i < a->n_arms && status == IL_OK; i++) {
        if (sqlite3_step(select) != SQLITE_ROW) {
            status = cannot_read(r, err);
            break;
        }
        r->arm[i] = sqlite3_column_int64(select, 0);
        a->baseline[i] = sqlite3_column_type(select, 2) == SQLITE_NULL
                             ? SIZE_MAX
                             : (size_t)sqlite3_column_int64(select, 2);
        if (a->baseline[i] != SIZE_MAX && a->baseline[i] >= a->n_arms)
            status = il_fail(err, IL_INVALID, "%s: the file is damaged (a baseline is missing)",
                             r->path);
        else
            status = read_values(r, (const char *)sqlite3_column_text(select, 1), i, value, err);
    }
    sqlite3_finalize(select);
    sqlite3_finalize(value);
    return status;
}

/* Counts the seeds, from 1 on, that have run in every arm. */
static size_t count_seeds(const il_archive *a) {
    for (size_t seed = 0; seed < a->asked; seed++)
        for (size_t i = 0; i < a->n_arms; i++)
            if (!a->ran[i * a->asked + seed])
                return seed;
    return a->asked;
}

static il_status read_runs(reader *r, il_error *err) {
    il_archive *a = r->archive;
    size_t found;
    a->runs = calloc(a->n_arms, a->asked * sizeof *a->runs);
    a->ran = calloc(a->n_arms, a->asked);
    if (!a->runs || !a->ran)
        return no_memory(r, err);
    il_status status = il_store_read_runs(r->db, r->path, r->arm, a->n_arms, a->asked, a->runs,
                                          a->ran, &found, err);
    a->seeds = count_seeds(a);
    if (status == IL_OK && a->seeds == 0)
        status = il_fail(err, IL_INVALID,
                         "%s: no seed has run in every arm of '%s' yet: run the study again",
                         r->path, a->name);
    return status;
}

/* Of the seeds that have run in every arm, so that arms can be compared. */
static il_status summarize(const reader *r, il_error *err) {
    il_archive *a = r->archive;
    il_study study = {.seeds = a->seeds,
                      .most = a->most,
                      .half_width = a->half_width,
                      .budget = a->budget,
                      .n_arms = a->n_arms};
    il_run *runs = calloc(a->n_arms, a->seeds * sizeof *runs);
    study.arms = calloc(a->n_arms, sizeof *study.arms);
    il_status status = IL_OK;
    if (runs && study.arms) {
        for (size_t i = 0; i < a->n_arms; i++) {
            study.arms[i].baseline = a->baseline[i];
            memcpy(runs + i * a->seeds, a->runs + i * a->asked, a->seeds * sizeof *runs);
        }
        status = il_summarize(&study, runs, a->arms, err);
    } else
        status = no_memory(r, err);
    free(runs);
    free(study.arms);
    return status;
}

static il_status read_seeding(reader *r, il_error *err) {
    sqlite3_stmt *select;
    il_status status = il_store_prepare(
        r->db, r->path, "SELECT most, half_width FROM seeding WHERE study = ?", &select, err);
    if (status != IL_OK)
        return status;
    sqlite3_bind_int64(select, 1, r->study);
    int code = sqlite3_step(select);
    if (code == SQLITE_ROW) {
        r->archive->most = (size_t)sqlite3_column_int64(select, 0);
        r->archive->half_width = sqlite3_column_double(select, 1);
    } else if (code != SQLITE_DONE)
        status = cannot_read(r, err);
    sqlite3_finalize(select);
    return status;
}

/* Files of format 1 have neither rules for seeds nor records. */
static il_status read_later_tables(reader *r, il_error *err) {
    il_archive *a = r->archive;
    bool has;
    sqlite3_stmt *select = NULL;
    a->recorded = calloc(a->n_arms, sizeof *a->recorded);
    il_status status =
        a->recorded ? il_store_has_later_tables(r->db, r->path, &has, err) : no_memory(r, err);
    if (status != IL_OK || !has)
        return status;
    status = read_seeding(r, err);
    if (status != IL_OK)
        return status;
    status = il_store_prepare(r->db, r->path,
                              "SELECT count(*) FROM record WHERE arm = ? AND seed BETWEEN 1 AND ?",
                              &select, err);
    for (size_t i = 0; i < a->n_arms && status == IL_OK; i++) {
        sqlite3_bind_int64(select, 1, r->arm[i]);
        sqlite3_bind_int64(select, 2, (sqlite3_int64)a->asked);
        if (sqlite3_step(select) != SQLITE_ROW)
            status = cannot_read(r, err);
        a->recorded[i] = (size_t)sqlite3_column_int64(select, 0);
        sqlite3_reset(select);
    }
    sqlite3_finalize(select);
    return status;
}

/* The archive keeps the connection. */
static il_status keep_open(reader *r, il_error *err) {
    struct il_archive_file *file = r->archive->file = calloc(1, sizeof *file);
    if (file)
        file->path = strdup(r->path);
    if (!file || !file->path)
        return no_memory(r, err);
    if (sqlite3_exec(r->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        return cannot_read(r, err);
    file->db = r->db;
    file->arm = r->arm;
    r->db = NULL;
    r->arm = NULL;
    return IL_OK;
}

il_status il_archive_read(const char *path, const char *name, il_archive **out, il_error *err) {
    reader r = {.path = path, .archive = calloc(1, sizeof *r.archive)};
    *out = NULL;
    il_status status = r.archive ? il_store_connect(path, &r.db, err) : no_memory(&r, err);
    /* One transaction: a writer must not come between. */
    if (status == IL_OK && sqlite3_exec(r.db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        status = cannot_read(&r, err);
    if (status == IL_OK)
        status = read_study(&r, name, err);
    if (status == IL_OK)
        status = read_arms(&r, err);
    if (status == IL_OK)
        status = read_runs(&r, err);
    if (status == IL_OK)
        status = read_later_tables(&r, err);
    if (status == IL_OK)
        status = summarize(&r, err);
    if (status == IL_OK)
        status = keep_open(&r, err);
    sqlite3_close(r.db);
    free(r.arm);
    if (status == IL_OK)
        *out = r.archive;
    else
        il_archive_free(r.archive);
    return status;
}

il_status il_archive_record(const il_archive *a, size_t arm, il_arm_record **out, il_error *err) {
    const struct il_archive_file *file = a->file;
    *out = NULL;
    if (a->recorded[arm] > 0)
        return il_records_read(file->db, file->path, file->arm[arm], a->asked, out, err);
    *out = calloc(1, sizeof **out);
    return *out ? IL_OK : il_fail(err, IL_NO_MEMORY, "%s: no memory to read it", file->path);
}

static void close_file(struct il_archive_file *file) {
    if (!file)
        return;
    sqlite3_close(file->db);
    free(file->path);
    free(file->arm);
    free(file);
}

void il_archive_free(il_archive *a) {
    if (!a)
        return;
    close_file(a->file);
    char *const texts[] = {a->name,     a->converged, a->settings, a->version,
                           a->openblas, a->command,   a->spec};
    for (size_t i = 0; i < 7; i++)
        free(texts[i]);
    for (size_t i = 0; i < a->n_arms; i++) {
        for (il_key key = 0; a->value && key < IL_KEYS; key++)
            free(a->value[i][key]);
        if (a->engine)
            free(a->engine[i]);
    }
    free(a->value);
    free(a->engine);
    free(a->baseline);
    free(a->runs);
    free(a->ran);
    free(a->arms);
    free(a->recorded);
    free(a);
}
