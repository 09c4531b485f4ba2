/* SVG, written as it goes: marks in user units with y downward, classes instead of colors.
 *
 *     il_svg chart;
 *     il_svg_begin(&chart, out, "phase", 640, 400, "Order to chaos", "Where gradients vanish and explode.", true);
 *     il_svg_rect(&chart, 10, 10, 80, 20, "heat", il_svg_heat(0.3, color), "0.3");
 *     il_svg_end(&chart);
 *
 * Errors show in ferror(out). Text is escaped here and nowhere else.
 */
#ifndef IL_REPORT_SVG_H
#define IL_REPORT_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct il_svg {
    FILE *out;
    bool in_path; /* a path has begun */
} il_svg;

/* The style of every class, for light and dark screens and for print: axis, frame and grid are thin lines; s0 … s7 draw
 * lines in the colors of series, which colour-blind readers can tell apart, f0 … f7 fill with them, "band", "c0", "c1" and
 * "c2" do so more and less faintly, and p0 … p7 draw dots, round and square by turns, over a "halo"; d1 … d3 are dashes;
 * "run" is a single run's line, "bars" fill a histogram, "bad" what is not a number; text is "tick" for numbers and names,
 * "bold" for headings; a line drawn as "under" and then as "over" is seen on every color. To be put into a <style>
 * element of a page; a chart that stands `alone` has its own. */
extern const char il_svg_style[];

/* Series beyond the eighth repeat colors; their dashes differ. */
#define IL_SVG_SERIES 8
#define IL_SVG_CLASS 16
char *il_svg_series(size_t series, char class[IL_SVG_CLASS]);

/* `id` is a word, unique on its page; title and description are what a screen reader says. */
void il_svg_begin(il_svg *svg, FILE *out, const char *id, double width, double height,
                  const char *title, const char *description, bool alone);
void il_svg_end(il_svg *svg);

/* `fill` overrides the class's color unless it is NULL; `hint` is shown on hovering unless it is NULL. */
void il_svg_rect(il_svg *svg, double x, double y, double width, double height, const char *class,
                 const char *fill, const char *hint);
void il_svg_line(il_svg *svg, double x1, double y1, double x2, double y2, const char *class);
void il_svg_circle(il_svg *svg, double x, double y, double radius, const char *class,
                   const char *hint);

/* `anchor` is start, middle or end. */
void il_svg_text(il_svg *svg, double x, double y, const char *anchor, const char *class,
                 const char *text);

/* A path through the points given until it ends; `hint` as above. */
void il_svg_path_begin(il_svg *svg, const char *class);
void il_svg_path_to(il_svg *svg, double x, double y);
void il_svg_path_dot(il_svg *svg, double x, double y); /* alone: round or square by its class */
void il_svg_path_end(il_svg *svg, const char *hint);

/* Cells of a grid that are one mark: the grid's corner and a cell's size, then runs of n cells; end it with
 * il_svg_path_end. `fill` as in il_svg_rect. */
void il_svg_cells_begin(il_svg *svg, double x, double y, double width, double height,
                        const char *class, const char *fill);
void il_svg_cells_run(il_svg *svg, size_t column, size_t row, size_t n);

/* The color of a share from 0 (dark) to 1 (light), of a scale that rises evenly in lightness, so that it reads the same
 * without color: "#rrggbb". Source: cividis, Nuñez, Anderton & Renslow, PLoS ONE 13 (2018) e0199239. */
char *il_svg_heat(double share, char color[8]);

/* The class of text that can be read on that color: "onlight" or "ondark". */
const char *il_svg_on_heat(double share);

/* Writes text with everything escaped that means something in HTML or XML; control characters become '?'. */
void il_put_escaped(FILE *out, const char *text);

#endif
