/* The table on a terminal: one row per arm, lowest RMST first, then what the numbers say in words.
 *
 * A column is a heading and a function that writes one arm's cell; widths are those of the widest
 * cell. Cells may hold color sequences, which take no room. */
#include "report/report.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SIGNIFICANT 0.05
#define MIN_BINS 6
#define EASY_BINS 12 /* fewer only after gaps have shrunk */
#define MAX_BINS 32
#define LISTED 4 /* arms named in a sentence before "and n more" */

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

__attribute__((format(printf, 2, 3))) static void add(text *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->bytes + t->used, sizeof t->bytes - t->used, format, args);
    va_end(args);
    if (n > 0)
        t->used += (size_t)n;
    if (t->used >= sizeof t->bytes)
        t->used = sizeof t->bytes - 1;
}

static text *clear(text *t) {
    t->bytes[t->used = 0] = '\0';
    return t;
}

/* Columns that UTF-8 text of single-width characters takes on a terminal. */
static size_t width(const char *s) {
    size_t n = 0;
    for (; *s; s++) {
        if (*s == '\033')
            s += strcspn(s, "m");
        else
            n += ((unsigned char)*s & 0xC0) != 0x80;
    }
    return n;
}

typedef enum paint { PLAIN, BOLD, DIM, RED, GREEN, YELLOW, CYAN } paint;

static const char *begin(const table *t, paint p) {
    static const char *const code[] = {"",         "\033[1m",  "\033[2m", "\033[31m",
                                       "\033[32m", "\033[33m", "\033[36m"};
    return t->color ? code[p] : "";
}

static const char *end(const table *t, paint p) {
    return t->color && p != PLAIN ? "\033[0m" : "";
}

static void put_wrapped(const table *t, paint p, const char *s, FILE *out) {
    size_t at = 0;
    fputs(begin(t, p), out);
    while (*s) {
        char word[1024];
        size_t n = strcspn(s, " ");
        snprintf(word, sizeof word, "%.*s", (int)n, s);
        if (at && at + 1 + width(word) > t->columns) {
            putc('\n', out);
            at = 0;
        }
        fprintf(out, "%s%s", at ? " " : "", word);
        at += (at > 0) + width(word);
        s += n;
        s += strspn(s, " ");
    }
    fprintf(out, "%s\n", end(t, p));
}

/* The study's name is free text: no control character of it may reach a terminal. */
static void add_name(text *t, const char *name) {
    for (; *name; name++) {
        bool c1 = (unsigned char)name[0] == 0xC2 && ((unsigned char)name[1] & 0xE0) == 0x80;
        bool control = (unsigned char)*name < ' ' || *name == 127 || c1;
        add(t, "%c", control ? '?' : *name);
        name += c1;
    }
}

static const char *epochs(const table *t, double value, char out[32]) {
    snprintf(out, 32, t->study->budget < 10000 ? "%.1f" : "%.0f", value);
    return out;
}

static const char *p_text(double p, char out[32]) {
    if (p < 0.001)
        snprintf(out, 32, "< 0.001");
    else
        snprintf(out, 32, "%.3f", p);
    return out;
}

/* Columns. */

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
    add(cell, "%s%s%s", begin(t, p), il_arm_format(&t->study->arms[arm], key, name), end(t, p));
}

static void success_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    const il_summary *s = &t->results->arms[arm];
    paint p = s->converged == 0 ? RED : s->converged == s->runs ? GREEN : PLAIN;
    /* 999 of 1000 must not read 100 %, nor 1 of 10000 0 %: round towards the middle. */
    double percent = 100 * s->success;
    if (s->converged && s->converged < s->runs)
        percent = fmin(fmax(percent, 0.1), 99.9);
    add(cell, "%s%.1f %%%s", begin(t, p), percent, end(t, p));
}

static void interval_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    const il_interval *ci = &t->results->arms[arm].success_ci;
    add(cell, "%.1f–%.1f", 100 * ci->low, 100 * ci->high);
}

static void diverged_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    size_t n = t->results->arms[arm].diverged;
    paint p = n ? RED : DIM;
    add(cell, "%s%zu%s", begin(t, p), n, end(t, p));
}

static void median_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    double median = t->results->arms[arm].median;
    if (isnan(median))
        add(cell, "–");
    else
        add(cell, "%.0f", median);
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
    add(cell, "%s", begin(t, CYAN));
    for (size_t bin = 0; bin < t->bins; bin++)
        add(cell, "%s", bar(count[bin], most));
    add(cell, "%s│%s%s%s", end(t, CYAN), begin(t, YELLOW),
        bar(s->runs - s->converged - s->diverged, s->runs), end(t, YELLOW));
    if (t->diverged)
        add(cell, "%s%s%s", begin(t, RED), bar(s->diverged, s->runs), end(t, RED));
}

/* -1 when the arm needs fewer epochs than its baseline, 1 when more, 0 when that is not shown. */
static int against_baseline(const table *t, size_t arm) {
    const il_summary *s = &t->results->arms[arm];
    size_t baseline = t->study->arms[arm].baseline;
    if (isnan(s->p_value) || !(s->p_value <= SIGNIFICANT) || baseline == SIZE_MAX)
        return 0;
    return s->rmst < t->results->arms[baseline].rmst ? -1 : 1;
}

static void rmst_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    char number[32];
    int sign = against_baseline(t, arm);
    paint p = sign < 0 ? GREEN : sign > 0 ? RED : PLAIN;
    add(cell, "%s%s%s", begin(t, p), epochs(t, t->results->arms[arm].rmst, number), end(t, p));
}

static bool is_baseline(const table *t, size_t arm) {
    return t->study->arms[arm].baseline == arm;
}

/* A12 and p speak of different things, so only the RMST, which p tests, is colored by it. */
static void faster_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    double a12 = t->results->arms[arm].a12;
    if (is_baseline(t, arm))
        add(cell, "baseline");
    else if (isnan(a12))
        add(cell, "–");
    else
        add(cell, "%.1f %%", 100 * a12);
}

static void p_cell(const table *t, size_t arm, il_key key, text *cell) {
    (void)key;
    char number[32];
    double p = t->results->arms[arm].p_value;
    add(cell, "%s", isnan(p) ? "–" : p_text(p, number));
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
        wide[c] = width(columns[c].head);
        if (columns[c].write == histogram_cell) {
            picture = c;
            continue;
        }
        for (size_t i = 0; i < t->study->n_arms; i++) {
            if (columns[c].write == faster_cell && is_baseline(t, i))
                continue; /* "baseline" runs on into the next column */
            columns[c].write(t, i, columns[c].key, clear(&cell));
            size_t w = width(cell.bytes);
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
    clear(&row);
    for (size_t c = 0; c < n; c++) {
        size_t room = wide[c];
        add(&row, "%*s", c ? (int)gap : 0, "");
        columns[c].write(t, arm, columns[c].key, clear(&cell));
        if (columns[c].write == faster_cell && is_baseline(t, arm))
            room += gap + wide[++c];
        int pad = (int)(room - width(cell.bytes));
        if (columns[c].left)
            add(&row, "%s%*s", cell.bytes, pad, "");
        else
            add(&row, "%*s%s", pad, "", cell.bytes);
    }
    fprintf(out, "%s\n", row.bytes);
}

static void put_rows(table *t, FILE *out) {
    column columns[IL_KEYS + 8];
    char range[2][48];
    size_t n = choose_columns(t, columns), wide[IL_KEYS + 8], gap = measure(t, columns, n, wide);
    snprintf(range[0], sizeof range[0], "epochs 0–%u", t->study->budget);
    snprintf(range[1], sizeof range[1], "0–%u", t->study->budget);
    fputs(begin(t, BOLD), out);
    for (size_t c = 0; c < n; c++) {
        const char *head = columns[c].head;
        if (columns[c].write == histogram_cell)
            for (int i = 1; i >= 0; i--)
                head = width(range[i]) <= wide[c] ? range[i] : head;
        int pad = (int)(wide[c] - width(head));
        fprintf(out, "%*s%*s%s%*s", c ? (int)gap : 0, "", columns[c].left ? 0 : pad, "", head,
                columns[c].left ? pad : 0, "");
    }
    fprintf(out, "%s\n", end(t, BOLD));
    for (size_t i = 0; i < t->study->n_arms; i++)
        put_cells(t, columns, n, wide, gap, t->order[i], out);
}

/* What was asked: everything that all arms share. */
static void put_header(const table *t, FILE *out) {
    const il_study *study = t->study;
    char value[IL_WIDTHS_TEXT], criterion[IL_CRITERION_TEXT];
    text line;
    clear(&line);
    add_name(&line, study->name);
    fprintf(out, "%s%s%s: %zu arm%s × %zu seed%s × %u epoch%s, %zu runs in %.2f s\n",
            begin(t, BOLD), line.bytes, end(t, BOLD), study->n_arms, study->n_arms == 1 ? "" : "s",
            t->results->seeds, t->results->seeds == 1 ? "" : "s", study->budget,
            study->budget == 1 ? "" : "s", t->runs, t->results->wall_s);
    clear(&line);
    for (il_key key = 0; key < IL_KEYS; key++)
        if (key != IL_KEY_INIT && !study->varied[key])
            add(&line, "%s%s %s", line.used ? ", " : "", il_key_name(key),
                il_arm_format(&study->arms[0], key, value));
    put_wrapped(t, PLAIN, line.bytes, out);
    size_t blas = 0;
    for (size_t i = 0; i < study->n_arms; i++)
        blas += study->arms[i].engine == IL_BLAS;
    add(clear(&line), "converged: %s, engine %s", il_criterion_format(&study->converged, criterion),
        blas == 0               ? "lockstep"
        : blas == study->n_arms ? "blas"
                                : "lockstep or blas by size");
    if (t->baseline != SIZE_MAX)
        add(&line, ", baseline %s", il_arm_format(&study->arms[t->baseline], IL_KEY_INIT, value));
    put_wrapped(t, PLAIN, line.bytes, out);
    putc('\n', out);
}

static void put_legend(const table *t, FILE *out) {
    char value[IL_WIDTHS_TEXT];
    text line;
    add(clear(&line),
        "RMST: mean epochs to convergence, a run that never converged counting %u. Bars: when runs "
        "converged, each row to its own scale; after │ the share that never did",
        t->study->budget);
    add(&line, t->diverged ? ", then the share that diverged." : ".");
    if (t->comparisons)
        add(&line,
            " faster: share of all pairs of runs won against %s, ties half; p: permutation test of "
            "the RMST difference, paired by seed, Holm-adjusted over %zu comparison%s.",
            il_arm_format(&t->study->arms[t->baseline], IL_KEY_INIT, value), t->comparisons,
            t->comparisons == 1 ? "" : "s");
    putc('\n', out);
    put_wrapped(t, DIM, line.bytes, out);
}

/* The verdict. */

static void add_arm(const table *t, size_t arm, text *line) {
    char value[IL_WIDTHS_TEXT];
    add(line, "%s", il_arm_format(&t->study->arms[arm], IL_KEY_INIT, value));
    for (il_key key = 0; key < IL_KEYS; key++)
        if (key != IL_KEY_INIT && t->study->varied[key])
            add(line, " / %s", il_arm_format(&t->study->arms[arm], key, value));
}

/* "zeros, constant(0.5) and normal(std=10) never converged": their runs alone bound the rate. */
static void say_never(const table *t, text *line) {
    const il_summary *arms = t->results->arms;
    size_t never = 0, said = 0;
    for (size_t i = 0; i < t->study->n_arms; i++)
        never += arms[i].converged == 0;
    if (never == 0)
        return;
    size_t listed = never > LISTED + 1 ? LISTED : never;
    for (size_t i = 0; i < t->study->n_arms && said < listed; i++) {
        size_t arm = t->order[i];
        if (arms[arm].converged)
            continue;
        add(line, "%s", said == 0 ? "" : said + 1 == never ? " and " : ", ");
        add_arm(t, arm, line);
        said++;
    }
    if (never > listed)
        add(line, " and %zu other arms", never - listed);
    add(line, " never converged (0 of %zu%s: success below %.2g %% at 95 %% confidence). ",
        t->results->seeds, never == 1 ? "" : " each",
        100 * il_wilson(0, t->results->seeds, 0.95).high);
}

static void say_diverged(const table *t, text *line) {
    size_t most = 0;
    for (size_t i = 1; i < t->study->n_arms; i++)
        if (t->results->arms[i].diverged > t->results->arms[most].diverged)
            most = i;
    add(line, "%zu of %zu runs diverged", t->diverged, t->runs);
    if (t->study->n_arms > 1) {
        add(line,
            t->results->arms[most].diverged == t->diverged ? ", all under " : ", most under ");
        add_arm(t, most, line);
    }
    add(line, ". ");
}

/* The arm that stands most in the way of calling the first one the fastest. */
typedef struct rival {
    size_t arm;
    double p; /* NaN: no memory for the test */
} rival;

static void epochs_of(const table *t, size_t arm, uint32_t *T) {
    const il_run *runs = t->results->runs + arm * t->results->seeds;
    for (size_t i = 0; i < t->results->seeds; i++)
        T[i] = runs[i].outcome == IL_CONVERGED ? runs[i].epoch : t->study->budget;
}

/* Tests the best arm against every other, paired by seed. The runner-up alone is not enough: common
 * draws can tie it so closely to the best that the two are told apart while the third and the best
 * are not. Bonferroni over the other arms pays for having chosen the best by looking. The search
 * ends at the first arm, by RMST, that cannot be told from the best. */
static rival find_rival(const table *t) {
    size_t n = t->results->seeds, others = t->study->n_arms - 1;
    rival found = {t->order[1], 0};
    uint32_t *T = calloc(n, 2 * sizeof *T);
    if (T)
        epochs_of(t, t->order[0], T);
    for (size_t i = 1; T && i <= others && found.p <= SIGNIFICANT; i++) {
        epochs_of(t, t->order[i], T + n);
        double p = fmin(1, (double)others * il_permutation_paired(T, T + n, n, 9999, 1));
        if (p > found.p)
            found = (rival){t->order[i], p};
    }
    if (!T)
        found.p = (double)NAN;
    free(T);
    return found;
}

static void say_best(const table *t, rival r, text *line) {
    char number[32];
    size_t best = t->order[0];
    bool shown = r.p <= SIGNIFICANT;
    add_arm(t, best, line);
    add(line,
        shown ? " is fastest: its RMST, %s epochs, is below that of every other arm; nearest is "
              : " has the lowest RMST, %s epochs, but no arm is shown to be fastest: ",
        epochs(t, t->results->arms[best].rmst, number));
    if (shown)
        r.arm = t->order[1];
    add_arm(t, r.arm, line);
    add(line, shown ? ", %s (" : ", %s, cannot be told from it (",
        epochs(t, t->results->arms[r.arm].rmst, number));
    add(line, "p %s%s%s). ", r.p < 0.001 ? "" : "= ", p_text(r.p, number),
        t->study->n_arms > 2 ? ", adjusted" : "");
}

static void say_baseline(const table *t, text *line) {
    char value[IL_WIDTHS_TEXT];
    size_t fewer = 0, more = 0;
    for (size_t i = 0; i < t->study->n_arms; i++) {
        fewer += against_baseline(t, i) < 0;
        more += against_baseline(t, i) > 0;
    }
    add(line,
        "Of %zu comparison%s with the baseline %s, %zu need%s fewer epochs, %zu more, and %zu "
        "cannot be told apart (p > %g). ",
        t->comparisons, t->comparisons == 1 ? "" : "s",
        il_arm_format(&t->study->arms[t->baseline], IL_KEY_INIT, value), fewer,
        fewer == 1 ? "s" : "", more, t->comparisons - fewer - more, SIGNIFICANT);
}

static void say_only(const table *t, text *line) {
    const il_summary *s = &t->results->arms[0];
    char number[32];
    add_arm(t, 0, line);
    add(line,
        " converged in %zu of %zu runs (95 %% confidence: %.1f to %.1f %%), after %s epochs on "
        "average",
        s->converged, s->runs, 100 * s->success_ci.low, 100 * s->success_ci.high,
        epochs(t, s->rmst, number));
    add(line, s->converged < s->runs ? " when a run that did not counts %u. " : ". ",
        t->study->budget);
}

static void put_verdict(const table *t, rival r, FILE *out) {
    size_t n = t->results->seeds;
    text line;
    clear(&line);
    if (t->converged == 0)
        add(&line, "No run converged within %u epoch%s, so nothing here can be ranked. ",
            t->study->budget, t->study->budget == 1 ? "" : "s");
    else if (t->study->n_arms == 1)
        say_only(t, &line);
    else {
        say_best(t, r, &line);
        if (t->comparisons)
            say_baseline(t, &line);
        say_never(t, &line);
    }
    if (t->diverged)
        say_diverged(t, &line);
    /* All n signs alike is the rarest outcome, p = 2/2^n, and it is tested against every other arm.
     */
    double others = (double)t->study->n_arms - 1;
    size_t needed = others > 0 ? 1 + (size_t)ceil(log2(others / SIGNIFICANT)) : 0;
    if (t->converged && n < needed)
        add(&line, "With %zu seed%s no arm can be shown to be fastest: ask for at least %zu. ", n,
            n == 1 ? "" : "s", needed);
    putc('\n', out);
    put_wrapped(t, PLAIN, line.bytes, out);
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
    rival r = {0, 1};
    if (room && study->n_arms > 1 && t.converged)
        r = find_rival(&t);
    if (!room || isnan(r.p)) {
        free(t.order);
        return il_fail(err, IL_NO_MEMORY, "no memory for the table of %zu arms", study->n_arms);
    }
    put_header(&t, out);
    put_rows(&t, out);
    put_legend(&t, out);
    put_verdict(&t, r, out);
    free(t.order);
    return ferror(out) ? il_fail(err, IL_IO, "the table could not be written") : IL_OK;
}
