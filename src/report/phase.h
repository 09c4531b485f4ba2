/* Phase diagrams: on a terminal, as a drawing, for programs. Functions and errors are as in report.h. */
#ifndef IL_REPORT_PHASE_H
#define IL_REPORT_PHASE_H

#include "report/report.h"

#include <initlab/phase.h>
#include <math.h>

/* The depths that are shown: first, first + step … at most last, all within the phase's layers. */
typedef struct il_depths {
    size_t first, last, step;
} il_depths;

/* Distances are drawn from 1 down to this, logarithmically; at 6 xi_c theory leaves about exp(-6) of them. */
#define IL_PHASE_LEAST 0.0025

il_status il_phase_table(const il_phase_config *config, const il_phase *phase,
                         const il_depths *depths, const il_table_style *style, FILE *out,
                         il_error *err);
il_status il_phase_svg(const il_phase_config *config, const il_phase *phase,
                       const il_depths *depths, FILE *out, il_error *err);
il_status il_phase_json(const il_phase_config *config, const il_phase *phase,
                        const il_depths *depths, FILE *out, il_error *err);

/* Where a distance lies between IL_PHASE_LEAST (0) and 1 (1); NAN where it does not exist. */
static inline double il_phase_height(double distance) {
    return 1 - log(distance) / log(IL_PHASE_LEAST);
}

#endif
