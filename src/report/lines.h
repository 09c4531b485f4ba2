/* What lines of CSV and JSON about runs begin with: the arm's settings. */
#ifndef IL_REPORT_LINES_H
#define IL_REPORT_LINES_H

#include "report/report.h"

/* "data,split,…,engine", the heading; its values, quoted as RFC 4180 says; "data":"…",…,"engine":"…". No separator
 * follows. */
void il_put_csv_heading(FILE *out);
void il_put_csv_settings(char *const keys[IL_KEYS], const char *engine, FILE *out);
void il_put_json_settings(char *const keys[IL_KEYS], const char *engine, FILE *out);

/* ,0.25 or , without a number; ,"key":0.25 or ,"key":null, as JSON has no infinity and no NaN. */
void il_put_csv_number(float value, FILE *out);
void il_put_json_number(const char *key, float value, FILE *out);

#endif
