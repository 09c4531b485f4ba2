/* Benchmarks: descriptors in tables, one file for each subject. `initlab bench` measures them.
 *
 * A benchmark compares two ways of doing the same work in one run: ours, and a floor, which does nothing else. The
 * two alternate, and medians are compared, because a machine's speed drifts.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "initlab/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef il_status bench_work(void *context, il_error *err);

/* What open() makes. */
typedef struct bench_pair {
    void *context;
    bench_work *ours, *floor;          /* one repetition of each */
    double units;                      /* of work in one of ours … */
    double floor_units;                /* … and in one of the floor's; 0: as many */
    bool (*same)(const void *context); /* whether both have computed the same; NULL: not compared */
    void (*close)(void *context);
} bench_pair;

typedef struct bench {
    const char *name;              /* subject/case, as the command line takes it */
    const char *unit;              /* such as "ns/sample" … */
    double scale;                  /* … and how many of its units of time a second has: 1e9 */
    const char *against;           /* what the floor is */
    double most_ratio, most_value; /* targets; 0: none */
    const void *setting;           /* for open(): each subject has a type of its own */
    il_status (*open)(const void *setting, bench_pair *out, il_error *err);
} bench;

typedef struct bench_table {
    const bench *items;
    size_t n;
} bench_table;

/* All subjects, in the order in which they are measured. */
extern const bench_table *const bench_tables[];
extern const size_t bench_n_tables;

/* Medians, in the benchmark's unit. */
typedef struct bench_medians {
    double value, floor;
} bench_medians;

/* Runs ours and the floor alternately, `repetitions` >= 1 times each, after one round that is not counted. An error when
 * the two have not computed the same. */
il_status bench_measure(const bench *b, size_t repetitions, bench_medians *out, il_error *err);

#define BENCH_MOST_REPETITIONS 101

#endif
