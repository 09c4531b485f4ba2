/* Strips: how large signals and gradients are in each layer before training, beside mean-field theory. */
#include "report/panels.h"

#include <math.h>

static void find_scale(const page *p, il_strip s, il_scale *y, size_t *layers) {
    double low = (double)INFINITY, high = 0;
    *layers = 1;
    for (size_t i = 0; i < p->n_digests; i++) {
        const digest *d = &p->digests[i];
        *layers = d->n_layers > *layers ? d->n_layers : *layers;
        for (size_t k = 0; k < d->n_layers; k++) {
            const strip *at = &d->strip[s][k];
            const double seen[] = {at->low, at->value};
            for (size_t which = 0; which < 2; which++)
                if (seen[which] > 0)
                    low = fmin(low, seen[which]);
            if (isfinite(at->high))
                high = fmax(high, at->high);
        }
    }
    *y = il_scale_of(isfinite(low) ? low / 1.5 : 0, high * 1.5, 0, 0);
    if (!y->log)
        y->low = 0;
}

static void draw_theory(il_svg *svg, const il_area *area, const digest *d, il_strip s) {
    bool open = false;
    for (size_t k = 0; k < d->n_layers; k++) {
        double theory = d->strip[s][k].theory;
        if (!isfinite(theory))
            continue;
        if (!open)
            il_svg_path_begin(svg, "s1");
        il_svg_path_to(svg, il_scale_at(&area->x, (double)k + 1), il_scale_at(&area->y, theory));
        open = true;
    }
    if (open)
        il_svg_path_end(svg, "mean-field theory");
}

static void draw_panel(il_svg *svg, const il_area *area, const digest *d, il_strip s) {
    double room = (area->x.to - area->x.from) / (area->x.high - area->x.low);
    char hint[96], value[IL_NUMBER_TEXT];
    il_area_draw(area, svg);
    draw_theory(svg, area, d, s);
    for (size_t k = 0; k < d->n_layers; k++) {
        const strip *at = &d->strip[s][k];
        double x = il_scale_at(&area->x, (double)k + 1);
        snprintf(hint, sizeof hint, "layer %zu: %s", k + 1, il_format_short(at->value, value));
        if (at->high > at->low)
            il_svg_line(svg, x, il_scale_at(&area->y, at->low), x, il_scale_at(&area->y, at->high),
                        "s0");
        il_svg_circle(svg, x, il_scale_at(&area->y, at->value), fmin(4, fmax(0.35 * room, 1.5)),
                      at->value > 0 ? "f0" : "s0", hint);
    }
}

static void draw(page *p, const il_chart_type *c) {
    il_panels ps = il_panels_of(p, 120);
    il_scale scale;
    size_t layers;
    il_svg svg;
    find_scale(p, (il_strip)c->what, &scale, &layers);
    il_chart_begin(p, c, &svg, IL_PANELS_WIDTH, il_panels_height(&ps));
    il_svg_circle(&svg, ps.left + 12, 10, 4, "f0", NULL);
    double x = il_legend_line(&svg, ps.left, 10, "s0", "measured, and its range over runs");
    il_legend_line(&svg, x, 10, "s1", "mean-field theory, where it applies");
    il_legend_axes(&svg, "across: layers");
    for (size_t i = 0; i < ps.n; i++) {
        const il_scale across = {.low = 0.5, .high = (double)layers + 0.5};
        il_area area = il_panel_area(&ps, i, across, scale);
        il_panel_title(p, &svg, area.x.from, area.y.to, p->digests[i].arm, 28);
        draw_panel(&svg, &area, &p->digests[i], (il_strip)c->what);
    }
    il_svg_end(&svg);
}

static void caption(page *p, const il_chart_type *c) {
    fputs(
        c->what == IL_STRIP_SIGNAL
            ? "Root mean square of each layer's activations before the first step, layer 1 nearest "
              "the input. A level line keeps the signal alive; one that falls forgets the input, "
              "one that rises explodes."
            : "Root mean square of the loss's gradient with respect to each layer's "
              "pre-activations "
              "before the first step, layer 1 nearest the input. Read it from right to left, as "
              "gradients travel.",
        p->out);
    fputs(" An empty circle is 0.", p->out);
}

static void put_number(page *p, double value) {
    char text[IL_NUMBER_TEXT];
    fprintf(p->out, "<td>%s</td>", il_format_short(value, text));
}

static void data(page *p, const il_chart_type *c) {
    il_put_head(p, "arm|layer|measured|least|most|theory");
    for (size_t i = 0; i < p->n_digests; i++)
        for (size_t k = 0; k < p->digests[i].n_layers; k++) {
            const strip *at = &p->digests[i].strip[c->what][k];
            il_put_row(p, p->digests[i].arm);
            fprintf(p->out, "<td>%zu</td>", k + 1);
            put_number(p, at->value);
            put_number(p, at->low);
            put_number(p, at->high);
            put_number(p, at->theory);
            fputs("</tr>\n", p->out);
        }
}

#define STRIPS                                                                                     \
    .has = il_has_layers, .panels = true, .draw = draw, .caption = caption, .data = data,          \
    .needs = "runs whose layers were recorded: record: layers"

const il_chart_type il_chart_signal = {
    .name = "signal",
    .heading = "Signals before training",
    .title = "Size of activations, layer by layer",
    .description = "One panel for each arm: a dot for the size of the activations of each layer, a "
                   "line for what mean-field theory says.",
    .table = "Root mean square of activations before training",
    .what = IL_STRIP_SIGNAL,
    STRIPS,
};

const il_chart_type il_chart_gradient = {
    .name = "gradient",
    .heading = "Gradients before training",
    .title = "Size of gradients, layer by layer",
    .description = "One panel for each arm: a dot for the size of the gradients of each layer, a "
                   "line for what mean-field theory says.",
    .table = "Root mean square of gradients before training",
    .what = IL_STRIP_GRADIENT,
    STRIPS,
};
