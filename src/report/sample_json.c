/* A sample as one JSON object. What does not exist is null. */
#include "report/sample.h"
#include "report/values.h"

#include <stdlib.h>

static json_t *histogram(const il_sample *s, const il_init_law *law) {
    if (!(s->min < s->max))
        return json_null();
    json_t *counts = json_array(), *theory = law ? json_array() : json_null();
    double width = (s->max - s->min) / IL_SAMPLE_BINS;
    for (int i = 0; i < IL_SAMPLE_BINS; i++) {
        json_array_append_new(counts, json_integer((json_int_t)s->bin[i]));
        if (law)
            json_array_append_new(theory, json_real(il_sample_share(law, s->min + i * width,
                                                                    s->min + (i + 1) * width)));
    }
    return json_pack("{sf sf so so}", "low", s->min, "high", s->max, "counts", counts, "theory",
                     theory);
}

il_status il_sample_json(const il_sample *s, FILE *out, il_error *err) {
    char init[IL_CALL_TEXT], hidden[IL_CALL_TEXT];
    const il_desc *desc = s->init.desc;
    il_init_law stated, *law = il_sample_law(s, &stated) ? &stated : NULL;
    json_t *theory = law ? json_pack("{sf sf}", "mean", law->mean, "std", law->std) : json_null();
    json_t *object = json_pack(
        "{si ss ss ss ss? s[II] ss sI so so so so so so so so so}", "schema", 1, "name", desc->name,
        "init", il_call_format(&s->init, init), "formula", desc->formula, "source", desc->source,
        "shape", (json_int_t)s->layer.fan_in, (json_int_t)s->layer.fan_out, "hidden",
        il_call_format(&s->layer.activation, hidden), "seed", (json_int_t)s->seed, "mean",
        il_json_number(s->mean), "std", il_json_number(s->std), "min", il_json_number(s->min),
        "max", il_json_number(s->max), "kurtosis", il_json_number(s->kurtosis), "singular_min",
        il_json_number(s->singular.smallest), "singular_max", il_json_number(s->singular.largest),
        "theory", theory, "histogram", histogram(s, law));
    char *text = object ? json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(object);
    if (!text)
        return il_fail(err, IL_NO_MEMORY, "no memory for the JSON report of a sample");
    fputs(text, out);
    putc('\n', out);
    free(text);
    return ferror(out) ? il_fail(err, IL_IO, "the JSON report could not be written") : IL_OK;
}
