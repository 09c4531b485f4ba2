/* Learning-rate schedules: each is one file and one line in the registry. Portable arithmetic only, in double, so that
 * the learning rates have the same bits everywhere. */
#ifndef IL_OPTIM_SCHEDULE_H
#define IL_OPTIM_SCHEDULE_H

#include "initlab/optim.h"

typedef struct il_schedule_type {
    il_desc desc;
    double (*factor)(const double *arg, const il_progress *at, const double *state);
    double start[IL_SCHEDULE_STATE];                                /* of the state */
    void (*observe)(const double *arg, double loss, double *state); /* NULL: does not watch */
} il_schedule_type;

extern const il_schedule_type il_schedule_constant;

static inline const il_schedule_type *il_schedule_of(const il_call *call) {
    return (const il_schedule_type *)(const void *)call->desc;
}

#endif
