/* The epochs of one run: a row each as they end, or all of them as JSON. */
#ifndef IL_REPORT_EPOCHS_H
#define IL_REPORT_EPOCHS_H

#include "lab/session.h"
#include "report/report.h"

/* What became of a run. */
typedef struct il_training_report {
    const il_session *session;
    const il_epoch
        *rows; /* [n], the first one before the first epoch, or where a checkpoint was loaded */
    const double *wall_s; /* [n] seconds since the beginning */
    size_t n;
    bool resumed;
    const il_layer_point *layer; /* [n_layer_points][layers] of the measured rows … */
    const uint64_t *layer_epoch; /* … and their epochs */
    size_t n_layer_points;
} il_training_report;

/* What is trained, and the heading of the rows. */
void il_epochs_begin(const il_session *session, const il_table_style *style, FILE *out);
void il_epochs_row(const il_session *session, const il_epoch *row, double wall_s, FILE *out);

/* The alarms that were raised at the epoch of a row, a line each. */
void il_epochs_alarms(const il_session *session, const il_epoch *row, FILE *out);

/* A table of the layers as they were measured last. */
void il_epochs_layers(const il_training_report *report, FILE *out);

/* How it ended. */
void il_epochs_end(const il_training_report *report, FILE *out);

/* One line an epoch, below a heading. */
void il_epochs_csv(const il_training_report *report, FILE *out);

il_status il_epochs_json(const il_training_report *report, const il_fingerprint *fingerprint,
                         FILE *out, il_error *err);

#endif
