/* Probes as a drawing: activations and deltas over the layers on a logarithmic scale, a line for each scheme, theory as its
 * dashes and the 95 % interval, where it leaves 0 out, as a band around it. */
#include "report/probe.h"
#include "report/svg.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

/* Pixels: a panel, and around it. */
#define LEFT 72.0
#define TOP 64.0
#define WIDE 480.0
#define HIGH 200.0
#define GAP 56.0
#define LEGEND 250.0
#define LINE 18.0
enum { DECADES = 12, TICKS = 6 };

typedef struct panel {
    const il_probe_report *report;
    const char *title;
    il_probe_statistic statistic;
    size_t layers;
    double top;       /* of the panel */
    double low, high; /* of the scale, powers of ten */
} panel;

static bool is_shown(double value) {
    return value > 0 && !isinf(value);
}

/* Whole decades around what was measured, at most DECADES of them. */
static void find_scale(panel *p) {
    double low = (double)INFINITY, high = 0;
    for (size_t i = 0; i < p->report->n; i++)
        for (size_t k = 0; k < p->layers; k++) {
            double v = p->report->probe[i]->layer[k].statistic[p->statistic].mean;
            low = is_shown(v) ? fmin(low, v) : low;
            high = is_shown(v) ? fmax(high, v) : high;
        }
    if (high == 0)
        low = high = 1;
    p->high = fmax(ceil(log10(high)), floor(log10(low)) + 1);
    p->low = fmax(floor(log10(low)), p->high - DECADES);
}

static double x_of(const panel *p, size_t k) {
    return LEFT + (p->layers > 1 ? WIDE * (double)k / (double)(p->layers - 1) : WIDE / 2);
}

/* The upper end of an interval may lie above the scale. */
static double y_of(const panel *p, double value) {
    double share = (log10(value) - p->low) / (p->high - p->low);
    return p->top + HIGH * (1 - fmin(share, 1));
}

static bool is_inside(const panel *p, double value) {
    return is_shown(value) && log10(value) >= p->low;
}

/* One value of every layer, with gaps where there is none within the scale. */
static void put_values(const panel *p, const il_probe *probe, bool theory, const char *class,
                       const char *hint, il_svg *svg) {
    bool open = false;
    for (size_t k = 0; k < p->layers; k++) {
        const il_probe_layer *y = &probe->layer[k];
        double v = theory ? y->theory[p->statistic] : y->statistic[p->statistic].mean;
        bool inside = is_inside(p, v);
        if (inside && !open)
            il_svg_path_begin(svg, class);
        if (!inside && open)
            il_svg_path_end(svg, hint);
        open = inside;
        if (open)
            il_svg_path_to(svg, x_of(p, k), y_of(p, v));
    }
    if (open)
        il_svg_path_end(svg, hint);
}

static const il_interval *interval_of(const panel *p, const il_probe *probe, size_t k) {
    return &probe->layer[k].statistic[p->statistic].interval;
}

/* Layers first … end - 1: along the lower ends of their intervals, and back along the upper ones. */
static void put_piece(const panel *p, const il_probe *probe, size_t first, size_t end,
                      const char *class, il_svg *svg) {
    il_svg_path_begin(svg, class);
    for (size_t k = first; k < end; k++)
        il_svg_path_to(svg, x_of(p, k), y_of(p, interval_of(p, probe, k)->low));
    for (size_t k = end; k-- > first;)
        il_svg_path_to(svg, x_of(p, k), y_of(p, interval_of(p, probe, k)->high));
    il_svg_path_end(svg, NULL);
}

/* In pieces, where the intervals leave 0 out. */
static void put_band(const panel *p, const il_probe *probe, size_t scheme, il_svg *svg) {
    char class[IL_SVG_CLASS];
    size_t first = 0;
    snprintf(class, sizeof class, "f%zu band", scheme % IL_SVG_SERIES);
    for (size_t k = 0; k <= p->layers; k++) {
        if (k < p->layers && is_inside(p, interval_of(p, probe, k)->low) &&
            is_shown(interval_of(p, probe, k)->high))
            continue;
        if (k > first + 1)
            put_piece(p, probe, first, k, class, svg);
        first = k + 1;
    }
}

static void put_axes(const panel *p, il_svg *svg) {
    char text[32];
    double step = fmax(1, ceil((p->high - p->low) / TICKS));
    size_t columns = p->layers < 8 ? p->layers : 8;
    for (double decade = p->low; decade <= p->high; decade += step) {
        double y = y_of(p, pow(10, decade));
        il_svg_line(svg, LEFT, y, LEFT + WIDE, y, "grid");
        snprintf(text, sizeof text, "1e%+.0f", decade);
        il_svg_text(svg, LEFT - 8, y + 4, "end", "label", decade == 0 ? "1" : text);
    }
    for (size_t i = 0; i < columns; i++) {
        size_t k = columns > 1 ? i * (p->layers - 1) / (columns - 1) : 0;
        snprintf(text, sizeof text, "%zu", k + 1);
        il_svg_line(svg, x_of(p, k), p->top + HIGH, x_of(p, k), p->top + HIGH + 5, "axis");
        il_svg_text(svg, x_of(p, k), p->top + HIGH + 19, "middle", "label", text);
    }
    il_svg_text(svg, LEFT, p->top - 10, "start", "label", p->title);
}

static void put_panel(const panel *p, il_svg *svg) {
    put_axes(p, svg);
    for (size_t i = 0; i < p->report->n; i++) {
        const il_probe *probe = p->report->probe[i];
        char class[IL_SVG_CLASS], dashed[IL_SVG_CLASS], init[IL_CALL_TEXT];
        snprintf(dashed, sizeof dashed, "s%zu d2", i % IL_SVG_SERIES);
        put_band(p, probe, i, svg);
        put_values(p, probe, true, dashed, "theory", svg);
        put_values(p, probe, false, il_svg_series(i, class), il_call_format(&probe->init, init),
                   svg);
    }
}

static void put_key(double y, const char *class, const char *label, il_svg *svg) {
    double x = LEFT + WIDE + 24;
    il_svg_line(svg, x, y, x + 24, y, class);
    il_svg_text(svg, x + 30, y + 4, "start", "label", label);
}

static void put_legend(const il_probe_report *report, il_svg *svg) {
    for (size_t i = 0; i < report->n; i++) {
        char class[IL_SVG_CLASS], init[IL_CALL_TEXT], shown[IL_CLIP];
        const char *label = il_call_format(&report->probe[i]->init, init);
        put_key(TOP + LINE * (double)i, il_svg_series(i, class),
                il_clip(label, strlen(label), shown), svg);
    }
    put_key(TOP + LINE * (double)report->n, "s5 d2", "theory, each in its color", svg);
}

il_status il_probe_svg(const il_probe_report *report, FILE *out, il_error *err) {
    const il_probe_config *c = report->config;
    char widths[IL_WIDTHS_TEXT], hidden[IL_CALL_TEXT], title[IL_WIDTHS_TEXT + IL_CALL_TEXT + 64];
    size_t layers = report->probe[0]->n_layers;
    double keys = TOP + LINE * (double)(report->n + 1), panels = TOP + 2 * HIGH + GAP + 48;
    panel p[] = {
        {report, "activations, root of the mean square", IL_PROBE_A_RMS, layers, TOP, 0, 0},
        {report, "deltas, root of the mean square", IL_PROBE_DELTA_RMS, layers, TOP + HIGH + GAP, 0,
         0}};
    il_svg svg;
    snprintf(title, sizeof title, "Signals at initialization: %s, %s",
             il_widths_format(&c->network, widths), il_call_format(&c->hidden, hidden));
    il_svg_begin(&svg, out, "probe", LEFT + WIDE + LEGEND, fmax(keys, panels), title,
                 "Two line charts over the layers, on logarithmic scales. Above: how large "
                 "activations are. Below: how large gradients are on their way back. Each "
                 "initialization has a color; dashes are what mean-field theory says.",
                 true);
    il_svg_text(&svg, LEFT, 28, "start", "label", title);
    for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
        find_scale(&p[i]);
        put_panel(&p[i], &svg);
    }
    il_svg_text(&svg, LEFT + WIDE / 2, panels - 8, "middle", "label", "layer");
    put_legend(report, &svg);
    il_svg_end(&svg);
    return ferror(out) ? il_fail(err, IL_IO, "the drawing could not be written") : IL_OK;
}
