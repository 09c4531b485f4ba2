/* The runner: every arm of a study with every one of its seeds, by several workers. */
#ifndef IL_LAB_RUNNER_H
#define IL_LAB_RUNNER_H

#include "initlab/study.h"

/* il_study_run for study->seeds seeds, whatever rule they follow. `options` is not NULL. */
il_status il_runner_run(const il_study *study, const il_run_options *options, il_results **out,
                        il_error *err);

#endif
