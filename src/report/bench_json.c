#include "report/bench.h"
#include "report/values.h"

#include <stdlib.h>

static json_t *target(double most) {
    return most > 0 ? json_real(most) : json_null();
}

static json_t *rows_json(const il_benchmark *rows, size_t n) {
    json_t *array = json_array();
    int failed = 0;
    for (size_t i = 0; i < n; i++) {
        const il_benchmark *b = &rows[i];
        failed |= json_array_append_new(
            array,
            json_pack("{ss so ss so ss so so so}", "name", b->name, "value",
                      il_json_number(b->value), "unit", b->unit, "floor", il_json_number(b->floor),
                      "against", b->against, "ratio", il_json_number(b->value / b->floor),
                      "most_ratio", target(b->most_ratio), "most_value", target(b->most_value)));
    }
    if (!failed)
        return array;
    json_decref(array);
    return NULL;
}

il_status il_bench_json(const il_benchmark *rows, size_t n, size_t repetitions,
                        const il_fingerprint *fingerprint, FILE *out, il_error *err) {
    json_t *object =
        json_pack("{si sI so so}", "schema", 1, "repetitions", (json_int_t)repetitions, "machine",
                  il_json_machine(fingerprint), "benchmarks", rows_json(rows, n));
    char *text = object ? json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) : NULL;
    json_decref(object);
    if (!text)
        return il_fail(err, IL_NO_MEMORY, "no memory for the JSON report of %zu benchmarks", n);
    fputs(text, out);
    putc('\n', out);
    free(text);
    return ferror(out) ? il_fail(err, IL_IO, "the JSON report could not be written") : IL_OK;
}
