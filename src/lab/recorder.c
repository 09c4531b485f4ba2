#include "lab/recorder.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>

/* Pages that no epoch reaches stay untouched, so that a budget costs no memory. */
static il_record *new_record(const il_recording *wanted, uint32_t budget, uint32_t seed,
                             il_network *net) {
    size_t layers = il_network_layers(net), points = budget / wanted->curves + 2;
    size_t layer_points = wanted->layers ? budget / wanted->layers + 2 : 0;
    size_t snapshot = il_network_size(net) <= IL_MAX_SNAPSHOT ? il_snapshot_size(net) : 0;
    il_layout layout = {0};
    il_layout_reserve(&layout, sizeof(il_record), 1, 1, 1);
    size_t point = il_layout_reserve(&layout, sizeof(il_point), points, 1, 1);
    size_t epoch = il_layout_reserve(&layout, sizeof(uint32_t), layer_points, 1, 1);
    size_t layer = il_layout_reserve(&layout, sizeof(il_layer_point), layer_points, layers, 1);
    size_t start = il_layout_reserve(&layout, sizeof(float), snapshot, 1, 1);
    size_t end = il_layout_reserve(&layout, sizeof(float), snapshot, 1, 1);
    char *block = layout.overflow ? NULL : calloc(1, layout.size);
    if (!block)
        return NULL;
    il_record *record = (il_record *)(void *)block;
    *record = (il_record){.n_layers = layers, .n_snapshot = snapshot};
    record->run = (il_run_record){.seed = seed,
                                  .point = (il_point *)(void *)(block + point),
                                  .layer_epoch = (uint32_t *)(void *)(block + epoch),
                                  .layer = (il_layer_point *)(void *)(block + layer),
                                  .start = snapshot ? (float *)(void *)(block + start) : NULL,
                                  .end = snapshot ? (float *)(void *)(block + end) : NULL};
    return record;
}

static il_status no_memory(size_t n, il_error *err) {
    return il_fail(err, IL_NO_MEMORY,
                   "no memory to record up to %zu runs: record fewer seeds, or at fewer epochs", n);
}

static il_status reserve(il_recorder *out, size_t R, size_t layers, il_error *err) {
    il_layout layout = {0};
    size_t due = il_layout_reserve(&layout, sizeof *out->due, R, 1, 1);
    size_t loss = il_layout_reserve(&layout, sizeof *out->loss, 2, R, 1);
    size_t layer =
        il_layout_reserve(&layout, sizeof *out->layer, out->wanted.layers ? layers : 0, R, 1);
    char *block = il_layout_allocate(&layout);
    if (!block)
        return no_memory(R, err);
    out->due = (size_t *)(void *)(block + due);
    out->loss = (il_real *)(void *)(block + loss);
    out->right = out->loss + R;
    out->layer = (il_layer_point *)(void *)(block + layer);
    return IL_OK;
}

il_status il_recorder_open(const il_study *study, const uint32_t *seed, size_t n,
                           il_trainer *trainer, il_recorder *out, il_error *err) {
    il_network *net = il_trainer_network(trainer);
    out->trainer = trainer;
    for (size_t i = 0; i < n; i++) {
        if (seed[i] > out->wanted.seeds)
            continue;
        il_record **record = &out->record[seed[i] - 1];
        *record = new_record(&out->wanted, study->budget, seed[i], net);
        if (!*record)
            return no_memory(n, err);
        out->active++;
    }
    if (out->active == 0)
        return IL_OK;
    il_status status = reserve(out, il_network_replicas(net), il_network_layers(net), err);
    if (status == IL_OK && out->wanted.layers)
        status = il_monitor_open(trainer, &out->monitor, err);
    return status;
}

void il_recorder_close(il_recorder *recorder) {
    il_monitor_close(&recorder->monitor);
    free(recorder->due); /* the first of one block */
}

void il_recorder_skip(il_recorder *recorder, uint32_t seed) {
    if (seed > recorder->wanted.seeds || !recorder->record[seed - 1])
        return;
    free(recorder->record[seed - 1]);
    recorder->record[seed - 1] = NULL;
    recorder->active--;
}

/* The record of lane r's run, or NULL when it has none. */
static il_record *record_of(const il_recorder *rec, const il_lanes *lanes, size_t r) {
    uint32_t seed = lanes->live[r] ? lanes->seed[lanes->owner[r]] : UINT32_MAX;
    return seed <= rec->wanted.seeds ? rec->record[seed - 1] : NULL;
}

/* Lists the lanes whose runs begin or end here, or whose epoch is one of every `every`. */
static size_t find_due(il_recorder *rec, const il_lanes *lanes, uint32_t every) {
    size_t n = 0;
    for (size_t r = 0; r < lanes->R; r++)
        if (record_of(rec, lanes, r) && (lanes->verdict[r] || (uint32_t)lanes->age[r] % every == 0))
            rec->due[n++] = r;
    return n;
}

static float number(il_real value) {
    return isnan(value) ? NAN : (float)value; /* one NaN for all processors */
}

static float share(il_real right, const il_samples *of) {
    return of->numbers ? NAN : (float)(right / (il_real)of->n);
}

static void add_point(il_recorder *rec, const il_lanes *lanes, size_t r, const il_real *train_loss,
                      const il_real *train_right) {
    il_run_record *run = &record_of(rec, lanes, r)->run;
    run->point[run->n_points++] = (il_point){
        .epoch = (uint32_t)lanes->age[r],
        .train_loss = number(train_loss[r]),
        .train_accuracy = share(train_right[r], rec->train),
        .loss = number(lanes->loss[r]),
        .accuracy = share(lanes->right[r], rec->judges),
    };
}

static void record_curves(il_recorder *rec, const il_lanes *lanes) {
    size_t n = find_due(rec, lanes, rec->wanted.curves);
    bool apart = rec->train->Y != rec->judges->Y || rec->train->n != rec->judges->n;
    if (n > 0 && apart)
        il_trainer_evaluate(rec->trainer, rec->train, rec->loss, rec->right);
    for (size_t i = 0; i < n; i++)
        add_point(rec, lanes, rec->due[i], apart ? rec->loss : lanes->loss,
                  apart ? rec->right : lanes->right);
}

static void record_layers(il_recorder *rec, const il_lanes *lanes) {
    size_t n = find_due(rec, lanes, rec->wanted.layers), layers = rec->monitor.layers;
    if (n > 0)
        il_monitor_measure(&rec->monitor, rec->due, n, rec->layer);
    for (size_t i = 0; i < n; i++) {
        il_run_record *run = &record_of(rec, lanes, rec->due[i])->run;
        il_layer_point *to = run->layer + run->n_layer_points * layers;
        for (size_t k = 0; k < layers; k++)
            to[k] = rec->layer[i * layers + k];
        run->layer_epoch[run->n_layer_points++] = (uint32_t)lanes->age[rec->due[i]];
        il_alarms_watch(&run->alarms, (uint32_t)lanes->age[rec->due[i]], to, layers);
        if (rec->alarms)
            rec->alarms[run->seed - 1] = run->alarms;
    }
}

static void take_snapshots(il_recorder *rec, const il_lanes *lanes) {
    il_network *net = il_trainer_network(rec->trainer);
    for (size_t r = 0; r < lanes->R; r++) {
        il_record *record = record_of(rec, lanes, r);
        if (!record)
            continue;
        if (lanes->age[r] == 0 && record->n_snapshot)
            il_snapshot_take(net, r, record->run.start);
        if (lanes->verdict[r] && record->n_snapshot)
            il_snapshot_take(net, r, record->run.end);
        rec->active -= lanes->verdict[r] != 0;
    }
}

void il_recorder_epoch(il_recorder *rec, const il_lanes *lanes) {
    if (rec->active == 0)
        return;
    record_curves(rec, lanes);
    if (rec->wanted.layers)
        record_layers(rec, lanes);
    take_snapshots(rec, lanes);
}

void il_recorder_before(il_recorder *rec, size_t step) {
    if (rec->active > 0 && rec->wanted.layers)
        il_monitor_before(&rec->monitor, step);
}

void il_recorder_keep(il_recorder *rec, const size_t *lanes, size_t n, size_t R) {
    if (rec->active > 0 && rec->wanted.layers)
        il_monitor_keep(&rec->monitor, lanes, n, R);
}
