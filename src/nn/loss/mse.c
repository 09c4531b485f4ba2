/* Mean squared error of the linear outputs. A single output is classified at 1/2, several by the
 * largest. */
#include "nn/loss/lanes.h"

IL_INLINE void block(const il_loss_pass *pass, size_t r, size_t lanes) {
    size_t K = pass->outputs, R = pass->R;
    il_real count = (il_real)(pass->n * K), scale = 2 / count;
    il_real loss[IL_LANES] = {0}, correct[IL_LANES] = {0};
    for (size_t i = 0; i < pass->n; i++) {
        for (size_t j = 0; j < K; j++) {
            const il_real *z = pass->z + (i * K + j) * R + r;
            il_real *delta = pass->delta + (i * K + j) * R + r, y = pass->Y[i * K + j];
            for (size_t l = 0; l < lanes; l++) {
                il_real difference = z[l] - y;
                loss[l] += difference * difference;
                delta[l] = difference * scale;
            }
        }
        if (K == 1)
            il_count_sides(pass, i, r, lanes, (il_real)0.5, correct);
        else
            il_count_argmax(pass, i, r, lanes, correct);
    }
    for (size_t l = 0; l < lanes; l++) {
        pass->loss[r + l] = loss[l] / count;
        pass->correct[r + l] = correct[l];
    }
}

IL_LOSS_KERNEL(mse_evaluate, block)

const il_loss_type il_loss_mse = {
    .desc = {.name = "mse", .formula = "mean of (z - y)^2"},
    .min_outputs = 1,
    .evaluate = mse_evaluate,
};
