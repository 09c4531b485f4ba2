/* What reports share. A json_t is a new reference, or NULL without memory. */
#ifndef IL_REPORT_VALUES_H
#define IL_REPORT_VALUES_H

#include "report/report.h"

#include <jansson.h>

/* null for what JSON has no number for, and for one that does not exist. */
json_t *il_json_number(double value);
json_t *il_json_count(size_t value);

json_t *il_json_fingerprint(const il_study *study, const il_fingerprint *fingerprint);

/* The shortest decimal that reads back to the same float: 0.1, where the double of the same value
 * is 0.10000000149011612. Returns `text`. */
char *il_float_format(float value, char text[32]);
/* The same without a study's engines. */
json_t *il_json_machine(const il_fingerprint *fingerprint);

const char *il_engine_name(il_engine engine);

/* "hidden tanh"; without the key where the value begins with it, as batch(128) does. */
#define IL_SETTING_TEXT (IL_WIDTHS_TEXT + 16)
char *il_setting_text(const il_arm *arm, il_key key, char text[IL_SETTING_TEXT]);

#endif
