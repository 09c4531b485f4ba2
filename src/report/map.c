/* Maps of two factors: how often, and how fast, for each combination; a third factor makes several. */
#include "report/grid.h"

#include <math.h>
#include <string.h>

#define WIDTH 760.0
#define NAMES 210.0 /* room for names on the left, at most */
#define ROW 30.0
#define MOST_WIDE 116.0
#define CROWDED 6 /* columns; the names of more are in two lines by turns */

enum { SUCCESS, RMST };

static bool has(const page *p, const il_chart_type *c) {
    il_grid g;
    (void)c;
    return il_page_grid(p, &g);
}

/* How light the cell of an arm is, and the number in it. */
static double cell_of(const page *p, const il_chart_type *c, size_t arm, char text[32]) {
    const il_summary *s = &p->a->arms[arm];
    if (c->what == SUCCESS) {
        il_page_percent(s, text);
        return s->success;
    }
    il_page_epochs(p, s->rmst, text);
    return 1 - s->rmst / p->a->budget;
}

/* "hidden: relu" over a map that is one of several. */
static char *name_map(const il_grid *g, size_t map, char label[IL_LABEL]) {
    snprintf(label, IL_LABEL, "%s: %s", il_key_name(g->key[IL_MAPS]), g->value[IL_MAPS][map]);
    return label;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

/* Room that the names of rows and maps need. */
static double room_of(const il_grid *g) {
    size_t longest = 0;
    char label[IL_LABEL];
    for (size_t i = 0; i < g->n[IL_ROWS]; i++)
        longest = larger(longest, strlen(g->value[IL_ROWS][i]));
    for (size_t i = 0; i < g->n[IL_MAPS] && g->sides == IL_SIDES; i++)
        longest = larger(longest, strlen(name_map(g, i, label)));
    return fmin(NAMES, 24 + 7.4 * (double)longest);
}

static void draw_row(page *p, const il_chart_type *c, const il_grid *g, size_t at[IL_SIDES],
                     double names, double y, double width, il_svg *svg) {
    char text[32], color[8], label[IL_LABEL], hint[IL_LABEL + 64];
    snprintf(label, sizeof label, "%s", g->value[IL_ROWS][at[IL_ROWS]]);
    il_svg_text(svg, names - 8, y + ROW / 2 + 4, "end", "tick", il_page_shorten(label, 28));
    for (at[IL_COLUMNS] = 0; at[IL_COLUMNS] < g->n[IL_COLUMNS]; at[IL_COLUMNS]++) {
        double x = names + width * (double)at[IL_COLUMNS];
        size_t arm = il_grid_arm(p, g, at);
        double share = cell_of(p, c, arm, text);
        snprintf(hint, sizeof hint, "%s: %s", il_page_label(p, arm, label), text);
        il_svg_rect(svg, x, y, width - 2, ROW - 2, "cell", il_svg_heat(share, color), hint);
        if (width >= 44)
            il_svg_text(svg, x + width / 2 - 1, y + ROW / 2 + 4, "middle", il_svg_on_heat(share),
                        text);
    }
}

static void draw(page *p, const il_chart_type *c) {
    il_grid g;
    il_svg svg;
    char label[IL_LABEL];
    if (!il_page_grid(p, &g))
        return;
    bool several = g.sides == 3, crowded = g.n[IL_COLUMNS] > CROWDED;
    double names = room_of(&g), width = fmin(MOST_WIDE, (WIDTH - names) / (double)g.n[IL_COLUMNS]);
    double heads = 34 + 14 * (double)crowded, gap = several ? 30 : 0;
    double high = gap + ROW * (double)g.n[IL_ROWS];
    il_chart_begin(p, c, &svg, WIDTH, heads + high * (double)g.n[IL_MAPS] + 8);
    for (size_t j = 0; j < g.n[IL_COLUMNS]; j++) {
        snprintf(label, sizeof label, "%s", g.value[IL_COLUMNS][j]);
        il_svg_text(&svg, names + width * ((double)j + 0.5) - 1,
                    heads - 12 - 14 * (double)(crowded && j % 2), "middle", "tick",
                    il_page_shorten(label, (size_t)(width / (crowded ? 4 : 7))));
    }
    for (size_t map = 0; map < g.n[IL_MAPS]; map++) {
        double top = heads + high * (double)map + gap;
        if (several)
            il_svg_text(&svg, names - 8, top - 10, "end", "bold",
                        il_page_shorten(name_map(&g, map, label), 28));
        for (size_t i = 0; i < g.n[IL_ROWS]; i++)
            draw_row(p, c, &g, (size_t[IL_SIDES]){i, 0, map}, names, top + ROW * (double)i, width,
                     &svg);
    }
    il_svg_end(&svg);
}

static void caption(page *p, const il_chart_type *c) {
    il_grid g;
    if (!il_page_grid(p, &g))
        return;
    fprintf(p->out, "%s by %s (across) and %s (down)%s%s. Lighter is better.",
            c->what == SUCCESS
                ? "Share of runs that converged"
                : "Mean epochs to convergence, runs that did not counting the whole budget,",
            il_key_name(g.key[IL_COLUMNS]), il_key_name(g.key[IL_ROWS]),
            g.sides == 3 ? ", one map for each value of " : "",
            g.sides == 3 ? il_key_name(g.key[IL_MAPS]) : "");
}

static void data(page *p, const il_chart_type *c) {
    il_grid g;
    char text[32];
    if (!il_page_grid(p, &g))
        return;
    fputs("<thead><tr>", p->out);
    for (size_t side = 0; side < g.sides - 1; side++)
        fprintf(p->out, "<th scope=\"col\">%s</th>", il_key_name(g.key[side ? IL_MAPS : IL_ROWS]));
    for (size_t j = 0; j < g.n[IL_COLUMNS]; j++) {
        fputs("<th scope=\"col\">", p->out);
        il_put_escaped(p->out, g.value[IL_COLUMNS][j]);
        fputs("</th>", p->out);
    }
    fputs("</tr></thead>\n<tbody>\n", p->out);
    for (size_t map = 0; map < g.n[IL_MAPS]; map++)
        for (size_t i = 0; i < g.n[IL_ROWS]; i++) {
            fputs("<tr><th scope=\"row\">", p->out);
            il_put_escaped(p->out, g.value[IL_ROWS][i]);
            fputs("</th>", p->out);
            if (g.sides == 3) {
                fputs("<td>", p->out);
                il_put_escaped(p->out, g.value[IL_MAPS][map]);
                fputs("</td>", p->out);
            }
            for (size_t j = 0; j < g.n[IL_COLUMNS]; j++) {
                cell_of(p, c, il_grid_arm(p, &g, (size_t[IL_SIDES]){i, j, map}), text);
                fprintf(p->out, "<td>%s</td>", text);
            }
            fputs("</tr>\n", p->out);
        }
}

#define MAP                                                                                        \
    .has = has, .draw = draw, .caption = caption, .data = data,                                    \
    .description = "A map of cells, one for each arm; lighter is better.",                         \
    .needs = "a study with lists under two or three keys"

const il_chart_type il_chart_success_map = {
    .name = "success-map",
    .heading = "Success by factors",
    .title = "Success rate by factors",
    .table = "Success rate by factors",
    .what = SUCCESS,
    MAP,
};

const il_chart_type il_chart_rmst_map = {
    .name = "rmst-map",
    .heading = "Epochs by factors",
    .title = "Mean epochs to convergence by factors",
    .table = "RMST by factors",
    .what = RMST,
    MAP,
};
