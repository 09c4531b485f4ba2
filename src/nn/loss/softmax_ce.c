/* Softmax cross-entropy from logits, shifted by the largest so that no exponential overflows:
 * log(sum exp(z)) - sum y z, mean over samples. Targets of a sample sum to 1. */
#include "nn/loss/lanes.h"

#include "base/elementary.h"

/* Sample i: adds its loss, writes its gradient. */
IL_INLINE void sample(const il_loss_pass *pass, size_t i, size_t r, size_t lanes, il_real scale,
                      il_real *loss) {
    size_t K = pass->outputs, R = pass->R;
    const il_real *z = pass->z + i * K * R + r, *Y = pass->Y + i * K;
    il_real *delta = pass->delta + i * K * R + r;
    il_real largest[IL_LANES], sum[IL_LANES] = {0};
    for (size_t l = 0; l < lanes; l++)
        largest[l] = z[l];
    for (size_t j = 1; j < K; j++)
        for (size_t l = 0; l < lanes; l++)
            largest[l] = z[j * R + l] > largest[l] ? z[j * R + l] : largest[l];
    for (size_t j = 0; j < K; j++)
        for (size_t l = 0; l < lanes; l++) {
            il_real shifted = z[j * R + l] - largest[l], e = IL_EXP_NONPOSITIVE(shifted);
            loss[l] -= Y[j] * shifted;
            sum[l] += e;
            delta[j * R + l] = e;
        }
    for (size_t l = 0; l < lanes; l++) {
        loss[l] += IL_LOG(sum[l]);
        sum[l] = 1 / sum[l];
    }
    for (size_t j = 0; j < K; j++)
        for (size_t l = 0; l < lanes; l++)
            delta[j * R + l] = (delta[j * R + l] * sum[l] - Y[j]) * scale;
}

IL_INLINE void block(const il_loss_pass *pass, size_t r, size_t lanes) {
    il_real count = (il_real)pass->n;
    il_real loss[IL_LANES] = {0}, correct[IL_LANES] = {0};
    for (size_t i = 0; i < pass->n; i++) {
        sample(pass, i, r, lanes, 1 / count, loss);
        il_count_argmax(pass, i, r, lanes, correct);
    }
    for (size_t l = 0; l < lanes; l++) {
        pass->loss[r + l] = loss[l] / count;
        pass->correct[r + l] = correct[l];
    }
}

IL_LOSS_KERNEL(softmax_ce_evaluate, block)

const il_loss_type il_loss_softmax_ce = {
    .desc = {.name = "softmax_ce",
             .aliases = "cross_entropy",
             .formula = "mean over samples of log(sum exp(z)) - sum y*z"},
    .min_outputs = 2,
    .evaluate = softmax_ce_evaluate,
};
