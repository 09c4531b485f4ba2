/* What the recorded runs of an arm, or one run, say of vanished, exploded, dead and non-finite layers. */
#ifndef IL_REPORT_ALARMS_H
#define IL_REPORT_ALARMS_H

#include "report/values.h"

/* One kind over an arm's recorded runs: how many raised it, and the earliest. */
typedef struct il_alarm_count {
    size_t runs;
    il_alarm first;
} il_alarm_count;
il_alarm_count il_count_alarms(const il_results *results, size_t arm, il_alarm_kind kind);

/* "at epoch 0 in layer 3", with "'s deltas" when seen going back. */
#define IL_ALARM_TEXT 80
char *il_alarm_text(const il_alarm *alarm, char out[IL_ALARM_TEXT]);

/* {"runs": recorded ones, "raised": [{"alarm": …, "runs": …, "epoch": …, "layer": …, "direction": …}]}, or null. */
json_t *il_json_alarms(const il_results *results, size_t arm);

/* One kind of alarm as an object without "runs". */
json_t *il_json_alarm(il_alarm_kind kind, const il_alarm *alarm);

#endif
