/* Studies from text, for tests that train. */
#ifndef TESTS_STUDIES_H
#define TESTS_STUDIES_H

#include "cmocka_all.h"

#include "initlab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline il_study *study_of(const char *text) {
    il_error err;
    il_study *study = NULL;
    if (il_study_parse(text, strlen(text), "test", NULL, 0, &study, &err) != IL_OK)
        fail_msg("%s", err.message);
    return study;
}

static inline il_results *run_study(const il_study *study, size_t jobs, size_t lanes) {
    il_error err;
    il_results *results = NULL;
    il_run_options options = {.jobs = jobs, .lanes = lanes};
    if (il_study_run(study, &options, &results, &err) != IL_OK)
        fail_msg("%s", err.message);
    return results;
}

/* The same runs, field by field and bit by bit. */
static inline void assert_same_runs(const il_run *a, const il_run *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (a[i].epoch != b[i].epoch || a[i].outcome != b[i].outcome || a[i].layer != b[i].layer ||
            memcmp(&a[i].loss, &b[i].loss, sizeof a[i].loss) != 0 ||
            memcmp(&a[i].accuracy, &b[i].accuracy, sizeof a[i].accuracy) != 0)
            fail_msg("run %zu: epoch %u, outcome %d, loss %.9g; epoch %u, outcome %d, loss %.9g", i,
                     a[i].epoch, a[i].outcome, (double)a[i].loss, b[i].epoch, b[i].outcome,
                     (double)b[i].loss);
}

#endif
