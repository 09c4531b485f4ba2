/* What the JSON reports share. Each returns a new reference, or NULL without memory. */
#ifndef IL_REPORT_VALUES_H
#define IL_REPORT_VALUES_H

#include "report/report.h"

#include <jansson.h>

/* null for NAN: a number that does not exist. */
json_t *il_json_number(double value);

json_t *il_json_fingerprint(const il_study *study, const il_fingerprint *fingerprint);

/* The same without a study's engines. */
json_t *il_json_machine(const il_fingerprint *fingerprint);

const char *il_engine_name(il_engine engine);

#endif
