/* A study with the learning rate that suits each arm best. */
#ifndef IL_LAB_CLAIM_TUNE_H
#define IL_LAB_CLAIM_TUNE_H

#include "initlab/claim.h"

/* Copies a study, each arm with the rate[n] at which its RMST is lowest, the first among equals; where no run is to converge,
 * at which its accuracy is highest, or without one its loss lowest. The seeds are as many as
 * the study's, and the first `after` of its seeds are not among them: the choice must not see the runs that are decided
 * on. Errors: those of il_study_run. */
il_status il_tune(const il_study *study, size_t after, const double *rate, size_t n,
                  const il_run_options *options, il_study **out, il_error *err);

#endif
