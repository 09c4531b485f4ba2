/* Benchmarks: on a terminal, for programs. Errors are as in report.h. */
#ifndef IL_REPORT_BENCH_H
#define IL_REPORT_BENCH_H

#include "report/report.h"

typedef struct il_benchmark {
    const char *name, *unit, *against; /* what the floor is */
    double value, floor;               /* medians, in the unit */
    double most_ratio, most_value;     /* targets; 0: none */
} il_benchmark;

/* The table's heading and one row, so that rows can be shown as they come. */
void il_bench_heading(const il_table_style *style, FILE *out);
void il_bench_row(const il_benchmark *row, const il_table_style *style, FILE *out);

il_status il_bench_json(const il_benchmark *rows, size_t n, size_t repetitions,
                        const il_fingerprint *fingerprint, FILE *out, il_error *err);

#endif
