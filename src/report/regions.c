/* Decision regions: what a few trained networks of each arm say of every point of the plane. */
#include "report/plane.h"
#include "report/raster.h"

#include <string.h>

#define CELLS 74 /* along a side */
#define CLASSES IL_SVG_SERIES
#define STEPS 3 /* of certainty */

/* Its class and how certain: at a glance, in three steps. */
static void fill(const il_plane *plane, size_t replica, unsigned char level[CELLS * CELLS]) {
    il_real X[2 * IL_PLANE_BATCH];
    size_t class[IL_PLANE_BATCH];
    double probability[IL_PLANE_BATCH];
    for (size_t row = 0; row < CELLS; row++) {
        for (size_t i = 0; i < CELLS; i++) {
            const size_t cell[2] = {i, CELLS - 1 - row};
            for (size_t k = 0; k < 2; k++)
                X[2 * i + k] = (il_real)(plane->low[k] + (plane->high[k] - plane->low[k]) *
                                                             ((double)cell[k] + 0.5) / CELLS);
        }
        il_plane_classify(plane, replica, X, CELLS, class, probability);
        for (size_t i = 0; i < CELLS; i++) {
            size_t step = (size_t)(probability[i] > 0.65) + (probability[i] > 0.9);
            level[row * CELLS + i] = (unsigned char)(class[i] % CLASSES * STEPS + step);
        }
    }
}

/* The share of the samples that are classified as they should be. */
static double share_right(const il_plane *plane, size_t replica) {
    size_t class[IL_PLANE_BATCH], right = 0, n = plane->data->n;
    double probability[IL_PLANE_BATCH];
    for (size_t first = 0; first < n; first += IL_PLANE_BATCH) {
        size_t here = n - first < IL_PLANE_BATCH ? n - first : IL_PLANE_BATCH;
        il_plane_classify(plane, replica, plane->data->X + 2 * first, here, class, probability);
        for (size_t i = 0; i < here; i++)
            right += class[i] == plane->data->label[first + i];
    }
    return (double)right / (double)n;
}

static void draw_run(il_svg *svg, const il_plane *plane, size_t run, double x, double y) {
    unsigned char level[CELLS * CELLS];
    char text[64];
    const il_raster raster = {x, y, IL_PLANE_SIZE, IL_PLANE_SIZE, CELLS, CELLS, level};
    fill(plane, 2 * run + 1, level);
    for (unsigned char l = 0; l < CLASSES * STEPS; l++) {
        snprintf(text, sizeof text, "f%d c%d", l / STEPS, l % STEPS);
        il_raster_level(svg, &raster, l, text, NULL);
    }
    il_svg_rect(svg, x, y, IL_PLANE_SIZE, IL_PLANE_SIZE, "frame", NULL, NULL);
    il_plane_samples(plane, svg, x, y);
    snprintf(text, sizeof text, "seed %u", plane->seed[run]);
    il_plane_text(svg, x, y, 0, text);
    snprintf(text, sizeof text, "%.0f %% correct", 100 * share_right(plane, 2 * run + 1));
    il_plane_text(svg, x, y, 1, text);
}

static void draw_legend(const page *p, il_svg *svg) {
    double x = 2;
    il_plane plane;
    bool found = false;
    for (size_t i = 0; i < p->n_digests && !found; i++) {
        found = il_plane_open(p, &p->digests[i], &plane);
        for (size_t k = 0; found && k < plane.data->classes && k < CLASSES; k++) {
            char class[IL_SVG_CLASS], text[32];
            snprintf(class, sizeof class, "f%zu c2", k);
            snprintf(text, sizeof text, "class %zu", k);
            double next = il_legend_area(svg, x, 10, class, text);
            snprintf(class, sizeof class, "p%zu", k);
            il_svg_path_begin(svg, class);
            il_svg_path_dot(svg, x + 12, 10);
            il_svg_path_end(svg, NULL);
            x = next;
        }
        il_plane_close(&plane);
    }
}

static void draw(page *p, const il_chart_type *c) {
    il_svg svg;
    il_chart_begin(p, c, &svg, IL_PANELS_WIDTH, il_planes_height(p));
    draw_legend(p, &svg);
    il_planes_draw(p, &svg, draw_run);
    il_svg_end(&svg);
}

static void caption(page *p, const il_chart_type *c) {
    (void)c;
    fprintf(p->out,
            "What %d trained networks of each arm say of every point of the plane, with the task's "
            "samples: stronger where the network is more certain (65 %% and 90 %%).",
            IL_PLANES);
}

static void put_cells(page *p, const il_plane *plane, size_t run) {
    fprintf(p->out, "<td>%.1f %%</td><td>%.1f %%</td>", 100 * share_right(plane, 2 * run),
            100 * share_right(plane, 2 * run + 1));
}

static void data(page *p, const il_chart_type *c) {
    (void)c;
    il_put_head(p, "arm|seed|correct before training|correct at the end");
    il_planes_put_rows(p, put_cells);
}

const il_chart_type il_chart_regions = {
    .name = "regions",
    .heading = "What the networks learned",
    .title = "Decision regions of trained networks",
    .description =
        "A few squares for each arm, one for each run: the plane of the task's two inputs, "
        "each point in the color of the class that the trained network gives it, and the "
        "task's samples as marks.",
    .table = "Samples that are classified correctly",
    IL_PLANE_CHART,
};
