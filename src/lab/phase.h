/* What the files of a phase diagram share. */
#ifndef IL_LAB_PHASE_H
#define IL_LAB_PHASE_H

#include "initlab/phase.h"

/* The initialization of one column: `critical` with both variances given. */
#define IL_PHASE_INIT_TEXT 128
char *il_phase_init(const il_phase_config *config, double sigma_w2, char text[IL_PHASE_INIT_TEXT]);

/* Trains every depth of every column, and fills their accuracies and the chance. */
il_status il_phase_train(const il_phase_config *config, il_phase *phase, il_error *err);

#endif
