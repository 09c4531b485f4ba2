#include "lab/runner.h"
#include "base/clock.h"
#include "base/pool.h"
#include "lab/group.h"
#include "lab/store/store.h"
#include "lab/summary.h"
#include "lab/task.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A block's seeds: seed[first … first + n - 1] of an arm. */
typedef struct piece {
    size_t arm, first, n;
} piece;

typedef struct runner {
    const il_study *study;
    il_run_options options;
    il_results *results;
    il_task
        *tasks; /* [n_arms]; an arm may share its predecessor's: data and network vary slowest */
    uint32_t *seed;  /* [n_arms][seeds] the seeds of each arm that are still to run */
    uint32_t *ended; /* [n_arms][seeds] each block's seeds, in the order in which they ended */
    il_recording recording; /* of which seeds is no more than the study's */
    il_record *
        *record;   /* [n_arms][recording.seeds] of runs that are under way or wait to be written */
    piece *pieces; /* [n_pieces] */
    size_t n_pieces;
    size_t threads;       /* for each piece, where there are fewer pieces than workers */
    pthread_mutex_t lock; /* over the fields below and the progress callback */
    size_t done;
    il_error error; /* the first */
    size_t failure; /* arm·seeds + seed of results->failure */
} runner;

/* An arm is cut into blocks: at most MOST seeds each, so that progress shows, and enough blocks for all
 * workers, but no lockstep block shorter than LEAST, where idle lanes would cost more than idle workers. */
#define MOST 512
#define LEAST 64

#define STORE_SECONDS                                                                              \
    0.25 /* a run that has ended waits no longer than this for the rest of its block */

static size_t block_size(const il_study *study, size_t total, size_t jobs) {
    size_t least = LEAST, size = total / (4 * jobs) + 1;
    for (size_t i = 0; i < study->n_arms; i++)
        least = study->arms[i].engine == IL_BLAS ? 1 : least;
    return size > MOST ? MOST : size < least ? least : size;
}

/* Lists the seeds to run, those that `done` [n_arms][seeds] does not mark; left[n_arms] becomes how many each arm has. */
static size_t list_seeds(runner *run, const unsigned char *done, size_t *left) {
    size_t seeds = run->study->seeds, total = 0;
    for (size_t i = 0; i < run->study->n_arms; i++) {
        for (size_t k = 0; k < seeds; k++)
            if (!done[i * seeds + k])
                run->seed[i * seeds + left[i]++] = (uint32_t)k + 1;
        total += left[i];
    }
    run->done = run->study->n_arms * seeds - total;
    return total;
}

/* Cuts each arm's seeds into blocks of nearly one size. The first blocks of all arms come before their second ones, so
 * that a study that is interrupted has seeds that every arm has run, and the time left is guessed from all arms. */
static il_status plan(runner *run, const unsigned char *done, size_t jobs, il_error *err) {
    size_t arms = run->study->n_arms, *left = calloc(arms, sizeof *left), most = 0;
    il_status status = IL_NO_MEMORY;
    if (!left)
        goto done;
    size_t block = block_size(run->study, list_seeds(run, done, left), jobs);
    for (size_t i = 0; i < arms; i++) {
        size_t blocks = (left[i] + block - 1) / block;
        run->n_pieces += blocks;
        most = blocks > most ? blocks : most;
    }
    run->pieces = calloc(run->n_pieces + 1, sizeof *run->pieces);
    if (!run->pieces)
        goto done;
    piece *next = run->pieces;
    for (size_t k = 0; k < most; k++)
        for (size_t i = 0; i < arms; i++) {
            size_t blocks = (left[i] + block - 1) / block;
            if (k < blocks) {
                size_t first = left[i] * k / blocks;
                *next++ = (piece){i, first, left[i] * (k + 1) / blocks - first};
            }
        }
    status = IL_OK;
done:
    free(left);
    return status == IL_OK ? status : il_fail(err, status, "no memory to plan %zu arms", arms);
}

static il_status prepare(runner *run, il_error *err) {
    const il_study *study = run->study;
    il_status status = IL_OK;
    for (size_t i = 0; i < study->n_arms && status == IL_OK; i++) {
        const il_arm *arm = &study->arms[i];
        if (i > 0 && il_task_shared(arm, &arm[-1]))
            run->tasks[i] = run->tasks[i - 1];
        else
            status = il_task_open(study, arm, &run->tasks[i], err);
    }
    return status;
}

static void release(runner *run) {
    for (size_t i = run->study->n_arms; run->tasks && i-- > 0;)
        if (i == 0 || run->tasks[i].Y != run->tasks[i - 1].Y)
            il_task_close(&run->tasks[i]);
    free(run->tasks);
    free(run->seed);
    free(run->ended);
    free(run->pieces);
    for (size_t i = 0; run->record && i < run->study->n_arms * run->recording.seeds; i++)
        free(run->record[i]);
    free(run->record);
}

/* The records of an arm, from seed 1 on; NULL when none are asked for. */
static il_record **records_of(const runner *run, size_t arm) {
    return run->recording.seeds ? run->record + arm * run->recording.seeds : NULL;
}

/* What of a block has ended, and gone to the store. */
typedef struct advance {
    runner *run;
    size_t arm, ended, stored;
    uint32_t *seed; /* in the order in which they ended */
    double last;    /* when some went to the store */
} advance;

static il_status store_ended(advance *a, il_error *err) {
    runner *run = a->run;
    il_finished runs = {.arm = a->arm,
                        .n = a->ended - a->stored,
                        .seed = a->seed + a->stored,
                        .row = run->results->runs + a->arm * run->study->seeds,
                        .record = records_of(run, a->arm)};
    a->stored = a->ended;
    a->last = il_seconds();
    return runs.n > 0 ? il_store_put(run->options.store, &runs, err) : IL_OK;
}

static il_status finished(void *context, size_t runs, il_error *err) {
    advance *a = context;
    runner *run = a->run;
    a->ended += runs;
    pthread_mutex_lock(&run->lock);
    run->done += runs;
    if (run->options.progress)
        run->options.progress(run->options.context, run->done,
                              run->study->n_arms * run->study->seeds);
    pthread_mutex_unlock(&run->lock);
    bool due = run->options.store && il_seconds() - a->last > STORE_SECONDS;
    return due ? store_ended(a, err) : IL_OK;
}

/* Of all that fail in this call the first, by arm and seed, is told, whichever comes first. */
static void failed(void *context, uint32_t seed, const il_error *why) {
    advance *a = context;
    runner *run = a->run;
    char label[IL_WIDTHS_TEXT];
    size_t at = a->arm * run->study->seeds + seed;
    pthread_mutex_lock(&run->lock);
    if (run->results->failure.status == IL_OK || at < run->failure) {
        run->failure = at;
        il_fail(&run->results->failure, why->status, "%s, %s",
                il_arm_format(&run->study->arms[a->arm], IL_KEY_INIT, label), why->message);
    }
    pthread_mutex_unlock(&run->lock);
}

/* Without a store nobody reads them. */
static void drop_records(runner *run, const piece *p) {
    const uint32_t *seed = run->seed + p->arm * run->study->seeds + p->first;
    for (size_t i = 0; i < p->n; i++)
        if (seed[i] <= run->recording.seeds) {
            il_record **record = &records_of(run, p->arm)[seed[i] - 1];
            free(*record);
            *record = NULL;
        }
}

static il_status run_block(void *context, size_t item, size_t worker) {
    (void)worker;
    runner *run = context;
    const il_study *study = run->study;
    const piece *p = &run->pieces[item];
    const il_task *task = &run->tasks[p->arm];
    size_t arm = p->arm, at = arm * study->seeds + p->first;
    advance a = {.run = run, .arm = arm, .seed = run->ended + at, .last = il_seconds()};
    il_block block = {
        .study = study,
        .arm = &study->arms[arm],
        .train = task->part[IL_TRAIN],
        .judges = task->part[task->judges],
        .seed = run->seed + at,
        .n = p->n,
        .ended = run->ended + at,
        .fail_fast = run->options.fail_fast,
        .lanes = run->options.lanes,
        .threads = run->threads,
        .recording = run->recording,
        .record = records_of(run, arm),
        .alarms = run->results->alarms ? run->results->alarms + arm * run->results->watched : NULL,
        .cancel = run->options.cancel,
        .finished = finished,
        .failed = failed,
        .context = &a,
    };
    il_error error, ignored;
    il_status status = il_group_run(&block, run->results->runs + arm * study->seeds, &error);
    if (run->options.store) { /* also when the block was interrupted */
        il_status stored = store_ended(&a, status == IL_OK ? &error : &ignored);
        status = status == IL_OK ? stored : status;
    } else
        drop_records(run, p);
    if (status != IL_OK) {
        pthread_mutex_lock(&run->lock);
        if (run->error.status == IL_OK)
            run->error = error;
        pthread_mutex_unlock(&run->lock);
    }
    return status;
}

/* Curves are for the store alone; layers also raise alarms. */
static void choose_recording(runner *run) {
    il_recording asked = il_recording_of(&run->study->record);
    if (run->options.store || asked.layers)
        run->recording = asked;
    if (run->recording.seeds > run->study->seeds)
        run->recording.seeds = run->study->seeds;
}

static il_status allocate(runner *run, unsigned char **done, il_error *err) {
    choose_recording(run);
    size_t recorded = run->recording.seeds;
    size_t arms = run->study->n_arms, seeds = run->study->seeds;
    il_results *results = run->results = calloc(1, sizeof *results);
    run->tasks = calloc(arms, sizeof *run->tasks);
    run->seed = calloc(arms, seeds * sizeof *run->seed);
    run->ended = calloc(arms, seeds * sizeof *run->ended);
    *done = calloc(arms, seeds);
    if (results) {
        results->n_arms = arms;
        results->seeds = seeds;
        results->runs = calloc(arms * seeds, sizeof *results->runs);
        results->arms = calloc(arms, sizeof *results->arms);
        results->watched = run->recording.layers ? recorded : 0;
        results->alarms =
            results->watched ? calloc(arms, recorded * sizeof *results->alarms) : NULL;
    }
    run->record = recorded ? calloc(arms, recorded * sizeof *run->record) : NULL;
    if (!results || !run->tasks || !run->seed || !run->ended || !*done || !results->runs ||
        !results->arms || (recorded && !run->record) || (results->watched && !results->alarms))
        return il_fail(err, IL_NO_MEMORY, "no memory for the results of %zu runs", arms * seeds);
    return IL_OK;
}

/* Enters the study in the store, and takes from it the runs that it has. */
static il_status join_store(runner *run, unsigned char *done, il_error *err) {
    size_t arms = run->study->n_arms;
    il_digest *data = calloc(arms, sizeof *data);
    if (!data)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu arms", arms);
    for (size_t i = 0; i < arms; i++)
        data[i] = i > 0 && run->tasks[i].data == run->tasks[i - 1].data
                      ? data[i - 1]
                      : il_digest_data(run->tasks[i].data);
    const il_run_options *o = &run->options;
    bool retry = o->fail_fast || o->retry_failed;
    size_t last_failed = !retry ? SIZE_MAX : o->begun ? o->begun->seeds : 0;
    il_status status =
        il_store_begin(run->options.store, run->study, data, &run->recording, last_failed,
                       run->results->runs, done, run->results->alarms, err);
    free(data);
    return status;
}

/* Trains what `done` does not mark. What has finished is in the store, whatever happens. */
static il_status train(runner *run, unsigned char *done, il_error *err) {
    il_store *store = run->options.store;
    size_t jobs = run->options.jobs ? run->options.jobs : il_processors();
    il_status status = store ? join_store(run, done, err) : IL_OK, written = IL_OK;
    if (status != IL_OK)
        return status;
    status = plan(run, done, jobs, err);
    if (status == IL_OK) {
        run->threads = run->n_pieces > 0 && run->n_pieces < jobs ? jobs / run->n_pieces : 1;
        status = il_pool_run(jobs, run->n_pieces, run_block, run);
        if (status != IL_OK)
            il_fail(err, status, "%s", run->error.message);
    }
    if (store)
        written = il_store_end(store, status == IL_OK ? err : NULL);
    return status != IL_OK ? status : written;
}

static il_status check_options(const il_study *study, const il_run_options *o, il_error *err) {
    if (o->lanes % 16 != 0)
        return il_fail(err, IL_INVALID, "lanes=%zu is not a multiple of 16", o->lanes);
    if (o->begun && (o->begun->n_arms != study->n_arms || o->begun->seeds > study->seeds))
        return il_fail(err, IL_INVALID, "the runs begun are of another study, or of more seeds");
    if (o->jobs > IL_MAX_JOBS)
        return il_fail(err, IL_INVALID, "jobs=%zu is more than %d", o->jobs, IL_MAX_JOBS);
    return IL_OK;
}

/* Takes the runs of fewer seeds that the caller has. */
static void join_begun(runner *run, const il_results *begun, unsigned char *done) {
    il_results *results = run->results;
    size_t seeds = run->study->seeds;
    for (size_t i = 0; i < begun->n_arms; i++) {
        memcpy(results->runs + i * seeds, begun->runs + i * begun->seeds,
               begun->seeds * sizeof *begun->runs);
        memset(done + i * seeds, 1, begun->seeds);
        for (size_t k = 0; k < begun->watched; k++)
            results->alarms[i * results->watched + k] = begun->alarms[i * begun->watched + k];
    }
}

il_status il_runner_run(const il_study *study, const il_run_options *options, il_results **out,
                        il_error *err) {
    *out = NULL;
    double start = il_seconds();
    runner run = {.study = study, .options = *options};
    unsigned char *done = NULL; /* [n_arms][seeds] */
    pthread_mutex_init(&run.lock, NULL);

    il_status status = check_options(study, &run.options, err);
    if (status == IL_OK)
        status = allocate(&run, &done, err);
    if (status == IL_OK)
        status = prepare(&run, err);
    if (status == IL_OK && run.options.begun) {
        run.results->failure = run.options.begun->failure;
        if (!run.options.store)
            join_begun(&run, run.options.begun, done);
    }
    if (status == IL_OK)
        status = train(&run, done, err);
    if (status == IL_OK)
        status = il_summarize(study, run.results->runs, run.results->arms, err);
    release(&run);
    free(done);
    pthread_mutex_destroy(&run.lock);
    if (status != IL_OK) {
        il_results_free(run.results);
        return status;
    }
    for (size_t i = 0; i < study->n_arms; i++)
        run.results->failed += run.results->arms[i].failed;
    run.results->found = run.options.store ? il_store_found(run.options.store) : 0;
    run.results->wall_s = il_seconds() - start;
    *out = run.results;
    return IL_OK;
}
