/* Rasters: cells of a few levels, one path for each level, so that a map of thousands of cells is small. */
#ifndef IL_REPORT_RASTER_H
#define IL_REPORT_RASTER_H

#include "report/svg.h"

typedef struct il_raster {
    double x, y, width, height;
    size_t columns, rows;
    const unsigned char *level; /* [rows][columns] */
} il_raster;

/* The cells of one level, in a class or, unless it is NULL, a color. */
void il_raster_level(il_svg *svg, const il_raster *raster, unsigned char level, const char *class,
                     const char *fill);

/* All levels in the colors of il_svg_heat, and level IL_LEVELS in another that is none of them. */
#define IL_LEVELS 20
void il_raster_heat(il_svg *svg, const il_raster *raster);

#endif
