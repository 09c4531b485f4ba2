#include "report/alarms.h"

#include "report/table.h"

il_alarm_count il_count_alarms(const il_results *results, size_t arm, il_alarm_kind kind) {
    il_alarm_count count = {0};
    for (size_t i = 0; i < results->watched; i++) {
        const il_alarm *alarm = &results->alarms[arm * results->watched + i].first[kind];
        if (!alarm->raised)
            continue;
        if (count.runs++ == 0 || alarm->epoch < count.first.epoch)
            count.first = *alarm;
    }
    return count;
}

char *il_alarm_text(const il_alarm *alarm, char out[IL_ALARM_TEXT]) {
    snprintf(out, IL_ALARM_TEXT, "at epoch %u in layer %u%s", alarm->epoch, alarm->layer,
             alarm->backward ? "'s deltas" : "");
    return out;
}

static void add_alarms(const table *t, size_t arm, text *line) {
    char where[IL_ALARM_TEXT];
    size_t said = 0;
    for (il_alarm_kind kind = 0; kind < IL_ALARMS; kind++) {
        const il_alarm_count count = il_count_alarms(t->results, arm, kind);
        if (count.runs == 0)
            continue;
        if (line->used == 0)
            il_text_add_arm(t, arm, line);
        il_text_add(line, "%s %s in %zu of %zu, first %s", said++ ? ";" : ":", il_alarm_name(kind),
                    count.runs, t->results->watched, il_alarm_text(&count.first, where));
    }
}

void il_put_alarms(const table *t, FILE *out) {
    text line;
    bool any = false;
    if (t->results->watched == 0)
        return;
    putc('\n', out);
    for (size_t i = 0; i < t->study->n_arms; i++) {
        add_alarms(t, t->order[i], il_text_clear(&line));
        if (line.used > 0 && !any)
            fprintf(out, "Alarms, in the first %zu run%s of each arm:\n", t->results->watched,
                    t->results->watched == 1 ? "" : "s");
        if (line.used > 0)
            il_put_wrapped(t, PLAIN, line.bytes, out);
        any |= line.used > 0;
    }
    if (!any)
        fprintf(out, "No alarm in the first %zu run%s of each arm.\n", t->results->watched,
                t->results->watched == 1 ? "" : "s");
}

json_t *il_json_alarm(il_alarm_kind kind, const il_alarm *alarm) {
    return json_pack("{ss sI sI ss}", "alarm", il_alarm_name(kind), "epoch",
                     (json_int_t)alarm->epoch, "layer", (json_int_t)alarm->layer, "direction",
                     alarm->backward ? "backward" : "forward");
}

json_t *il_json_alarms(const il_results *results, size_t arm) {
    if (results->watched == 0)
        return json_null();
    json_t *raised = json_array();
    for (il_alarm_kind kind = 0; raised && kind < IL_ALARMS; kind++) {
        const il_alarm_count count = il_count_alarms(results, arm, kind);
        if (count.runs == 0)
            continue;
        json_t *object = il_json_alarm(kind, &count.first);
        if (json_object_set_new(object, "runs", json_integer((json_int_t)count.runs)) |
            json_array_append_new(raised, object)) {
            json_decref(raised);
            raised = NULL;
        }
    }
    return json_pack("{sI so}", "runs", (json_int_t)results->watched, "raised", raised);
}
