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

static const char *shade(double share) {
    static const char *const shades[] = {" ", "░", "▒", "▓", "█"};
    return isnan(share) ? "?" : shades[(int)fmin(fmax(share * 5, 0), 4)];
}

static void put_row(const table *t, const il_phase_config *config, const il_phase *phase,
                    size_t depth, size_t wide, FILE *out) {
    fprintf(out, "%5zu  ", depth);
    for (size_t i = 0; i < phase->points; i++) {
        const il_phase_column *column = &phase->column[i];
        bool line = is_line(column, depth, &config->depths);
        if (line)
            fputs(il_paint_begin(t, YELLOW), out);
        for (size_t k = 0; k < wide; k++)
            fputs(line ? "●" : shade(il_phase_share(config, phase, column, depth)), out);
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

static void put_heading(const table *t, const il_phase_config *config, FILE *out) {
    char hidden[IL_CALL_TEXT], training[IL_PHASE_TRAINING_TEXT];
    text line;
    il_text_add(il_text_clear(&line), "%s, σ_b² = %g: %zu network%s of width %zu for each ",
                il_call_format(&config->hidden, hidden), config->sigma_b2, config->seeds,
                config->seeds == 1 ? "" : "s", config->width);
    if (config->training)
        il_text_add(&line, "cell, trained on %s, batches of %zu",
                    il_phase_training_text(config->training, training), config->batch);
    else
        il_text_add(&line, "σ_w², pairs of inputs of correlation %g", IL_PHASE_CORRELATION);
    il_put_wrapped(t, PLAIN, line.bytes, out);
}

static void put_legend(const table *t, const il_phase_config *config, const il_phase *phase,
                       FILE *out) {
    text line;
    il_text_clear(&line);
    if (config->training)
        il_text_add(&line,
                    "Shades: training samples that are right at the end, in fifths of the way from "
                    "chance, %.3g %%, to all: blank below one fifth, ░ ▒ ▓, █ above four. ",
                    100 * phase->chance);
    else
        il_text_add(&line,
                    "Shades: how far the pairs' correlation is from the fixed point that depth "
                    "takes it to: █ above 0.3, ▓ 0.09, ▒ 0.03, ░ 0.008, blank: nothing is left, ?: "
                    "theory has no fixed point. ");
    il_text_add(&line, "●: 6 ξ of mean-field theory, the depth to which such networks train; no ● "
                       "in a column: deeper than shown, or unlimited.");
    putc('\n', out);
    il_put_wrapped(t, DIM, line.bytes, out);
}

il_status il_phase_table(const il_phase_config *config, const il_phase *phase,
                         const il_table_style *style, FILE *out, il_error *err) {
    const table t = {.columns = style->columns < 80 ? 80 : style->columns, .color = style->color};
    const il_depths *depths = &config->depths;
    size_t wide = (t.columns - MARGIN - 6) / phase->points;
    wide = wide > 3 ? 3 : wide < 1 ? 1 : wide;
    put_heading(&t, config, out);
    fputs("\ndepth\n", out);
    for (size_t i = il_phase_rows(depths); i-- > 0;)
        put_row(&t, config, phase, depths->first + i * depths->step, wide, out);
    put_axis(phase, wide, out);
    put_legend(&t, config, phase, out);
    return ferror(out) ? il_fail(err, IL_IO, "the diagram could not be written") : IL_OK;
}
