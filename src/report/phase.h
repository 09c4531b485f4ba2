/* Phase diagrams: on a terminal, as a drawing, for programs. Functions and errors are as in report.h. */
#ifndef IL_REPORT_PHASE_H
#define IL_REPORT_PHASE_H

#include "report/report.h"

#include <initlab/phase.h>
#include <math.h>

/* Distances are drawn from 1 down to this, logarithmically; at 6 xi_c theory leaves about exp(-6) of them. */
#define IL_PHASE_LEAST 0.0025

il_status il_phase_table(const il_phase_config *config, const il_phase *phase,
                         const il_table_style *style, FILE *out, il_error *err);
il_status il_phase_svg(const il_phase_config *config, const il_phase *phase, FILE *out,
                       il_error *err);
il_status il_phase_json(const il_phase_config *config, const il_phase *phase, FILE *out,
                        il_error *err);

/* Rows of a diagram. */
static inline size_t il_phase_rows(const il_depths *depths) {
    return (depths->last - depths->first) / depths->step + 1;
}

/* Where a distance lies between IL_PHASE_LEAST (0) and 1 (1); NAN where it does not exist. */
static inline double il_phase_height(double distance) {
    return 1 - log(distance) / log(IL_PHASE_LEAST);
}

/* What a cell shows, from 0 to 1: that of its distance; trained, how far its accuracy is on the way from chance to 1. */
static inline double il_phase_share(const il_phase_config *config, const il_phase *phase,
                                    const il_phase_column *column, size_t depth) {
    return config->training ? (column->accuracy[depth - 1] - phase->chance) / (1 - phase->chance)
                            : il_phase_height(column->distance[depth - 1]);
}

/* "digits, sgd(lr=0.01), 5 epochs" */
#define IL_PHASE_TRAINING_TEXT (2 * IL_CALL_TEXT + 32)
static inline char *il_phase_training_text(const il_phase_training *training,
                                           char text[IL_PHASE_TRAINING_TEXT]) {
    char data[IL_CALL_TEXT], optimizer[IL_CALL_TEXT];
    snprintf(text, IL_PHASE_TRAINING_TEXT, "%s, %s, %u epoch%s",
             il_call_format(&training->data, data), il_call_format(&training->optimizer, optimizer),
             training->epochs, training->epochs == 1 ? "" : "s");
    return text;
}

#endif
