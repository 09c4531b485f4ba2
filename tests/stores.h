/* Files of stores, for tests that harm them. */
#ifndef TESTS_STORES_H
#define TESTS_STORES_H

#include "cmocka_all.h"

#include <sqlite3.h>
#include <stdio.h>

static inline void remove_files(const char *path) {
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char name[256];
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        remove(name);
    }
}

/* Lines of `sql` run on a file by SQLite itself. */
static inline void change_file(const char *path, const char *sql) {
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

#endif
