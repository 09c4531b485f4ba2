#include "lab/claim/tune.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is least at the best rate. */
static double score_of(const il_study *study, const il_results *results) {
    double sum = 0;
    if (study->converged.n > 0)
        return results->arms[0].rmst;
    for (size_t i = 0; i < study->seeds; i++) {
        const il_run *run = &results->runs[i];
        sum += isnan(run->accuracy) ? (double)run->loss : -(double)run->accuracy;
    }
    return sum;
}

/* The learning rate is every optimizer's first parameter. */
static il_status tune_arm(const il_study *study, size_t after, il_arm *arm, const double *rate,
                          size_t n, const il_run_options *options, il_error *err) {
    il_study one = *study;
    il_arm tried = *arm;
    double least = (double)INFINITY;
    one.arms = &tried;
    one.n_arms = 1;
    one.seed_base += after;
    for (size_t i = 0; i < n; i++) {
        il_results *results;
        tried.optimizer.arg[0] = rate[i];
        il_status status = il_study_run(&one, options, &results, err);
        if (status != IL_OK)
            return status;
        double score = score_of(study, results);
        if (score < least) {
            least = score;
            arm->optimizer.arg[0] = rate[i];
        }
        il_results_free(results);
    }
    return IL_OK;
}

il_status il_tune(const il_study *study, size_t after, const double *rate, size_t n,
                  const il_run_options *options, il_study **out, il_error *err) {
    il_study *tuned = malloc(sizeof *tuned);
    il_arm *arms = calloc(study->n_arms, sizeof *arms);
    *out = NULL;
    if (!tuned || !arms) {
        free(tuned);
        free(arms);
        return il_fail(err, IL_NO_MEMORY, "no memory to tune %zu arms", study->n_arms);
    }
    *tuned = *study;
    tuned->built = NULL; /* the datasets stay those of the study, which outlives this one */
    tuned->n_built = 0;
    tuned->arms = memcpy(arms, study->arms, study->n_arms * sizeof *arms);
    il_status status = IL_OK;
    for (size_t i = 0; i < study->n_arms && status == IL_OK; i++)
        status = tune_arm(study, after, &arms[i], rate, n, options, err);
    if (status == IL_OK)
        *out = tuned;
    else
        il_study_free(tuned);
    return status;
}
