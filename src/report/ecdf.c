/* How fast: the share of an arm's runs that had converged by an epoch, its censoring at the right edge. */
#include "report/page.h"
#include "report/scale.h"

#include <math.h>
#include <string.h>

#define WIDTH 760.0
#define LEFT 52.0
#define TOP 16.0
#define BESIDE 430.0 /* width of the plotting area with the legend beside it … */
#define WHOLE 690.0  /* … and under it, in two columns, when names are long */
#define SHORT 22     /* bytes of a name that has room beside */
#define HEIGHT 300.0
#define ARMS 12

typedef struct plot {
    page *p;
    il_area area;
    double width;
    bool beside;  /* the legend is beside the plotting area */
    size_t steps; /* of the curve in p->epoch and p->count */
} plot;

/* The top of the scale: as low as all curves allow. */
static double choose_top(const page *p) {
    static const double tops[] = {0.1, 0.25, 0.5};
    double most = 0;
    for (size_t i = 0; i < p->a->n_arms; i++)
        most = fmax(most, p->a->arms[i].success);
    for (size_t i = 0; i < 3; i++)
        if (most > 0 && 1.1 * most <= tops[i])
            return tops[i];
    return 1;
}

static void draw_axes(const plot *t, il_svg *svg) {
    char text[32];
    il_area area = t->area;
    area.y.high *= 100;
    area.y_numbers = false;
    il_area_draw(&area, svg);
    for (int tick = 0; tick <= 5; tick++) {
        snprintf(text, sizeof text, "%g %%", area.y.high * tick / 5);
        il_svg_text(svg, LEFT - 6, il_scale_at(&area.y, area.y.high * tick / 5) + 4, "end", "tick",
                    text);
    }
    il_svg_text(svg, LEFT + t->width / 2, TOP + HEIGHT + 38, "middle", "tick", "epochs");
}

/* The share converged by the epoch at a column of the plotting area. */
static double share_at(const plot *t, int column) {
    double epoch = t->p->a->budget * (double)column / t->width;
    size_t low = 0;
    for (size_t high = t->steps; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (t->p->epoch[middle] <= epoch)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? (double)t->p->count[low - 1] / (double)t->p->a->seeds : 0;
}

static double y_of(const plot *t, double share) {
    return il_scale_at(&t->area.y, share);
}

/* One point for every column, so that a curve of many runs is no larger than it looks. `shift` moves it up or down. */
static void draw_steps(const plot *t, il_svg *svg, double shift, bool backward) {
    const int columns = (int)t->width;
    for (int i = 0; i <= columns; i++) {
        int column = backward ? columns - i : i;
        il_svg_path_to(svg, LEFT + column, y_of(t, share_at(t, column) + shift));
    }
}

/* Only places where the curve rises, and its end. */
static void draw_curve(const plot *t, il_svg *svg, const char *class, const char *label) {
    double before = 0;
    il_svg_path_begin(svg, class);
    il_svg_path_to(svg, LEFT, y_of(t, 0));
    for (int column = 0; column <= (int)t->width; column++) {
        double share = share_at(t, column);
        if (share > before) {
            il_svg_path_to(svg, LEFT + column, y_of(t, before));
            il_svg_path_to(svg, LEFT + column, y_of(t, share));
        }
        before = share;
    }
    il_svg_path_to(svg, LEFT + t->width, y_of(t, before));
    il_svg_path_end(svg, label);
}

/* The legend says at which share a curve ends: the rest is censored. */
static void draw_legend(const plot *t, il_svg *svg, size_t arm, size_t i, const char *class) {
    char label[IL_LABEL], percent[32];
    double x = t->beside ? LEFT + t->width + 24 : LEFT + WIDTH / 2 * (double)(i % 2) - 24;
    double end = t->beside ? WIDTH - 2 : x + WIDTH / 2 - 30;
    double y = t->beside ? TOP + 8 + 24 * (double)i : TOP + HEIGHT + 66 + 22 * (double)(i / 2);
    il_svg_line(svg, x, y, x + 26, y, class);
    il_page_shorten(il_page_label(t->p, arm, label), t->beside ? SHORT : 36);
    il_svg_text(svg, x + 32, y + 4, "start", "tick", label);
    il_svg_text(svg, end, y + 4, "end", "tick", il_page_percent(&t->p->a->arms[arm], percent));
}

static bool all_short(const page *p, const size_t *arms, size_t n) {
    char label[IL_LABEL];
    for (size_t i = 0; i < n; i++)
        if (strlen(il_page_label(p, arms[i], label)) > SHORT)
            return false;
    return true;
}

/* A band wider than this says nothing. */
#define WIDE 0.25

static void draw(page *p, const il_chart_type *c) {
    size_t arms[ARMS], n = il_page_choose(p, ARMS, arms);
    plot t = {.p = p, .beside = all_short(p, arms, n)};
    il_svg svg;
    double band = il_ecdf_band(p->a->seeds, 0.95);
    double legend = t.beside ? 0 : 22 * (double)((n + 1) / 2) + 8;
    t.width = t.beside ? BESIDE : WHOLE;
    t.area = (il_area){.x = {0, p->a->budget, LEFT, LEFT + t.width, false},
                       .y = {0, choose_top(p), TOP + HEIGHT, TOP, false},
                       .x_numbers = true,
                       .x_ticks = p->a->budget < 6 ? p->a->budget : 6,
                       .y_ticks = 5};
    il_chart_begin(p, c, &svg, WIDTH, TOP + HEIGHT + 48 + legend);
    draw_axes(&t, &svg);
    for (size_t i = n; i-- > 0;) { /* the fastest is drawn last, on top */
        char class[IL_SVG_CLASS], fill[IL_SVG_CLASS + 8], label[IL_LABEL];
        il_page_times(p, arms[i]);
        t.steps = il_ecdf(p->T, p->converged, p->a->seeds, p->epoch, p->count);
        if (band <= WIDE && (i == 0 || arms[i] == p->baseline)) {
            snprintf(fill, sizeof fill, "f%zu band", i % IL_SVG_SERIES);
            il_svg_path_begin(&svg, fill);
            draw_steps(&t, &svg, band, false);
            draw_steps(&t, &svg, -band, true);
            il_svg_path_end(&svg, NULL);
        }
        draw_curve(&t, &svg, il_svg_series(i, class), il_page_label(p, arms[i], label));
        snprintf(fill, sizeof fill, "s%zu", i % IL_SVG_SERIES);
        il_svg_circle(&svg, LEFT + t.width, y_of(&t, p->a->arms[arms[i]].success), 4, fill,
                      "the rest had not converged");
        draw_legend(&t, &svg, arms[i], i, class);
    }
    il_svg_end(&svg);
}

static void caption(page *p, const il_chart_type *c) {
    double band = il_ecdf_band(p->a->seeds, 0.95);
    (void)c;
    fputs(
        "Share of runs that had converged by an epoch (1 − Kaplan–Meier). A circle marks where the "
        "budget cut the other runs off.",
        p->out);
    if (band <= WIDE)
        fprintf(p->out,
                " The shade around the fastest arm%s holds the whole true curve with 95 %% "
                "confidence (± %.1f %%).",
                p->baseline == SIZE_MAX ? "" : " and the baseline", 100 * band);
}

static void put_row(page *p, size_t arm) {
    static const double q[] = {0.1, 0.25, 0.5, 0.75, 0.9};
    const il_summary *s = &p->a->arms[arm];
    il_page_times(p, arm);
    il_put_row(p, arm);
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

static void data(page *p, const il_chart_type *c) {
    size_t arms[ARMS], n = il_page_choose(p, ARMS, arms);
    (void)c;
    il_put_head(p, "arm|10 %|25 %|50 %|75 %|90 %|not converged");
    for (size_t i = 0; i < n; i++)
        put_row(p, arms[i]);
}

const il_chart_type il_chart_curves = {
    .name = "curves",
    .heading = "How fast",
    .title = "Share of runs that had converged",
    .description =
        "One rising curve for each arm: the share of its runs that had converged by an "
        "epoch. Where a curve ends at the right edge below 100 %, the other runs had not "
        "converged when the budget was used up.",
    .most = ARMS,
    .draw = draw,
    .caption = caption,
    .table = "Epochs by which a share of all runs had converged, with 95 % intervals",
    .data = data,
};
