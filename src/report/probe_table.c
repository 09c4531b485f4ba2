/* Probes on a terminal: strips with one bar a layer, some layers in numbers, a diagnosis. */
#include "report/probe.h"
#include "report/remedy.h"
#include "report/table.h"

#include <math.h>
#include <string.h>

enum { LABEL = 18, NUMBERS = 30, LEAST_CELLS = 30, ROWS = 8, DECADES = 12 };

/* A strip: a statistic on a scale that all schemes share. */
typedef struct strip {
    const char *label;
    il_probe_statistic statistic;
    bool backward; /* it begins at the output */
    double low, high;
} strip;

static void find_scale(const il_probe_report *report, strip *s) {
    s->low = (double)INFINITY;
    s->high = 0;
    for (size_t i = 0; i < report->n; i++)
        for (size_t k = 0; k < report->probe[i]->n_layers; k++) {
            double v = report->probe[i]->layer[k].statistic[s->statistic].mean;
            if (!(v > 0) || isinf(v))
                continue;
            s->low = fmin(s->low, v);
            s->high = fmax(s->high, v);
        }
    s->low = fmax(s->low, s->high * pow(10, -DECADES));
    /* A strip in which nothing happens is flat. */
    if (s->low > s->high / 100)
        s->low = s->high / 100;
}

/* Zero is a dot, what is not finite an exclamation mark, and what theory does not know blank. */
static const char *bar(const strip *s, double v, bool measured) {
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    if (isnan(v) && !measured)
        return " ";
    if (!isfinite(v))
        return "!";
    if (v == 0)
        return "·";
    double at = log(v / s->low) / log(s->high / s->low) * 7;
    return bars[(int)fmin(fmax(round(at), 0), 7)];
}

static double value_of(const il_probe *probe, size_t k, il_probe_statistic s, bool measured) {
    return measured ? probe->layer[k].statistic[s].mean : probe->layer[k].theory[s];
}

static const char *format_end(double v, char shown[32]) {
    snprintf(shown, 32, isnan(v) ? "not finite" : "%.3g", v);
    return shown;
}

static void put_strip(const table *t, const il_probe *probe, const strip *s, bool measured,
                      FILE *out) {
    size_t n = probe->n_layers, room = t->columns - LABEL - NUMBERS;
    size_t cells = n < room ? n : room;
    paint p = measured ? CYAN : DIM;
    fprintf(out, "  %-*s%s", LABEL - 2, measured ? s->label : "  in theory", il_paint_begin(t, p));
    for (size_t i = 0; i < cells; i++)
        fputs(bar(s, value_of(probe, i * n / cells, s->statistic, measured), measured), out);
    size_t from = s->backward ? n - 1 : 0, to = n - 1 - from;
    char first[32], last[32];
    fprintf(out, "%s  %s → %s\n", il_paint_end(t, p),
            format_end(value_of(probe, from, s->statistic, measured), first),
            format_end(value_of(probe, to, s->statistic, measured), last));
}

static bool is_known(const il_probe *probe, il_probe_statistic s) {
    return !isnan(probe->layer[probe->n_layers - 1].theory[s]);
}

/* Four significant characters, or a dash. */
static void put_cell(int width, double v, bool percent, FILE *out) {
    char shown[32];
    if (isnan(v))
        fprintf(out, "%*s", width + 2, "–"); /* three bytes of one column */
    else if (percent)
        fprintf(out, "%*.0f %%", width - 2, 100 * v);
    else {
        snprintf(shown, sizeof shown, fabs(v) >= 0.01 && fabs(v) < 1000 ? "%.3f" : "%.1e", v);
        fprintf(out, "%*s", width, v == 0 ? "0" : shown);
    }
}

static void put_layers(const table *t, const il_probe *probe, FILE *out) {
    static const struct {
        const char *head;
        il_probe_statistic statistic;
        bool theory, percent;
        int width;
    } columns[] = {
        {"a rms", IL_PROBE_A_RMS, false, false, 9},
        {"theory", IL_PROBE_A_RMS, true, false, 9},
        {"delta rms", IL_PROBE_DELTA_RMS, false, false, 11},
        {"theory", IL_PROBE_DELTA_RMS, true, false, 9},
        {"dW rms", IL_PROBE_GRADIENT_RMS, false, false, 9},
        {"corr", IL_PROBE_CORRELATION, false, false, 9},
        {"zero", IL_PROBE_ZERO, false, true, 6},
        {"sat", IL_PROBE_SATURATED, false, true, 7},
        {"dead", IL_PROBE_DEAD, false, true, 7},
    };
    enum { N = sizeof columns / sizeof *columns };
    size_t n = probe->n_layers, rows = n < ROWS ? n : ROWS;
    fprintf(out, "  %slayer", il_paint_begin(t, DIM));
    for (size_t c = 0; c < N; c++)
        fprintf(out, "%*s", columns[c].width, columns[c].head);
    fprintf(out, "%s\n", il_paint_end(t, DIM));
    for (size_t i = 0; i < rows; i++) {
        size_t k = rows > 1 ? i * (n - 1) / (rows - 1) : 0;
        fprintf(out, "  %5zu", k + 1);
        for (size_t c = 0; c < N; c++)
            put_cell(columns[c].width, value_of(probe, k, columns[c].statistic, !columns[c].theory),
                     columns[c].percent, out);
        putc('\n', out);
    }
}

static void put_heading(const table *t, const il_probe_report *report, FILE *out) {
    const il_probe_config *c = report->config;
    char widths[IL_WIDTHS_TEXT], value[IL_CALL_TEXT];
    text line;
    il_text_add(il_text_clear(&line), "%s, %s", il_widths_format(&c->network, widths),
                il_call_format(&c->hidden, value));
    if (c->norm.desc && strcmp(c->norm.desc->name, "none") != 0)
        il_text_add(&line, ", %s", il_call_format(&c->norm, value));
    if (c->dropout.desc && strcmp(c->dropout.desc->name, "none") != 0)
        il_text_add(&line, ", %s", il_call_format(&c->dropout, value));
    il_text_add(&line, ": %zu %s samples, %zu network%s from seed %llu, engine %s", c->batch,
                report->data, c->seeds, c->seeds == 1 ? "" : "s", (unsigned long long)c->first_seed,
                report->probe[0]->engine == IL_BLAS ? "blas" : "lockstep");
    il_put_wrapped(t, PLAIN, line.bytes, out);
}

/* "Jacobian: singular values 0.1 to 3.1 (theory 3.08), rms 1.01 (theory 1)" */
static void put_spectrum(const il_probe *probe, FILE *out) {
    const il_probe_spectrum *j = &probe->jacobian, *theory = &probe->jacobian_theory;
    if (isnan(j->largest))
        return;
    fprintf(out, "  Jacobian: singular values %.3g to %.3g", j->smallest, j->largest);
    if (!isnan(theory->largest))
        fprintf(out, " (theory %.3g)", theory->largest);
    fprintf(out, ", rms %.3g", j->rms);
    if (!isnan(theory->rms))
        fprintf(out, " (theory %.3g)", theory->rms);
    putc('\n', out);
}

static void put_scheme(const table *t, const il_probe_report *report, size_t i, const strip *strips,
                       size_t n, FILE *out) {
    const il_probe *probe = report->probe[i];
    char init[IL_CALL_TEXT], bias[IL_CALL_TEXT];
    text line;
    fprintf(out, "\n%s%s%s, bias %s\n", il_paint_begin(t, BOLD), il_call_format(&probe->init, init),
            il_paint_end(t, BOLD), il_call_format(&probe->bias, bias));
    for (size_t k = 0; k < n; k++) {
        put_strip(t, probe, &strips[k], true, out);
        if (is_known(probe, strips[k].statistic))
            put_strip(t, probe, &strips[k], false, out);
    }
    put_layers(t, probe, out);
    put_spectrum(probe, out);
    const il_diagnosis *d = &report->diagnosis[i];
    paint p = d->vanishing || d->exploding || d->dying ? YELLOW : GREEN;
    il_probe_words(report->config, probe, d, &line);
    il_put_wrapped(t, p, line.bytes, out);
}

static void put_legend(const table *t, const il_probe_report *report, const strip *strips, size_t n,
                       FILE *out) {
    text line;
    il_text_add(il_text_clear(&line),
                "Bars: one a layer, input to output; heights are logarithmic and common to all "
                "schemes:");
    for (size_t k = 0; k < n; k++)
        il_text_add(&line, " %s ▁ %.2g to █ %.2g%s", strips[k].label, strips[k].low, strips[k].high,
                    k + 1 < n ? ";" : ".");
    il_text_add(&line,
                " · is 0, ! not finite. a: activations; delta: gradient of the layer's product; "
                "dW: of its weights; corr: correlation of two samples; sat: saturated; dead: "
                "units without a gradient on any sample. ");
    il_text_add(&line, report->config->data.X ? "Gradients are those of the loss."
                                              : "Deltas at the output are standard normal.");
    putc('\n', out);
    il_put_wrapped(t, DIM, line.bytes, out);
}

il_status il_probe_table(const il_probe_report *report, const il_table_style *style, FILE *out,
                         il_error *err) {
    const table t = {.columns = style->columns < 80 ? 80 : style->columns, .color = style->color};
    strip strips[] = {{"activations", IL_PROBE_A_RMS, false, 0, 0},
                      {"deltas", IL_PROBE_DELTA_RMS, true, 0, 0},
                      {"weight grads", IL_PROBE_GRADIENT_RMS, true, 0, 0}};
    enum { N = sizeof strips / sizeof *strips };
    for (size_t k = 0; k < N; k++)
        find_scale(report, &strips[k]);
    put_heading(&t, report, out);
    for (size_t i = 0; i < report->n; i++)
        put_scheme(&t, report, i, strips, N, out);
    put_legend(&t, report, strips, N, out);
    return ferror(out) ? il_fail(err, IL_IO, "the table could not be written") : IL_OK;
}
