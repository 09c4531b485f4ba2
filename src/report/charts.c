/* The charts of a stored study, each as one SVG. A chart shows a limited number of arms: the fastest ones and the
 * baseline. */
#include "report/page.h"

#include <math.h>
#include <string.h>

#define WIDTH 760.0
#define LEFT 52.0
#define TOP 16.0

/* The `most` first arms by RMST; the baseline takes the last place when it is none of them. */
size_t il_page_choose(const page *p, size_t most, size_t *arms) {
    size_t n = p->a->n_arms < most ? p->a->n_arms : most;
    bool has_baseline = p->baseline == SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        arms[i] = p->order[i];
        has_baseline |= arms[i] == p->baseline;
    }
    if (!has_baseline)
        arms[n - 1] = p->baseline;
    return n;
}

/* At most n bytes of a label, with an ellipsis for the rest. */
static char *shorten(char *label, size_t n) {
    if (strlen(label) <= n)
        return label;
    while (n > 0 && ((unsigned char)label[n] & 0xC0) == 0x80)
        n--;
    strcpy(label + n, "…");
    return label;
}

#define PLOT 430.0 /* width of the plotting area */
#define HEIGHT 300.0

static double x_of(const page *p, double epoch) {
    return LEFT + PLOT * epoch / p->a->budget;
}

static double y_of(const page *p, double share) {
    return TOP + HEIGHT * (1 - fmin(fmax(share / p->top, 0), 1));
}

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

/* A round step that gives four to ten ticks. */
static double tick_step(double range) {
    double step = pow(10, floor(log10(range / 4)));
    return range / step >= 20 ? 5 * step : range / step >= 10 ? 2 * step : step;
}

static void draw_axes(const page *p, il_svg *svg) {
    char text[32];
    for (int tick = 0; tick <= 5; tick++) {
        double y = y_of(p, p->top * tick / 5);
        snprintf(text, sizeof text, "%g %%", 100 * p->top * tick / 5);
        il_svg_line(svg, LEFT, y, LEFT + PLOT, y, tick == 0 ? "axis" : "grid");
        il_svg_text(svg, LEFT - 6, y + 4, "end", "tick", text);
    }
    double step = fmax(tick_step(p->a->budget), 1);
    for (double epoch = 0; epoch <= p->a->budget; epoch += step) {
        snprintf(text, sizeof text, "%.0f", epoch);
        il_svg_line(svg, x_of(p, epoch), y_of(p, 0), x_of(p, epoch), y_of(p, 0) + 5, "axis");
        il_svg_text(svg, x_of(p, epoch), y_of(p, 0) + 19, "middle", "tick", text);
    }
    il_svg_text(svg, LEFT + PLOT / 2, y_of(p, 0) + 38, "middle", "tick", "epochs");
}

/* The share converged by an epoch, from steps in epoch and count. */
static double share_at(const page *p, size_t steps, double epoch) {
    size_t low = 0;
    for (size_t high = steps; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (p->epoch[middle] <= epoch)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? (double)p->count[low - 1] / (double)p->a->seeds : 0;
}

/* One point for every column of the plotting area, so that a curve of many runs is no larger than it looks. `shift`
 * moves it up or down. */
static void draw_steps(const page *p, il_svg *svg, size_t steps, double shift, bool backward) {
    const int columns = (int)PLOT;
    for (int i = 0; i <= columns; i++) {
        int column = backward ? columns - i : i;
        double share = share_at(p, steps, p->a->budget * (double)column / columns);
        il_svg_path_to(svg, LEFT + column, y_of(p, share + shift));
    }
}

/* Only places where the curve rises, and its end. */
static void draw_curve(const page *p, il_svg *svg, size_t steps, const char *class,
                       const char *label) {
    double before = 0;
    il_svg_path_begin(svg, class);
    il_svg_path_to(svg, LEFT, y_of(p, 0));
    for (int column = 0; column <= (int)PLOT; column++) {
        double share = share_at(p, steps, p->a->budget * (double)column / PLOT);
        if (share > before) {
            il_svg_path_to(svg, LEFT + column, y_of(p, before));
            il_svg_path_to(svg, LEFT + column, y_of(p, share));
        }
        before = share;
    }
    il_svg_path_to(svg, LEFT + PLOT, y_of(p, before));
    il_svg_path_end(svg, label);
}

/* The legend says at which share a curve ends: the rest is censored. */
static void draw_legend(const page *p, il_svg *svg, size_t arm, size_t row, const char *class) {
    char label[IL_LABEL], percent[32], text[96];
    double x = LEFT + PLOT + 24, y = TOP + 8 + 24 * (double)row;
    il_svg_line(svg, x, y, x + 26, y, class);
    il_svg_text(svg, x + 32, y + 4, "start", "tick", shorten(il_page_label(p, arm, label), 22));
    snprintf(text, sizeof text, "%s", il_page_percent(&p->a->arms[arm], percent));
    il_svg_text(svg, WIDTH - 2, y + 4, "end", "tick", text);
}

void il_draw_curves(page *p, bool alone) {
    size_t arms[IL_CURVES], n = il_page_choose(p, IL_CURVES, arms);
    il_svg svg;
    double band = il_ecdf_band(p->a->seeds, 0.95);
    p->top = choose_top(p);
    il_svg_begin(&svg, p->out, "curves", WIDTH, TOP + HEIGHT + 48,
                 "Share of runs that had converged",
                 "One rising curve for each arm: the share of its runs that had converged by an "
                 "epoch. Where a curve ends at the right edge below 100 %, the other runs had not "
                 "converged when the budget was used up.",
                 alone);
    draw_axes(p, &svg);
    for (size_t i = n; i-- > 0;) { /* the fastest is drawn last, on top */
        char class[IL_SVG_CLASS], fill[IL_SVG_CLASS + 8], label[IL_LABEL];
        il_page_times(p, arms[i]);
        size_t steps = il_ecdf(p->T, p->converged, p->a->seeds, p->epoch, p->count);
        if (i == 0 || arms[i] == p->baseline) {
            snprintf(fill, sizeof fill, "f%zu band", i % IL_SVG_SERIES);
            il_svg_path_begin(&svg, fill);
            draw_steps(p, &svg, steps, band, false);
            draw_steps(p, &svg, steps, -band, true);
            il_svg_path_end(&svg, NULL);
        }
        draw_curve(p, &svg, steps, il_svg_series(i, class), il_page_label(p, arms[i], label));
        snprintf(fill, sizeof fill, "s%zu", i % IL_SVG_SERIES);
        il_svg_circle(&svg, LEFT + PLOT, y_of(p, p->a->arms[arms[i]].success), 4, fill,
                      "the rest had not converged");
        draw_legend(p, &svg, arms[i], i, class);
    }
    il_svg_end(&svg);
}

#define NAMES 250.0 /* room for names on the left */

static double x_of_share(double share) {
    return NAMES + (WIDTH - NAMES - 84) * share;
}

void il_draw_success(page *p, bool alone) {
    size_t arms[IL_ROWS], n = il_page_choose(p, IL_ROWS, arms);
    double bottom = TOP + 24 * (double)n;
    il_svg svg;
    char text[32], label[IL_LABEL];
    il_svg_begin(&svg, p->out, "success", WIDTH, bottom + 26, "Success rate of each arm",
                 "A dot for the share of an arm's runs that converged, and a line for its 95 % "
                 "confidence interval.",
                 alone);
    for (int percent = 0; percent <= 100; percent += 25) {
        double x = x_of_share(percent / 100.0);
        snprintf(text, sizeof text, "%d %%", percent);
        il_svg_line(&svg, x, TOP - 4, x, bottom, "grid");
        il_svg_text(&svg, x, bottom + 18, "middle", "tick", text);
    }
    for (size_t i = 0; i < n; i++) {
        const il_summary *s = &p->a->arms[arms[i]];
        double y = TOP + 10 + 24 * (double)i;
        il_page_label(p, arms[i], label);
        il_svg_line(&svg, x_of_share(s->success_ci.low), y, x_of_share(s->success_ci.high), y,
                    "s0");
        il_svg_circle(&svg, x_of_share(s->success), y, 5, "f0", label);
        il_svg_text(&svg, NAMES - 14, y + 4, "end", "tick", shorten(label, 34));
        il_svg_text(&svg, WIDTH - 2, y + 4, "end", "tick", il_page_percent(s, text));
    }
    il_svg_end(&svg);
}

void il_draw_map(page *p, const grid *g, bool success, bool alone) {
    il_svg svg;
    double names = 210, width = fmin(110, (WIDTH - names) / (double)g->n[1]), height = 28,
           top = 34 + 12 * (double)(g->n[1] > 6);
    char text[32], color[8], label[IL_LABEL], hint[2 * IL_LABEL];
    il_svg_begin(&svg, p->out, success ? "success-map" : "rmst-map", WIDTH,
                 top + height * (double)g->n[0] + 8,
                 success ? "Success rate by two factors" : "RMST by two factors",
                 "A map of cells, one for each arm; lighter is better.", alone);
    for (size_t j = 0; j < g->n[1]; j++) {
        snprintf(label, sizeof label, "%s", g->value[1][j]);
        il_svg_text(&svg, names + width * ((double)j + 0.5),
                    top - 10 - 14 * (double)(g->n[1] > 6 && j % 2), "middle", "tick",
                    shorten(label, (size_t)(width / (g->n[1] > 6 ? 4 : 7))));
    }
    for (size_t i = 0; i < g->n[0]; i++) {
        double y = top + height * (double)i;
        snprintf(label, sizeof label, "%s", g->value[0][i]);
        il_svg_text(&svg, names - 8, y + height / 2 + 4, "end", "tick", shorten(label, 28));
        for (size_t j = 0; j < g->n[1]; j++) {
            size_t arm = il_grid_arm(p, g, i, j);
            double share = il_grid_cell(p, &p->a->arms[arm], success, text);
            snprintf(hint, sizeof hint, "%.500s: %s", il_page_label(p, arm, label), text);
            il_svg_rect(&svg, names + width * (double)j, y, width - 1, height - 1, "cell",
                        il_svg_heat(share, color), hint);
            if (width >= 44)
                il_svg_text(&svg, names + width * ((double)j + 0.5), y + height / 2 + 4, "middle",
                            il_svg_on_heat(share), text);
        }
    }
    il_svg_end(&svg);
}
