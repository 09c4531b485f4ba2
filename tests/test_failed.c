/* Runs whose scheme cannot begin: they are told, kept, and stand in nobody's way. */
#include "stores.h"
#include "studies.h"

#include <math.h>

#define PATH "test_failed.db"
#define SEEDS 64
/* Of two ReLU units both are dead, now and then, and LSUV has nothing to scale in the next layer. */
#define SPEC                                                                                       \
    "data: xor\nnetwork: 2-2-1\noptimizer: adam(lr=0.05)\ninit: [he_normal, "                      \
    "lsuv(base=he_normal)]\nbudget: 50\nbaseline: he_normal\nrecord: layers(seeds=8)\nseeds: 64\n"

static int remove_store(void **state) {
    (void)state;
    remove_files(PATH);
    return 0;
}

static size_t failed_of(const il_results *results, size_t arm) {
    size_t n = 0;
    for (size_t k = 0; k < SEEDS; k++)
        n += results->runs[arm * SEEDS + k].outcome == IL_FAILED;
    return n;
}

/* A study of one seed with fail_fast says which seeds fail, and what becomes of the others. */
static void a_seed_fails_by_itself(void **state) {
    (void)state;
    il_study *study = study_of(SPEC), *alone = study_of(SPEC);
    il_results *results = run_study(study, 2, 32), *narrow = run_study(study, 1, 16);
    size_t first = 0;
    alone->seeds = 1;
    for (size_t k = 0; k < SEEDS; k++) {
        il_error err;
        il_results *one = NULL;
        const il_run *run = &results->runs[SEEDS + k];
        alone->seed_base = k;
        il_status status =
            il_study_run(alone, &(il_run_options){.jobs = 1, .fail_fast = true}, &one, &err);
        assert_int_equal(status, run->outcome == IL_FAILED ? IL_INVALID : IL_OK);
        if (one)
            assert_same_runs(&one->runs[1], run, 1);
        else {
            assert_true(run->epoch == 0 && isnan(run->loss) && isnan(run->accuracy));
            if (first++ == 0) /* the first is told, whichever worker met one before */
                assert_non_null(strstr(results->failure.message, err.message));
        }
        il_results_free(one);
    }
    assert_in_range(first, 2, SEEDS / 2);
    assert_same_runs(results->runs, narrow->runs, 2 * SEEDS);
    assert_int_equal(results->arms[0].failed, 0);
    assert_int_equal(results->arms[1].failed, first);
    assert_int_equal(results->failed, first);
    assert_int_equal(failed_of(results, 1), first);
    assert_string_equal(results->failure.message, narrow->failure.message);
    il_results_free(results);
    il_results_free(narrow);
    il_study_free(study);
    il_study_free(alone);
}

/* Runs the study with the file; how many runs it found there. */
static size_t stored(const il_study *study, bool retry, il_results **results) {
    il_error err;
    il_store *store = NULL;
    if (il_store_open(PATH, NULL, &store, &err) != IL_OK ||
        il_study_run(study, &(il_run_options){.store = store, .retry_failed = retry, .jobs = 2},
                     results, &err) != IL_OK)
        fail_msg("%s", err.message);
    assert_int_equal(il_store_kept(store), 2 * SEEDS);
    size_t found = il_store_found(store);
    il_store_close(store);
    return found;
}

static void failures_are_kept(void **state) {
    (void)state;
    il_error err;
    il_archive *archive = NULL;
    il_arm_record *record = NULL;
    il_study *study = study_of(SPEC);
    il_results *results, *again;
    stored(study, false, &results);
    assert_int_equal(stored(study, false, &again), 2 * SEEDS);
    assert_same_runs(again->runs, results->runs, 2 * SEEDS);
    assert_int_equal(again->failed, results->failed);
    assert_int_equal(again->failure.status, IL_OK);
    il_results_free(again);

    assert_int_equal(il_archive_read(PATH, NULL, &archive, &err), IL_OK);
    assert_int_equal(archive->seeds, SEEDS);
    assert_int_equal(archive->arms[1].failed, results->failed);
    assert_int_equal(il_archive_record(archive, 1, &record, &err), IL_OK);
    for (size_t i = 0; i < record->n; i++) {
        assert_int_not_equal(results->runs[SEEDS + record->run[i].seed - 1].outcome, IL_FAILED);
        assert_true(record->run[i].n_points > 1);
    }
    assert_in_range(record->n, 4, 7); /* of 8: some have failed */
    il_arm_record_free(record);
    il_archive_free(archive);
    il_results_free(results);
    il_study_free(study);
}

/* Two runs of the first arm, which had not failed, are made failures. */
static void failures_are_retried(void **state) {
    (void)state;
    il_study *study = study_of(SPEC);
    il_results *results, *harmed, *retried;
    stored(study, false, &results);
    change_file(PATH, "UPDATE run SET state = 4, epochs = 0, loss = NULL, accuracy = NULL "
                      "WHERE arm = 1 AND seed IN (20, 30)");
    stored(study, false, &harmed);
    assert_int_equal(harmed->failed, results->failed + 2);
    assert_int_equal(stored(study, true, &retried), 2 * SEEDS - harmed->failed);
    assert_same_runs(retried->runs, results->runs, 2 * SEEDS);
    assert_int_equal(retried->failed, results->failed);
    assert_int_equal(retried->failure.status, IL_INVALID);
    il_results_free(results);
    il_results_free(harmed);
    il_results_free(retried);
    il_study_free(study);
}

/* Looks after 50 and 64 seeds: the second has the first's runs and tells its failure, and those that failed are run again
 * once. */
static void looks_fail_once(void **state) {
    (void)state;
    il_study *study = study_of(SPEC), *looking = study_of(SPEC);
    il_results *results, *first, *again;
    stored(study, false, &results);
    remove_store(NULL);
    looking->most = SEEDS;
    looking->half_width = 0.01; /* never narrow enough */
    stored(looking, false, &first);
    assert_int_equal(first->found, 0);
    assert_int_equal(first->looks, 2);
    assert_same_runs(first->runs, results->runs, 2 * SEEDS);
    assert_string_equal(first->failure.message, results->failure.message);
    stored(looking, true, &again);
    assert_int_equal(again->found, 2 * SEEDS - results->failed);
    assert_same_runs(again->runs, results->runs, 2 * SEEDS);
    assert_string_equal(again->failure.message, results->failure.message);
    il_results_free(results);
    il_results_free(first);
    il_results_free(again);
    il_study_free(study);
    il_study_free(looking);
}

/* A file of the first format, whose runs had no such state, takes failures. */
static void old_files_take_failures(void **state) {
    (void)state;
    il_study *study = study_of(SPEC);
    il_results *results, *again;
    stored(study, false, &results);
    change_file(PATH,
                "CREATE TABLE old (arm INTEGER NOT NULL REFERENCES arm, seed INTEGER NOT NULL,"
                "state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3), epochs INTEGER NOT NULL,"
                "layer INTEGER NOT NULL, loss REAL, accuracy REAL, PRIMARY KEY (arm, seed)"
                ") STRICT, WITHOUT ROWID;"
                "INSERT INTO old SELECT * FROM run WHERE state < 4; DROP TABLE run;"
                "ALTER TABLE old RENAME TO run; DROP TABLE record; DROP TABLE epoch;"
                "DROP TABLE layer_stat; DROP TABLE snapshot; DROP TABLE seeding;"
                "PRAGMA user_version = 1");
    stored(study, false, &again);
    assert_same_runs(again->runs, results->runs, 2 * SEEDS);
    il_results_free(results);
    il_results_free(again);
    il_study_free(study);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, remove_store, remove_store)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_fails_by_itself),
        CASE(failures_are_kept),
        CASE(failures_are_retried),
        CASE(looks_fail_once),
        CASE(old_files_take_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
