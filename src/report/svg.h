/* Drawings as SVG 1.1: a title and a description for those who do not see it, escaped text, colors that follow a
 * dark page. Lengths are in pixels from the upper left. */
#ifndef IL_REPORT_SVG_H
#define IL_REPORT_SVG_H

#include <stddef.h>
#include <stdio.h>

typedef enum il_svg_anchor { IL_SVG_START, IL_SVG_MIDDLE, IL_SVG_END } il_svg_anchor;

void il_svg_begin(FILE *out, double width, double height, const char *title,
                  const char *description);
void il_svg_end(FILE *out);

void il_svg_text(FILE *out, double x, double y, il_svg_anchor anchor, const char *text);

/* Turned by a quarter, to be read from below. */
void il_svg_text_up(FILE *out, double x, double y, const char *text);

/* `fill` is a color, such as #440154; `title` is shown when the pointer rests on it, NULL: nothing is. */
void il_svg_rect(FILE *out, double x, double y, double width, double height, const char *fill,
                 const char *title);

/* A thin line in the color of text. */
void il_svg_line(FILE *out, double x1, double y1, double x2, double y2);

/* A line through n points that stands out from any color: white on black. */
void il_svg_curve(FILE *out, const double *x, const double *y, size_t n);

/* viridis (Smith & van der Walt 2015), which is monotone in lightness and readable with any color vision: 0 dark, 1
 * light. Writes "#rrggbb". */
void il_svg_viridis(double at, char color[8]);

#endif
