#include "lab/claim/measure.h"

#include "base/pool.h"

#include <stdlib.h>
#include <string.h>

/* Evenly spaced, as data may be sorted by class. */
static il_status take_samples(const il_arm *arm, const il_samples *train, il_samples *seen,
                              il_real **block, il_error *err) {
    size_t n = train->n < IL_MEASURED_SAMPLES ? train->n : IL_MEASURED_SAMPLES;
    size_t inputs = arm->network.width[0], outputs = arm->network.width[arm->network.n - 1];
    il_real *X = *block = malloc(n * (inputs + outputs) * sizeof *X);
    if (!X)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu samples to measure with", n);
    il_real *Y = X + n * inputs;
    for (size_t i = 0; i < n; i++) {
        size_t from = i * train->n / n;
        il_samples_read(train, from * inputs, inputs, X + i * inputs);
        memcpy(Y + i * outputs, train->Y + from * outputs, outputs * sizeof *Y);
    }
    *seen = (il_samples){.n = n, .X = X, .Y = Y, .numbers = train->numbers};
    return IL_OK;
}

/* One arm's seeds, R at a time. */
typedef struct work {
    const il_call *measure;
    const il_study *study;
    const il_arm *arm;
    il_task task;
    il_samples seen;
    il_real *block;
    size_t R;
    const volatile sig_atomic_t *cancel;
    double *value; /* [seeds] */
    il_error error;
    int failed;
} work;

static void pass_once(const il_subject *s) {
    il_real loss[IL_MEASURED_LANES], correct[IL_MEASURED_LANES];
    il_network_forward(s->net, s->seen.n, s->seen.X);
    il_network_loss(s->net, s->seen.n, s->seen.Y, loss, correct);
    il_network_backward(s->net, s->seen.n, s->seen.X);
}

/* Builds what the measure looks at: a trainer and its network, or a network alone, *own. */
static il_status open_subject(const work *w, il_subject *s, il_network **own, il_error *err) {
    il_network_config config = il_arm_network(w->arm, w->R);
    const il_training training = il_arm_training(w->study, w->arm);
    if (!il_measure_of(w->measure)->trains) {
        config.batch = w->seen.n;
        il_status status = il_network_new(&config, own, err);
        s->net = *own;
        return status;
    }
    il_status status = il_trainer_new(&config, &training, &s->train, &s->judges, &s->trainer, err);
    s->net = status == IL_OK ? il_trainer_network(s->trainer) : NULL;
    return status;
}

static il_status measure_block(work *w, size_t block, il_error *err) {
    double value[IL_MEASURED_LANES];
    il_network *own = NULL;
    il_starter starter = {0};
    il_subject s = {.study = w->study,
                    .arm = w->arm,
                    .R = w->R,
                    .seen = w->seen,
                    .train = w->task.part[IL_TRAIN],
                    .judges = w->task.part[w->task.judges],
                    .first = w->study->seed_base + block * w->R + 1,
                    .err = err};
    il_status status = open_subject(w, &s, &own, err);
    if (status == IL_OK)
        status = il_starter_open(w->arm, &w->task.part[IL_TRAIN], &starter, err);
    for (size_t r = 0; r < w->R && status == IL_OK; r++) {
        if (s.trainer)
            il_trainer_begin(s.trainer, r, s.first + r);
        status = il_starter_start(&starter, s.net, r, s.first + r, err);
    }
    if (status == IL_OK && !s.trainer)
        pass_once(&s);
    if (status == IL_OK)
        status = il_measure_of(w->measure)->of_network(w->measure, &s, value);
    for (size_t r = 0; r < w->R && status == IL_OK && block * w->R + r < w->study->seeds; r++)
        w->value[block * w->R + r] = value[r];
    il_starter_close(&starter);
    il_trainer_free(s.trainer);
    il_network_free(own);
    return status;
}

static il_status run_block(void *context, size_t block, size_t worker) {
    (void)worker;
    work *w = context;
    il_error err;
    bool cancelled = w->cancel && __atomic_load_n(w->cancel, __ATOMIC_RELAXED);
    il_status status =
        cancelled ? il_fail(&err, IL_INTERRUPTED, "interrupted") : measure_block(w, block, &err);
    /* The first failure keeps its message. */
    if (status != IL_OK && !__atomic_exchange_n(&w->failed, 1, __ATOMIC_SEQ_CST))
        w->error = err;
    return status;
}

static il_status measure_networks(const il_call *measure, const il_study *study, size_t arm,
                                  const il_run_options *options, double *value, il_error *err) {
    work w = {.measure = measure,
              .study = study,
              .arm = &study->arms[arm],
              .R = study->arms[arm].engine == IL_BLAS ? 1 : IL_MEASURED_LANES,
              .cancel = options->cancel,
              .value = value};
    il_status status = il_task_open(study, w.arm, &w.task, err);
    if (status == IL_OK)
        status = take_samples(w.arm, &w.task.part[IL_TRAIN], &w.seen, &w.block, err);
    if (status == IL_OK) {
        status = il_pool_run(options->jobs ? options->jobs : il_processors(),
                             (study->seeds + w.R - 1) / w.R, run_block, &w);
        if (status != IL_OK)
            il_fail(err, status, "%s", w.error.message);
    }
    free(w.block);
    il_task_close(&w.task);
    return status;
}

il_status il_measure_arm(const il_call *measure, const il_study *study, size_t arm,
                         const il_run *runs, const il_run_options *options, double *value,
                         il_error *err) {
    const il_measure_type *type = il_measure_of(measure);
    if (type->of_network)
        return measure_networks(measure, study, arm, options, value, err);
    for (size_t i = 0; i < study->seeds; i++)
        value[i] = type->of_run(&runs[i], study->budget);
    return IL_OK;
}
