/* The figures of the page: a heading, a chart, what it shows, and its data in a table. */
#include "report/page.h"

#include <math.h>
#include <string.h>

static void begin_figure(page *p, const char *heading, size_t shown) {
    fprintf(p->out, "<figure>\n<h2>%s</h2>\n", heading);
    if (shown < p->a->n_arms)
        fprintf(p->out, "<p class=\"note\">The %zu fastest of %zu arms%s.</p>\n", shown,
                p->a->n_arms, p->baseline == SIZE_MAX ? "" : ", and the baseline");
    fputs("<div class=\"wide\">\n", p->out);
}

static void begin_data(page *p, const char *caption) {
    fprintf(p->out,
            "<details><summary>The data</summary><div class=\"wide\"><table>"
            "<caption>%s</caption>\n",
            caption);
}

static void end_figure(page *p) {
    fputs("</tbody></table></div></details>\n</figure>\n", p->out);
}

static void put_label_cell(page *p, size_t arm) {
    char label[IL_LABEL];
    fputs("<tr><th scope=\"row\">", p->out);
    il_put_escaped(p->out, il_page_label(p, arm, label));
    fputs("</th>", p->out);
}

static void curve_row(page *p, size_t arm) {
    static const double q[] = {0.1, 0.25, 0.5, 0.75, 0.9};
    const il_summary *s = &p->a->arms[arm];
    il_page_times(p, arm);
    put_label_cell(p, arm);
    for (size_t i = 0; i < 5; i++) {
        double epoch = il_epoch_quantile(p->T, p->converged, p->a->seeds, q[i]);
        il_interval ci = il_epoch_quantile_interval(p->T, p->converged, p->a->seeds, q[i], 0.95);
        if (isnan(epoch))
            fputs("<td>–</td>", p->out);
        else if (isinf(ci.high))
            fprintf(p->out, "<td>%.0f <small>%.0f–never</small></td>", epoch, ci.low);
        else
            fprintf(p->out, "<td>%.0f <small>%.0f–%.0f</small></td>", epoch, ci.low, ci.high);
    }
    fprintf(p->out, "<td>%zu of %zu</td></tr>\n", s->runs - s->converged, s->runs);
}

void il_figure_curves(page *p) {
    size_t arms[IL_CURVES], n = il_page_choose(p, IL_CURVES, arms);
    begin_figure(p, "How fast", n);
    il_draw_curves(p, false);
    fprintf(p->out,
            "</div>\n<figcaption>Share of runs that had converged by an epoch (1 − Kaplan–Meier). "
            "A circle "
            "marks where the budget cut the other runs off. The shade around the fastest arm%s "
            "holds the whole true curve with 95 %% confidence (± %.1f %%).</figcaption>\n",
            p->baseline == SIZE_MAX ? "" : " and the baseline",
            100 * il_ecdf_band(p->a->seeds, 0.95));
    begin_data(p, "Epochs by which a share of all runs had converged, with 95 % intervals");
    fputs("<thead><tr><th scope=\"col\">arm</th><th scope=\"col\">10 %</th><th scope=\"col\">25 %"
          "</th><th scope=\"col\">50 %</th><th scope=\"col\">75 %</th><th scope=\"col\">90 %</th>"
          "<th scope=\"col\">not converged</th></tr></thead><tbody>\n",
          p->out);
    for (size_t i = 0; i < n; i++)
        curve_row(p, arms[i]);
    end_figure(p);
}

void il_figure_success(page *p) {
    size_t arms[IL_ROWS], n = il_page_choose(p, IL_ROWS, arms);
    char text[32];
    begin_figure(p, "How often", n);
    il_draw_success(p, false);
    fputs("</div>\n<figcaption>Share of runs that converged within the budget, with Wilson's 95 % "
          "interval; "
          "the fastest arm first.</figcaption>\n",
          p->out);
    begin_data(p, "Success rates");
    fputs("<thead><tr><th scope=\"col\">arm</th><th scope=\"col\">converged</th><th scope=\"col\">"
          "runs</th><th scope=\"col\">success</th><th scope=\"col\">95 % interval</th></tr></thead>"
          "<tbody>\n",
          p->out);
    for (size_t i = 0; i < n; i++) {
        const il_summary *s = &p->a->arms[arms[i]];
        put_label_cell(p, arms[i]);
        fprintf(p->out, "<td>%zu</td><td>%zu</td><td>%s</td><td>%.1f–%.1f %%</td></tr>\n",
                s->converged, s->runs, il_page_percent(s, text), 100 * s->success_ci.low,
                100 * s->success_ci.high);
    }
    end_figure(p);
}

static void put_map(page *p, const grid *g, bool success) {
    char text[32];
    begin_figure(p, success ? "Success by both factors" : "RMST by both factors", p->a->n_arms);
    il_draw_map(p, g, success, false);
    fprintf(p->out, "</div>\n<figcaption>%s Lighter is better.</figcaption>\n",
            success ? "Share of runs that converged."
                    : "Mean epochs to convergence, runs that did not counting the whole budget.");
    begin_data(p, success ? "Success rate by both factors" : "RMST by both factors");
    fputs("<thead><tr><td></td>", p->out);
    for (size_t j = 0; j < g->n[1]; j++) {
        fputs("<th scope=\"col\">", p->out);
        il_put_escaped(p->out, g->value[1][j]);
        fputs("</th>", p->out);
    }
    fputs("</tr></thead><tbody>\n", p->out);
    for (size_t i = 0; i < g->n[0]; i++) {
        fputs("<tr><th scope=\"row\">", p->out);
        il_put_escaped(p->out, g->value[0][i]);
        fputs("</th>", p->out);
        for (size_t j = 0; j < g->n[1]; j++) {
            il_grid_cell(p, &p->a->arms[il_grid_arm(p, g, i, j)], success, text);
            fprintf(p->out, "<td>%s</td>", text);
        }
        fputs("</tr>\n", p->out);
    }
    end_figure(p);
}

void il_figure_maps(page *p) {
    grid g;
    if (!il_page_grid(p, &g))
        return;
    put_map(p, &g, true);
    put_map(p, &g, false);
}
