/* Binary cross-entropy from logits: max(z, 0) - z y + log(1 + exp(-|z|)), stable at any |z|. */
#include "base/elementary.h"
#include "nn/loss/judge.h"

/* One output of one sample: adds its loss, writes its gradient. A shared target is a single number. */
IL_INLINE void output(size_t R, bool own, il_real scale, const il_real *restrict y,
                      const il_real *restrict z, il_real *restrict loss, il_real *restrict delta) {
    for (size_t r = 0; r < R; r++) {
        il_real t = own ? y[r] : *y, positive = z[r] < 0 ? 0 : z[r];
        il_real e = IL_EXP_NONPOSITIVE(z[r] < 0 ? z[r] : -z[r]);
        il_real sigmoid = (z[r] < 0 ? e : 1) / (1 + e);
        loss[r] += positive - z[r] * t + IL_LOG1P_UNIT(e);
        delta[r] = (sigmoid - t) * scale;
    }
}

/* Compiled twice: for targets of each replica's own and for shared ones. */
IL_INLINE void evaluate(const il_loss_pass *pass, bool own) {
    size_t K = pass->outputs, R = pass->R;
    il_real *right = pass->scratch; /* [R] 1 where all outputs of a sample are */
    il_real count = (il_real)(pass->n * K);
    il_fill(R, 0, pass->loss);
    il_fill(R, 0, pass->correct);
    for (size_t i = 0; i < pass->n; i++) {
        il_fill(R, 1, right);
        for (size_t j = 0, c = i * K * R; j < K; j++, c += R) {
            const il_real *y = pass->Y + (i * K + j) * (own ? R : 1);
            output(R, own, 1 / count, y, pass->z + c, pass->loss, pass->delta + c);
            il_judge_side(R, own, 0, y, pass->z + c, right);
        }
        il_add(R, right, pass->correct);
    }
    il_divide(R, count, pass->loss);
}

IL_CLONES static void bce_evaluate(const double *arg, const il_loss_pass *pass) {
    (void)arg;
    if (pass->own)
        evaluate(pass, true);
    else
        evaluate(pass, false);
}

const il_loss_type il_loss_bce = {
    .desc = {.name = "bce",
             .aliases = "binary_cross_entropy binary_crossentropy bce_with_logits",
             .formula = "mean of max(z, 0) - z*y + log(1 + exp(-|z|))"},
    .min_outputs = 1,
    .classes = true,
    .evaluate = bce_evaluate,
};
