/* Studies: the same network trained from many initializations, many seeds each.
 *
 * A study is a YAML file; a list under a key makes arms. Every run is a function of (study, seed)
 * alone: not of the number of seeds, workers or replicas in a group.
 *
 *     #include <initlab.h>
 *     #include <stdio.h>
 *     int main(void) {
 *         static const char text[] = "data: xor\nnetwork: 2-8-1\nhidden: tanh\nseeds: 32\n"
 *                                    "optimizer: adam(lr=0.05)\ninit: [zeros, he_normal]\n";
 *         il_error err;
 *         il_study *study = NULL;
 *         il_results *results = NULL;
 *         if (il_study_parse(text, sizeof text - 1, "small", NULL, 0, &study, &err) == IL_OK)
 *             il_study_run(study, NULL, &results, &err);
 *         for (size_t i = 0; results && i < study->n_arms; i++)
 *             printf("%zu of %zu\n", results->arms[i].converged, results->arms[i].runs);
 *         int failed = results == NULL;
 *         il_results_free(results);
 *         il_study_free(study);
 *         return failed;
 *     }
 */
#ifndef INITLAB_STUDY_H
#define INITLAB_STUDY_H

#include "data.h"
#include "init.h"
#include "network.h"
#include "optim.h"
#include "record.h"
#include "statistics.h"
#include "train.h"
#include <signal.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define IL_MAX_ARMS 10000
#define IL_MAX_SEEDS 1000000
#define IL_MAX_SEED_BASE 4000000000000000000
#define IL_MAX_BUDGET 100000000
#define IL_MAX_TERMS 4
#define IL_CRITERION_TEXT 256

/* "loss < 0.1 and accuracy == 1": a conjunction of comparisons, on the samples that judge (il_judges), in evaluation
 * mode. "never" has none and does not hold. Targets that are numbers have no accuracy. */
typedef enum il_metric { IL_LOSS, IL_ACCURACY } il_metric;
typedef enum il_relation { IL_LESS, IL_AT_MOST, IL_EQUAL, IL_AT_LEAST, IL_GREATER } il_relation;
typedef struct il_term {
    il_metric metric;
    il_relation relation;
    double value;
} il_term;
typedef struct il_criterion {
    size_t n;
    il_term term[IL_MAX_TERMS];
} il_criterion;

il_status il_criterion_parse(const char *text, const il_place *place, il_criterion *out,
                             il_error *err);
char *il_criterion_format(const il_criterion *criterion, char text[IL_CRITERION_TEXT]);

/* The keys whose lists make arms, in the order of the cross product (the first varies slowest). */
typedef enum il_key {
    IL_KEY_DATA,
    IL_KEY_SPLIT,
    IL_KEY_SCALE,
    IL_KEY_NETWORK,
    IL_KEY_HIDDEN,
    IL_KEY_NORM,
    IL_KEY_DROPOUT,
    IL_KEY_LOSS,
    IL_KEY_BATCH,
    IL_KEY_OPTIMIZER,
    IL_KEY_SCHEDULE,
    IL_KEY_CLIP,
    IL_KEY_PENALTY,
    IL_KEY_BIAS,
    IL_KEY_INIT,
    IL_KEYS
} il_key;

typedef struct il_arm {
    il_data_request data;
    il_call hidden, norm, dropout, loss, batch, optimizer, schedule, clip, penalty, bias, init;
    il_widths network;
    il_engine engine; /* from the spec: forced, or chosen by the size of network and data */
    const il_dataset
        *built;      /* its data, one of the study's, where reading the study has built it */
    size_t baseline; /* index of the arm that differs only in having the baseline's init; its own
                         index  for the baseline itself, SIZE_MAX when the study names none */
} il_arm;

/* The samples on which runs are judged. */
typedef enum il_judges {
    IL_JUDGES_AUTO, /* those that validate, else those that test, else those that train */
    IL_JUDGES_TRAIN,
    IL_JUDGES_VALIDATION,
    IL_JUDGES_TEST
} il_judges;

/* What `seeds:` may be beside a number: auto(max, half_width), which adds seeds until the 95 % interval of every arm's
 * success rate is no wider than ± half_width. It looks after 50, 100, 200, … and max seeds. The interval of a look is
 * Clopper and Pearson's, with that part of the 5 % of error that the look's new seeds are of max: its level is
 * il_seeding_level(max, n). The parts add up to 5 %, so that all intervals of all looks of an arm hold its rate
 * together with 95 % at least (Bonferroni), and so does the one at which it stops, whatever made it stop. */
extern const il_family il_seedings;

/* The seeds of the look after that at n, at most `most`; of the first look when n is 0. */
size_t il_seeding_next(size_t most, size_t n);

/* The level of the look at n seeds; between two looks that of the next. */
double il_seeding_level(size_t most, size_t n);

typedef struct il_study {
    char name[128];
    size_t seeds;       /* runs per arm: seeds seed_base + 1 … seed_base + seeds … */
    size_t most;        /* … of which auto makes fewer than `most` … */
    double half_width;  /* … when intervals are as narrow; 0: all of them */
    uint64_t seed_base; /* 0 unless the caller sets it */
    uint32_t budget;    /* epochs */
    uint32_t patience;  /* epochs without a lower loss that end a run; 0: none do */
    il_order order;
    bool drop_last;
    il_judges judges;
    il_criterion converged;
    il_call record;       /* of il_recordings; desc NULL: none */
    bool varied[IL_KEYS]; /* the keys given as lists of two or more */
    il_arm *arms;
    size_t n_arms;
    il_dataset **built; /* [n_built] what the spec was checked against, for the arms to use */
    size_t n_built;
    const il_folders *folders; /* of the sources with which the study was read */
} il_study;

/* Reads a study from YAML text or from a file of at most 1 MiB. `overrides` are n "key=value" texts
 * that replace a key's value (a YAML value, lists included), as --set does. `name` stands for the
 * file in messages. Errors (IL_INVALID, or IL_IO when the file cannot be read) name file, line and
 * column. */
il_status il_study_parse(const char *text, size_t size, const char *name,
                         const char *const *overrides, size_t n, il_study **out, il_error *err);
il_status il_study_load(const char *path, const char *const *overrides, size_t n, il_study **out,
                        il_error *err);

/* What a study may name beside what the library knows. The schemes and the folders must outlive the study. */
typedef struct il_sources {
    const il_family *inits;    /* in place of il_inits (see il_catalog_inits), or NULL */
    const il_folders *folders; /* where data files lie, or NULL: nowhere */
    const char *prefix;        /* of an overridden key in messages; NULL: "--set " */
    const char *
        weights; /* folder, with its slash, from which relative paths of weights begin; NULL: the working one */
    bool full; /* of claims: their full variants */
} il_sources;

il_status il_study_parse_with(const il_sources *sources, const char *text, size_t size,
                              const char *name, const char *const *overrides, size_t n,
                              il_study **out, il_error *err);
il_status il_study_load_with(const il_sources *sources, const char *path,
                             const char *const *overrides, size_t n, il_study **out, il_error *err);
void il_study_free(il_study *study);

/* The canonical text of one varied key of an arm, in call or width notation. Returns `text`. */
char *il_arm_format(const il_arm *arm, il_key key, char text[IL_WIDTHS_TEXT]);
const char *il_key_name(il_key key);

/* Whether the arm leaves out what the key could add: no norm, no dropout, a full batch, a constant learning rate, no
 * clipping, no penalty. Reports say nothing of such keys. */
bool il_arm_is_plain(const il_arm *arm, il_key key);

typedef enum il_outcome {
    IL_CONVERGED,
    IL_CENSORED, /* at the budget */
    IL_DIVERGED,
    IL_STALLED, /* the loss had not fallen for `patience` epochs */
    IL_FAILED /* its scheme could not begin from this seed, as LSUV where a layer's variance is 0: nothing was trained */
} il_outcome;

/* One finished run. T = epoch when it converged, else the budget. */
typedef struct il_run {
    uint32_t epoch;  /* converged: the first epoch at whose end the criterion held; diverged: the
                        first at whose end the loss was not finite; stalled: the last; censored: the budget; failed: 0 */
    uint8_t outcome; /* il_outcome */
    uint16_t layer;  /* diverged: the first layer, from 1, with a non-finite pre-activation */
    float loss;      /* at that epoch; failed: NaN */
    float
        accuracy; /* there, on the samples that judge, as is the loss; NaN when targets are numbers */
} il_run;

/* T of one run: the epoch of convergence, else the budget. */
static inline uint32_t il_run_time(const il_run *run, uint32_t budget) {
    return run->outcome == IL_CONVERGED ? run->epoch : budget;
}

/* What an arm's runs say. NaN where a number does not exist (median at or below 50 % success,
 * comparison without a baseline). p_value is Holm-adjusted over the study's comparisons. */
typedef struct il_summary {
    size_t runs, converged, diverged, failed;
    double success;
    il_interval success_ci; /* 95 %: Wilson, or with seeds: auto the last look's */
    double median, quartile[2];
    double rmst;
    il_interval rmst_ci; /* 95 % */
    double a12, p_value; /* against the baseline arm: over all pairs of runs; paired by seed */
} il_summary;

typedef struct il_results {
    size_t n_arms, seeds;
    il_run *runs;      /* [n_arms][seeds] */
    il_summary *arms;  /* [n_arms] */
    size_t found;      /* runs that the store already had */
    size_t failed;     /* of all runs; they count as not converged */
    il_error failure;  /* why the first of those failed that this call began; IL_OK: none did */
    size_t looks;      /* that seeds: auto made; 0: the number of seeds was given */
    bool narrow;       /* … and whether all intervals were narrow enough in the end */
    size_t watched;    /* seeds 1 … watched of each arm had their layers recorded */
    il_alarms *alarms; /* [n_arms][watched], or NULL */
    double wall_s;
} il_results;

typedef struct il_store il_store; /* store.h */

typedef struct il_run_options {
    il_store *store; /* holds finished runs, which are not run again, and takes new ones; or NULL */
    /* Runs of the same study with fewer seeds, which are not run again; or NULL. Of no use with a store, which has them
     * itself. */
    const il_results *begun;
    bool fail_fast; /* a run that fails, now or when it was stored, ends the study with its error */
    bool retry_failed; /* those that the store has as failed are run again */
    /* Worker threads, at most 256; 0: one per processor. Where there are fewer runs of the blas engine, several share each. */
    size_t jobs;
    size_t lanes; /* most replicas in a lockstep group; 0: chosen by the network's size */
    const volatile sig_atomic_t *
        cancel; /* when not NULL and it becomes nonzero (by an atomic store): IL_INTERRUPTED, after at most one epoch */
    void (*progress)(void *context, size_t done, size_t total); /* runs; calls never overlap */
    void *context;
} il_run_options;

/* Runs every arm with every seed, with seeds: auto as many as it takes; runs[i][k] is that of seed seed_base + k + 1. `options` may be NULL. Uses OpenBLAS from several threads when
 * arms use the blas engine: call openblas_set_num_threads(1) first (the command does). */
il_status il_study_run(const il_study *study, const il_run_options *options, il_results **out,
                       il_error *err);
void il_results_free(il_results *results);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
