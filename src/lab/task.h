/* What an arm's runs train on and are judged on. */
#ifndef IL_LAB_TASK_H
#define IL_LAB_TASK_H

#include "initlab/study.h"

typedef struct il_task {
    const il_dataset *data;
    il_dataset *own; /* where the study has not built it */
    il_real *Y;      /* [data->n][outputs] */
    il_samples part[IL_PARTS];
    il_part judges;
} il_task;

/* Takes the arm's data from the study, or builds it; to be closed also after an error, and before the study is freed. */
il_status il_task_open(const il_study *study, const il_arm *arm, il_task *out, il_error *err);
void il_task_close(il_task *task);

/* Whether both arms have the same task. */
bool il_task_shared(const il_arm *a, const il_arm *b);

/* What an arm says of its network, for R replicas, and of its training. */
il_network_config il_arm_network(const il_arm *arm, size_t R);
il_training il_arm_training(const il_study *study, const il_arm *arm);

#endif
