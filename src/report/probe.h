/* What probes say: strips, tables and drawings for people, JSON for programs, CSV for analysis. Functions and errors are as in
 * report.h. */
#ifndef IL_REPORT_PROBE_H
#define IL_REPORT_PROBE_H

#include "report/report.h"

#include <initlab/probe.h>

/* Several schemes in one network. */
typedef struct il_probe_report {
    const il_probe_config *config;
    const char *data; /* "gaussian", or the data's call */
    size_t n;
    il_probe *const *probe;  /* [n] */
    il_diagnosis *diagnosis; /* [n] */
} il_probe_report;

/* For every scheme: strips of all layers on a logarithmic scale common to all schemes, some layers in numbers, and a
 * diagnosis in words with a remedy. UTF-8. */
il_status il_probe_table(const il_probe_report *report, const il_table_style *style, FILE *out,
                         il_error *err);

/* One object, "schema" 1. */
il_status il_probe_json(const il_probe_report *report, FILE *out, il_error *err);

/* Activations and deltas over the layers, a line for each scheme, with theory and intervals. */
il_status il_probe_svg(const il_probe_report *report, FILE *out, il_error *err);

/* A heading, then one line per scheme, layer and statistic that exists. */
il_status il_probe_csv(const il_probe_report *report, FILE *out, il_error *err);

#endif
