/* Binary cross-entropy from logits: max(z, 0) - z y + log(1 + exp(-|z|)), stable at any |z|. */
#include "nn/loss/lanes.h"

#include "base/elementary.h"

IL_INLINE void block(const il_loss_pass *pass, size_t r, size_t lanes) {
    size_t K = pass->outputs, R = pass->R;
    il_real count = (il_real)(pass->n * K), scale = 1 / count;
    il_real loss[IL_LANES] = {0}, correct[IL_LANES] = {0};
    for (size_t i = 0; i < pass->n; i++) {
        for (size_t j = 0; j < K; j++) {
            const il_real *z = pass->z + (i * K + j) * R + r;
            il_real *delta = pass->delta + (i * K + j) * R + r, y = pass->Y[i * K + j];
            for (size_t l = 0; l < lanes; l++) {
                il_real positive = z[l] < 0 ? 0 : z[l];
                il_real e = IL_EXP_NONPOSITIVE(z[l] < 0 ? z[l] : -z[l]);
                il_real sigmoid = (z[l] < 0 ? e : 1) / (1 + e);
                loss[l] += positive - z[l] * y + IL_LOG1P_UNIT(e);
                delta[l] = (sigmoid - y) * scale;
            }
        }
        il_count_sides(pass, i, r, lanes, 0, correct);
    }
    for (size_t l = 0; l < lanes; l++) {
        pass->loss[r + l] = loss[l] / count;
        pass->correct[r + l] = correct[l];
    }
}

IL_LOSS_KERNEL(bce_evaluate, block)

const il_loss_type il_loss_bce = {
    .desc = {.name = "bce", .formula = "mean of max(z, 0) - z*y + log(1 + exp(-|z|))"},
    .min_outputs = 1,
    .evaluate = bce_evaluate,
};
