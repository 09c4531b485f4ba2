/* Measures of finished runs. */
#include "lab/claim/measure.h"

#include <math.h>

static double success(const il_run *run, uint32_t budget) {
    (void)budget;
    return run->outcome == IL_CONVERGED;
}

static double diverged(const il_run *run, uint32_t budget) {
    (void)budget;
    return run->outcome == IL_DIVERGED;
}

static double epochs(const il_run *run, uint32_t budget) {
    return il_run_time(run, budget);
}

static double accuracy(const il_run *run, uint32_t budget) {
    (void)budget;
    return (double)run->accuracy;
}

static double loss(const il_run *run, uint32_t budget) {
    (void)budget;
    return (double)run->loss;
}

const il_measure_type il_measure_success = {
    .desc = {.name = "success", .formula = "share of the runs that converged within the budget"},
    .kind = IL_SHARE,
    .high = 1,
    .of_run = success,
};

const il_measure_type il_measure_diverged = {
    .desc = {.name = "diverged", .formula = "share of the runs whose loss stopped being finite"},
    .kind = IL_SHARE,
    .high = 1,
    .of_run = diverged,
};

const il_measure_type il_measure_rmst = {
    .desc = {.name = "rmst",
             .formula = "mean epochs to convergence, the budget where a run did not converge",
             .source = "Royston & Parmar, Stat. Med. 30 (2011) 2409"},
    .kind = IL_MEAN,
    .high = (double)INFINITY,
    .of_run = epochs,
};

const il_measure_type il_measure_median = {
    .desc = {.name = "median",
             .formula = "median epochs to convergence, the budget where a run did not converge"},
    .kind = IL_MEDIAN,
    .high = (double)INFINITY,
    .of_run = epochs,
};

const il_measure_type il_measure_a12 = {
    .desc = {.name = "a12",
             .formula = "P(Ta < Tb) + P(Ta = Tb)/2: above 1/2 when a needs fewer epochs",
             .source = "Vargha & Delaney, J. Educ. Behav. Stat. 25 (2000) 101"},
    .kind = IL_PAIRS,
    .high = 1,
    .of_run = epochs,
};

const il_measure_type il_measure_wins = {
    .desc = {.name = "wins",
             .formula = "share of the seeds with which a needs fewer epochs than b, among those "
                        "with which they need different numbers",
             .source = "Wald, Ann. Math. Stat. 16 (1945) 117"},
    .kind = IL_WINS,
    .high = 1,
    .of_run = epochs,
};

const il_measure_type il_measure_accuracy = {
    .desc = {.name = "accuracy", .formula = "mean accuracy at the end of the runs"},
    .kind = IL_MEAN,
    .high = 1,
    .of_run = accuracy,
};

const il_measure_type il_measure_loss = {
    .desc = {.name = "loss", .formula = "mean loss at the end of the runs"},
    .kind = IL_MEAN,
    .high = (double)INFINITY,
    .of_run = loss,
};
