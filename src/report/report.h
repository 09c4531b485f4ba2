/* Reports: what a study's results say, as a table for people, JSON for programs, CSV for analysis.
 *
 * Each function writes to `out` and leaves flushing to the caller. Errors: IL_NO_MEMORY, before
 * anything is written; IL_IO when `out` refused what was written. */
#ifndef IL_REPORT_REPORT_H
#define IL_REPORT_REPORT_H

#include <initlab/store.h>
#include <initlab/study.h>
#include <stdio.h>

/* What the numbers were computed with. */
typedef struct il_fingerprint {
    const char *version;  /* of initlab */
    const char *compiler; /* "gcc 12.2.0" */
    const char *real;     /* "float" or "double" */
    const char *kernels;  /* the variant of the lockstep kernels that this processor runs */
    const char *openblas_config, *openblas_core;
    size_t openblas_threads;
} il_fingerprint;

typedef struct il_table_style {
    size_t columns; /* width to aim for; at least 80 are used */
    bool color;     /* ANSI colors */
} il_table_style;

/* One row per arm, lowest RMST first, a legend, and the verdict in words. UTF-8. */
il_status il_report_table(const il_study *study, const il_results *results,
                          const il_table_style *style, FILE *out, il_error *err);

/* One object, "schema" 1; arms in the study's order. */
il_status il_report_json(const il_study *study, const il_results *results,
                         const il_fingerprint *fingerprint, FILE *out, il_error *err);

/* A heading, then one line per run, in the study's order. Quoted as RFC 4180 says; lines end in a
 * single line feed. Numbers have a point in every locale and read back to the same float. */
il_status il_report_csv(const il_study *study, const il_results *results, FILE *out, il_error *err);

/* The same of a stored study, and as one JSON object a line: the settings by key, "engine", "seed", "outcome", "epoch",
 * "T", "loss" and "accuracy", null where they are not finite, and "layer" when the run diverged. */
il_status il_export_csv(const il_archive *archive, FILE *out, il_error *err);
il_status il_export_jsonl(const il_archive *archive, FILE *out, il_error *err);

/* What was recorded of the runs: a line for each epoch, or with `layers` for each layer at an epoch, as CSV or with `json`
 * as JSON. IL_INVALID when nothing was; IL_IO when it cannot be read. */
il_status il_export_records(const il_archive *archive, bool layers, bool json, FILE *out,
                            il_error *err);

/* The same as a folder of event files for TensorBoard, one folder below it for each arm and in it one for each run; *runs
 * is their number. Tags: loss/train, loss/evaluation (on the samples that judge), accuracy/…, layer1/a_rms … */
il_status il_export_tensorboard(const il_archive *archive, const char *folder, size_t *runs,
                                il_error *err);
#define IL_NOTHING_RECORDED "nothing was recorded of '%s': run it with record: curves, or layers"

/* A page that stands alone: what was asked and the answer, a table of the arms, charts with their data, and how to
 * reproduce it. It needs no network and no script. */
il_status il_report_html(const il_archive *archive, FILE *out, il_error *err);

typedef enum il_chart {
    IL_CHART_CURVES,      /* share of runs that had converged, by epoch */
    IL_CHART_SUCCESS,     /* success rates with intervals */
    IL_CHART_SUCCESS_MAP, /* of a study of two or three factors … */
    IL_CHART_RMST_MAP,
    IL_CHART_LOSS, /* of runs whose curves were recorded … */
    IL_CHART_ACCURACY,
    IL_CHART_SIGNAL, /* … and whose layers were: activations and gradients before training … */
    IL_CHART_GRADIENT,
    IL_CHART_SIGNAL_EPOCHS, /* … and while it went on */
    IL_CHART_GRADIENT_EPOCHS,
    IL_CHART_WEIGHTS, /* of networks small enough that their parameters were kept */
    IL_CHART_REGIONS, /* of those with two inputs: what they say of every point … */
    IL_CHART_LINES    /* … and where the units of their first layer change sign */
} il_chart;

/* One chart of that page as an SVG that stands alone. IL_INVALID: the study has not what the chart shows. */
il_status il_report_svg(const il_archive *archive, il_chart chart, FILE *out, il_error *err);

#endif
