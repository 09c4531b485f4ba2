/* Scales: numbers to places along an axis, with ticks. */
#ifndef IL_REPORT_SCALE_H
#define IL_REPORT_SCALE_H

#include "report/svg.h"

typedef struct il_scale {
    double low, high; /* the numbers at … */
    double from, to;  /* … these two places */
    bool log;         /* by powers of ten; low is above 0 */
} il_scale;

/* Where a number lies; numbers outside lie at the nearer end, and what is not a number at the lower one. */
double il_scale_at(const il_scale *scale, double value);

/* A scale of numbers from low to high: logarithmic when both are above 0 and far apart, and then of 32 powers of ten at
 * most. */
il_scale il_scale_of(double low, double high, double from, double to);

/* Round numbers on it, at most IL_TICKS and about `most`, ascending. Returns how many. */
#define IL_TICKS 12
size_t il_scale_ticks(const il_scale *scale, size_t most, double tick[IL_TICKS]);

/* A number as short as three digits allow: "0.05", "1500", "10⁻⁶", "2.4·10⁻⁶". */
#define IL_NUMBER_TEXT 48
char *il_format_short(double value, char text[IL_NUMBER_TEXT]);

/* An area to plot in: lines across at the ticks of y, small ticks on x, and numbers beside them unless told otherwise. */
typedef struct il_area {
    il_scale x, y;
    bool x_numbers, y_numbers;
    bool percent;            /* y is a share */
    size_t x_ticks, y_ticks; /* about how many */
} il_area;
void il_area_draw(const il_area *area, il_svg *svg);

#endif
