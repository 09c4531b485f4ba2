/* A phase diagram as one JSON object. A number that does not exist, or is not finite, is null. */
#include "report/phase.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *count(size_t value) {
    return json_integer((json_int_t)value);
}

static json_t *cells_json(const il_phase_column *column, const il_depths *depths) {
    json_t *cells = json_array();
    int failed = 0;
    for (size_t d = depths->first; d <= depths->last; d += depths->step)
        failed |= json_array_append_new(
            cells,
            json_pack("{so so so}", "depth", count(d), "distance", number(column->distance[d - 1]),
                      "gradient_factor", number(column->gradient[d - 1])));
    if (!failed)
        return cells;
    json_decref(cells);
    return NULL;
}

static json_t *column_json(const il_phase_column *column, const il_depths *depths) {
    const il_mean_field *m = &column->field;
    return json_pack("{so s{so so so so so so so so} so}", "sigma_w2", number(column->sigma_w2),
                     "theory", "q", number(m->q), "chi1", number(m->chi1), "c", number(m->c),
                     "chi_c", number(m->chi_c), "xi_q", number(m->xi_q), "xi_c", number(m->xi_c),
                     "xi_gradient", number(m->xi_gradient), "trainable_depth", number(m->trainable),
                     "cells", cells_json(column, depths));
}

il_status il_phase_json(const il_phase_config *config, const il_phase *phase,
                        const il_depths *depths, FILE *out, il_error *err) {
    char hidden[IL_CALL_TEXT];
    json_t *columns = json_array();
    int failed = 0;
    for (size_t i = 0; i < phase->points; i++)
        failed |= json_array_append_new(columns, column_json(&phase->column[i], depths));
    json_t *object = json_pack("{si ss so so so so so so}", "schema", 1, "hidden",
                               il_call_format(&config->hidden, hidden), "sigma_b2",
                               number(config->sigma_b2), "width", count(config->width), "batch",
                               count(config->batch), "seeds", count(config->seeds), "correlation",
                               number(IL_PHASE_CORRELATION), "columns", columns);
    char *text =
        object && !failed ? json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(object);
    if (!text)
        return il_fail(err, IL_NO_MEMORY, "no memory for the JSON report of %zu columns",
                       phase->points);
    fputs(text, out);
    putc('\n', out);
    free(text);
    return ferror(out) ? il_fail(err, IL_IO, "the JSON report could not be written") : IL_OK;
}
