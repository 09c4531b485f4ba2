#include "report/data.h"

#include <math.h>
#include <stdlib.h>

static double feature(const il_dataset *data, size_t i, size_t j) {
    size_t at = i * data->inputs + j;
    return data->pixels ? data->pixels[at] : (double)data->X[at];
}

static double target(const il_dataset *data, size_t i, size_t j) {
    return (double)data->target[i * data->outputs + j];
}

typedef double value_of(const il_dataset *data, size_t i, size_t j);

/* Two passes, so that a mean far from 0 costs no digits. */
static il_column measure(const il_dataset *data, value_of *value, size_t j) {
    size_t n = data->part[IL_TRAIN];
    il_column c = {.min = value(data, 0, j), .max = value(data, 0, j)};
    for (size_t i = 0; i < n; i++) {
        double x = value(data, i, j);
        c.min = fmin(c.min, x);
        c.max = fmax(c.max, x);
        c.mean += x;
    }
    c.mean /= (double)n;
    for (size_t i = 0; i < n; i++) {
        double d = value(data, i, j) - c.mean;
        c.std += d * d;
    }
    c.std = sqrt(c.std / (double)n);
    return c;
}

/* Features have equally many values each: their variance together is the mean of theirs and of their means'. */
static il_column combine(const il_column *column, size_t n) {
    il_column all = column[0];
    double variance = 0;
    all.mean = 0;
    for (size_t j = 0; j < n; j++) {
        all.min = fmin(all.min, column[j].min);
        all.max = fmax(all.max, column[j].max);
        all.mean += column[j].mean / (double)n;
    }
    for (size_t j = 0; j < n; j++) {
        double d = column[j].mean - all.mean;
        variance += (column[j].std * column[j].std + d * d) / (double)n;
    }
    all.std = sqrt(variance);
    return all;
}

il_status il_data_summarize(const il_dataset *data, il_data_summary *out, il_error *err) {
    *out = (il_data_summary){.data = data,
                             .column = calloc(data->inputs + data->outputs, sizeof *out->column),
                             .count = calloc(IL_PARTS * data->classes + 1, sizeof *out->count)};
    if (!out->column || !out->count) {
        il_data_summary_free(out);
        return il_fail(err, IL_NO_MEMORY, "no memory to summarize %zu features", data->inputs);
    }
    for (size_t j = 0; j < data->inputs; j++)
        out->column[j] = measure(data, feature, j);
    for (size_t j = 0; j < data->outputs; j++)
        out->column[data->inputs + j] = measure(data, target, j);
    out->all = combine(out->column, data->inputs);
    size_t i = 0;
    for (il_part p = 0; p < IL_PARTS; p++)
        for (size_t k = 0; k < data->part[p] && data->label; k++)
            out->count[p * data->classes + data->label[i++]]++;
    return IL_OK;
}

void il_data_summary_free(il_data_summary *summary) {
    free(summary->column);
    free(summary->count);
    *summary = (il_data_summary){0};
}
