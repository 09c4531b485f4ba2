/* Pictures on a terminal: the upper half of a character is one pixel, the lower half another. */
#include "report/data.h"

enum { GAP = 2 }; /* columns between two pictures */

/* From 0 to 1. What lies below the last row is black. */
static double shade(const il_dataset *data, const il_column *all, size_t i, size_t row,
                    size_t column) {
    size_t at = i * data->inputs + row * data->columns + column;
    if (row >= data->rows)
        return 0;
    if (data->pixels)
        return (double)data->pixels[at] / data->white;
    return all->max > all->min ? ((double)data->X[at] - all->min) / (all->max - all->min) : 0;
}

/* Among the 256 colors of a terminal: black, 24 greys, white. */
static int grey(double s) {
    int level = (int)(s * 25 + 0.5);
    return level <= 0 ? 16 : level >= 25 ? 231 : 231 + level;
}

static void put_line(const il_dataset *data, const il_column *all, size_t i, size_t row, bool color,
                     FILE *out) {
    static const char *const halves[] = {" ", "▄", "▀", "█"};
    for (size_t c = 0; c < data->columns; c++) {
        double upper = shade(data, all, i, row, c), lower = shade(data, all, i, row + 1, c);
        if (color)
            fprintf(out, "\033[38;5;%d;48;5;%dm▀", grey(upper), grey(lower));
        else
            fputs(halves[2 * (upper >= 0.5) + (lower >= 0.5)], out);
    }
    if (color)
        fputs("\033[0m", out);
}

static void put_captions(const il_dataset *data, const size_t *which, size_t n, FILE *out) {
    for (size_t k = 0; k < n; k++) {
        char text[32] = "";
        if (data->label)
            snprintf(text, sizeof text, "%u", data->label[which[k]]);
        fprintf(out, "%*s%-*s", k ? GAP : 0, "", (int)data->columns, text);
    }
    putc('\n', out);
}

void il_put_pictures(const il_dataset *data, const il_column *all, const size_t *which, size_t n,
                     const il_table_style *style, FILE *out) {
    size_t fit = (style->columns + GAP) / (data->columns + GAP);
    for (size_t first = 0, some; first < n; first += some) {
        some = n - first < fit ? n - first : fit ? fit : 1;
        if (data->label)
            put_captions(data, which + first, some, out);
        for (size_t row = 0; row < data->rows; row += 2) {
            for (size_t k = 0; k < some; k++) {
                fprintf(out, "%*s", k ? GAP : 0, "");
                put_line(data, all, which[first + k], row, style->color, out);
            }
            putc('\n', out);
        }
    }
}
