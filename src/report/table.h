/* What the parts of the terminal report share: the results with what was counted over all arms, text that
 * is put together piece by piece, and colors. */
#ifndef IL_REPORT_TABLE_H
#define IL_REPORT_TABLE_H

#include "lab/summary.h"
#include "report/report.h"

typedef struct table {
    const il_study *study;
    const il_results *results;
    size_t *order; /* [n_arms] */
    size_t bins;
    size_t comparisons; /* arms with a p-value */
    size_t baseline;    /* one of the baseline arms, SIZE_MAX when there is none */
    size_t converged, diverged, runs;
    size_t columns;
    bool color;
} table;

/* Text being put together; what does not fit is cut. */
typedef struct text {
    char bytes[8192];
    size_t used;
} text;

typedef enum paint { PLAIN, BOLD, DIM, RED, GREEN, YELLOW, CYAN } paint;

void il_text_add(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
text *il_text_clear(text *t);

/* Columns that UTF-8 text of single-width characters takes on a terminal; color sequences take none. */
size_t il_text_width(const char *s);

/* The study's name is free text: no control character of it may reach a terminal. */
void il_text_add_name(text *t, const char *name);

/* What tells an arm from the others: "he_normal / 2-4-1". */
void il_text_add_arm(const table *t, size_t arm, text *line);

const char *il_paint_begin(const table *t, paint p);
const char *il_paint_end(const table *t, paint p);

/* Writes s broken into lines of at most t->columns. */
void il_put_wrapped(const table *t, paint p, const char *s, FILE *out);

const char *il_epochs_text(const table *t, double value, char out[32]);
const char *il_p_text(double p, char out[32]);

/* -1 when the arm needs fewer epochs than its baseline, 1 when more, 0 when that is not shown. */
int il_against_baseline(const table *t, size_t arm);

/* What the numbers say, in two or three sentences. IL_NO_MEMORY when they cannot be compared. */
il_status il_put_verdict(const table *t, FILE *out, il_error *err);

/* The alarms, a line for each arm that has any; nothing when no layers were recorded. */
void il_put_alarms(const table *t, FILE *out);

#endif
