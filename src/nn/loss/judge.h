/* What the losses share: which samples are classified correctly. Loops run over the replicas of one output,
 * which are adjacent; truth is held as the numbers 0 and 1, which vectorize where conditions do not.
 */
#ifndef IL_NN_LOSS_JUDGE_H
#define IL_NN_LOSS_JUDGE_H

#include "base/clones.h"
#include "nn/loss.h"

#define IL_INFINITY ((il_real)__builtin_inf())

IL_INLINE void il_fill(size_t n, il_real value, il_real *restrict x) {
    for (size_t r = 0; r < n; r++)
        x[r] = value;
}

IL_INLINE void il_add(size_t n, const il_real *restrict x, il_real *restrict sum) {
    for (size_t r = 0; r < n; r++)
        sum[r] += x[r];
}

/* The targets of output j of sample i for every replica, [R]; shared ones are spread out. */
IL_INLINE const il_real *il_target(const il_loss_pass *pass, size_t i, size_t j) {
    size_t at = i * pass->outputs + j;
    if (pass->own)
        return pass->Y + at * pass->R;
    il_fill(pass->R, pass->Y[at], pass->row);
    return pass->row;
}

/* Leaves right[r] where one output lies on its target's side, else makes it 0: logits of `threshold`, targets of 1/2. */
IL_INLINE void il_judge_side(size_t R, bool own, il_real threshold, const il_real *restrict y,
                             const il_real *restrict z, il_real *restrict right) {
    for (size_t r = 0; r < R; r++) {
        const il_real above = (own ? y[r] : *y) > (il_real)0.5 ? (il_real)1 : (il_real)0;
        right[r] *= z[r] > threshold ? above : 1 - above;
    }
}

/* Adds 1 to correct[r] where the largest logit (the first of equals) of sample i has the largest target. A NaN among the
 * logits is never correct. */
IL_INLINE void il_judge_argmax(const il_loss_pass *pass, size_t i) {
    const size_t K = pass->outputs, R = pass->R;
    il_real *restrict best = pass->scratch, *restrict held = best + R, *restrict most = held + R;
    il_fill(R, -IL_INFINITY, best);
    il_fill(R, -1, held);
    il_fill(R, 0, most);
    for (size_t j = 0; j < K; j++) {
        const il_real *restrict z = pass->z + (i * K + j) * R, *restrict y = il_target(pass, i, j);
        for (size_t r = 0; r < R; r++) {
            const il_real top = y[r] > most[r] ? y[r] : most[r];
            held[r] = z[r] > best[r] ? y[r] : held[r];
            best[r] = z[r] > best[r] ? z[r] : best[r];
            most[r] = z[r] == z[r] ? top : IL_INFINITY;
        }
    }
    for (size_t r = 0; r < R; r++)
        pass->correct[r] += held[r] == most[r] ? (il_real)1 : (il_real)0;
}

/* A single output is classified at `threshold`, several by the largest. */
IL_INLINE void il_judge_outputs(const il_loss_pass *pass, size_t i, il_real threshold) {
    size_t R = pass->R;
    if (pass->outputs == 1) {
        il_fill(R, 1, pass->scratch);
        il_judge_side(R, true, threshold, il_target(pass, i, 0), pass->z + i * R, pass->scratch);
        il_add(R, pass->scratch, pass->correct);
    } else
        il_judge_argmax(pass, i);
}

IL_INLINE void il_divide(size_t n, il_real divisor, il_real *restrict x) {
    for (size_t r = 0; r < n; r++)
        x[r] /= divisor;
}

#endif
