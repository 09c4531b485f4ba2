#include "bench/subjects.h"

const bench_table *const bench_tables[] = {
    &bench_xor,    &bench_spirals, &bench_layers, &bench_mnist,   &bench_cores, &bench_threads,
    &bench_gather, &bench_studies, &bench_start,  &bench_engines, &bench_init};
const size_t bench_n_tables = sizeof bench_tables / sizeof *bench_tables;
