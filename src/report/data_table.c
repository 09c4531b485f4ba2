/* A dataset on a terminal. */
#include "report/data.h"

#include <string.h>

enum {
    CLASSES = 64, /* classes counted, */
    COLUMNS = 12, /* columns measured, */
    SAMPLES = 5,  /* samples of numbers, */
    NUMBERS = 8,  /* numbers of one, */
    ROWS = 2,     /* rows of pictures, */
    PICTURES = 24 /* and pictures, all at most */
};

static void put_parts(const il_dataset *data, FILE *out) {
    fprintf(out, "samples     %zu:", data->n);
    const char *comma = "";
    for (il_part p = 0; p < IL_PARTS; p++)
        if (data->part[p]) {
            fprintf(out, "%s %zu %s", comma, data->part[p], il_part_name(p));
            comma = ",";
        }
    putc('\n', out);
}

static void put_features(const il_data_summary *s, FILE *out) {
    const il_dataset *data = s->data;
    const il_column *all = &s->all;
    fprintf(out, "features    %zu", data->inputs);
    if (data->rows)
        fprintf(out, ", pictures of %zux%zu%s", data->rows, data->columns,
                data->pixels ? " pixels" : " numbers");
    if (data->pixels)
        fprintf(out, " from 0 to %d", data->white);
    fprintf(out, "\n            %g to %g, mean %.5g, std %.5g, over all that train\n", all->min,
            all->max, all->mean, all->std);
    if (data->pixels)
        fprintf(out, "            with scale01: mean %.4f, std %.4f\n", all->mean / data->white,
                all->std / data->white);
}

static void put_column(const char *kind, size_t j, const il_column *c, FILE *out) {
    char name[32];
    snprintf(name, sizeof name, "%s %zu", kind, j + 1);
    fprintf(out, "  %-12s %11.5g %11.5g %11.5g %11.5g\n", name, c->min, c->max, c->mean, c->std);
}

/* Not of pictures: a pixel alone says little. */
static void put_columns(const il_data_summary *s, FILE *out) {
    size_t inputs = s->data->rows || s->data->inputs > COLUMNS ? 0 : s->data->inputs,
           outputs = s->data->outputs > COLUMNS ? 0 : s->data->outputs;
    if (inputs + outputs == 0)
        return;
    fprintf(out, "\n  %-12s %11s %11s %11s %11s\n", "train", "min", "max", "mean", "std");
    for (size_t j = 0; j < inputs; j++)
        put_column("feature", j, &s->column[j], out);
    for (size_t j = 0; j < outputs; j++)
        put_column("target", j, &s->column[s->data->inputs + j], out);
}

static void put_classes(const il_data_summary *s, FILE *out) {
    const il_dataset *data = s->data;
    size_t shown = data->classes < CLASSES ? data->classes : CLASSES;
    if (!data->label) {
        fprintf(out, "targets     %zu number%s\n", data->outputs, data->outputs == 1 ? "" : "s");
        return;
    }
    fprintf(out, "classes     %zu\n\n  %-12s", data->classes, "class");
    for (il_part p = 0; p < IL_PARTS; p++)
        if (data->part[p])
            fprintf(out, " %11s", il_part_name(p));
    putc('\n', out);
    for (size_t c = 0; c < shown; c++) {
        fprintf(out, "  %-12zu", c);
        for (il_part p = 0; p < IL_PARTS; p++)
            if (data->part[p])
                fprintf(out, " %11zu", s->count[p * data->classes + c]);
        putc('\n', out);
    }
    if (shown < data->classes)
        fprintf(out, "  and %zu more\n", data->classes - shown);
}

/* The first sample of each class, in their order, or the first samples; returns how many. */
static size_t choose(const il_dataset *data, size_t most, size_t *which) {
    size_t n = 0;
    for (size_t i = 0; !data->label && i < data->n && n < most; i++)
        which[n++] = i;
    for (size_t c = 0; data->label && c < data->classes && n < most; c++)
        for (size_t i = 0; i < data->n; i++)
            if (data->label[i] == c) {
                which[n++] = i;
                break;
            }
    return n;
}

static void put_numbers(const il_dataset *data, size_t i, FILE *out) {
    size_t inputs = data->inputs < NUMBERS ? data->inputs : NUMBERS,
           outputs = data->outputs < NUMBERS ? data->outputs : NUMBERS;
    putc(' ', out);
    for (size_t j = 0; j < inputs; j++)
        fprintf(out, " %9.4g", (double)data->X[i * data->inputs + j]);
    fprintf(out, "%s  ->", inputs < data->inputs ? " …" : "");
    if (data->label)
        fprintf(out, " class %u", data->label[i]);
    for (size_t j = 0; j < outputs; j++)
        fprintf(out, " %9.4g", (double)data->target[i * data->outputs + j]);
    fputs(outputs < data->outputs ? " …\n" : "\n", out);
}

static void put_samples(const il_data_summary *s, const il_table_style *style, FILE *out) {
    const il_dataset *data = s->data;
    size_t which[PICTURES],
        fit = data->rows ? ROWS * ((style->columns + 2) / (data->columns + 2)) : 0;
    if (data->rows && !fit)
        fprintf(out, "\nNo pictures: %zu columns are fewer than their %zu.\n", style->columns,
                data->columns);
    else if (data->rows) {
        putc('\n', out);
        size_t n = choose(data, fit < PICTURES ? fit : PICTURES, which);
        il_put_pictures(data, &s->all, which, n, style, out);
    } else {
        fputs(data->label ? "\nfirst of each class\n" : "\nfirst samples\n", out);
        size_t n = choose(data, SAMPLES, which);
        for (size_t k = 0; k < n; k++)
            put_numbers(data, which[k], out);
    }
}

il_status il_data_table(const il_data_summary *s, const il_table_style *style, FILE *out,
                        il_error *err) {
    put_parts(s->data, out);
    put_features(s, out);
    put_classes(s, out);
    put_columns(s, out);
    put_samples(s, style, out);
    return ferror(out) ? il_fail(err, IL_IO, "the dataset could not be written") : IL_OK;
}
