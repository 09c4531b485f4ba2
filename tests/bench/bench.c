#include "bench/bench.h"

#include "base/clock.h"

#include <stdlib.h>

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *x, size_t n) {
    qsort(x, n, sizeof *x, ascending);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

static il_status seconds(bench_work *work, void *context, double *out, il_error *err) {
    double start = il_seconds();
    il_status status = work(context, err);
    *out = il_seconds() - start;
    return status;
}

static il_status alternate(const bench_pair *pair, size_t repetitions, double *ours, double *floor,
                           il_error *err) {
    il_status status = IL_OK;
    for (size_t i = 0; status == IL_OK && i <= repetitions; i++) {
        size_t at = i > 0 ? i - 1 : 0; /* the first round is overwritten */
        status = seconds(pair->ours, pair->context, &ours[at], err);
        if (status == IL_OK)
            status = seconds(pair->floor, pair->context, &floor[at], err);
    }
    return status;
}

il_status bench_measure(const bench *b, size_t repetitions, bench_medians *out, il_error *err) {
    bench_pair pair = {0};
    double ours[BENCH_MOST_REPETITIONS], floor[BENCH_MOST_REPETITIONS];
    il_status status = b->open(b->setting, &pair, err);
    if (status != IL_OK)
        return status;
    status = alternate(&pair, repetitions, ours, floor, err);
    if (status == IL_OK && pair.same && !pair.same(pair.context))
        status = il_fail(err, IL_INVALID, "%s: the floor has computed something else", b->name);
    pair.close(pair.context);
    if (status != IL_OK)
        return status;
    double floor_units = pair.floor_units > 0 ? pair.floor_units : pair.units;
    *out = (bench_medians){.value = b->scale * median(ours, repetitions) / pair.units,
                           .floor = b->scale * median(floor, repetitions) / floor_units};
    return IL_OK;
}
