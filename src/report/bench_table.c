#include "report/bench.h"
#include "report/table.h"

enum { NAME = 32 };

void il_bench_heading(const il_table_style *style, FILE *out) {
    const table t = {.color = style->color};
    fprintf(out, "%s%-*s %9s %9s %6s  %-18s %s%s\n", il_paint_begin(&t, BOLD), NAME, "benchmark",
            "ours", "floor", "ratio", "unit", "target", il_paint_end(&t, BOLD));
}

static bool missed(const il_benchmark *b) {
    return (b->most_ratio > 0 && b->value > b->most_ratio * b->floor) ||
           (b->most_value > 0 && b->value > b->most_value);
}

static void put_number(double value, FILE *out) {
    fprintf(out, value < 1000 ? " %9.4g" : " %9.0f", value);
}

void il_bench_row(const il_benchmark *b, const il_table_style *style, FILE *out) {
    const table t = {.color = style->color};
    paint p = missed(b) ? RED : b->most_ratio > 0 || b->most_value > 0 ? GREEN : PLAIN;
    fprintf(out, "%-*s", NAME, b->name);
    put_number(b->value, out);
    put_number(b->floor, out);
    fprintf(out, " %s%6.2f%s  %-18s ", il_paint_begin(&t, p), b->value / b->floor,
            il_paint_end(&t, p), b->unit);
    if (b->most_ratio > 0)
        fprintf(out, "ratio at most %.3g", b->most_ratio);
    else if (b->most_value > 0)
        fprintf(out, "ours at most %.3g", b->most_value);
    fputs(missed(b) ? ": missed\n" : "\n", out);
}
