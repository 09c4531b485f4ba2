/* Tables of numbers from CSV files, with one column of classes or some of targets. */
#include "base/text.h"
#include "data/csv_file.h"
#include "data/source.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH, LABEL, TARGET, HEADER, DELIMITER };
enum { MOST_CLASSES = 1000 };

typedef enum role { FEATURE, CLASS, VALUE } role;

/* A table that is being read. */
typedef struct table {
    il_csv csv;
    const char *label, *target;
    size_t rows, columns;
    bool header;
    uint8_t *role;           /* [columns] */
    size_t features, values; /* columns of these roles */
    il_field *name;          /* [columns], of the first row */
    il_field *classes;       /* [rows]: the texts of the samples, then each text once, in order */
    size_t n_classes;
    il_dataset *data;
} table;

static il_status fail_memory(const table *t, il_error *err) {
    return il_fail(err, IL_NO_MEMORY, "no memory for %zu rows of %zu columns", t->rows, t->columns);
}

/* Counts rows and columns: every row has as many fields as the first. */
static il_status measure(table *t, il_error *err) {
    il_csv_cursor at = il_csv_begin(&t->csv);
    il_field field = {0};
    for (; il_csv_row(&t->csv, &at); t->rows++) {
        size_t n = 0;
        do {
            il_status status = il_csv_field(&t->csv, &at, &field, err);
            if (status != IL_OK)
                return status;
            n++;
        } while (!field.last);
        if (t->rows && n != t->columns)
            return il_csv_fail(&t->csv, &at, at.line, err, "%zu field%s, but the first row has %zu",
                               n, n == 1 ? "" : "s", t->columns);
        t->columns = n;
    }
    return IL_OK;
}

/* The first row is a header when asked for, or when nothing in it is a number. */
static il_status read_header(table *t, double header, il_error *err) {
    enum { AUTO, TRUE };
    il_csv_cursor at = il_csv_begin(&t->csv);
    double number;
    bool words = true;
    if (!t->rows)
        return il_fail(err, IL_INVALID, "%s: holds no rows", t->csv.path);
    t->name = calloc(t->columns, sizeof *t->name);
    t->role = calloc(t->columns, sizeof *t->role);
    if (!t->name || !t->role)
        return fail_memory(t, err);
    il_csv_row(&t->csv, &at);
    for (size_t j = 0; j < t->columns; j++) {
        il_status status = il_csv_field(&t->csv, &at, &t->name[j], err);
        if (status != IL_OK)
            return status;
        words = words && !il_csv_number(&t->name[j], &number);
    }
    t->header = header == TRUE || (header == AUTO && words);
    t->rows -= t->header;
    return t->rows ? IL_OK
                   : il_fail(err, IL_INVALID, "%s: holds a header, but no rows", t->csv.path);
}

static il_status fail_column(const table *t, const char *param, const char *word, size_t n,
                             il_error *err) {
    char what[64], clip[IL_CLIP];
    il_match best = {0};
    il_names known = {0};
    const il_place place = {t->csv.path, 0, 0};
    if (!t->header)
        return il_fail_at(err, &place, 0,
                          "%s=%s is no column from 1 to %zu, and there is no header to name one",
                          param, il_clip(word, n, clip), t->columns);
    for (size_t j = 0; j < t->columns; j++) {
        il_match_offer(&best, word, n, t->name[j].text, t->name[j].n);
        il_names_add(&known, il_clip(t->name[j].text, t->name[j].n, clip));
    }
    snprintf(what, sizeof what, "%s= has an unknown column", param);
    return il_fail_unknown(err, &place, 0, what, word, n, &best, &known);
}

/* The column that word[n] names, or counts from 1. */
static il_status find_column(const table *t, const char *param, const char *word, size_t n,
                             size_t *out, il_error *err) {
    const il_field field = {.text = word, .n = n};
    double number;
    for (*out = 0; t->header && *out < t->columns; ++*out)
        if (t->name[*out].n == n && memcmp(t->name[*out].text, word, n) == 0)
            return IL_OK;
    if (!il_csv_number(&field, &number) || number < 1 || number > (double)t->columns ||
        number != floor(number))
        return fail_column(t, param, word, n, err);
    *out = (size_t)number - 1;
    return IL_OK;
}

static il_status assign_targets(table *t, il_error *err) {
    size_t n, j;
    for (const char *w = t->target; (w = il_next_word(w, ',', &n)); w += n) {
        il_status status = find_column(t, "target", w, n, &j, err);
        if (status != IL_OK)
            return status;
        if (t->role[j] == VALUE)
            return il_fail(err, IL_INVALID, "csv: target=: column %zu is given twice", j + 1);
        t->role[j] = VALUE;
    }
    return IL_OK;
}

static il_status assign_label(table *t, il_error *err) {
    size_t j = t->columns - 1;
    il_status status =
        *t->label ? find_column(t, "label", t->label, strlen(t->label), &j, err) : IL_OK;
    if (status == IL_OK)
        t->role[j] = CLASS;
    return status;
}

static il_status assign_roles(table *t, il_error *err) {
    if (*t->label && *t->target)
        return il_fail(err, IL_INVALID,
                       "csv: give label= (classes) or target= (numbers), not both");
    il_status status = *t->target ? assign_targets(t, err) : assign_label(t, err);
    for (size_t j = 0; j < t->columns; j++) {
        t->features += t->role[j] == FEATURE;
        t->values += t->role[j] == VALUE;
    }
    if (status == IL_OK && !t->features)
        status = il_fail(err, IL_INVALID,
                         "%.200s: no column is left for features, of %zu: is the delimiter right?",
                         t->csv.path, t->columns);
    return status;
}

static il_status read_number(const table *t, const il_csv_cursor *at, const il_field *field,
                             il_real *out, il_error *err) {
    const double most = sizeof(il_real) == sizeof(float) ? (double)FLT_MAX : DBL_MAX;
    char clip[IL_CLIP];
    double number;
    if (!field->n)
        return il_csv_fail(&t->csv, at, field->text, err, "a number is missing");
    if (!il_csv_number(field, &number) || fabs(number) > most)
        return il_csv_fail(&t->csv, at, field->text, err, "'%s' is no finite decimal number",
                           il_clip(field->text, field->n, clip));
    *out = (il_real)number;
    return IL_OK;
}

static il_status read_row(table *t, il_csv_cursor *at, size_t i, il_error *err) {
    il_real *x = t->data->X + i * t->features,
            *y = t->data->target ? t->data->target + i * t->values : NULL;
    il_status status = IL_OK;
    for (size_t j = 0; j < t->columns && status == IL_OK; j++) {
        il_field field;
        status = il_csv_field(&t->csv, at, &field, err);
        if (status != IL_OK)
            break;
        if (t->role[j] != CLASS)
            status = read_number(t, at, &field, t->role[j] == FEATURE ? x++ : y++, err);
        else if (field.n)
            t->classes[i] = field;
        else
            status = il_csv_fail(&t->csv, at, field.text, err, "a class is missing");
    }
    return status;
}

static il_status read_rows(table *t, il_error *err) {
    il_csv_cursor at = il_csv_begin(&t->csv);
    il_status status = IL_OK;
    if (t->header)
        il_csv_row(&t->csv, &at);
    for (size_t i = 0; i < t->rows && status == IL_OK; i++) {
        il_csv_row(&t->csv, &at);
        status = read_row(t, &at, i, err);
    }
    return status;
}

/* Numbers by value and before all else, other texts by their bytes. */
static int compare(const void *a, const void *b) {
    const il_field *x = a, *y = b;
    double u, v;
    bool first = il_csv_number(x, &u), second = il_csv_number(y, &v);
    if (first && second)
        return (u > v) - (u < v);
    if (first != second)
        return second - first;
    int order = memcmp(x->text, y->text, x->n < y->n ? x->n : y->n);
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

/* The texts of t->classes become numbers, in their order. */
static il_status number_classes(table *t, il_error *err) {
    il_field *sorted = malloc(t->rows * sizeof *sorted);
    if (!sorted)
        return fail_memory(t, err);
    memcpy(sorted, t->classes, t->rows * sizeof *sorted);
    qsort(sorted, t->rows, sizeof *sorted, compare);
    size_t n = 0;
    for (size_t i = 0; i < t->rows; i++)
        if (!n || compare(&sorted[n - 1], &sorted[i]) != 0)
            sorted[n++] = sorted[i];
    for (size_t i = 0; i < t->rows && n <= MOST_CLASSES; i++) {
        const il_field *found = bsearch(&t->classes[i], sorted, n, sizeof *sorted, compare);
        t->data->label[i] = (uint32_t)(found - sorted);
    }
    free(sorted);
    t->data->classes = n;
    if (n < 2)
        return il_fail(err, IL_INVALID, "%.200s: all samples have the same class", t->csv.path);
    if (n > MOST_CLASSES)
        return il_fail(err, IL_INVALID,
                       "%.200s: the column of classes has %zu different values, more than %d: for "
                       "numbers to predict use target=",
                       t->csv.path, n, MOST_CLASSES);
    return IL_OK;
}

static il_status build(table *t, il_error *err) {
    const il_dataset_shape shape = {.n = t->rows, .inputs = t->features, .outputs = t->values};
    il_status status = il_dataset_allocate(&shape, &t->data, err);
    if (status != IL_OK)
        return status;
    t->classes = t->values ? NULL : calloc(t->rows, sizeof *t->classes);
    if (!t->classes && !t->values)
        return fail_memory(t, err);
    status = read_rows(t, err);
    return status == IL_OK && t->classes ? number_classes(t, err) : status;
}

static il_status make(const il_call *call, const il_folders *folders, il_dataset **out,
                      il_error *err) {
    (void)folders;
    static const char delimiters[] = {',', ';', '\t', ' ', '|'};
    table t = {.label = il_call_string(call, LABEL), .target = il_call_string(call, TARGET)};
    il_status status = il_csv_load(il_call_string(call, PATH),
                                   delimiters[(size_t)call->arg[DELIMITER]], &t.csv, err);
    if (status == IL_OK)
        status = measure(&t, err);
    if (status == IL_OK)
        status = read_header(&t, call->arg[HEADER], err);
    if (status == IL_OK)
        status = assign_roles(&t, err);
    if (status == IL_OK)
        status = build(&t, err);
    il_csv_free(&t.csv);
    free(t.name);
    free(t.role);
    free(t.classes);
    *out = t.data;
    return status;
}

const il_dataset_type il_dataset_csv = {
    .desc = {.name = "csv",
             .formula = "a table of numbers from a file, .gz or not, with classes or targets",
             .source = "RFC 4180",
             .params = {{.name = "path", .doc = "the file", .kind = IL_TEXT, .bare = true},
                        {.name = "label",
                         .doc = "the column of the classes, by name or counted from 1; the last "
                                "unless target= is given. Classes are numbered in their order: "
                                "numbers by value, then other texts by their bytes",
                         .kind = IL_TEXT,
                         .word = ""},
                        {.name = "target",
                         .doc = "columns of numbers to predict in place of classes, by name or "
                                "counted from 1, with commas between them",
                         .kind = IL_TEXT,
                         .word = ""},
                        {.name = "header",
                         .doc = "whether the first row has names; auto: when nothing in it is a "
                                "number",
                         .kind = IL_CHOICE,
                         .choices = "auto|true|false"},
                        {.name = "delimiter",
                         .doc = "between fields; space: any run of blanks",
                         .kind = IL_CHOICE,
                         .choices = "comma|semicolon|tab|space|bar"}},
             .n_params = 5},
    .make = make,
    .origin = IL_OWN,
};
