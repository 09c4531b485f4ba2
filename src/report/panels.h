/* Small multiples: one panel for each arm whose runs were recorded, side by side, with the same scales. */
#ifndef IL_REPORT_PANELS_H
#define IL_REPORT_PANELS_H

#include "report/digest.h"
#include "report/scale.h"

#define IL_PANELS 12 /* at most */
#define IL_PANELS_WIDTH 760.0

typedef struct il_panels {
    size_t n, columns;
    double width, height; /* of what is drawn in one */
    double left;          /* room for numbers before the first column */
    double top;           /* room for a legend */
    double below;         /* room for numbers under each row */
} il_panels;

/* Three panels in a row, of that height, under a legend and with a scale across. */
il_panels il_panels_of(const page *p, double height);

/* The area of panel i, of scales whose places it sets; numbers upward stand beside the first column only. */
il_area il_panel_area(const il_panels *panels, size_t i, il_scale x, il_scale y);

/* The left upper corner of what is drawn in panel i, under its title. */
void il_panel_at(const il_panels *panels, size_t i, double *x, double *y);
double il_panels_height(const il_panels *panels);

/* The arm's name, in two lines of at most `chars` bytes each, over a panel at (x, y). */
void il_panel_title(const page *p, il_svg *svg, double x, double y, size_t arm, size_t chars);

/* A sample of a mark and what it means, at the next place of a legend; returns the place after it. */
double il_legend_line(il_svg *svg, double x, double y, const char *class, const char *text);
double il_legend_area(il_svg *svg, double x, double y, const char *class, const char *text);

/* What the axes of all panels are, at the end of a legend's line. */
void il_legend_axes(il_svg *svg, const char *text);

/* For il_chart.has: some recorded run has curves, layers at all or over epochs, parameters. */
bool il_has_curves(const page *p, const il_chart_type *c);
bool il_has_layers(const page *p, const il_chart_type *c);
bool il_has_course(const page *p, const il_chart_type *c);
bool il_has_parameters(const page *p, const il_chart_type *c);

#endif
