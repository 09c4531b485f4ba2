/* The table on a terminal: one row per arm, lowest RMST first, then what the numbers say in words.
 *
 * A column is a heading and a function that writes one arm's cell; widths are those of the widest
 * cell. Cells may hold color sequences, which take no room. */
#include "report/table.h"
#include "report/values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIN_BINS 6
#define EASY_BINS 12 /* fewer only after gaps have shrunk */
#define MAX_BINS 32

typedef struct column {
    const char *head;
    bool left;
    void (*write)(const table *t, size_t arm, il_key key, text *cell);
    il_key key;
} column;

static void key_cell(const table *t, size_t arm, il_key key, text *cell) {
    char name[IL_WIDTHS_TEXT];
    bool bold = key == IL_KEY_INIT && arm == t->order[0] && t->study->n_arms > 1;
    paint p = bold ? BOLD : PLAIN;
    il_text_add(cell, "%s%s%s", il_paint_begin(t, p),
                il_arm_format(&t->study->arms[arm], key, name), il_paint_end(t, p));
}

static void success_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    const il_summary *s = &t->results->arms[arm];
    paint p = s->converged == 0 ? RED : s->converged == s->runs ? GREEN : PLAIN;
    /* 999 of 1000 must not read 100 %, nor 1 of 10000 0 %: round towards the middle. */
    double percent = 100 * s->success;
    if (s->converged && s->converged < s->runs)
        percent = fmin(fmax(percent, 0.1), 99.9);
    il_text_add(cell, "%s%.1f %%%s", il_paint_begin(t, p), percent, il_paint_end(t, p));
}

static void interval_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    const il_interval *ci = &t->results->arms[arm].success_ci;
    il_text_add(cell, "%.1f–%.1f", 100 * ci->low, 100 * ci->high);
}

static void diverged_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    size_t n = t->results->arms[arm].diverged;
    paint p = n ? RED : DIM;
    il_text_add(cell, "%s%zu%s", il_paint_begin(t, p), n, il_paint_end(t, p));
}

static void median_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    double median = t->results->arms[arm].median;
    if (isnan(median))
        il_text_add(cell, "–");
    else
        il_text_add(cell, "%.0f", median);
}

/* Nine heights; only an exact zero is blank. */
static const char *bar(size_t n, size_t of) {
    static const char *const bars[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    return bars[of ? (8 * n + of - 1) / of : 0];
}

static void histogram_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    const il_summary *s = &t->results->arms[arm];
    const il_run *runs = t->results->runs + arm * t->results->seeds;
    size_t count[MAX_BINS] = {0}, most = 0;
    for (size_t i = 0; i < t->results->seeds; i++) {
        if (runs[i].outcome != IL_CONVERGED)
            continue;
        size_t bin = (size_t)((uint64_t)runs[i].epoch * t->bins / t->study->budget);
        bin = bin < t->bins ? bin : t->bins - 1;
        most = ++count[bin] > most ? count[bin] : most;
    }
    il_text_add(cell, "%s", il_paint_begin(t, CYAN));
    for (size_t bin = 0; bin < t->bins; bin++)
        il_text_add(cell, "%s", bar(count[bin], most));
    il_text_add(cell, "%s│%s%s%s", il_paint_end(t, CYAN), il_paint_begin(t, YELLOW),
                bar(s->runs - s->converged - s->diverged, s->runs), il_paint_end(t, YELLOW));
    if (t->diverged)
        il_text_add(cell, "%s%s%s", il_paint_begin(t, RED), bar(s->diverged, s->runs),
                    il_paint_end(t, RED));
}

static void rmst_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    char number[32];
    int sign = il_against_baseline(t, arm);
    paint p = sign < 0 ? GREEN : sign > 0 ? RED : PLAIN;
    il_text_add(cell, "%s%s%s", il_paint_begin(t, p),
                il_epochs_text(t, t->results->arms[arm].rmst, number), il_paint_end(t, p));
}

static bool is_baseline(const table *t, size_t arm) {
    return t->study->arms[arm].baseline == arm;
}

/* A12 and p speak of different things, so only the RMST, which p tests, is colored by it. */
static void faster_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    double a12 = t->results->arms[arm].a12;
    if (is_baseline(t, arm))
        il_text_add(cell, "baseline");
    else if (isnan(a12))
        il_text_add(cell, "–");
    else
        il_text_add(cell, "%.1f %%", 100 * a12);
}

static void p_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    char number[32];
    double p = t->results->arms[arm].p_value;
    il_text_add(cell, "%s", isnan(p) ? "–" : il_p_text(p, number));
}

/* Fills columns[IL_KEYS + 8] and returns how many there are. */
static size_t choose_columns(const table *t, column *columns) {
    size_t n = 0;
    columns[n++] = (column){"init", true, key_cell, IL_KEY_INIT};
    for (il_key key = 0; key < IL_KEYS; key++)
        if (key != IL_KEY_INIT && t->study->varied[key])
            columns[n++] = (column){il_key_name(key), true, key_cell, key};
    columns[n++] = (column){"success", false, success_cell, 0};
    columns[n++] = (column){"95 % CI", false, interval_cell, 0};
    if (t->diverged)
        columns[n++] = (column){"diverged", false, diverged_cell, 0};
    columns[n++] = (column){"median", false, median_cell, 0};
    columns[n++] = (column){"RMST", false, rmst_cell, 0};
    columns[n++] = (column){"", true, histogram_cell, 0};
    if (t->comparisons) {
        columns[n++] = (column){"faster", false, faster_cell, 0};
        columns[n++] = (column){"p", false, p_cell, 0};
    }
    return n;
}

/* Sets the width of every column, and gives the histogram the room that the others leave: narrow
 * terminals cost gaps first, then bins. Returns the gap between columns. */
static size_t measure(table *t, const column *columns, size_t n, size_t *wide) {
    size_t total = 0, gap = 2, picture = 0, shares = t->diverged ? 3 : 2;
    text cell;
    for (size_t c = 0; c < n; c++) {
        wide[c] = il_text_width(columns[c].head);
        if (columns[c].write == histogram_cell) {
            picture = c;
            continue;
        }
        for (size_t i = 0; i < t->study->n_arms; i++) {
            if (columns[c].write == faster_cell && is_baseline(t, i))
                continue; /* "baseline" runs on into the next column */
            columns[c].write(t, i, columns[c].key, il_text_clear(&cell));
            size_t w = il_text_width(cell.bytes);
            wide[c] = w > wide[c] ? w : wide[c];
        }
        total += wide[c];
    }
    total += shares;
    if (t->columns < total + gap * (n - 1) + EASY_BINS)
        gap = 1;
    total += gap * (n - 1);
    t->bins = t->columns < total + MIN_BINS   ? MIN_BINS
              : t->columns > total + MAX_BINS ? MAX_BINS
                                              : t->columns - total;
    wide[picture] = t->bins + shares;
    return gap;
}

static void put_cells(const table *t, const column *columns, size_t n, const size_t *wide,
                      size_t gap, size_t arm, FILE *out) {
    text row, cell;
    il_text_clear(&row);
    for (size_t c = 0; c < n; c++) {
        size_t room = wide[c];
        il_text_add(&row, "%*s", c ? (int)gap : 0, "");
        columns[c].write(t, arm, columns[c].key, il_text_clear(&cell));
        if (columns[c].write == faster_cell && is_baseline(t, arm))
            room += gap + wide[++c];
        int pad = (int)(room - il_text_width(cell.bytes));
        if (columns[c].left)
            il_text_add(&row, "%s%*s", cell.bytes, pad, "");
        else
            il_text_add(&row, "%*s%s", pad, "", cell.bytes);
    }
    fprintf(out, "%s\n", row.bytes);
}

static void put_rows(table *t, FILE *out) {
    column columns[IL_KEYS + 8];
    char range[2][48];
    size_t n = choose_columns(t, columns), wide[IL_KEYS + 8], gap = measure(t, columns, n, wide);
    snprintf(range[0], sizeof range[0], "epochs 0–%u", t->study->budget);
    snprintf(range[1], sizeof range[1], "0–%u", t->study->budget);
    fputs(il_paint_begin(t, BOLD), out);
    for (size_t c = 0; c < n; c++) {
        const char *head = columns[c].head;
        if (columns[c].write == histogram_cell)
            for (int i = 1; i >= 0; i--)
                head = il_text_width(range[i]) <= wide[c] ? range[i] : head;
        int pad = (int)(wide[c] - il_text_width(head));
        fprintf(out, "%*s%*s%s%*s", c ? (int)gap : 0, "", columns[c].left ? 0 : pad, "", head,
                columns[c].left ? pad : 0, "");
    }
    fprintf(out, "%s\n", il_paint_end(t, BOLD));
    for (size_t i = 0; i < t->study->n_arms; i++)
        put_cells(t, columns, n, wide, gap, t->order[i], out);
}

/* Some schemes bring a bias of their own, so that a bias can differ without being varied. */
static bool same_bias(const il_study *study) {
    for (size_t i = 1; i < study->n_arms; i++)
        if (!il_call_equal(&study->arms[i].bias, &study->arms[0].bias))
            return false;
    return true;
}

/* What was asked: everything that all arms share. */
static void put_header(const table *t, FILE *out) {
    const il_study *study = t->study;
    char value[IL_SETTING_TEXT], criterion[IL_CRITERION_TEXT];
    text line;
    il_text_clear(&line);
    il_text_add_name(&line, study->name);
    fprintf(out, "%s%s%s: %zu arm%s × %zu seed%s × %u epoch%s, %zu runs ", il_paint_begin(t, BOLD),
            line.bytes, il_paint_end(t, BOLD), study->n_arms, study->n_arms == 1 ? "" : "s",
            t->results->seeds, t->results->seeds == 1 ? "" : "s", study->budget,
            study->budget == 1 ? "" : "s", t->runs - t->results->found);
    if (t->results->found > 0)
        fprintf(out, "beside %zu stored ones ", t->results->found);
    fprintf(out, "in %.2f s\n", t->results->wall_s);
    il_text_clear(&line);
    for (il_key key = 0; key < IL_KEYS; key++)
        if (key != IL_KEY_INIT && !study->varied[key] && !il_arm_is_plain(&study->arms[0], key))
            il_text_add(&line, "%s%s", line.used ? ", " : "",
                        key == IL_KEY_BIAS && !same_bias(study)
                            ? "bias as each init brings it"
                            : il_setting_text(&study->arms[0], key, value));
    il_put_wrapped(t, PLAIN, line.bytes, out);
    size_t blas = 0;
    for (size_t i = 0; i < study->n_arms; i++)
        blas += study->arms[i].engine == IL_BLAS;
    il_text_add(il_text_clear(&line), "converged: %s, engine %s",
                il_criterion_format(&study->converged, criterion),
                blas == 0               ? "lockstep"
                : blas == study->n_arms ? "blas"
                                        : "lockstep or blas by size");
    if (t->baseline != SIZE_MAX)
        il_text_add(&line, ", baseline %s",
                    il_arm_format(&study->arms[t->baseline], IL_KEY_INIT, value));
    il_put_wrapped(t, PLAIN, line.bytes, out);
    putc('\n', out);
}

static void put_legend(const table *t, FILE *out) {
    char value[IL_WIDTHS_TEXT];
    text line;
    il_text_add(
        il_text_clear(&line),
        "RMST: mean epochs to convergence, a run that never converged counting %u. Bars: when runs "
        "converged, each row to its own scale; after │ the share that never did",
        t->study->budget);
    il_text_add(&line, t->diverged ? ", then the share that diverged." : ".");
    if (t->comparisons)
        il_text_add(
            &line,
            " faster: share of all pairs of runs won against %s, ties half; p: permutation test of "
            "the RMST difference, paired by seed, Holm-adjusted over %zu comparison%s.",
            il_arm_format(&t->study->arms[t->baseline], IL_KEY_INIT, value), t->comparisons,
            t->comparisons == 1 ? "" : "s");
    const il_results *results = t->results;
    if (results->looks)
        il_text_add(
            &line,
            " seeds: auto stopped after %zu look%s, at %s: its intervals allow for all looks.",
            results->looks, results->looks == 1 ? "" : "s",
            results->narrow ? "success rates as narrow as asked for"
                            : "max, before all success rates were as narrow as asked for");
    putc('\n', out);
    il_put_wrapped(t, DIM, line.bytes, out);
}

/* Sorting needs the RMST beside the index: qsort has no context argument in C17. */
typedef struct rank {
    double rmst;
    size_t arm;
} rank;

static int by_rmst(const void *a, const void *b) {
    const rank *x = a, *y = b;
    return x->rmst != y->rmst ? (x->rmst > y->rmst) - (x->rmst < y->rmst)
                              : (x->arm > y->arm) - (x->arm < y->arm);
}

static bool sort_arms(table *t) {
    size_t n = t->study->n_arms;
    rank *ranks = calloc(n, sizeof *ranks);
    t->order = calloc(n, sizeof *t->order);
    if (ranks && t->order) {
        for (size_t i = 0; i < n; i++)
            ranks[i] = (rank){t->results->arms[i].rmst, i};
        qsort(ranks, n, sizeof *ranks, by_rmst);
        for (size_t i = 0; i < n; i++)
            t->order[i] = ranks[i].arm;
    }
    free(ranks);
    return ranks && t->order;
}

il_status il_report_table(const il_study *study, const il_results *results,
                          const il_table_style *style, FILE *out, il_error *err) {
    table t = {.study = study,
               .results = results,
               .baseline = SIZE_MAX,
               .color = style->color,
               .columns = style->columns < 80 ? 80 : style->columns};
    for (size_t i = 0; i < study->n_arms; i++) {
        const il_summary *arm = &results->arms[i];
        t.runs += arm->runs;
        t.converged += arm->converged;
        t.diverged += arm->diverged;
        t.comparisons += isnan(arm->p_value) ? 0 : 1;
        if (study->arms[i].baseline != SIZE_MAX)
            t.baseline = study->arms[i].baseline;
    }
    bool room = sort_arms(&t);
    if (!room) {
        free(t.order);
        return il_fail(err, IL_NO_MEMORY, "no memory for the table of %zu arms", study->n_arms);
    }
    put_header(&t, out);
    put_rows(&t, out);
    put_legend(&t, out);
    il_status status = il_put_verdict(&t, out, err);
    if (status == IL_OK)
        il_put_alarms(&t, out);
    free(t.order);
    if (status != IL_OK)
        return status;
    return ferror(out) ? il_fail(err, IL_IO, "the table could not be written") : IL_OK;
}
