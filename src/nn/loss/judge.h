/* What the losses share: which samples are classified correctly. Loops run over the replicas of one output,
 * which are adjacent; truth is held as the numbers 0 and 1, which vectorize where conditions do not.
 */
#ifndef IL_NN_LOSS_JUDGE_H
#define IL_NN_LOSS_JUDGE_H

#include "base/clones.h"
#include "nn/loss.h"

IL_INLINE void il_fill(size_t n, il_real value, il_real *restrict x) {
    for (size_t r = 0; r < n; r++)
        x[r] = value;
}

IL_INLINE void il_add(size_t n, const il_real *restrict x, il_real *restrict sum) {
    for (size_t r = 0; r < n; r++)
        sum[r] += x[r];
}

/* Adds 1 to correct[r] where every output of sample i lies on its target's side of `threshold`. */
IL_INLINE void il_judge_sides(const il_loss_pass *pass, size_t i, il_real threshold) {
    size_t K = pass->outputs, R = pass->R;
    il_real *restrict right = pass->scratch;
    for (size_t j = 0; j < K; j++) {
        const il_real *restrict z = pass->z + (i * K + j) * R;
        const il_real above = pass->Y[i * K + j] > (il_real)0.5 ? (il_real)1 : (il_real)0;
        const il_real below = 1 - above;
        if (j == 0)
            for (size_t r = 0; r < R; r++)
                right[r] = z[r] > threshold ? above : below;
        else
            for (size_t r = 0; r < R; r++)
                right[r] *= z[r] > threshold ? above : below;
    }
    il_add(R, right, pass->correct);
}

/* Adds 1 to correct[r] where the largest logit (the first of equals) of sample i is that of the class with
 * the largest target. */
IL_INLINE void il_judge_argmax(const il_loss_pass *pass, size_t i) {
    size_t K = pass->outputs, R = pass->R, class = 0;
    const il_real *restrict Y = pass->Y + i * K, *restrict z = pass->z + i * K * R;
    il_real *restrict right = pass->scratch;
    for (size_t j = 1; j < K; j++)
        class = Y[j] > Y[class] ? j : class;
    il_fill(R, 1, right);
    for (size_t j = 0; j < class; j++)
        for (size_t r = 0; r < R; r++)
            right[r] *= z[j * R + r] < z[class * R + r] ? (il_real)1 : (il_real)0;
    for (size_t j = class + 1; j < K; j++)
        for (size_t r = 0; r < R; r++)
            right[r] *= z[j * R + r] <= z[class * R + r] ? (il_real)1 : (il_real)0;
    il_add(R, right, pass->correct);
}

IL_INLINE void il_divide(size_t n, il_real divisor, il_real *restrict x) {
    for (size_t r = 0; r < n; r++)
        x[r] /= divisor;
}

#endif
