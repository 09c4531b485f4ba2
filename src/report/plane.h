/* The plane of a task with two inputs: its samples, and a small network's recorded runs as functions on it. */
#ifndef IL_REPORT_PLANE_H
#define IL_REPORT_PLANE_H

#include "report/panels.h"

#include <initlab/data.h>
#include <initlab/network.h>

#define IL_PLANES 3         /* runs of an arm that are shown … */
#define IL_PLANE_SIZE 112.0 /* … each in a square of this size */
#define IL_PLANE_BATCH 80

/* What the charts of the plane have in common. */
#define IL_PLANE_CHART                                                                             \
    .has = il_has_plane, .panels = true, .draw = draw, .caption = caption, .data = data,           \
    .needs =                                                                                       \
        "runs whose parameters were kept: record: curves, on a task of two inputs and classes"

typedef struct il_plane {
    il_dataset *data;
    il_network
        *net; /* replica 2i holds the parameters of kept run i at the start, 2i + 1 at the end */
    size_t runs, outputs;
    const uint32_t *seed;   /* [runs] */
    double low[2], high[2]; /* what is shown of the plane */
} il_plane;

/* Of an arm whose runs' parameters were kept: false when its task has not two inputs and classes, or is not to be had.
 * To be closed, also then. */
bool il_plane_open(const page *p, const digest *d, il_plane *out);
void il_plane_close(il_plane *plane);

/* Whether there is such an arm. */
bool il_has_plane(const page *p, const il_chart_type *c);

/* Where a point of the plane lies in a square at (x, y). */
void il_plane_at(const il_plane *plane, double x, double y, const double point[2], double at[2]);

/* Some of the samples, each class with a mark of its own. */
void il_plane_samples(const il_plane *plane, il_svg *svg, double x, double y);

/* What the network of a replica says of n <= IL_PLANE_BATCH points X [n][2]: the class, and with which probability. */
void il_plane_classify(const il_plane *plane, size_t replica, const il_real *X, size_t n,
                       size_t *class, double *probability);

/* The height of a drawing with a row of squares for each arm that has them, under a legend. */
double il_planes_height(const page *p);

/* Draws all squares, each arm's under its name: run i of a plane in the square whose corner is (x, y), with two lines of
 * text under it. */
void il_planes_draw(const page *p, il_svg *svg,
                    void (*draw_run)(il_svg *svg, const il_plane *plane, size_t i, double x,
                                     double y));

/* A row of data for each square: the arm, the seed, and the cells that `put` adds. */
void il_planes_put_rows(page *p, void (*put)(page *p, const il_plane *plane, size_t i));

/* Line 0, 1 or 2 of the text under a square. */
void il_plane_text(il_svg *svg, double x, double y, size_t line, const char *text);

#endif
