/* A dataset as one JSON object. What a dataset does not have is null. */
#include "report/data.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *column(const il_column *c) {
    return json_pack("{sf sf sf sf}", "min", c->min, "max", c->max, "mean", c->mean, "std", c->std);
}

static json_t *counts(const il_data_summary *s, il_part part) {
    size_t classes = s->data->classes;
    json_t *list = json_array();
    for (size_t c = 0; c < classes && list; c++)
        json_array_append_new(list, json_integer((json_int_t)s->count[part * classes + c]));
    return list;
}

/* null for data without classes */
static json_t *class_counts(const il_data_summary *s) {
    if (!s->data->label)
        return json_null();
    return json_pack("{so so so}", "train", counts(s, IL_TRAIN), "validation",
                     counts(s, IL_VALIDATION), "test", counts(s, IL_TEST));
}

static json_t *targets(const il_data_summary *s) {
    const il_dataset *data = s->data;
    json_t *list = data->target ? json_array() : json_null();
    for (size_t j = 0; j < data->outputs && list; j++)
        json_array_append_new(list, column(&s->column[data->inputs + j]));
    return list;
}

static json_t *shape(const il_dataset *data) {
    return data->rows ? json_pack("[II]", (json_int_t)data->rows, (json_int_t)data->columns)
                      : json_null();
}

il_status il_data_json(const il_data_summary *s, const il_call *call, FILE *out, il_error *err) {
    char notation[IL_CALL_TEXT];
    const il_dataset *data = s->data;
    json_t *object = json_pack(
        "{si ss ss sI so sI sI so so so so}", "schema", 1, "name", call->desc->name, "data",
        il_call_format(call, notation), "samples", (json_int_t)data->n, "parts",
        json_pack("{sI sI sI}", "train", (json_int_t)data->part[IL_TRAIN], "validation",
                  (json_int_t)data->part[IL_VALIDATION], "test", (json_int_t)data->part[IL_TEST]),
        "inputs", (json_int_t)data->inputs, "classes", (json_int_t)data->classes, "picture",
        shape(data), "features", column(&s->all), "class_counts", class_counts(s), "targets",
        targets(s));
    char *text = object ? json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(object);
    if (!text)
        return il_fail(err, IL_NO_MEMORY, "no memory for the JSON report of a dataset");
    fputs(text, out);
    putc('\n', out);
    free(text);
    return ferror(out) ? il_fail(err, IL_IO, "the JSON report could not be written") : IL_OK;
}
