/* Huber's loss of the linear outputs: squares near the target, straight lines beyond delta. A single output is
 * classified at 1/2, several by the largest. */
#include "nn/loss/judge.h"

/* The slope is the difference, cut at ± width; then the loss is slope (difference - slope/2). */
IL_INLINE void output(size_t R, il_real width, il_real scale, const il_real *restrict y,
                      const il_real *restrict z, il_real *restrict loss, il_real *restrict delta) {
    for (size_t r = 0; r < R; r++) {
        il_real difference = z[r] - y[r];
        il_real low = difference < -width ? -width : difference;
        il_real slope = low > width ? width : low;
        loss[r] += slope * (difference - (il_real)0.5 * slope);
        delta[r] = slope * scale;
    }
}

IL_CLONES static void huber_evaluate(const double *arg, const il_loss_pass *pass) {
    size_t K = pass->outputs, R = pass->R;
    il_real count = (il_real)(pass->n * K), width = (il_real)arg[0];
    il_fill(R, 0, pass->loss);
    il_fill(R, 0, pass->correct);
    for (size_t i = 0; i < pass->n; i++) {
        for (size_t j = 0, c = i * K * R; j < K; j++, c += R)
            output(R, width, 1 / count, il_target(pass, i, j), pass->z + c, pass->loss,
                   pass->delta + c);
        il_judge_outputs(pass, i, (il_real)0.5);
    }
    il_divide(R, count, pass->loss);
}

const il_loss_type il_loss_huber = {
    .desc = {.name = "huber",
             .formula = "mean of d^2/2 where |d| <= delta, else delta*(|d| - delta/2), d = z - y",
             .source = "Huber 1964",
             .params = {{.name = "delta",
                         .doc = "where the square ends",
                         .initial = 1,
                         .min = 0,
                         .max = 1e6,
                         .above_min = true}},
             .n_params = 1},
    .min_outputs = 1,
    .evaluate = huber_evaluate,
};
