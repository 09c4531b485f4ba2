/* A study with the number of seeds it names, or with seeds: auto look by look. */
#include "lab/runner.h"

#include <stdlib.h>

static bool narrow(const il_study *study, const il_results *results) {
    double most = 2 * study->half_width;
    for (size_t i = 0; i < results->n_arms; i++)
        if (results->arms[i].success_ci.high - results->arms[i].success_ci.low > most)
            return false;
    return true;
}

/* seeds: auto. The runs that a look takes from the store are found, unless the look before put them there. */
static il_status run_looks(const il_study *study, const il_run_options *options, il_results **out,
                           il_error *err) {
    il_study look = *study;
    il_run_options with = *options;
    il_results *before = NULL, *results;
    size_t looks = 0, found = 0;
    double wall_s = 0;
    for (;;) {
        look.seeds = il_seeding_next(study->most, before ? before->seeds : 0);
        with.begun = before;
        il_status status = il_runner_run(&look, &with, &results, err);
        if (before && results && results->found > 0)
            found -= before->n_arms * before->seeds;
        il_results_free(before);
        if (status != IL_OK)
            return status;
        looks++;
        found += results->found;
        wall_s += results->wall_s;
        results->narrow = narrow(study, results);
        if (results->narrow || look.seeds == study->most)
            break;
        before = results;
    }
    results->looks = looks;
    results->found = found;
    results->wall_s = wall_s;
    *out = results;
    return IL_OK;
}

il_status il_study_run(const il_study *study, const il_run_options *options, il_results **out,
                       il_error *err) {
    const il_run_options defaults = {0};
    options = options ? options : &defaults;
    *out = NULL;
    return study->half_width > 0 ? run_looks(study, options, out, err)
                                 : il_runner_run(study, options, out, err);
}

void il_results_free(il_results *results) {
    if (!results)
        return;
    free(results->runs);
    free(results->arms);
    free(results->alarms);
    free(results);
}
