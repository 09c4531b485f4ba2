/* What losses of margins share: with one output the target's side as ±1, with several the target's class. A logit that is
 * not finite gives a loss that is not, even where its margin is wide enough, so that a diverged replica shows. */
#ifndef IL_NN_LOSS_MARGIN_H
#define IL_NN_LOSS_MARGIN_H

#include "nn/loss/judge.h"

/* 1 for targets above 1/2, else -1. */
IL_INLINE il_real il_side(il_real y) {
    return y > (il_real)0.5 ? (il_real)1 : (il_real)-1;
}

/* Of sample i: which output has the largest target (the first of equals), as a number, and its logit; both [R]. */
IL_INLINE void il_find_class(const il_loss_pass *pass, size_t i, il_real *restrict most,
                             il_real *restrict held, il_real *restrict logit) {
    const size_t K = pass->outputs, R = pass->R;
    il_fill(R, -IL_INFINITY, most);
    il_fill(R, 0, held);
    il_fill(R, 0, logit);
    for (size_t j = 0; j < K; j++) {
        const il_real *restrict z = pass->z + (i * K + j) * R, *restrict y = il_target(pass, i, j);
        for (size_t r = 0; r < R; r++) {
            held[r] = y[r] > most[r] ? (il_real)j : held[r];
            logit[r] = y[r] > most[r] ? z[r] : logit[r];
            most[r] = y[r] > most[r] ? y[r] : most[r];
        }
    }
}

#endif
