/* A phase diagram as one JSON object. A number that does not exist, or is not finite, is null. */
#include "report/phase.h"
#include "report/values.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *call(const il_call *value) {
    char text[IL_CALL_TEXT];
    return json_string(il_call_format(value, text));
}

static json_t *cell_json(const il_phase_config *config, const il_phase_column *column,
                         size_t depth) {
    size_t k = depth - 1;
    return config->training ? json_pack("{so so}", "depth", il_json_count(depth), "accuracy",
                                        il_json_number(column->accuracy[k]))
                            : json_pack("{so so so}", "depth", il_json_count(depth), "distance",
                                        il_json_number(column->distance[k]), "gradient_factor",
                                        il_json_number(column->gradient[k]));
}

static json_t *cells_json(const il_phase_config *config, const il_phase_column *column) {
    const il_depths *depths = &config->depths;
    json_t *cells = json_array();
    int failed = 0;
    for (size_t d = depths->first; d <= depths->last; d += depths->step)
        failed |= json_array_append_new(cells, cell_json(config, column, d));
    if (!failed)
        return cells;
    json_decref(cells);
    return NULL;
}

static json_t *column_json(const il_phase_config *config, const il_phase_column *column) {
    const il_mean_field *m = &column->field;
    return json_pack(
        "{so s{so so so so so so so so} so}", "sigma_w2", il_json_number(column->sigma_w2),
        "theory", "q", il_json_number(m->q), "chi1", il_json_number(m->chi1), "c",
        il_json_number(m->c), "chi_c", il_json_number(m->chi_c), "xi_q", il_json_number(m->xi_q),
        "xi_c", il_json_number(m->xi_c), "xi_gradient", il_json_number(m->xi_gradient),
        "trainable_depth", il_json_number(m->trainable), "cells", cells_json(config, column));
}

/* What was done in the networks: signals followed, or training. */
static int add_manner(const il_phase_config *config, json_t *object) {
    const il_phase_training *t = config->training;
    return t ? json_object_set_new(object, "training",
                                   json_pack("{so so so}", "data", call(&t->data), "optimizer",
                                             call(&t->optimizer), "epochs",
                                             il_json_count(t->epochs)))
             : json_object_set_new(object, "correlation", il_json_number(IL_PHASE_CORRELATION));
}

il_status il_phase_json(const il_phase_config *config, const il_phase *phase, FILE *out,
                        il_error *err) {
    json_t *columns = json_array();
    int failed = 0;
    for (size_t i = 0; i < phase->points; i++)
        failed |= json_array_append_new(columns, column_json(config, &phase->column[i]));
    json_t *object =
        json_pack("{si so so so so so}", "schema", 1, "hidden", call(&config->hidden), "sigma_b2",
                  il_json_number(config->sigma_b2), "width", il_json_count(config->width), "batch",
                  il_json_count(config->batch), "seeds", il_json_count(config->seeds));
    failed |= add_manner(config, object);
    failed |= json_object_set_new(object, "columns", columns);
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
