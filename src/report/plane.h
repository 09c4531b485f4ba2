/* The plane of a task with two inputs: its samples, and a small network's recorded runs as functions on it. */
#ifndef IL_REPORT_PLANE_H
#define IL_REPORT_PLANE_H

#include "report/panels.h"

#include <initlab/data.h>
#include <initlab/network.h>

#define IL_PLANES 3         /* runs of an arm that are shown … */
#define IL_PLANE_SIZE 112.0 /* … each in a square of this size */
#define IL_PLANE_BATCH 80

typedef struct il_plane {
    il_dataset *data;
    il_network
        *net; /* replica 2i holds the parameters of kept run i at the start, 2i + 1 at the end */
    size_t runs, outputs;
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

/* Room for arms, two in a row, and under each square a line of text. */
double il_planes_height(size_t arms);
void il_planes_at(size_t arm, size_t run, double *x, double *y);

#endif
