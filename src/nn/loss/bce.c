/* Binary cross-entropy from logits: max(z, 0) - z y + log(1 + exp(-|z|)), stable at any |z|. */
#include "base/elementary.h"
#include "nn/loss/judge.h"

/* e = exp(-|z|), apart from what is made of it: the two together are a chain of operations so long that a processor
 * waits for it. */
IL_INLINE void exponentials(size_t n, const il_real *restrict z, il_real *restrict e) {
    for (size_t i = 0; i < n; i++)
        e[i] = IL_EXP_NONPOSITIVE(z[i] < 0 ? z[i] : -z[i]);
}

/* One output of one sample: adds its loss, makes its gradient of the exponential that stands there, and adds to right[r]
 * whether it lies on its target's side, or as one of several multiplies by it. A shared target is a single number. */
IL_INLINE void output(size_t R, bool own, bool single, il_real scale, const il_real *restrict y,
                      const il_real *restrict z, il_real *restrict loss, il_real *restrict delta,
                      il_real *restrict right) {
    for (size_t r = 0; r < R; r++) {
        il_real t = own ? y[r] : *y, e = delta[r];
        il_real positive = z[r] < 0 ? 0 : z[r], sigmoid = (z[r] < 0 ? e : 1) / (1 + e);
        il_real above = t > (il_real)0.5 ? (il_real)1 : (il_real)0;
        il_real hit = z[r] > 0 ? above : 1 - above;
        loss[r] += positive - z[r] * t + IL_LOG1P_UNIT(e);
        delta[r] = (sigmoid - t) * scale;
        right[r] = single ? right[r] + hit : right[r] * hit;
    }
}

/* Compiled for targets of each replica's own and for shared ones, and for a single output. */
IL_INLINE void evaluate(const il_loss_pass *pass, bool own, bool single) {
    size_t K = single ? 1 : pass->outputs, R = pass->R;
    il_real *right = single ? pass->correct : pass->scratch; /* [R] */
    il_real count = (il_real)(pass->n * K);
    il_fill(R, 0, pass->loss);
    il_fill(R, 0, pass->correct);
    exponentials(pass->n * K * R, pass->z, pass->delta);
    for (size_t i = 0; i < pass->n; i++) {
        if (!single)
            il_fill(R, 1, right);
        for (size_t j = 0, c = i * K * R; j < K; j++, c += R)
            output(R, own, single, 1 / count, pass->Y + (i * K + j) * (own ? R : 1), pass->z + c,
                   pass->loss, pass->delta + c, right);
        if (!single)
            il_add(R, right, pass->correct);
    }
    il_divide(R, count, pass->loss);
}

IL_CLONES static void bce_evaluate(const double *arg, const il_loss_pass *pass) {
    (void)arg;
    if (pass->outputs == 1 && pass->own)
        evaluate(pass, true, true);
    else if (pass->outputs == 1)
        evaluate(pass, false, true);
    else
        evaluate(pass, pass->own, false);
}

const il_loss_type il_loss_bce = {
    .desc = {.name = "bce",
             .aliases = "binary_cross_entropy binary_crossentropy bce_with_logits",
             .formula = "mean of max(z, 0) - z*y + log(1 + exp(-|z|))"},
    .min_outputs = 1,
    .classes = true,
    .evaluate = bce_evaluate,
};
