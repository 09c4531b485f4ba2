/* Binary cross-entropy from logits: max(z, 0) - z y + log(1 + exp(-|z|)), stable at any |z|. */
#include "base/elementary.h"
#include "nn/loss/judge.h"

/* One output of one sample: adds its loss, writes its gradient. */
IL_INLINE void output(size_t R, il_real scale, const il_real *restrict y, const il_real *restrict z,
                      il_real *restrict loss, il_real *restrict delta) {
    for (size_t r = 0; r < R; r++) {
        il_real positive = z[r] < 0 ? 0 : z[r];
        il_real e = IL_EXP_NONPOSITIVE(z[r] < 0 ? z[r] : -z[r]);
        il_real sigmoid = (z[r] < 0 ? e : 1) / (1 + e);
        loss[r] += positive - z[r] * y[r] + IL_LOG1P_UNIT(e);
        delta[r] = (sigmoid - y[r]) * scale;
    }
}

IL_CLONES static void bce_evaluate(const double *arg, const il_loss_pass *pass) {
    (void)arg;
    size_t K = pass->outputs, R = pass->R;
    il_real count = (il_real)(pass->n * K);
    il_fill(R, 0, pass->loss);
    il_fill(R, 0, pass->correct);
    for (size_t i = 0; i < pass->n; i++) {
        for (size_t j = 0, c = i * K * R; j < K; j++, c += R)
            output(R, 1 / count, il_target(pass, i, j), pass->z + c, pass->loss, pass->delta + c);
        il_judge_sides(pass, i, 0);
    }
    il_divide(R, count, pass->loss);
}

const il_loss_type il_loss_bce = {
    .desc = {.name = "bce",
             .aliases = "binary_cross_entropy binary_crossentropy bce_with_logits",
             .formula = "mean of max(z, 0) - z*y + log(1 + exp(-|z|))"},
    .min_outputs = 1,
    .classes = true,
    .evaluate = bce_evaluate,
};
