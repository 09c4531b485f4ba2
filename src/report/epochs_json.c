#include "report/epochs.h"

#include "report/alarms.h"

#include <math.h>
#include <stdlib.h>

static json_t *row_json(const il_training_report *r, size_t i) {
    const il_epoch *row = &r->rows[i];
    bool test = r->session->task.judges != IL_TRAIN;
    return json_pack(
        "{sI so so so so sf}", "epoch", (json_int_t)row->epoch, "train_loss",
        il_json_number(row->train_loss), "train_accuracy", il_json_number(row->train_accuracy),
        "test_loss", il_json_number(test ? row->test_loss : (double)NAN), "test_accuracy",
        il_json_number(test ? row->test_accuracy : (double)NAN), "wall_s", r->wall_s[i]);
}

static json_t *rows_json(const il_training_report *r) {
    json_t *rows = json_array();
    int failed = rows == NULL;
    for (size_t i = 0; i < r->n && !failed; i++)
        failed |= json_array_append_new(rows, row_json(r, i));
    if (!failed)
        return rows;
    json_decref(rows);
    return NULL;
}

/* The layers at one time. */
static json_t *layers_json(const il_training_report *r, size_t at) {
    size_t n = r->session->monitor.layers;
    json_t *list = json_array();
    int failed = list == NULL;
    for (size_t k = 0; k < n && !failed; k++) {
        const float *statistic = r->layer[at * n + k].statistic;
        json_t *layer = json_pack("{sI}", "layer", (json_int_t)k + 1);
        for (il_probe_statistic i = 0; i < IL_PROBE_STATISTICS; i++)
            failed |= json_object_set_new(layer, il_probe_statistic_name(i),
                                          il_json_number((double)statistic[i]));
        failed |= json_array_append_new(list, layer);
    }
    return json_pack("{sI so}", "epoch", (json_int_t)r->layer_epoch[at], "layers",
                     failed ? NULL : list);
}

static int set_layers(json_t *report, const il_training_report *r) {
    json_t *times = json_array(), *alarms = json_array();
    int failed = 0;
    for (size_t i = 0; i < r->n_layer_points && !failed; i++)
        failed = json_array_append_new(times, layers_json(r, i));
    for (il_alarm_kind kind = 0; kind < IL_ALARMS && !failed; kind++)
        if (r->session->alarms.first[kind].raised)
            failed =
                json_array_append_new(alarms, il_json_alarm(kind, &r->session->alarms.first[kind]));
    return failed | json_object_set_new(report, "layers", times) |
           json_object_set_new(report, "alarms", alarms);
}

static const char *const outcomes[] = {[IL_CONVERGED] = "converged",
                                       [IL_CENSORED] = "finished",
                                       [IL_DIVERGED] = "diverged",
                                       [IL_STALLED] = "stalled"};

il_status il_epochs_json(const il_training_report *r, const il_fingerprint *fingerprint, FILE *out,
                         il_error *err) {
    const il_session *s = r->session;
    char text[IL_WIDTHS_TEXT];
    json_t *report = json_pack(
        "{si sI si sb ss ss so so}", "schema", 1, "seed", (json_int_t)s->seed, "parameters",
        (int)il_network_size(il_trainer_network(s->trainer)), "resumed", r->resumed, "outcome",
        outcomes[r->rows[r->n - 1].outcome], "evaluate", il_part_name(s->task.judges),
        "fingerprint", il_json_fingerprint(s->study, fingerprint), "epochs", rows_json(r));
    int failed = report == NULL;
    for (il_key key = 0; key < IL_KEYS && !failed; key++)
        failed |= json_object_set_new(report, il_key_name(key),
                                      json_string(il_arm_format(s->arm, key, text)));
    if (!failed)
        failed |=
            json_object_set_new(report, "engine", json_string(il_engine_name(s->arm->engine)));
    if (!failed && s->every)
        failed |= set_layers(report, r);
    char *dumped = failed ? NULL : json_dumps(report, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    json_decref(report);
    if (!dumped)
        return il_fail(err, IL_NO_MEMORY, "no memory for the JSON report of %zu epochs", r->n);
    fputs(dumped, out);
    putc('\n', out);
    free(dumped);
    return IL_OK;
}
