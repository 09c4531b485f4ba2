/* Layers while training goes on: a map for each arm, layers upward, epochs across. */
#include "report/panels.h"
#include "report/raster.h"

#include <math.h>
#include <stdlib.h>

#define DARKEST 1e-12 /* times the largest: what lies below is as dark */
#define LIGHTEST 100  /* times the largest before training: what explodes beyond is as light */
#define ROWS 40       /* layers that a map tells apart */

/* From the smallest to the largest number, both within reason. */
static void find_scale(const page *p, il_strip s, il_scale *scale) {
    double low = (double)INFINITY, high = 0, start = 0;
    for (size_t i = 0; i < p->n_digests; i++)
        for (size_t k = 0; k < p->digests[i].n_layers * p->digests[i].times; k++) {
            double v = (double)p->digests[i].course[s][k];
            if (v > 0 && isfinite(v)) {
                low = fmin(low, v);
                high = fmax(high, v);
                start = k % p->digests[i].times == 0 ? fmax(start, v) : start;
            }
        }
    if (start > 0)
        high = fmin(high, LIGHTEST * start);
    *scale = il_scale_of(fmax(low, high * DARKEST), high, 0, 1);
}

/* Its level, IL_LEVELS for what is not finite. */
static unsigned char level_of(const il_scale *scale, double v) {
    if (!isfinite(v))
        return IL_LEVELS;
    return (unsigned char)fmin(il_scale_at(scale, v) * IL_LEVELS, IL_LEVELS - 1);
}

static void draw_panel(il_svg *svg, const il_area *area, const il_scale *scale, const digest *d,
                       il_strip s) {
    size_t rows = d->n_layers < ROWS ? d->n_layers : ROWS;
    unsigned char level[ROWS * IL_COLUMNS_MOST];
    double width = il_scale_at(&area->x, d->time[d->times - 1]) - area->x.from;
    for (size_t r = 0; r < rows; r++)
        for (size_t t = 0; t < d->times; t++) {
            size_t k = (rows - 1 - r) * d->n_layers / rows; /* layer 1 lies lowest */
            level[r * d->times + t] = level_of(scale, (double)d->course[s][k * d->times + t]);
        }
    il_area_draw(area, svg);
    const il_raster raster = {.x = area->x.from,
                              .y = area->y.to,
                              .width = fmax(width, 4),
                              .height = area->y.from - area->y.to,
                              .columns = d->times,
                              .rows = rows,
                              .level = level};
    il_raster_heat(svg, &raster);
}

static void draw_legend(il_svg *svg, const il_scale *scale, double x, double y) {
    char text[IL_NUMBER_TEXT], color[8];
    il_svg_text(svg, x, y + 4, "start", "tick", il_format_short(scale->low, text));
    x += 64;
    for (int i = 0; i < IL_LEVELS; i++)
        il_svg_rect(svg, x + 10 * i, y - 6, 10.3, 12, "heat",
                    il_svg_heat((i + 0.5) / IL_LEVELS, color), NULL);
    x += 10 * IL_LEVELS + 8;
    il_svg_text(svg, x, y + 4, "start", "tick", il_format_short(scale->high, text));
    il_legend_area(svg, x + 68, y, "bad", "not a number");
}

static void draw(page *p, const il_chart_type *c) {
    il_panels ps = il_panels_of(p, 90);
    il_scale scale;
    il_svg svg;
    uint32_t last = 1;
    for (size_t i = 0; i < p->n_digests; i++)
        if (p->digests[i].times > 0 && p->digests[i].time[p->digests[i].times - 1] > last)
            last = p->digests[i].time[p->digests[i].times - 1];
    find_scale(p, (il_strip)c->what, &scale);
    il_chart_begin(p, c, &svg, IL_PANELS_WIDTH, il_panels_height(&ps));
    draw_legend(&svg, &scale, ps.left, 10);
    il_legend_axes(&svg, "across: epochs, upward: layers");
    for (size_t i = 0; i < ps.n; i++) {
        const digest *d = &p->digests[i];
        const il_scale layers = {.low = 0.5, .high = (double)d->n_layers + 0.5};
        il_area area = il_panel_area(&ps, i, (il_scale){.low = 0, .high = last}, layers);
        area.y_numbers = true;
        area.y_ticks = d->n_layers < 4 ? d->n_layers : 4;
        il_panel_title(p, &svg, area.x.from, area.y.to, d->arm, 28);
        if (d->n_layers > 0)
            draw_panel(&svg, &area, &scale, d, (il_strip)c->what);
    }
    il_svg_end(&svg);
}

static void caption(page *p, const il_chart_type *c) {
    fprintf(
        p->out,
        "Root mean square of %s of each layer (upward, layer 1 nearest the input) by epoch "
        "(across): medians over the recorded runs, lighter is larger. Runs that have ended stay "
        "as they ended.",
        c->what == IL_STRIP_SIGNAL ? "the activations"
                                   : "the loss's gradient with respect to the pre-activations");
}

static void data(page *p, const il_chart_type *c) {
    char text[IL_NUMBER_TEXT];
    il_put_head(p, "arm|layer|first epoch|half-way|last epoch");
    for (size_t i = 0; i < p->n_digests; i++) {
        const digest *d = &p->digests[i];
        for (size_t k = 0; k < d->n_layers; k++) {
            const float *row = d->course[c->what] + k * d->times;
            const size_t at[] = {0, (d->times - 1) / 2, d->times - 1};
            il_put_row(p, d->arm);
            fprintf(p->out, "<td>%zu</td>", k + 1);
            for (size_t t = 0; t < 3; t++)
                fprintf(p->out, "<td>%s</td>", il_format_short((double)row[at[t]], text));
            fputs("</tr>\n", p->out);
        }
    }
}

#define COURSES                                                                                    \
    .has = il_has_course, .panels = true, .draw = draw, .caption = caption, .data = data,          \
    .needs = "runs whose layers were recorded over epochs: record: layers",                        \
    .description =                                                                                 \
        "One map for each arm: layers upward, epochs across, lighter where it is larger."

const il_chart_type il_chart_signal_epochs = {
    .name = "signal-epochs",
    .heading = "Signals while training",
    .title = "Size of activations by layer and epoch",
    .table = "Median size of activations",
    .what = IL_STRIP_SIGNAL,
    COURSES,
};

const il_chart_type il_chart_gradient_epochs = {
    .name = "gradient-epochs",
    .heading = "Gradients while training",
    .title = "Size of gradients by layer and epoch",
    .table = "Median size of gradients",
    .what = IL_STRIP_GRADIENT,
    COURSES,
};
