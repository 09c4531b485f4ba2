/* A sample as one JSON object. A number that does not exist is null. */
#include "report/sample.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static json_t *number(double value) {
    return isnan(value) ? json_null() : json_real(value);
}

il_status il_sample_json(const il_sample *s, FILE *out, il_error *err) {
    char init[IL_CALL_TEXT], hidden[IL_CALL_TEXT];
    json_t *object = json_pack(
        "{si ss ss s[II] ss sI so so so so so so so}", "schema", 1, "name", s->init.desc->name,
        "init", il_call_format(&s->init, init), "shape", (json_int_t)s->layer.fan_in,
        (json_int_t)s->layer.fan_out, "hidden", il_call_format(&s->layer.activation, hidden),
        "seed", (json_int_t)s->seed, "mean", number(s->mean), "std", number(s->std), "min",
        number(s->min), "max", number(s->max), "kurtosis", number(s->kurtosis), "singular_min",
        number(s->singular.smallest), "singular_max", number(s->singular.largest));
    char *text = object ? json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(object);
    if (!text)
        return il_fail(err, IL_NO_MEMORY, "no memory for the JSON report of a sample");
    fputs(text, out);
    putc('\n', out);
    free(text);
    return ferror(out) ? il_fail(err, IL_IO, "the JSON report could not be written") : IL_OK;
}
