#include "report/panels.h"

#include <math.h>
#include <string.h>

#define TITLE 38.0
#define GAP 30.0
#define TICKS 4

static size_t at_most(double range, size_t most) {
    return range < (double)most ? (size_t)range : most;
}

il_panels il_panels_of(const page *p, double height) {
    return (il_panels){.n = p->n_digests,
                       .columns = 3,
                       .left = 46,
                       .width = 210,
                       .height = height,
                       .top = 28,
                       .below = 26};
}

il_area il_panel_area(const il_panels *panels, size_t i, il_scale x, il_scale y) {
    il_area area = {.x = x, .y = y, .x_numbers = true, .y_numbers = i % panels->columns == 0};
    il_panel_at(panels, i, &area.x.from, &area.y.to);
    area.x.to = area.x.from + panels->width;
    area.y.from = area.y.to + panels->height;
    area.x_ticks = at_most(x.high - x.low, TICKS);
    area.y_ticks = TICKS;
    return area;
}

void il_panel_at(const il_panels *panels, size_t i, double *x, double *y) {
    *x = panels->left + (panels->width + GAP) * (double)(i % panels->columns);
    *y = panels->top + TITLE +
         (TITLE + panels->height + panels->below) * (double)(i / panels->columns);
}

double il_panels_height(const il_panels *panels) {
    double x, y;
    il_panel_at(panels, panels->n - 1, &x, &y);
    return y + panels->height + panels->below;
}

void il_panel_title(const page *p, il_svg *svg, double x, double y, size_t arm, size_t chars) {
    char label[IL_LABEL], first[IL_LABEL];
    char *rest = strstr(il_page_label(p, arm, label), " / ");
    snprintf(first, sizeof first, "%.*s", rest ? (int)(rest - label) : IL_LABEL - 1, label);
    il_svg_text(svg, x, y - (rest ? 22 : 8), "start", "bold", il_page_shorten(first, chars));
    if (rest)
        il_svg_text(svg, x, y - 7, "start", "tick", il_page_shorten(rest + 3, chars + chars / 8));
}

static double put_text(il_svg *svg, double x, double y, const char *text) {
    il_svg_text(svg, x, y + 4, "start", "tick", text);
    return x + 6.8 * (double)strlen(text) + 18;
}

double il_legend_line(il_svg *svg, double x, double y, const char *class, const char *text) {
    il_svg_line(svg, x, y, x + 24, y, class);
    return put_text(svg, x + 30, y, text);
}

double il_legend_area(il_svg *svg, double x, double y, const char *class, const char *text) {
    il_svg_rect(svg, x, y - 6, 24, 12, class, NULL, NULL);
    return put_text(svg, x + 30, y, text);
}

void il_legend_axes(il_svg *svg, const char *text) {
    il_svg_text(svg, IL_PANELS_WIDTH - 24, 14, "end", "tick", text);
}

bool il_has_curves(const page *p, const il_chart_type *c) {
    for (size_t i = 0; i < p->n_digests; i++)
        for (size_t column = 0; column < p->digests[i].columns; column++)
            if (!isnan(p->digests[i].curve[c->what][column].median))
                return true;
    return false;
}

bool il_has_layers(const page *p, const il_chart_type *c) {
    (void)c;
    for (size_t i = 0; i < p->n_digests; i++)
        if (p->digests[i].n_layers > 0)
            return true;
    return false;
}

bool il_has_course(const page *p, const il_chart_type *c) {
    (void)c;
    for (size_t i = 0; i < p->n_digests; i++)
        if (p->digests[i].n_layers > 0 && p->digests[i].times > 1)
            return true;
    return false;
}

bool il_has_parameters(const page *p, const il_chart_type *c) {
    (void)c;
    for (size_t i = 0; i < p->n_digests; i++)
        if (p->digests[i].kept > 0)
            return true;
    return false;
}
