/* Whole studies, run in two ways: by two workers and by one, with a store and without, in lockstep and on OpenBLAS. */
#include "bench/subjects.h"

#include "initlab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct way {
    size_t jobs;
    bool stored;
    const char *override; /* of the study; or NULL */
} way;

typedef struct setting {
    const char *study;
    way ours, floor;
} setting;

typedef struct pair {
    const setting *setting;
    il_study *ours, *floor;
    char folder[32]; /* of the store */
} pair;

static void remove_store(const pair *p) {
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    char path[64];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s/runs.db%s", p->folder, ends[i]);
        unlink(path);
    }
}

static il_status run(const pair *p, const il_study *study, const way *w, il_error *err) {
    il_store *store = NULL;
    il_results *results = NULL;
    char path[64];
    il_status status = IL_OK;
    snprintf(path, sizeof path, "%s/runs.db", p->folder);
    if (w->stored)
        status = il_store_open(path, NULL, &store, err);
    if (status == IL_OK)
        status =
            il_study_run(study, &(il_run_options){.jobs = w->jobs, .store = store}, &results, err);
    il_results_free(results);
    il_store_close(store);
    remove_store(p);
    return status;
}

static il_status ours(void *context, il_error *err) {
    const pair *p = context;
    return run(p, p->ours, &p->setting->ours, err);
}

static il_status floor_of(void *context, il_error *err) {
    const pair *p = context;
    return run(p, p->floor, &p->setting->floor, err);
}

static il_status parse(const setting *s, const way *w, il_study **out, il_error *err) {
    return il_study_parse(s->study, strlen(s->study), "bench", &w->override, w->override != NULL,
                          out, err);
}

static void close_pair(void *context) {
    pair *p = context;
    il_study_free(p->ours);
    il_study_free(p->floor);
    rmdir(p->folder);
    free(p);
}

static il_status open_pair(const void *context, bench_pair *out, il_error *err) {
    pair *p = calloc(1, sizeof *p);
    if (!p)
        return il_fail(err, IL_NO_MEMORY, "no memory for a study");
    p->setting = context;
    strcpy(p->folder, "/tmp/initlab-bench-XXXXXX");
    il_status status = mkdtemp(p->folder) ? parse(p->setting, &p->setting->ours, &p->ours, err)
                                          : il_fail(err, IL_IO, "no folder can be made in /tmp");
    if (status == IL_OK)
        status = parse(p->setting, &p->setting->floor, &p->floor, err);
    if (status != IL_OK) {
        close_pair(p);
        return status;
    }
    size_t jobs = p->setting->ours.jobs / p->setting->floor.jobs;
    double runs = (double)(p->ours->n_arms * p->ours->seeds);
    *out = (bench_pair){.context = p,
                        .ours = ours,
                        .floor = floor_of,
                        .units = runs,
                        .floor_units = runs * (double)jobs,
                        .close = close_pair};
    return IL_OK;
}

#define XOR_OF(seeds)                                                                              \
    "data: xor\nnetwork: 2-2-1\noptimizer: adam(lr=0.01)\nbudget: 3000\n"                          \
    "init: [normal(std=0.01), lecun_normal, xavier_normal, xavier_uniform, he_normal]\n"           \
    "converged: loss < 0.1 and accuracy == 1\nbaseline: he_normal\nseeds: " seeds "\n"

static const bench studies[] = {
    {"study/two-workers", "us/run", 1e6, "half of one worker's time", 2 / 1.9, 0,
     &(const setting){XOR_OF("20000"), {2, false, NULL}, {1, false, NULL}}, open_pair},
    {"study/store", "us/run", 1e6, "without a store", 1.05, 0,
     &(const setting){XOR_OF("20000"), {1, true, NULL}, {1, false, NULL}}, open_pair},
};
const bench_table bench_studies = BENCH_TABLE(studies);

/* Both engines on a network of two hidden layers as wide as its input, four batches an epoch. */
#define ENGINES(width, batch, samples, seeds, epochs)                                              \
    {                                                                                              \
        "engines/" #width "/" #batch, "us/run", 1e6, "OpenBLAS", 0, 0,                             \
            &(const setting){                                                                      \
                "data: gaussian(n=" #samples ", inputs=" #width ")\nnetwork: " #width "-" #width   \
                "-" #width "-2\nloss: softmax_ce\nbatch: " #batch                                  \
                "\noptimizer: adam\ninit: he_normal\nconverged: never\nseeds: " #seeds             \
                "\nbudget: " #epochs "\n",                                                         \
                {1, false, "engine=lockstep"},                                                     \
                {1, false, "engine=blas"}},                                                        \
            open_pair                                                                              \
    }

static const bench engines[] = {
    ENGINES(8, 4, 16, 64, 400),   ENGINES(8, 64, 256, 64, 40),   ENGINES(8, 1024, 4096, 64, 4),
    ENGINES(16, 4, 16, 64, 400),  ENGINES(16, 64, 256, 64, 40),  ENGINES(16, 1024, 4096, 64, 4),
    ENGINES(32, 4, 16, 64, 200),  ENGINES(32, 64, 256, 64, 20),  ENGINES(32, 1024, 4096, 64, 2),
    ENGINES(64, 4, 16, 32, 200),  ENGINES(64, 64, 256, 32, 20),  ENGINES(64, 1024, 4096, 32, 2),
    ENGINES(128, 4, 16, 16, 100), ENGINES(128, 64, 256, 16, 10), ENGINES(128, 1024, 4096, 16, 2),
};
const bench_table bench_engines = BENCH_TABLE(engines);
