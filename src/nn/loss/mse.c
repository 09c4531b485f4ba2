/* Mean squared error of the linear outputs. A single output is classified at 1/2, several by the largest. */
#include "nn/loss/judge.h"

IL_INLINE void output(size_t R, il_real scale, const il_real *restrict y, const il_real *restrict z,
                      il_real *restrict loss, il_real *restrict delta) {
    for (size_t r = 0; r < R; r++) {
        il_real difference = z[r] - y[r];
        loss[r] += difference * difference;
        delta[r] = difference * scale;
    }
}

IL_CLONES static void mse_evaluate(const double *arg, const il_loss_pass *pass) {
    (void)arg;
    size_t K = pass->outputs, R = pass->R;
    il_real count = (il_real)(pass->n * K);
    il_fill(R, 0, pass->loss);
    il_fill(R, 0, pass->correct);
    for (size_t i = 0; i < pass->n; i++) {
        for (size_t j = 0, c = i * K * R; j < K; j++, c += R)
            output(R, 2 / count, il_target(pass, i, j), pass->z + c, pass->loss, pass->delta + c);
        il_judge_outputs(pass, i, (il_real)0.5);
    }
    il_divide(R, count, pass->loss);
}

const il_loss_type il_loss_mse = {
    .desc = {.name = "mse", .aliases = "mean_squared_error", .formula = "mean of (z - y)^2"},
    .min_outputs = 1,
    .evaluate = mse_evaluate,
};
