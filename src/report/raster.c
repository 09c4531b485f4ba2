#include "report/raster.h"

#include <string.h>

/* Neighbouring cells of a row are one rectangle, a hair larger so that no gap shows. */
void il_raster_level(il_svg *svg, const il_raster *r, unsigned char level, const char *class,
                     const char *fill) {
    double width = r->width / (double)r->columns, height = r->height / (double)r->rows;
    if (!memchr(r->level, level, r->columns * r->rows))
        return;
    il_svg_shapes_begin(svg, class, fill);
    for (size_t row = 0; row < r->rows; row++)
        for (size_t first = 0, n; first < r->columns; first += n) {
            const unsigned char *at = r->level + row * r->columns + first;
            for (n = 1; first + n < r->columns && at[n] == at[0]; n++)
                continue;
            if (at[0] == level)
                il_svg_shapes_rect(svg, r->x + width * (double)first, r->y + height * (double)row,
                                   width * (double)n + 0.3, height + 0.3);
        }
    il_svg_path_end(svg, NULL);
}

void il_raster_heat(il_svg *svg, const il_raster *raster) {
    char color[8];
    for (unsigned char level = 0; level < IL_LEVELS; level++)
        il_raster_level(svg, raster, level, "heat", il_svg_heat((level + 0.5) / IL_LEVELS, color));
    il_raster_level(svg, raster, IL_LEVELS, "f7", NULL);
}
