/* Curves of training: the loss, and the accuracy where there is one, of the recorded runs of each arm. */
#include "report/panels.h"

#include <math.h>

#define ABOVE 10 /* times the largest loss before training: what lies above is at the edge */

/* From where to where the numbers of all panels go. */
static il_scale find_scale(const page *p, il_curve curve) {
    double low = (double)INFINITY, high = 0, start = 0;
    if (curve == IL_CURVE_ACCURACY)
        return (il_scale){0, 1, 0, 0, false};
    for (size_t i = 0; i < p->n_digests; i++) {
        const digest *d = &p->digests[i];
        for (size_t column = 0; column < d->columns; column++) {
            const quartiles *q = &d->curve[curve][column];
            if (q->low > 0)
                low = fmin(low, (double)q->low);
            if (isfinite(q->high))
                high = fmax(high, (double)q->high);
            if (column == 0 && isfinite(q->high))
                start = fmax(start, (double)q->high);
        }
    }
    high = start > 0 ? fmin(high, ABOVE * start) : high;
    il_scale scale = il_scale_of(low, high, 0, 0);
    if (!scale.log) {
        scale.low = 0;
        scale.high *= 1.05;
    }
    return scale;
}

/* A number's place in a curve may be missing, and the curve has a gap there. */
static void draw_line(il_svg *svg, const il_area *area, const uint32_t *epoch, const float *value,
                      size_t stride, size_t n, const char *class, const char *hint) {
    bool open = false;
    for (size_t i = 0; i < n; i++) {
        double v = (double)value[i * stride];
        if (isnan(v) && open)
            il_svg_path_end(svg, hint);
        else if (!isnan(v) && !open)
            il_svg_path_begin(svg, class);
        open = !isnan(v);
        if (open)
            il_svg_path_to(svg, il_scale_at(&area->x, epoch[i]), il_scale_at(&area->y, v));
    }
    if (open)
        il_svg_path_end(svg, hint);
}

static void draw_band(il_svg *svg, const il_area *area, const digest *d, const quartiles *q) {
    if (isnan(q[0].low))
        return;
    il_svg_path_begin(svg, "f0 band");
    for (size_t i = 0; i < 2 * d->columns; i++) {
        size_t column = i < d->columns ? i : 2 * d->columns - 1 - i;
        il_svg_path_to(
            svg, il_scale_at(&area->x, d->epoch[column]),
            il_scale_at(&area->y, (double)(i < d->columns ? q[column].high : q[column].low)));
    }
    il_svg_path_end(svg, "half of the recorded runs");
}

static const digest *find_baseline(const page *p) {
    for (size_t i = 0; i < p->n_digests; i++)
        if (p->digests[i].arm == p->baseline)
            return &p->digests[i];
    return NULL;
}

/* The same on the samples that train. */
static il_curve training(il_curve curve) {
    return curve + IL_CURVE_TRAIN_LOSS;
}

/* Whether other samples judge than train. */
static bool has_training(const page *p, il_curve curve) {
    for (size_t i = 0; i < p->n_digests; i++)
        for (size_t column = 0; column < p->digests[i].columns; column++) {
            float judged = p->digests[i].curve[curve][column].median;
            float trained = p->digests[i].curve[training(curve)][column].median;
            if (isfinite(judged) && isfinite(trained) && judged != trained)
                return true;
        }
    return false;
}

static void draw_panel(const page *p, il_svg *svg, const il_area *area, const digest *d,
                       il_curve curve) {
    const digest *base = find_baseline(p);
    char hint[64];
    il_area_draw(area, svg);
    draw_band(svg, area, d, d->curve[curve]);
    for (size_t i = 0; i < d->shown; i++) {
        snprintf(hint, sizeof hint, "seed %u, ended at epoch %u", d->seed[i], d->ended[i]);
        draw_line(svg, area, d->epoch, d->run[i] + curve * d->columns, 1, d->columns, "run", hint);
    }
    if (base && base != d)
        draw_line(svg, area, base->epoch, &base->curve[curve][0].median, 3, base->columns, "s1 d1",
                  "the baseline's median");
    if (has_training(p, curve))
        draw_line(svg, area, d->epoch, &d->curve[training(curve)][0].median, 3, d->columns, "s2 d2",
                  "median on the samples that train");
    draw_line(svg, area, d->epoch, &d->curve[curve][0].median, 3, d->columns, "s0", "median");
    if (d->columns > 0 && d->epoch[d->columns - 1] < area->x.high)
        il_svg_circle(svg, il_scale_at(&area->x, d->epoch[d->columns - 1]),
                      il_scale_at(&area->y, (double)d->curve[curve][d->columns - 1].median), 3.5,
                      "f0", "all recorded runs had ended");
}

static uint32_t find_last(const page *p) {
    uint32_t last = 1;
    for (size_t i = 0; i < p->n_digests; i++)
        if (p->digests[i].columns > 0 && p->digests[i].epoch[p->digests[i].columns - 1] > last)
            last = p->digests[i].epoch[p->digests[i].columns - 1];
    return last;
}

static void draw(page *p, const il_chart_type *c) {
    il_panels ps = il_panels_of(p, 120);
    il_curve curve = (il_curve)c->what;
    il_svg svg;
    il_scale scale = find_scale(p, curve);
    uint32_t last = find_last(p);
    il_chart_begin(p, c, &svg, IL_PANELS_WIDTH, il_panels_height(&ps));
    double x = il_legend_line(&svg, ps.left, 10, "s0", "median");
    x = il_legend_area(&svg, x, 10, "f0 band", "half of the runs");
    x = il_legend_line(&svg, x, 10, "run", "single runs");
    if (find_baseline(p))
        x = il_legend_line(&svg, x, 10, "s1 d1", "baseline");
    if (has_training(p, curve))
        il_legend_line(&svg, x, 10, "s2 d2", "training");
    il_legend_axes(&svg, "across: epochs");
    for (size_t i = 0; i < ps.n; i++) {
        il_area area = il_panel_area(&ps, i, (il_scale){.low = 0, .high = last}, scale);
        area.percent = curve == IL_CURVE_ACCURACY;
        il_panel_title(p, &svg, area.x.from, area.y.to, p->digests[i].arm, 28);
        draw_panel(p, &svg, &area, &p->digests[i], curve);
    }
    il_svg_end(&svg);
}

static void caption(page *p, const il_chart_type *c) {
    il_curve curve = (il_curve)c->what;
    fprintf(p->out,
            "%s by epoch, on the samples that judge a run%s; on a %s scale. Runs that have ended "
            "stay where they ended in the median and the band, which holds the middle half of the "
            "runs; a dot says that all had.",
            curve == IL_CURVE_LOSS ? "Loss" : "Share of samples classified correctly",
            has_training(p, curve) ? " (dotted: the median on those that train)" : "",
            find_scale(p, curve).log ? "logarithmic" : "linear");
}

static void data(page *p, const il_chart_type *c) {
    enum { AT = 5 };
    static const double share[AT] = {0, 0.1, 0.25, 0.5, 1};
    uint32_t last = find_last(p);
    char text[3][IL_NUMBER_TEXT];
    fputs("<thead><tr><th scope=\"col\">arm</th><th scope=\"col\">runs</th>", p->out);
    for (size_t i = 0; i < AT; i++)
        fprintf(p->out, "<th scope=\"col\">epoch %.0f</th>", floor(share[i] * last));
    fputs("</tr></thead>\n<tbody>\n", p->out);
    for (size_t i = 0; i < p->n_digests; i++) {
        const digest *d = &p->digests[i];
        il_put_row(p, d->arm);
        fprintf(p->out, "<td>%zu</td>", d->n);
        for (size_t k = 0; k < AT; k++) {
            size_t column = 0;
            while (column + 1 < d->columns && d->epoch[column + 1] <= share[k] * last)
                column++;
            const quartiles *q = &d->curve[c->what][column];
            fprintf(p->out, "<td>%s <small>%s–%s</small></td>",
                    il_format_short((double)q->median, text[0]),
                    il_format_short((double)q->low, text[1]),
                    il_format_short((double)q->high, text[2]));
        }
        fputs("</tr>\n", p->out);
    }
}

#define CURVES                                                                                     \
    .has = il_has_curves, .panels = true, .draw = draw, .caption = caption, .data = data,          \
    .needs = "runs whose curves were recorded: record: curves"

const il_chart_type il_chart_loss = {
    .name = "loss",
    .heading = "Loss",
    .title = "Loss by epoch",
    .description =
        "One panel for each arm: the median of the recorded runs' losses, a band for the "
        "middle half of them, and thin lines for single runs.",
    .table = "Median loss, and quartiles",
    .what = IL_CURVE_LOSS,
    CURVES,
};

const il_chart_type il_chart_accuracy = {
    .name = "accuracy",
    .heading = "Accuracy",
    .title = "Accuracy by epoch",
    .description =
        "One panel for each arm: the median of the recorded runs' accuracies, a band for "
        "the middle half of them, and thin lines for single runs.",
    .table = "Median accuracy, and quartiles",
    .what = IL_CURVE_ACCURACY,
    CURVES,
};
