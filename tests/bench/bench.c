#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MOST 101

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds(void (*work)(void *), void *context) {
    double start = now();
    work(context);
    return now() - start;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *x, size_t n) {
    qsort(x, n, sizeof *x, ascending);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

double bench_pair(const char *name, const char *unit, double units, size_t repetitions,
                  void (*ours)(void *), void *ours_context, void (*floor)(void *),
                  void *floor_context) {
    double a[MOST], b[MOST];
    if (repetitions > MOST)
        repetitions = MOST;
    for (size_t i = 0; i <= repetitions; i++) {
        double x = seconds(ours, ours_context), y = seconds(floor, floor_context);
        if (i > 0) {
            a[i - 1] = x;
            b[i - 1] = y;
        }
    }
    double mine = 1e9 * median(a, repetitions) / units, bare = 1e9 * median(b, repetitions) / units;
    printf("%-34s %8.3g %8.3g %7.2f  ns per %s\n", name, mine, bare, mine / bare, unit);
    return mine;
}
