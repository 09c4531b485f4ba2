#include "report/digest.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TIMES_MOST 60 /* epochs along a map of layers */

static const il_probe_statistic statistics[IL_STRIPS] = {
    [IL_STRIP_SIGNAL] = IL_PROBE_A_RMS, [IL_STRIP_GRADIENT] = IL_PROBE_DELTA_RMS};

static float value_of(const il_point *point, il_curve curve) {
    const float values[IL_CURVES] = {[IL_CURVE_LOSS] = point->loss,
                                     [IL_CURVE_ACCURACY] = point->accuracy,
                                     [IL_CURVE_TRAIN_LOSS] = point->train_loss,
                                     [IL_CURVE_TRAIN_ACCURACY] = point->train_accuracy};
    return values[curve];
}

static int by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Of x [n], which is put in order. Numbers that are none become `worst`, unless all are none. */
static quartiles quartiles_of(float *x, size_t n, float worst) {
    size_t there = 0;
    for (size_t i = 0; i < n; i++)
        there += isnan(x[i]) ? 0 : 1;
    if (there == 0)
        return (quartiles){NAN, NAN, NAN};
    for (size_t i = 0; i < n; i++)
        x[i] = isnan(x[i]) ? worst : x[i];
    qsort(x, n, sizeof *x, by_size);
    float lower = x[(n - 1) / 2], upper = x[n / 2];
    return (quartiles){x[(n - 1) / 4], isinf(upper) ? upper : lower + (upper - lower) / 2,
                       x[n - 1 - (n - 1) / 4]};
}

/* The last place at or before an epoch, from the place before on. Runs that have ended stay at their last. */
static size_t point_at(const il_run_record *run, size_t at, uint32_t epoch) {
    while (at + 1 < run->n_points && run->point[at + 1].epoch <= epoch)
        at++;
    return at;
}

static size_t time_at(const il_run_record *run, size_t at, uint32_t epoch) {
    while (at + 1 < run->n_layer_points && run->layer_epoch[at + 1] <= epoch)
        at++;
    return at;
}

/* at [n] and x [n] are room. */
static void follow_curves(const il_arm_record *record, digest *d, size_t *at, float *x) {
    memset(at, 0, record->n * sizeof *at);
    for (size_t c = 0; c < d->columns; c++)
        for (il_curve curve = 0; curve < IL_CURVES; curve++) {
            bool loss = curve == IL_CURVE_LOSS || curve == IL_CURVE_TRAIN_LOSS;
            size_t n = 0;
            for (size_t i = 0; i < record->n; i++) {
                const il_run_record *run = &record->run[i];
                if (run->n_points == 0)
                    continue;
                at[i] = point_at(run, at[i], d->epoch[c]);
                x[n] = value_of(&run->point[at[i]], curve);
                if (i < d->shown) /* a run is drawn to its end only */
                    d->run[i][curve * d->columns + c] =
                        c == 0 || run->point[at[i]].epoch > d->epoch[c - 1] ||
                                at[i] + 1 < run->n_points
                            ? x[n]
                            : NAN;
                n++;
            }
            d->curve[curve][c] = quartiles_of(x, n, loss ? INFINITY : 0);
        }
}

static void follow_layers(const il_arm_record *record, digest *d, size_t *at, float *x) {
    for (size_t s = 0; s < IL_STRIPS; s++) {
        memset(at, 0, record->n * sizeof *at);
        for (size_t t = 0; t < d->times; t++)
            for (size_t k = 0; k < d->n_layers; k++) {
                size_t n = 0;
                for (size_t i = 0; i < record->n; i++) {
                    const il_run_record *run = &record->run[i];
                    if (run->n_layer_points == 0)
                        continue;
                    at[i] = time_at(run, at[i], d->time[t]);
                    x[n++] = run->layer[at[i] * d->n_layers + k].statistic[statistics[s]];
                }
                d->course[s][k * d->times + t] = quartiles_of(x, n, INFINITY).median;
            }
    }
}

static void measure_start(const il_arm_record *record, digest *d) {
    for (size_t s = 0; s < IL_STRIPS; s++)
        for (size_t k = 0; k < d->n_layers; k++) {
            strip *y = &d->strip[s][k];
            double square = 0;
            size_t n = 0;
            *y = (strip){.low = (double)INFINITY, .theory = (double)NAN};
            for (size_t i = 0; i < record->n; i++) {
                if (record->run[i].n_layer_points == 0)
                    continue;
                double value = (double)record->run[i].layer[k].statistic[statistics[s]];
                y->low = fmin(y->low, value);
                y->high = fmax(y->high, value);
                square += value * value;
                n++;
            }
            y->value = sqrt(square / (double)n);
        }
}

static void count_alarms(const il_arm_record *record, digest *d) {
    for (size_t i = 0; i < record->n; i++)
        for (il_alarm_kind kind = 0; kind < IL_ALARMS; kind++) {
            const il_alarm *alarm = &record->run[i].alarms.first[kind];
            if (alarm->raised && (d->alarmed[kind]++ == 0 || alarm->epoch < d->first[kind].epoch))
                d->first[kind] = *alarm;
        }
}

static bool copy_parameters(const il_arm_record *record, digest *d) {
    size_t bytes = record->n_snapshot * sizeof(float), kept = 0;
    for (size_t i = 0; i < record->n && kept < IL_RUNS_KEPT; i++)
        kept += record->run[i].start && record->run[i].end;
    if (kept == 0)
        return true;
    d->n_parameters = record->n_snapshot;
    d->snapshots = calloc(2 * kept, bytes);
    for (size_t i = 0; d->snapshots && d->kept < kept; i++) {
        const il_run_record *run = &record->run[i];
        if (!run->start || !run->end)
            continue;
        float *at = d->snapshots + 2 * d->kept * record->n_snapshot;
        memcpy(at, run->start, bytes);
        memcpy(at + record->n_snapshot, run->end, bytes);
        d->kept_seed[d->kept] = run->seed;
        d->parameters[d->kept++] = (snapshot){at, at + record->n_snapshot};
    }
    return d->snapshots != NULL;
}

/* The runs that were recorded longest: of their epochs some are shown, as evenly spaced as may be. */
typedef struct longest {
    const il_run_record *curves, *layers;
} longest;

static uint32_t end_of_curves(const il_run_record *run) {
    return run->n_points > 0 ? run->point[run->n_points - 1].epoch : 0;
}

static uint32_t end_of_layers(const il_run_record *run) {
    return run->n_layer_points > 0 ? run->layer_epoch[run->n_layer_points - 1] : 0;
}

static longest find_longest(const il_arm_record *record, digest *d) {
    longest l = {&record->run[0], &record->run[0]};
    for (size_t i = 0; i < record->n; i++) {
        const il_run_record *run = &record->run[i];
        l.curves = end_of_curves(run) > end_of_curves(l.curves) ? run : l.curves;
        l.layers = end_of_layers(run) > end_of_layers(l.layers) ? run : l.layers;
    }
    size_t points = l.curves->n_points, times = l.layers->n_layer_points;
    d->columns = points < IL_COLUMNS_MOST ? points : IL_COLUMNS_MOST;
    d->times = times < TIMES_MOST ? times : TIMES_MOST;
    d->n_layers = times > 0 ? record->n_layers : 0;
    return l;
}

/* Of n places the i-th of `shown`, the first and the last among them. */
static size_t place(size_t i, size_t shown, size_t n) {
    return shown > 1 ? i * (n - 1) / (shown - 1) : n - 1;
}

static void choose_epochs(const longest *l, digest *d) {
    for (size_t i = 0; i < d->columns; i++)
        d->epoch[i] = l->curves->point[place(i, d->columns, l->curves->n_points)].epoch;
    for (size_t i = 0; i < d->times; i++)
        d->time[i] = l->layers->layer_epoch[place(i, d->times, l->layers->n_layer_points)];
}

static bool allocate(const il_arm_record *record, digest *d, size_t **at, float **x) {
    il_layout layout = {0};
    size_t shown = record->n < IL_RUNS_SHOWN ? record->n : IL_RUNS_SHOWN;
    size_t at_epoch = il_layout_reserve(&layout, sizeof *d->epoch, d->columns, 1, 1);
    size_t at_curve = il_layout_reserve(&layout, sizeof *d->curve[0], IL_CURVES, d->columns, 1);
    size_t at_run = il_layout_reserve(&layout, sizeof(float), shown, IL_CURVES, d->columns);
    size_t at_strip = il_layout_reserve(&layout, sizeof(strip), IL_STRIPS, d->n_layers, 1);
    size_t at_time = il_layout_reserve(&layout, sizeof *d->time, d->times, 1, 1);
    size_t at_course = il_layout_reserve(&layout, sizeof(float), IL_STRIPS, d->n_layers, d->times);
    size_t at_at = il_layout_reserve(&layout, sizeof **at, record->n, 1, 1);
    size_t at_x = il_layout_reserve(&layout, sizeof **x, record->n, 1, 1);
    char *block = d->block = il_layout_allocate(&layout);
    if (!block)
        return false;
    d->shown = shown;
    d->epoch = (uint32_t *)(block + at_epoch);
    d->time = (uint32_t *)(block + at_time);
    for (size_t i = 0; i < IL_CURVES; i++)
        d->curve[i] = (quartiles *)(block + at_curve) + i * d->columns;
    for (size_t i = 0; i < shown; i++)
        d->run[i] = (float *)(block + at_run) + i * IL_CURVES * d->columns;
    for (size_t i = 0; i < IL_STRIPS; i++) {
        d->strip[i] = (strip *)(block + at_strip) + i * d->n_layers;
        d->course[i] = (float *)(block + at_course) + i * d->n_layers * d->times;
    }
    *at = (size_t *)(block + at_at);
    *x = (float *)(block + at_x);
    return true;
}

il_status il_digest_make(const il_archive *archive, size_t arm, digest *out, il_error *err) {
    il_arm_record *record = NULL;
    size_t *at;
    float *x;
    *out = (digest){.arm = arm};
    il_status status = il_archive_record(archive, arm, &record, err);
    if (status != IL_OK || record->n == 0) {
        il_arm_record_free(record);
        return status;
    }
    out->n = record->n;
    longest l = find_longest(record, out);
    if (!allocate(record, out, &at, &x) || !copy_parameters(record, out))
        status = il_fail(err, IL_NO_MEMORY, "no memory for what was recorded of %zu runs", out->n);
    else {
        choose_epochs(&l, out);
        for (size_t i = 0; i < out->shown; i++) {
            const il_run_record *run = &record->run[i];
            out->seed[i] = run->seed;
            out->ended[i] = end_of_curves(run);
        }
        follow_curves(record, out, at, x);
        follow_layers(record, out, at, x);
        measure_start(record, out);
        count_alarms(record, out);
        il_digest_theory(archive, record, out);
    }
    il_arm_record_free(record);
    return status;
}

il_network *il_digest_network(const il_archive *archive, const digest *d, size_t batch) {
    il_network *net = NULL;
    il_error err;
    if (d->kept == 0 ||
        il_archive_network(archive, d->arm, IL_LOCKSTEP, 16, batch, &net, &err) != IL_OK)
        return NULL;
    if (il_snapshot_size(net) == d->n_parameters)
        return net;
    il_network_free(net);
    return NULL;
}

size_t il_digest_layers(const il_archive *archive, size_t arm) {
    il_widths widths;
    il_error err;
    bool known = il_widths_parse(archive->value[arm][IL_KEY_NETWORK], NULL, &widths, &err) == IL_OK;
    return known ? widths.n - 1 : 0;
}

void il_digest_free(digest *d) {
    free(d->block);
    free(d->snapshots);
}
