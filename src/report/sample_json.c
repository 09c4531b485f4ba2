/* A sample as one JSON object. A number that does not exist is null. */
#include "report/sample.h"
#include "report/values.h"

#include <stdlib.h>

il_status il_sample_json(const il_sample *s, FILE *out, il_error *err) {
    char init[IL_CALL_TEXT], hidden[IL_CALL_TEXT];
    json_t *object = json_pack(
        "{si ss ss s[II] ss sI so so so so so so so}", "schema", 1, "name", s->init.desc->name,
        "init", il_call_format(&s->init, init), "shape", (json_int_t)s->layer.fan_in,
        (json_int_t)s->layer.fan_out, "hidden", il_call_format(&s->layer.activation, hidden),
        "seed", (json_int_t)s->seed, "mean", il_json_number(s->mean), "std", il_json_number(s->std),
        "min", il_json_number(s->min), "max", il_json_number(s->max), "kurtosis",
        il_json_number(s->kurtosis), "singular_min", il_json_number(s->singular.smallest),
        "singular_max", il_json_number(s->singular.largest));
    char *text = object ? json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(object);
    if (!text)
        return il_fail(err, IL_NO_MEMORY, "no memory for the JSON report of a sample");
    fputs(text, out);
    putc('\n', out);
    free(text);
    return ferror(out) ? il_fail(err, IL_IO, "the JSON report could not be written") : IL_OK;
}
