#include "base/clock.h"
#include "base/pool.h"
#include "lab/group.h"
#include "lab/summary.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A dataset with its targets for one output width; consecutive arms share it, since data and
 * network vary slowest. */
typedef struct task {
    il_dataset *data;
    il_real *Y;
    il_samples train, judges;
} task;

typedef struct runner {
    const il_study *study;
    il_run_options options;
    il_results *results;
    task *tasks;          /* [n_arms]; an arm may share its predecessor's */
    size_t block, blocks; /* seeds in a block, blocks in an arm */
    pthread_mutex_t lock; /* over the fields below and the progress callback */
    size_t done;
    il_error error; /* the first */
} runner;

/* An arm is cut into blocks: at most MOST seeds each, so that progress shows, and enough blocks for all
 * workers, but no lockstep block shorter than LEAST, where idle lanes would cost more than idle workers. */
#define MOST 512
#define LEAST 64

static size_t block_size(const il_study *study, size_t jobs) {
    size_t shared = (4 * jobs + study->n_arms - 1) / study->n_arms, least = LEAST;
    size_t cuts = (study->seeds + MOST - 1) / MOST;
    cuts = cuts < shared ? shared : cuts;
    for (size_t i = 0; i < study->n_arms; i++)
        least = study->arms[i].engine == IL_BLAS ? 1 : least;
    size_t size = (study->seeds + cuts - 1) / cuts;
    size = size < least ? least : size;
    return size < study->seeds ? size : study->seeds;
}

static size_t outputs_of(const il_arm *arm) {
    return arm->network.width[arm->network.n - 1];
}

static bool same_data(const il_arm *a, const il_arm *b) {
    return il_call_equal(&a->data.data, &b->data.data) &&
           il_call_equal(&a->data.split, &b->data.split) &&
           il_call_equal(&a->data.scale, &b->data.scale) && outputs_of(a) == outputs_of(b);
}

static il_part judges_of(const il_study *study, const il_dataset *data) {
    static const il_part asked[] = {[IL_JUDGES_TRAIN] = IL_TRAIN,
                                    [IL_JUDGES_VALIDATION] = IL_VALIDATION,
                                    [IL_JUDGES_TEST] = IL_TEST};
    return study->judges == IL_JUDGES_AUTO ? il_dataset_judges(data) : asked[study->judges];
}

static il_status prepare_task(const il_study *study, const il_arm *arm, task *t, il_error *err) {
    size_t outputs = outputs_of(arm);
    il_status status = il_dataset_new(&arm->data, study->folders, &t->data, err);
    if (status != IL_OK)
        return status;
    t->Y = malloc(t->data->n * outputs * sizeof *t->Y);
    if (!t->Y)
        return il_fail(err, IL_NO_MEMORY, "no memory for the targets of %zu samples", t->data->n);
    t->train = il_dataset_part(t->data, IL_TRAIN, t->Y, outputs);
    t->judges = il_dataset_part(t->data, judges_of(study, t->data), t->Y, outputs);
    return il_dataset_targets(t->data, outputs, t->Y, err);
}

static il_status prepare(runner *run, il_error *err) {
    const il_study *study = run->study;
    il_status status = IL_OK;
    for (size_t i = 0; i < study->n_arms && status == IL_OK; i++) {
        const il_arm *arm = &study->arms[i];
        if (i > 0 && same_data(arm, &arm[-1]))
            run->tasks[i] = run->tasks[i - 1];
        else
            status = prepare_task(study, arm, &run->tasks[i], err);
    }
    return status;
}

static void release(runner *run) {
    for (size_t i = run->study->n_arms; run->tasks && i-- > 0;)
        if (i == 0 || run->tasks[i].data != run->tasks[i - 1].data) {
            il_dataset_free(run->tasks[i].data);
            free(run->tasks[i].Y);
        }
    free(run->tasks);
}

static void finished(void *context, size_t runs) {
    runner *run = context;
    pthread_mutex_lock(&run->lock);
    run->done += runs;
    if (run->options.progress)
        run->options.progress(run->options.context, run->done,
                              run->study->n_arms * run->study->seeds);
    pthread_mutex_unlock(&run->lock);
}

static il_status run_block(void *context, size_t item, size_t worker) {
    (void)worker;
    runner *run = context;
    const il_study *study = run->study;
    size_t arm = item / run->blocks, first = item % run->blocks * run->block,
           left = study->seeds - first;
    il_block block = {
        .study = study,
        .arm = &study->arms[arm],
        .train = run->tasks[arm].train,
        .judges = run->tasks[arm].judges,
        .first_seed = 1 + first,
        .n = left < run->block ? left : run->block,
        .lanes = run->options.lanes,
        .cancel = run->options.cancel,
        .finished = finished,
        .context = run,
    };
    il_error error;
    il_status status =
        il_group_run(&block, run->results->runs + arm * study->seeds + first, &error);
    if (status != IL_OK) {
        pthread_mutex_lock(&run->lock);
        if (run->error.status == IL_OK)
            run->error = error;
        pthread_mutex_unlock(&run->lock);
    }
    return status;
}

static il_status allocate(runner *run, il_error *err) {
    const il_study *study = run->study;
    il_results *results = run->results = calloc(1, sizeof *results);
    run->tasks = calloc(study->n_arms, sizeof *run->tasks);
    if (results) {
        results->n_arms = study->n_arms;
        results->seeds = study->seeds;
        results->runs = calloc(study->n_arms * study->seeds, sizeof *results->runs);
        results->arms = calloc(study->n_arms, sizeof *results->arms);
    }
    if (!results || !run->tasks || !results->runs || !results->arms)
        return il_fail(err, IL_NO_MEMORY, "no memory for the results of %zu runs",
                       study->n_arms * study->seeds);
    return IL_OK;
}

static il_status check_options(const il_run_options *o, il_error *err) {
    if (o->lanes % 16 != 0)
        return il_fail(err, IL_INVALID, "lanes=%zu is not a multiple of 16", o->lanes);
    if (o->jobs > IL_MAX_JOBS)
        return il_fail(err, IL_INVALID, "jobs=%zu is more than %d", o->jobs, IL_MAX_JOBS);
    return IL_OK;
}

il_status il_study_run(const il_study *study, const il_run_options *options, il_results **out,
                       il_error *err) {
    *out = NULL;
    double start = il_seconds();
    runner run = {.study = study, .options = options ? *options : (il_run_options){0}};
    size_t jobs = run.options.jobs ? run.options.jobs : il_processors();
    run.block = block_size(study, jobs);
    run.blocks = (study->seeds + run.block - 1) / run.block;
    pthread_mutex_init(&run.lock, NULL);

    il_status status = check_options(&run.options, err);
    if (status == IL_OK)
        status = allocate(&run, err);
    if (status == IL_OK)
        status = prepare(&run, err);
    if (status == IL_OK) {
        status = il_pool_run(jobs, study->n_arms * run.blocks, run_block, &run);
        if (status != IL_OK)
            status = il_fail(err, run.error.status, "%s", run.error.message);
    }
    if (status == IL_OK)
        status = il_summarize(study, run.results->runs, run.results->arms, err);
    release(&run);
    pthread_mutex_destroy(&run.lock);
    if (status != IL_OK) {
        il_results_free(run.results);
        return status;
    }
    run.results->wall_s = il_seconds() - start;
    *out = run.results;
    return IL_OK;
}

void il_results_free(il_results *results) {
    if (!results)
        return;
    free(results->runs);
    free(results->arms);
    free(results);
}
