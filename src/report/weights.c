/* Histograms of weights: each layer's before training and when the runs ended, over the recorded runs. */
#include "report/panels.h"

#include <initlab/network.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BINS 31 /* 0 lies in the middle of one */
#define WIDTH 164.0
#define HEIGHT 54.0
#define ROW 122.0
#define LAYERS 4 /* at most; of more, evenly from the first to the last */

/* Of one layer's weights. */
typedef struct histogram {
    double most;           /* the bins are between -most and most */
    double count[2][BINS]; /* at the start and at the end */
    double mean[2], std[2];
    size_t n; /* weights, over all runs, that are finite at the start */
} histogram;

static size_t layer_at(size_t layers, size_t i) {
    return layers <= LAYERS ? i : i * (layers - 1) / (LAYERS - 1);
}

static void add(histogram *h, size_t when, const il_real *W, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double w = (double)W[i], at = (w / h->most + 1) / 2 * BINS;
        if (!isfinite(w))
            continue;
        h->count[when][at < BINS ? (size_t)fmax(at, 0) : BINS - 1]++;
        h->mean[when] += w;
        h->std[when] += w * w;
        h->n += when == 0;
    }
}

static double most_of(const il_real *W, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = isfinite(W[i]) ? fmax(most, fabs((double)W[i])) : most;
    return most;
}

/* Twice over the runs: how far, then how many. */
static void measure(const digest *d, il_network *net, size_t k, il_real *W, histogram *h) {
    const il_layer *layer = il_network_layer(net, k);
    size_t n = layer->fan_in * layer->fan_out;
    *h = (histogram){.most = 0};
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < d->kept; i++)
            for (size_t when = 0; when < 2; when++) {
                il_snapshot_put(when ? d->parameters[i].end : d->parameters[i].start, net, 0);
                il_network_get(net, k, 0, W, W + n);
                if (round == 0)
                    h->most = fmax(h->most, most_of(W, n));
                else
                    add(h, when, W, n);
            }
        if (round == 0)
            h->most = h->most > 0 ? 1.02 * h->most : 1;
    }
    for (size_t when = 0; when < 2; when++) {
        double total = 0;
        for (size_t i = 0; i < BINS; i++)
            total += h->count[when][i];
        h->mean[when] /= total;
        h->std[when] = sqrt(fmax(h->std[when] / total - h->mean[when] * h->mean[when], 0));
    }
}

/* The shown layers of an arm. Returns how many, 0 when its network cannot be made. */
static size_t measure_arm(const page *p, const digest *d, histogram h[LAYERS], size_t at[LAYERS]) {
    il_network *net = il_digest_network(p->a, d, 1);
    if (!net)
        return 0;
    size_t n = 0, layers = il_network_layers(net);
    il_real *room = calloc(il_network_size(net), sizeof *room);
    while (room && n < layers && n < LAYERS) {
        at[n] = layer_at(layers, n);
        measure(d, net, at[n], room, &h[n]);
        n++;
    }
    free(room);
    il_network_free(net);
    return n;
}

static void draw_outline(il_svg *svg, const histogram *h, size_t when, double x, double y,
                         double width, double height, const char *class) {
    double top = 1;
    for (size_t i = 0; i < BINS; i++)
        top = fmax(top, h->count[when][i]);
    il_svg_path_begin(svg, class);
    il_svg_path_to(svg, x, y + height);
    for (size_t i = 0; i < BINS; i++) {
        double bin = y + height * (1 - h->count[when][i] / top);
        il_svg_path_to(svg, x + width * (double)i / BINS, bin);
        il_svg_path_to(svg, x + width * (double)(i + 1) / BINS, bin);
    }
    il_svg_path_to(svg, x + width, y + height);
    il_svg_path_end(svg, when ? "when the runs ended" : "before training");
}

static void draw_histogram(il_svg *svg, const histogram *h, size_t layer, double x, double y) {
    const double width = WIDTH, height = HEIGHT;
    char text[IL_NUMBER_TEXT];
    il_svg_line(svg, x + width / 2, y, x + width / 2, y + height, "grid");
    draw_outline(svg, h, 0, x, y, width, height, "bars");
    draw_outline(svg, h, 1, x, y, width, height, "s0");
    il_svg_line(svg, x, y + height, x + width, y + height, "axis");
    il_svg_text(svg, x, y + height + 15, "start", "tick", il_format_short(-h->most, text));
    snprintf(text, sizeof text, "layer %zu", layer + 1);
    il_svg_text(svg, x + width / 2, y + height + 15, "middle", "tick", text);
    il_svg_text(svg, x + width, y + height + 15, "end", "tick", il_format_short(h->most, text));
}

/* How many arms have weights, and how many of their layers are shown at most. */
static size_t count_kept(const page *p, size_t *layers) {
    size_t n = 0;
    *layers = 1;
    for (size_t i = 0; i < p->n_digests; i++) {
        size_t here = il_digest_layers(p->a, p->digests[i].arm);
        n += p->digests[i].kept > 0;
        if (p->digests[i].kept > 0 && here > *layers)
            *layers = here < LAYERS ? here : LAYERS;
    }
    return n;
}

/* A histogram for each shown layer, side by side; two arms in a row where they have two layers. */
static void draw(page *p, const il_chart_type *c) {
    const double top = 28, pitch = (IL_PANELS_WIDTH - 2) / LAYERS;
    il_svg svg;
    size_t arms = 0, layers, kept = count_kept(p, &layers), columns = LAYERS / layers;
    il_chart_begin(p, c, &svg, IL_PANELS_WIDTH,
                   top + ROW * (double)((kept + columns - 1) / columns));
    double x = il_legend_area(&svg, 2, 10, "bars", "before training");
    il_legend_line(&svg, x, 10, "s0", "when the runs ended");
    for (size_t i = 0; i < p->n_digests; i++) {
        histogram h[LAYERS];
        size_t at[LAYERS], n = measure_arm(p, &p->digests[i], h, at);
        double y = top + ROW * (double)(arms / columns) + 38;
        if (p->digests[i].kept == 0)
            continue;
        x = 2 + pitch * (double)(arms++ % columns * layers);
        il_panel_title(p, &svg, x, y, p->digests[i].arm, 60 / columns);
        for (size_t k = 0; k < n; k++)
            draw_histogram(&svg, &h[k], at[k], x + pitch * (double)k, y);
    }
    il_svg_end(&svg);
}

static void caption(page *p, const il_chart_type *c) {
    (void)c;
    fprintf(
        p->out,
        "Weights of up to %d layers of each network, over the recorded runs (at most %d of each "
        "arm). Each histogram is as high as its fullest bin.",
        LAYERS, IL_RUNS_KEPT);
}

static void data(page *p, const il_chart_type *c) {
    char text[3][IL_NUMBER_TEXT];
    (void)c;
    il_put_head(p, "arm|layer|weights|mean before|std before|mean after|std after|largest");
    for (size_t i = 0; i < p->n_digests; i++) {
        histogram h[LAYERS];
        size_t at[LAYERS], n = measure_arm(p, &p->digests[i], h, at);
        for (size_t k = 0; k < n; k++) {
            il_put_row(p, p->digests[i].arm);
            fprintf(p->out, "<td>%zu</td><td>%zu</td>", at[k] + 1, h[k].n);
            for (size_t when = 0; when < 2; when++)
                fprintf(p->out, "<td>%s</td><td>%s</td>", il_format_short(h[k].mean[when], text[0]),
                        il_format_short(h[k].std[when], text[1]));
            fprintf(p->out, "<td>%s</td></tr>\n", il_format_short(h[k].most / 1.02, text[2]));
        }
    }
}

const il_chart_type il_chart_weights = {
    .name = "weights",
    .heading = "Weights",
    .title = "Weights before and after training",
    .description = "A row for each arm and a histogram for each layer: filled before training, an "
                   "outline when the runs ended.",
    .needs = "runs whose parameters were kept: record: curves, of a small network",
    .has = il_has_parameters,
    .panels = true,
    .draw = draw,
    .caption = caption,
    .table = "Weights before and after training",
    .data = data,
};
