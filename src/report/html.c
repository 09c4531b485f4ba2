/* The HTML report: one page without scripts that asks nothing of a network. */
#include "report/page.h"

#include "lab/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char style[] =
    ":root{color-scheme:light dark;--back:#fff;--text:#1b1b1b;--line:#d0d0d0;--soft:#f4f5f7}"
    "@media screen and (prefers-color-scheme:dark){:root{--back:#16181c;--text:#e8e8e8;"
    "--line:#3a3d44;--soft:#22252b}}"
    "body{background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif;"
    "max-width:62rem;margin:0 auto;padding:1rem}"
    "h1{font-size:1.7rem;margin:.2em 0;overflow-wrap:anywhere}h2{font-size:1.2rem;margin:1.6em 0 "
    ".4em}"
    ".answer{font-size:1.1rem;border-left:4px solid #0072b2;padding:.2em 0 .2em 1em}"
    "figure{margin:0}svg{width:100%;min-width:34rem;height:auto;display:block}"
    "figcaption,.note,small{color:inherit;opacity:.8;font-size:.85rem}small{white-space:nowrap}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}"
    "caption{text-align:left;padding:.3em 0}th,td{padding:.25em .5em;text-align:right;"
    "border-bottom:1px solid var(--line);white-space:nowrap}"
    "th[scope=row],th:first-child{text-align:left;font-weight:600}"
    "pre{background:var(--soft);padding:.8em;overflow-x:auto;white-space:pre-wrap;"
    "overflow-wrap:anywhere}summary{cursor:pointer;padding:.4em 0}"
    "@media print{body{max-width:none;font-size:11pt}figure,pre{break-inside:avoid}}";

char *il_page_label(const page *p, size_t arm, char label[IL_LABEL]) {
    int used = snprintf(label, IL_LABEL, "%s", p->a->value[arm][IL_KEY_INIT]);
    for (il_key key = 0; key < IL_KEYS; key++)
        if (key != IL_KEY_INIT && p->a->varied[key] && used < IL_LABEL)
            used += snprintf(label + used, IL_LABEL - (size_t)used, " / %s", p->a->value[arm][key]);
    return label;
}

char *il_page_percent(const il_summary *arm, char text[32]) {
    double percent = 100 * arm->success;
    if (arm->converged && arm->converged < arm->runs)
        percent = fmin(fmax(percent, 0.1), 99.9);
    snprintf(text, 32, "%.1f %%", percent);
    return text;
}

char *il_page_epochs(const page *p, double epochs, char text[32]) {
    snprintf(text, 32, p->a->budget < 10000 ? "%.1f" : "%.0f", epochs);
    return text;
}

void il_page_times(const page *p, size_t arm) {
    const il_run *runs = p->a->runs + arm * p->a->asked;
    il_times(runs, p->a->seeds, p->a->budget, p->T);
    for (size_t i = 0; i < p->a->seeds; i++)
        p->converged[i] = runs[i].outcome == IL_CONVERGED;
}

static void put_label(const page *p, size_t arm) {
    char label[IL_LABEL];
    fputs("<b>", p->out);
    il_put_escaped(p->out, il_page_label(p, arm, label));
    fputs("</b>", p->out);
}

static void put_p(FILE *out, double p) {
    if (p < 0.001)
        fputs("p &lt; 0.001", out);
    else
        fprintf(out, "p = %.3f", p);
}

static void put_question(const page *p) {
    const il_archive *a = p->a;
    fputs("<p>", p->out);
    if (a->n_arms == 1)
        fputs("How often and how fast does ", p->out);
    else
        fprintf(p->out, "In which of %zu arms does ", a->n_arms);
    il_put_escaped(p->out, a->varied[IL_KEY_NETWORK] ? "a network" : a->value[0][IL_KEY_NETWORK]);
    fputs(" learn ", p->out);
    il_put_escaped(p->out, a->varied[IL_KEY_DATA] ? "its data" : a->value[0][IL_KEY_DATA]);
    fputs(a->n_arms == 1 ? "" : " most often and fastest", p->out);
    fputs("? A run has converged when <code>", p->out);
    il_put_escaped(p->out, a->converged);
    fprintf(p->out, "</code>, within %u epochs. %zu runs%s.</p>\n", a->budget, a->seeds,
            a->n_arms == 1 ? "" : " of each arm, from the same seeds");
    if (a->seeds < a->asked)
        fprintf(p->out,
                "<p><b>Incomplete:</b> the study asks for %zu seeds; this page tells of the %zu "
                "that every arm has run.</p>\n",
                a->asked, a->seeds);
}

static void put_best(const page *p, il_rival rival) {
    char number[2][32], percent[32];
    const il_summary *best = &p->a->arms[p->order[0]];
    il_page_epochs(p, best->rmst, number[0]);
    put_label(p, p->order[0]);
    if (rival.p <= IL_SIGNIFICANT)
        fprintf(p->out,
                " is the fastest: %s epochs on average (RMST), with %s of its runs "
                "converging; the closest is ",
                number[0], il_page_percent(best, percent));
    else
        fprintf(p->out,
                " has the lowest average, %s epochs (RMST), with %s of its runs converging, "
                "but cannot be told from ",
                number[0], il_page_percent(best, percent));
    put_label(p, rival.arm);
    fprintf(p->out, " with %s (", il_page_epochs(p, p->a->arms[rival.arm].rmst, number[1]));
    put_p(p->out, rival.p);
    fputs(p->a->n_arms > 2 ? ", adjusted). " : "). ", p->out);
}

/* The second sentence: what never works, or how the arms stand to the baseline. */
static void put_rest(const page *p) {
    size_t never = 0, fewer = 0, more = 0, compared = 0, one = 0;
    for (size_t i = 0; i < p->a->n_arms; i++) {
        const il_summary *s = &p->a->arms[i];
        if (s->converged == 0) {
            never++;
            one = i;
        }
        if (isnan(s->p_value))
            continue;
        bool below = s->rmst < p->a->arms[p->a->baseline[i]].rmst,
             shown = s->p_value <= IL_SIGNIFICANT;
        compared++;
        fewer += shown && below;
        more += shown && !below;
    }
    if (never == 1)
        put_label(p, one);
    else if (never > 1)
        fprintf(p->out, "%zu of %zu arms", never, p->a->n_arms);
    if (never > 0)
        fprintf(p->out, " never converged (below %.2g %% with 95 %% confidence).",
                100 * il_wilson(0, p->a->seeds, 0.95).high);
    else if (compared > 1)
        fprintf(p->out, "Against the baseline, %zu of %zu need fewer epochs, %zu more.", fewer,
                compared, more);
}

static il_status put_answer(const page *p, il_error *err) {
    const il_archive *a = p->a;
    const il_summary *best = &a->arms[p->order[0]];
    il_rival rival = {0, 1};
    size_t converged = 0;
    char number[32], percent[32];
    for (size_t i = 0; i < a->n_arms; i++)
        converged += a->arms[i].converged;
    if (a->n_arms > 1 && converged > 0)
        rival = il_find_rival(a->runs, a->asked, a->seeds, a->budget, p->order, a->n_arms);
    if (isnan(rival.p))
        return il_fail(err, IL_NO_MEMORY, "no memory to compare %zu arms", a->n_arms);
    fputs("<p class=\"answer\">", p->out);
    if (converged == 0)
        fprintf(p->out, "No run converged within %u epochs. Nothing here can be ranked.",
                a->budget);
    else if (a->n_arms == 1) {
        put_label(p, 0);
        fprintf(p->out,
                " converged in %s of its runs (95 %% interval %.1f–%.1f %%). It takes %s "
                "epochs on average, when a run that did not counts %u (RMST).",
                il_page_percent(best, percent), 100 * best->success_ci.low,
                100 * best->success_ci.high, il_page_epochs(p, best->rmst, number), a->budget);
    } else {
        put_best(p, rival);
        put_rest(p);
    }
    fputs("</p>\n", p->out);
    return IL_OK;
}

/* How often the arm wins against its baseline, with an interval that knows they share seeds. */
static void put_comparison(const page *p, size_t arm) {
    const il_archive *a = p->a;
    const il_summary *s = &a->arms[arm];
    if (a->baseline[arm] == SIZE_MAX || a->baseline[arm] == arm) {
        fprintf(p->out, "<td>%s</td><td>–</td>", a->baseline[arm] == arm ? "baseline" : "–");
        return;
    }
    uint32_t *base = p->epoch; /* the curves need it later only */
    il_interval ci;
    il_times(a->runs + a->baseline[arm] * a->asked, a->seeds, a->budget, base);
    il_times(a->runs + arm * a->asked, a->seeds, a->budget, p->T);
    il_a12_interval(p->T, a->seeds, base, a->seeds, true, 0.95, &ci);
    fprintf(p->out, "<td>%.1f %% <small>%.1f–%.1f</small></td><td>", 100 * s->a12, 100 * ci.low,
            100 * ci.high);
    fprintf(p->out, s->p_value < 0.001 ? "&lt; 0.001</td>" : "%.3f</td>", s->p_value);
}

static void put_arm(const page *p, size_t arm) {
    const il_summary *s = &p->a->arms[arm];
    char text[32], label[IL_LABEL];
    fputs("<tr><th scope=\"row\">", p->out);
    il_put_escaped(p->out, il_page_label(p, arm, label));
    fprintf(p->out, "</th><td>%s <small>%.1f–%.1f</small></td>", il_page_percent(s, text),
            100 * s->success_ci.low, 100 * s->success_ci.high);
    fprintf(p->out, "<td>%s", il_page_epochs(p, s->rmst, text));
    fprintf(p->out, " <small>%s", il_page_epochs(p, s->rmst_ci.low, text));
    fprintf(p->out, "–%s</small></td>", il_page_epochs(p, s->rmst_ci.high, text));
    if (isnan(s->median))
        fputs("<td>–</td>", p->out);
    else if (isnan(s->quartile[1]))
        fprintf(p->out, "<td>%.0f <small>%.0f–never</small></td>", s->median, s->quartile[0]);
    else
        fprintf(p->out, "<td>%.0f <small>%.0f–%.0f</small></td>", s->median, s->quartile[0],
                s->quartile[1]);
    fprintf(p->out, "<td>%zu</td>", s->diverged);
    if (p->baseline != SIZE_MAX)
        put_comparison(p, arm);
    fputs("</tr>\n", p->out);
}

static void put_arms(const page *p) {
    fputs(
        "<h2>The arms</h2>\n<div class=\"wide\"><table><caption>The fastest first; 95 % intervals "
        "beside the numbers.</caption>\n<thead><tr><th scope=\"col\">arm</th><th scope=\"col\">"
        "success</th><th scope=\"col\">RMST</th><th scope=\"col\">median</th>"
        "<th scope=\"col\">diverged</th>",
        p->out);
    if (p->baseline != SIZE_MAX)
        fputs("<th scope=\"col\">faster</th><th scope=\"col\">p</th>", p->out);
    fputs("</tr></thead>\n<tbody>\n", p->out);
    for (size_t i = 0; i < p->a->n_arms; i++)
        put_arm(p, p->order[i]);
    fprintf(
        p->out,
        "</tbody></table></div>\n<p class=\"note\">RMST: mean epochs to convergence, a run that "
        "never converged counting %u. Median and quartiles are of all runs, where more than "
        "half converged.%s</p>\n",
        p->a->budget,
        p->baseline == SIZE_MAX
            ? ""
            : " Faster: share of all pairs of runs won against the baseline, ties half. p: "
              "permutation test of the RMST difference, paired by seed, Holm-adjusted.");
}

static void put_block(FILE *out, const char *heading, const char *text) {
    if (!text[0])
        return;
    fprintf(out, "<h3>%s</h3>\n<pre>", heading);
    il_put_escaped(out, text);
    fputs("</pre>\n", out);
}

static void put_reproduction(const page *p) {
    fprintf(p->out,
            "<section id=\"reproduce\">\n<h2>Reproduce this</h2>\n<p>initlab %s; OpenBLAS: ",
            p->a->version);
    il_put_escaped(p->out, p->a->openblas[0] ? p->a->openblas : "not recorded");
    fputs(". Runs of the lockstep engine are the same on every machine; those of blas are with the "
          "same OpenBLAS.</p>\n",
          p->out);
    put_block(p->out, "Command", p->a->command);
    put_block(p->out, "Study", p->a->spec);
    put_block(p->out, "Settings, in full", p->a->settings);
    fputs("</section>\n", p->out);
}

/* Insertion keeps the study's order among equals. */
static void sort_arms(page *p) {
    for (size_t i = 0; i < p->a->n_arms; i++) {
        size_t at = i;
        for (; at > 0 && p->a->arms[p->order[at - 1]].rmst > p->a->arms[i].rmst; at--)
            p->order[at] = p->order[at - 1];
        p->order[at] = i;
    }
}

static void close_page(page *p) {
    free(p->order);
    free(p->T);
    free(p->epoch);
    free(p->converged);
    free(p->count);
}

static il_status open_page(page *p, const il_archive *a, FILE *out, il_error *err) {
    *p = (page){.a = a, .out = out, .baseline = SIZE_MAX};
    p->order = calloc(a->n_arms, sizeof *p->order);
    p->T = calloc(a->seeds, sizeof *p->T);
    p->epoch = calloc(a->seeds, sizeof *p->epoch);
    p->converged = calloc(a->seeds, 1);
    p->count = calloc(a->seeds, sizeof *p->count);
    if (!p->order || !p->T || !p->epoch || !p->converged || !p->count)
        return il_fail(err, IL_NO_MEMORY, "no memory for a report of %zu arms", a->n_arms);
    sort_arms(p);
    for (size_t i = a->n_arms; i-- > 0;)
        p->baseline = a->baseline[p->order[i]] == p->order[i] ? p->order[i] : p->baseline;
    return IL_OK;
}

static il_status put_page(page *p, il_error *err) {
    FILE *out = p->out;
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
          "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
          out);
    il_put_escaped(out, p->a->name);
    fprintf(out, " – initlab</title>\n<style>%s%s</style>\n</head>\n<body>\n<h1>", style,
            il_svg_style);
    il_put_escaped(out, p->a->name);
    fputs("</h1>\n", out);
    put_question(p);
    il_status status = put_answer(p, err);
    if (status != IL_OK)
        return status;
    put_arms(p);
    il_figure_curves(p);
    il_figure_success(p);
    il_figure_maps(p);
    put_reproduction(p);
    fputs("</body>\n</html>\n", out);
    return ferror(out) ? il_fail(err, IL_IO, "the report could not be written") : IL_OK;
}

il_status il_report_html(const il_archive *archive, FILE *out, il_error *err) {
    page p;
    il_status status = open_page(&p, archive, out, err);
    if (status == IL_OK)
        status = put_page(&p, err);
    close_page(&p);
    return status;
}

il_status il_report_svg(const il_archive *archive, il_chart chart, FILE *out, il_error *err) {
    page p;
    grid g;
    bool map = chart == IL_CHART_SUCCESS_MAP || chart == IL_CHART_RMST_MAP;
    il_status status = open_page(&p, archive, out, err);
    if (status == IL_OK && map && !il_page_grid(&p, &g))
        status = il_fail(err, IL_INVALID,
                         "a map takes a study with lists under two keys, of at most %d values",
                         IL_CELLS);
    if (status == IL_OK && map)
        il_draw_map(&p, &g, chart == IL_CHART_SUCCESS_MAP, true);
    else if (status == IL_OK)
        (chart == IL_CHART_CURVES ? il_draw_curves : il_draw_success)(&p, true);
    if (status == IL_OK && ferror(out))
        status = il_fail(err, IL_IO, "the chart could not be written");
    close_page(&p);
    return status;
}
