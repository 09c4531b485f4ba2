/* How often: the share of each arm's runs that converged. */
#include "report/page.h"

#include <math.h>
#include <string.h>

#define WIDTH 760.0
#define TOP 16.0
#define MOST 300.0 /* room for names on the left, at most */
#define ROW 24.0
#define ARMS 60

/* Room that the names need. */
static double names_of(const page *p, const size_t *arms, size_t n) {
    size_t longest = 0;
    char label[IL_LABEL];
    for (size_t i = 0; i < n; i++) {
        size_t here = strlen(il_page_label(p, arms[i], label));
        longest = here > longest ? here : longest;
    }
    return fmin(MOST, 30 + 7.2 * (double)longest);
}

static double x_of(double names, double share) {
    return names + (WIDTH - names - 84) * share;
}

static void draw(page *p, const il_chart_type *c) {
    size_t arms[ARMS], n = il_page_choose(p, ARMS, arms);
    double names = names_of(p, arms, n), bottom = TOP + ROW * (double)n;
    il_svg svg;
    char text[32], label[IL_LABEL];
    il_chart_begin(p, c, &svg, WIDTH, bottom + 26);
    for (int percent = 0; percent <= 100; percent += 25) {
        double x = x_of(names, percent / 100.0);
        snprintf(text, sizeof text, "%d %%", percent);
        il_svg_line(&svg, x, TOP - 4, x, bottom, "grid");
        il_svg_text(&svg, x, bottom + 18, "middle", "tick", text);
    }
    for (size_t i = 0; i < n; i++) {
        const il_summary *s = &p->a->arms[arms[i]];
        double y = TOP + 10 + ROW * (double)i;
        il_page_label(p, arms[i], label);
        il_svg_line(&svg, x_of(names, s->success_ci.low), y, x_of(names, s->success_ci.high), y,
                    "s0");
        il_svg_circle(&svg, x_of(names, s->success), y, 5, "f0", label);
        il_svg_text(&svg, names - 14, y + 4, "end", "tick", il_page_shorten(label, 38));
        il_svg_text(&svg, WIDTH - 2, y + 4, "end", "tick", il_page_percent(s, text));
    }
    il_svg_end(&svg);
}

static void caption(page *p, const il_chart_type *c) {
    (void)c;
    fputs(
        "Share of runs that converged within the budget, with Wilson's 95 % interval; the fastest "
        "arm first.",
        p->out);
}

static void data(page *p, const il_chart_type *c) {
    size_t arms[ARMS], n = il_page_choose(p, ARMS, arms);
    char text[32];
    (void)c;
    il_put_head(p, "arm|converged|runs|success|95 % interval");
    for (size_t i = 0; i < n; i++) {
        const il_summary *s = &p->a->arms[arms[i]];
        il_put_row(p, arms[i]);
        fprintf(p->out, "<td>%zu</td><td>%zu</td><td>%s</td><td>%.1f–%.1f %%</td></tr>\n",
                s->converged, s->runs, il_page_percent(s, text), 100 * s->success_ci.low,
                100 * s->success_ci.high);
    }
}

const il_chart_type il_chart_success = {
    .name = "success",
    .heading = "How often",
    .title = "Success rate of each arm",
    .description = "A dot for the share of an arm's runs that converged, and a line for its 95 % "
                   "confidence interval.",
    .most = ARMS,
    .draw = draw,
    .caption = caption,
    .table = "Success rates",
    .data = data,
};
