/* The lines of the first layer: where each unit's pre-activation changes sign, before and after training. Units that start
 * alike stay alike, and their lines are one. */
#include "report/plane.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define UNITS 32 /* drawn at most */
#define ALIKE 1e-6
#define MARK 8.0 /* on the positive side */
#define MANY 8   /* units; of more only the lines at the end are drawn, thin and without marks */

/* A unit's line: w · x + b = 0, scaled to |w| = 1; w = 0 where there is none. */
typedef struct line {
    double w[2], b;
} line;

/* The lines of a replica; returns how many units there are, of which UNITS are looked at. */
static size_t read_lines(const il_plane *plane, size_t replica, line lines[UNITS]) {
    size_t n = il_network_layer(plane->net, 0)->fan_out, shown = n < UNITS ? n : UNITS;
    il_real *W = calloc(n, 3 * sizeof *W), *b = W + 2 * n;
    if (!W)
        return 0;
    il_network_get(plane->net, 0, replica, W, b);
    for (size_t k = 0; k < shown; k++) {
        double w[2] = {(double)W[k], (double)W[n + k]}, length = sqrt(w[0] * w[0] + w[1] * w[1]);
        bool there = length > 0 && isfinite(length);
        lines[k] = there ? (line){{w[0] / length, w[1] / length}, (double)b[k] / length}
                         : (line){{0, 0}, 0};
    }
    free(W);
    return shown;
}

static bool is_line(const line *l) {
    return l->w[0] != 0 || l->w[1] != 0;
}

static bool alike(const line *l, const line *m) {
    double same = 0, opposite = 0;
    for (size_t k = 0; k < 2; k++) {
        same = fmax(same, fabs(l->w[k] - m->w[k]));
        opposite = fmax(opposite, fabs(l->w[k] + m->w[k]));
    }
    return fmax(same, fabs(l->b - m->b)) < ALIKE || fmax(opposite, fabs(l->b + m->b)) < ALIKE;
}

/* "2 lines", "2 lines in one", "no line" */
static char *describe(const line *lines, size_t n, char text[64]) {
    size_t there = 0, different = 0;
    for (size_t k = 0; k < n; k++) {
        bool new = is_line(&lines[k]);
        there += new;
        for (size_t j = 0; j < k && new; j++)
            new = !(is_line(&lines[j]) && alike(&lines[j], &lines[k]));
        different += new;
    }
    if (there == 0)
        return strcpy(text, "no line");
    snprintf(text, 64, "%zu line%s", there, there == 1 ? "" : "s");
    if (different < there)
        snprintf(text, 64, different == 1 ? "%zu lines in one" : "%zu lines in %zu", there,
                 different);
    return text;
}

/* The part of a line that the square shows, as two points; false when it does not meet it. */
static bool clip(const il_plane *plane, const line *l, double end[2][2]) {
    double from = -(double)INFINITY, to = (double)INFINITY;
    const double along[2] = {-l->w[1], l->w[0]};
    for (size_t k = 0; k < 2; k++) {
        double at = -l->b * l->w[k]; /* the point nearest the origin */
        if (along[k] == 0) {
            if (at < plane->low[k] || at > plane->high[k])
                return false;
            continue;
        }
        double a = (plane->low[k] - at) / along[k], b = (plane->high[k] - at) / along[k];
        from = fmax(from, fmin(a, b));
        to = fmin(to, fmax(a, b));
    }
    for (size_t k = 0; k < 2; k++) {
        end[0][k] = -l->b * l->w[k] + from * along[k];
        end[1][k] = -l->b * l->w[k] + to * along[k];
    }
    return from < to;
}

/* A short mark in its middle points to where the pre-activation is positive. */
static void draw_lines(il_svg *svg, const il_plane *plane, const line *lines, size_t n, bool end,
                       double x, double y) {
    for (size_t k = 0; k < n; k++) {
        double ends[2][2], at[2][2], middle[2], mark[2];
        char class[2 * IL_SVG_CLASS];
        if (!is_line(&lines[k]) || !clip(plane, &lines[k], ends))
            continue;
        snprintf(class, sizeof class, "s%zu%s", k % IL_SVG_SERIES,
                 !end       ? " d2 faint"
                 : n > MANY ? " thin"
                            : "");
        for (size_t i = 0; i < 2; i++)
            il_plane_at(plane, x, y, ends[i], at[i]);
        il_svg_line(svg, at[0][0], at[0][1], at[1][0], at[1][1], class);
        bool inside = end && n <= MANY;
        for (size_t i = 0; i < 2; i++) {
            const double corner[2] = {x, y};
            middle[i] = (at[0][i] + at[1][i]) / 2;
            mark[i] = middle[i] + (i == 0 ? MARK : -MARK) * lines[k].w[i];
            inside = inside && mark[i] > corner[i] && mark[i] < corner[i] + IL_PLANE_SIZE;
        }
        if (inside)
            il_svg_line(svg, middle[0], middle[1], mark[0], mark[1], class);
    }
}

static bool is_seen(const il_plane *plane, const line *lines, size_t n) {
    double ends[2][2];
    bool seen = false;
    for (size_t k = 0; k < n; k++)
        seen |= !is_line(&lines[k]) || clip(plane, &lines[k], ends);
    return seen || n == 0;
}

static void draw_run(il_svg *svg, const il_plane *plane, size_t run, double x, double y) {
    line lines[UNITS];
    char text[64];
    il_svg_rect(svg, x, y, IL_PLANE_SIZE, IL_PLANE_SIZE, "frame", NULL, NULL);
    for (size_t end = 0; end < 2; end++) {
        size_t n = read_lines(plane, 2 * run + end, lines);
        if (end == 1 || n <= MANY)
            draw_lines(svg, plane, lines, n, end == 1, x, y);
        if (end == 1 && !is_seen(plane, lines, n))
            il_plane_text(svg, x, y, 2, "(outside)");
        if (end == 1)
            il_plane_text(svg, x, y, 1, describe(lines, n, text));
    }
    il_plane_samples(plane, svg, x, y);
    snprintf(text, sizeof text, "seed %u", plane->seed[run]);
    il_plane_text(svg, x, y, 0, text);
}

static void draw(page *p, const il_chart_type *c) {
    il_svg svg;
    il_chart_begin(p, c, &svg, IL_PANELS_WIDTH, il_planes_height(p));
    double x = il_legend_line(&svg, 2, 10, "s0 d2 faint", "before training");
    il_legend_line(&svg, x, 10, "s0", "when the run ended, its mark on the positive side");
    il_planes_draw(p, &svg, draw_run);
    il_svg_end(&svg);
}

static void caption(page *p, const il_chart_type *c) {
    (void)c;
    fputs(
        "Each unit of the first layer divides the plane by a line, where its pre-activation is 0. "
        "Units that start alike get the same gradients and stay alike: however many there are, "
        "their lines lie in one. Units whose weights are 0 have no line; lines may lie outside.",
        p->out);
}

static void put_cells(page *p, const il_plane *plane, size_t run) {
    char text[64];
    for (size_t end = 0; end < 2; end++) {
        line lines[UNITS];
        size_t n = read_lines(plane, 2 * run + end, lines);
        fprintf(p->out, "<td>%s</td>", describe(lines, n, text));
    }
}

static void data(page *p, const il_chart_type *c) {
    (void)c;
    il_put_head(p, "arm|seed|before training|at the end");
    il_planes_put_rows(p, put_cells);
}

const il_chart_type il_chart_lines = {
    .name = "lines",
    .heading = "Lines of the hidden units",
    .title = "Lines of the units of the first layer",
    .description =
        "A few squares for each arm, one for each run: the plane of the task's two inputs, "
        "with a line where each unit of the first layer changes sign, dashed before "
        "training and solid when the run ended.",
    .table = "Lines of the units of the first layer",
    IL_PLANE_CHART,
};
