/* One JSON object, for programs. A number that does not exist is null. */
#include "report/alarms.h"

#include <math.h>
#include <stdlib.h>

/* Jansson's setters take over the value and refuse NULL, so a failed allocation anywhere below
 * shows as a nonzero return of the setter that it was meant for. */

static json_t *epoch(double value) {
    return isnan(value) ? json_null() : json_integer((json_int_t)value);
}

static json_t *pair(double low, double high) {
    return json_pack("[oo]", il_json_number(low), il_json_number(high));
}

/* init first, then what a reader needs in order to tell any two arms apart. */
static int set_keys(json_t *object, const il_study *study, const il_arm *arm) {
    static const struct {
        il_key key;
        bool always;
    } keys[] = {{IL_KEY_INIT, true},      {IL_KEY_BIAS, true},   {IL_KEY_OPTIMIZER, true},
                {IL_KEY_SPLIT, false},    {IL_KEY_SCALE, false}, {IL_KEY_HIDDEN, true},
                {IL_KEY_NETWORK, true},   {IL_KEY_DATA, false},  {IL_KEY_NORM, false},
                {IL_KEY_DROPOUT, false},  {IL_KEY_LOSS, false},  {IL_KEY_BATCH, false},
                {IL_KEY_SCHEDULE, false}, {IL_KEY_CLIP, false},  {IL_KEY_PENALTY, false}};
    int failed = 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char text[IL_WIDTHS_TEXT];
        if (keys[i].always || study->varied[keys[i].key])
            failed |= json_object_set_new(object, il_key_name(keys[i].key),
                                          json_string(il_arm_format(arm, keys[i].key, text)));
    }
    return failed | json_object_set_new(object, "engine", json_string(il_engine_name(arm->engine)));
}

static int set_summary(json_t *object, const il_summary *arm) {
    return json_object_set_new(object, "runs", il_json_count(arm->runs)) |
           json_object_set_new(object, "converged", il_json_count(arm->converged)) |
           json_object_set_new(object, "diverged", il_json_count(arm->diverged)) |
           json_object_set_new(object, "failed", il_json_count(arm->failed)) |
           json_object_set_new(object, "success", il_json_number(arm->success)) |
           json_object_set_new(object, "success_ci",
                               pair(arm->success_ci.low, arm->success_ci.high)) |
           json_object_set_new(object, "median_epoch", epoch(arm->median)) |
           json_object_set_new(object, "quartiles",
                               !isnan(arm->quartile[1]) ? json_pack("[oo]", epoch(arm->quartile[0]),
                                                                    epoch(arm->quartile[1]))
                                                        : json_null()) |
           json_object_set_new(object, "rmst", il_json_number(arm->rmst)) |
           json_object_set_new(object, "rmst_ci", pair(arm->rmst_ci.low, arm->rmst_ci.high)) |
           json_object_set_new(object, "a12", il_json_number(arm->a12)) |
           json_object_set_new(object, "p_value", il_json_number(arm->p_value));
}

static json_t *arms_json(const il_study *study, const il_results *results) {
    json_t *arms = json_array();
    int failed = arms == NULL;
    for (size_t i = 0; i < study->n_arms && !failed; i++) {
        json_t *arm = json_object();
        failed = set_keys(arm, study, &study->arms[i]) | set_summary(arm, &results->arms[i]) |
                 json_object_set_new(arm, "alarms", il_json_alarms(results, i));
        failed |= json_array_append_new(arms, arm);
    }
    if (!failed)
        return arms;
    json_decref(arms);
    return NULL;
}

/* null when the number of seeds was given */
static json_t *seeding_json(const il_results *results) {
    return results->looks ? json_pack("{sI sb}", "looks", (json_int_t)results->looks, "narrow",
                                      (int)results->narrow)
                          : json_null();
}

il_status il_report_json(const il_study *study, const il_results *results,
                         const il_fingerprint *fingerprint, FILE *out, il_error *err) {
    json_t *report =
        json_pack("{si ss sI sI so sf so so}", "schema", 1, "study", study->name, "budget",
                  (json_int_t)study->budget, "seeds", (json_int_t)results->seeds, "auto",
                  seeding_json(results), "wall_s", results->wall_s, "fingerprint",
                  il_json_fingerprint(study, fingerprint), "arms", arms_json(study, results));
    /* 15 digits: 0.523 and not 0.52300000000000002. */
    char *text = report ? json_dumps(report, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(report);
    if (!text)
        return il_fail(err, IL_NO_MEMORY, "no memory for the JSON report of %zu arms",
                       study->n_arms);
    fputs(text, out);
    putc('\n', out);
    free(text);
    return ferror(out) ? il_fail(err, IL_IO, "the JSON report could not be written") : IL_OK;
}
