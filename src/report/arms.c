/* The table of a report: one row for each arm. */
#include "report/page.h"

#include "lab/summary.h"

#include <math.h>

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

static void put_arm(page *p, size_t arm) {
    const il_summary *s = &p->a->arms[arm];
    char text[32];
    il_put_row(p, arm);
    fprintf(p->out, "<td>%s <small>%.1f–%.1f</small></td>", il_page_percent(s, text),
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

static void put_failed(page *p) {
    size_t failed = 0;
    for (size_t i = 0; i < p->a->n_arms; i++)
        failed += p->a->arms[i].failed;
    if (failed > 0)
        fprintf(
            p->out,
            "<p class=\"note\">%zu run%s failed, and count%s as not converged: the scheme could "
            "not begin from the seed.</p>\n",
            failed, failed == 1 ? "" : "s", failed == 1 ? "s" : "");
}

void il_page_put_arms(page *p) {
    fputs(
        "<section id=\"arms\">\n<h2>The arms</h2>\n<div class=\"wide\"><table><caption><span>The "
        "fastest "
        "first; 95 % intervals, and the quartiles of a median, in small print.</span></caption>\n",
        p->out);
    il_put_head(p, p->baseline == SIZE_MAX ? "arm|success|RMST|median|diverged"
                                           : "arm|success|RMST|median|diverged|faster|p");
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
    put_failed(p);
    fputs("</section>\n", p->out);
}
