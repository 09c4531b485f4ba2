/* Probes as one JSON object. A number that does not exist, or is not finite, is null. */
#include "report/probe.h"
#include "report/values.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static json_t *call(const il_call *value) {
    char text[IL_CALL_TEXT];
    return json_string(value->desc ? il_call_format(value, text) : "none");
}

/* The statistics that theory, or the layer, has. */
static json_t *theory_json(const il_probe_layer *y) {
    json_t *object = json_object();
    int failed = 0;
    for (il_probe_statistic i = 0; i < IL_PROBE_STATISTICS; i++)
        if (!isnan(y->theory[i]))
            failed |= json_object_set_new(object, il_probe_statistic_name(i),
                                          il_json_number(y->theory[i]));
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *intervals_json(const il_probe_layer *y) {
    json_t *object = json_object();
    int failed = 0;
    for (il_probe_statistic i = 0; i < IL_PROBE_STATISTICS; i++) {
        const il_interval *ci = &y->statistic[i].interval;
        if (!isnan(ci->low))
            failed |= json_object_set_new(
                object, il_probe_statistic_name(i),
                json_pack("[oo]", il_json_number(ci->low), il_json_number(ci->high)));
    }
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *layer_json(const il_probe_layer *y, size_t k) {
    json_t *object = json_pack("{so so so so so}", "layer", il_json_count(k + 1), "fan_in",
                               il_json_count(y->fan_in), "fan_out", il_json_count(y->fan_out),
                               "nonfinite_u", il_json_count(y->nonfinite_u), "nonfinite_delta",
                               il_json_count(y->nonfinite_delta));
    int failed = 0;
    for (il_probe_statistic i = 0; i < IL_PROBE_STATISTICS; i++)
        failed |= json_object_set_new(object, il_probe_statistic_name(i),
                                      il_json_number(y->statistic[i].mean));
    failed |= json_object_set_new(object, "ci", intervals_json(y));
    failed |= json_object_set_new(object, "theory", theory_json(y));
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *diagnosis_json(const il_diagnosis *d) {
    return json_pack(
        "{sb sb sb so so so so so so so so so so}", "vanishing", d->vanishing, "exploding",
        d->exploding, "dead", d->dying, "signal_factor", il_json_number(d->signal),
        "signal_factor_theory", il_json_number(d->signal_theory), "gradient_factor",
        il_json_number(d->gradient), "gradient_factor_theory", il_json_number(d->gradient_theory),
        "signal_left", il_json_number(d->signal_left), "gradient_left",
        il_json_number(d->gradient_left), "most_dead", il_json_number(d->dead), "nonfinite_layer",
        d->nonfinite ? il_json_count(d->nonfinite) : json_null(), "nonfinite_delta_layer",
        d->nonfinite_delta ? il_json_count(d->nonfinite_delta) : json_null(), "trainable_depth",
        il_json_number(d->trainable));
}

static json_t *scheme_json(const il_probe *probe, const il_diagnosis *d) {
    json_t *layers = json_array();
    int failed = 0;
    for (size_t k = 0; k < probe->n_layers; k++)
        failed |= json_array_append_new(layers, layer_json(&probe->layer[k], k));
    if (failed) {
        json_decref(layers);
        layers = NULL;
    }
    const il_probe_spectrum *j = &probe->jacobian, *theory = &probe->jacobian_theory;
    return json_pack("{so so ss s{so so so s{so so so}} so so}", "init", call(&probe->init), "bias",
                     call(&probe->bias), "engine", probe->engine == IL_BLAS ? "blas" : "lockstep",
                     "jacobian", "largest", il_json_number(j->largest), "smallest",
                     il_json_number(j->smallest), "rms", il_json_number(j->rms), "theory",
                     "largest", il_json_number(theory->largest), "smallest",
                     il_json_number(theory->smallest), "rms", il_json_number(theory->rms),
                     "diagnosis", diagnosis_json(d), "layers", layers);
}

il_status il_probe_json(const il_probe_report *report, FILE *out, il_error *err) {
    const il_probe_config *c = report->config;
    char widths[IL_WIDTHS_TEXT];
    json_t *schemes = json_array();
    int failed = 0;
    for (size_t i = 0; i < report->n; i++)
        failed |=
            json_array_append_new(schemes, scheme_json(report->probe[i], &report->diagnosis[i]));
    json_t *object =
        json_pack("{si ss so so so ss so so so so}", "schema", 1, "network",
                  il_widths_format(&c->network, widths), "hidden", call(&c->hidden), "norm",
                  call(&c->norm), "dropout", call(&c->dropout), "data", report->data, "batch",
                  il_json_count(c->batch), "seeds", il_json_count(c->seeds), "first_seed",
                  il_json_count((size_t)c->first_seed), "schemes", schemes);
    char *text =
        object && !failed ? json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(object);
    if (!text)
        return il_fail(err, IL_NO_MEMORY, "no memory for the JSON report of %zu schemes",
                       report->n);
    fputs(text, out);
    putc('\n', out);
    free(text);
    return ferror(out) ? il_fail(err, IL_IO, "the JSON report could not be written") : IL_OK;
}
