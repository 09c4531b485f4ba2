/* A phase diagram on a terminal: a row for each depth, the deepest on top, a shade for each sigma_w2. */
#include "report/phase.h"
#include "report/table.h"

#include <string.h>

enum { MARGIN = 7 };

/* The row of 6 xi_c in a column: that of the nearest depth shown; none above the deepest. */
static bool is_line(const il_phase_column *column, size_t depth, const il_depths *depths) {
    double at = column->field.trainable, half = (double)depths->step / 2;
    return fabs(at - (double)depth) <= half && at - (double)depth < half;
}

static const char *shade(double distance) {
    static const char *const shades[] = {" ", "░", "▒", "▓", "█"};
    if (isnan(distance))
        return "?";
    double height = il_phase_height(distance) * 5;
    return shades[(int)fmin(fmax(height, 0), 4)];
}

static void put_row(const table *t, const il_phase *phase, const il_depths *depths, size_t depth,
                    size_t wide, FILE *out) {
    fprintf(out, "%5zu  ", depth);
    for (size_t i = 0; i < phase->points; i++) {
        const il_phase_column *column = &phase->column[i];
        bool line = is_line(column, depth, depths);
        if (line)
            fputs(il_paint_begin(t, YELLOW), out);
        for (size_t k = 0; k < wide; k++)
            fputs(line ? "●" : shade(column->distance[depth - 1]), out);
        if (line)
            fputs(il_paint_end(t, YELLOW), out);
    }
    putc('\n', out);
}

/* The first and the last value below their columns. */
static void put_axis(const il_phase *phase, size_t wide, FILE *out) {
    char first[32], last[32];
    size_t room = phase->points * wide;
    snprintf(first, sizeof first, "%.4g", phase->column[0].sigma_w2);
    snprintf(last, sizeof last, "%.4g", phase->column[phase->points - 1].sigma_w2);
    size_t used = strlen(first) + strlen(last);
    fprintf(out, "%*s%s", MARGIN, "", first);
    if (phase->points > 1)
        fprintf(out, "%*s%s", room > used ? (int)(room - used) : 1, "", last);
    fputs("  σ_w²\n", out);
}

il_status il_phase_table(const il_phase_config *config, const il_phase *phase,
                         const il_depths *depths, const il_table_style *style, FILE *out,
                         il_error *err) {
    const table t = {.columns = style->columns < 80 ? 80 : style->columns, .color = style->color};
    char hidden[IL_CALL_TEXT];
    text line;
    size_t wide = (t.columns - MARGIN - 6) / phase->points;
    wide = wide > 3 ? 3 : wide < 1 ? 1 : wide;
    il_text_add(il_text_clear(&line),
                "%s, σ_b² = %g: %zu networks of width %zu for each σ_w², pairs of inputs of "
                "correlation %g",
                il_call_format(&config->hidden, hidden), config->sigma_b2, config->seeds,
                config->width, IL_PHASE_CORRELATION);
    il_put_wrapped(&t, PLAIN, line.bytes, out);
    fputs("\ndepth\n", out);
    size_t rows = (depths->last - depths->first) / depths->step;
    for (size_t i = rows + 1; i-- > 0;)
        put_row(&t, phase, depths, depths->first + i * depths->step, wide, out);
    put_axis(phase, wide, out);
    il_text_add(il_text_clear(&line),
                "Shades: how far the pairs' correlation is from the fixed point that depth takes "
                "it to: █ above 0.3, ▓ 0.09, ▒ 0.03, ░ 0.008, blank: nothing is left, ?: theory "
                "has no fixed point. ●: 6 ξ of mean-field theory, the depth to which such networks "
                "train; no ● in a column: deeper than shown, or unlimited.");
    putc('\n', out);
    il_put_wrapped(&t, DIM, line.bytes, out);
    return ferror(out) ? il_fail(err, IL_IO, "the diagram could not be written") : IL_OK;
}
