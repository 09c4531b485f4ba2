/* A criterion as closed intervals, so that judging a lane is four comparisons. */
#ifndef IL_LAB_CRITERION_H
#define IL_LAB_CRITERION_H

#include "initlab/study.h"

typedef struct il_bounds {
    il_real loss_low, loss_high, accuracy_low, accuracy_high;
} il_bounds;

/* The loss and accuracy (in il_real) for which every term holds: x < v is x <= the number before v.
 */
il_bounds il_criterion_bounds(const il_criterion *criterion);

#endif
