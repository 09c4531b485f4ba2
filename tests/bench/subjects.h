/* The tables of benchmarks, one for each subject. */
#ifndef BENCH_SUBJECTS_H
#define BENCH_SUBJECTS_H

#include "bench/bench.h"

extern const bench_table bench_xor, bench_spirals, bench_layers, bench_mnist, bench_cores,
    bench_threads, bench_gather, bench_studies, bench_start, bench_engines, bench_init;

/* Of a table of a file's own. */
#define BENCH_TABLE(items)                                                                         \
    { items, sizeof(items) / sizeof *(items) }

#endif
