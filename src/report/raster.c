#include "report/raster.h"

#include <string.h>

/* Neighbouring cells of a row are one run. */
void il_raster_level(il_svg *svg, const il_raster *r, unsigned char level, const char *class,
                     const char *fill) {
    if (!memchr(r->level, level, r->columns * r->rows))
        return;
    il_svg_cells_begin(svg, r->x, r->y, r->width / (double)r->columns, r->height / (double)r->rows,
                       class, fill);
    for (size_t row = 0; row < r->rows; row++)
        for (size_t first = 0, n; first < r->columns; first += n) {
            const unsigned char *at = r->level + row * r->columns + first;
            for (n = 1; first + n < r->columns && at[n] == at[0]; n++)
                continue;
            if (at[0] == level)
                il_svg_cells_run(svg, first, row, n);
        }
    il_svg_path_end(svg, NULL);
}

void il_raster_heat(il_svg *svg, const il_raster *raster) {
    char color[8];
    for (unsigned char level = 0; level < IL_LEVELS; level++)
        il_raster_level(svg, raster, level, "heat", il_svg_heat((level + 0.5) / IL_LEVELS, color));
    il_raster_level(svg, raster, IL_LEVELS, "bad", NULL);
}
