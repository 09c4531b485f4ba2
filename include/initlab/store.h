/* Stores: finished runs in an SQLite file, so that a study is never computed twice and never lost.
 *
 * A run is stored under what decides its result: its arm's settings, the samples it saw, the seed and the version of
 * the algorithms; under the blas engine also the OpenBLAS it ran on. Running the same study with the same file again
 * computes what is missing. A block of runs that has finished survives the death of the process. One process at a time
 * may write; any number may read.
 *
 *     #include <initlab.h>
 *     #include <stdio.h>
 *     int main(void) {
 *         static const char text[] = "data: xor\nnetwork: 2-4-1\ninit: he_normal\nseeds: 32\n";
 *         il_error err;
 *         il_study *study = NULL;
 *         il_store *store = NULL;
 *         il_results *results = NULL;
 *         remove("example.db");
 *         if (il_study_parse(text, sizeof text - 1, "small", NULL, 0, &study, &err) == IL_OK &&
 *             il_store_open("example.db", NULL, &store, &err) == IL_OK)
 *             il_study_run(study, &(il_run_options){.store = store}, &results, &err);
 *         il_store_close(store);
 *         int failed = results == NULL || remove("example.db") != 0;
 *         il_results_free(results);
 *         il_study_free(study);
 *         return failed;
 *     }
 */
#ifndef INITLAB_STORE_H
#define INITLAB_STORE_H

#include "record.h"
#include "study.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Where results come from, beside the study. Texts; each may be NULL. */
typedef struct il_origin {
    const char
        *openblas;       /* decides results of the blas engine: core type, configuration, threads */
    const char *plugins; /* decides results of initializations that the library does not have */
    const char *command; /* kept with the study, so that a report can say how to reproduce it */
    const char *spec;    /* the study's file */
} il_origin;

/* Opens a store to add runs to, and makes it when there is none. The file must not be in use for writing in this
 * process. Errors: IL_INVALID for a file that is not a store, that is damaged, or that a newer version has written, and
 * the file stays as it was; IL_IO when it cannot be read or written, or another process is writing to it. */
il_status il_store_open(const char *path, const il_origin *origin, il_store **out, il_error *err);
void il_store_close(il_store *store);

/* After il_study_run: how many of the runs it asked for the store already had, and how many it has now. */
size_t il_store_found(const il_store *store);
size_t il_store_kept(const il_store *store);

/* When the store held studies and the last one run was not among them, how it differs from the latest of them: "budget:
 * 500 (was 3000)". Else NULL. */
const char *il_store_difference(const il_store *store);

/* A study as a store has it: texts instead of calls, so that reading it takes neither data nor plug-ins. */
typedef struct il_archive {
    char *name, *converged, *settings; /* settings: a line "key: value, value" for each key */
    char *version, *openblas;          /* of the command that ran it last */
    char *command, *spec;              /* as il_origin gave them, or empty */
    uint32_t budget;
    size_t n_arms;
    size_t most; /* of seeds: auto; 0: a number was given */
    double half_width;
    size_t asked,
        seeds; /* the study asks for the seeds 1 … asked; 1 … seeds have run in every arm */
    char *(*value)[IL_KEYS];      /* [n_arms] canonical texts */
    char **engine;                /* [n_arms] */
    size_t *baseline;             /* [n_arms] as il_arm.baseline */
    bool varied[IL_KEYS];         /* the keys in which arms differ */
    il_run *runs;                 /* [n_arms][asked] */
    unsigned char *ran;           /* [n_arms][asked] whether there is such a run */
    il_summary *arms;             /* [n_arms] of the seeds 1 … seeds */
    size_t *recorded;             /* [n_arms] runs of which there are records */
    struct il_archive_file *file; /* for il_archive_record */
} il_archive;

/* Reads the latest study of a store, or the latest of that name unless `name` is NULL. The file is not changed. Errors:
 * those of il_store_open; IL_INVALID too when there is no such study, or none of its seeds has run in every arm. */
il_status il_archive_read(const char *path, const char *name, il_archive **out, il_error *err);
void il_archive_free(il_archive *archive);

/* What was recorded of one run. */
typedef struct il_run_record {
    uint32_t seed;         /* its run is archive->runs[arm * asked + seed - 1] */
    size_t n_points;       /* of the curves … */
    il_point *point;       /* … in the order of epochs, 0 the first */
    size_t n_layer_points; /* times at which layers were recorded; 0: never */
    uint32_t *layer_epoch; /* [n_layer_points] ascending */
    il_layer_point *layer; /* [n_layer_points][n_layers] */
    il_alarms alarms;      /* of the layers */
    float *start,
        *end; /* [n_snapshot] at epoch 0 and when the run ended, or NULL; see il_snapshot_put */
} il_run_record;

/* Of one arm's recorded runs, in the order of their seeds. */
typedef struct il_arm_record {
    size_t n_layers, n_snapshot;
    size_t n;
    il_run_record *run; /* [n] */
    void *block;        /* what the pointers of all runs point into */
} il_arm_record;

/* Reads what was recorded of one arm, of which n may be 0. Errors: IL_INVALID when the file is damaged, IL_IO,
 * IL_NO_MEMORY. */
il_status il_archive_record(const il_archive *archive, size_t arm, il_arm_record **out,
                            il_error *err);
void il_arm_record_free(il_arm_record *record);

/* The network of an arm as its texts say, with `replicas` replicas and passes of up to `batch` samples. Errors: those of
 * il_network_new. */
il_status il_archive_network(const il_archive *archive, size_t arm, il_engine engine,
                             size_t replicas, size_t batch, il_network **out, il_error *err);

/* A snapshot is one replica's il_network_parameters (of each layer W [fan_in][fan_out], b, then what it has of gain,
 * shift and slope), then its il_network_running (of each layer that has them, mean and variance); in the store as float32,
 * little endian. */
size_t il_snapshot_size(const il_network *net);
void il_snapshot_take(il_network *net, size_t replica, float *snapshot);
void il_snapshot_put(const float *snapshot, il_network *net, size_t replica);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
