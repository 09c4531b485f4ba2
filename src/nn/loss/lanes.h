/* What the losses share: they work on a block of lanes (16 replicas, or the single one of R = 1) whose
 * count is a compile-time constant in each use, so that the inner loops become vector instructions.
 */
#ifndef IL_NN_LOSS_LANES_H
#define IL_NN_LOSS_LANES_H

#include "base/clones.h"
#include "nn/loss.h"

#define IL_LANES 16

/* Defines `kernel`, which runs `block(pass, r, lanes)` over all replicas of a pass. */
#define IL_LOSS_KERNEL(kernel, block)                                                                  \
    IL_CLONES static void kernel(const double *arg, const il_loss_pass *pass) {                        \
        (void)arg;                                                                                     \
        if (pass->R == 1)                                                                              \
            block(pass, 0, 1);                                                                         \
        else                                                                                           \
            for (size_t r = 0; r < pass->R; r += IL_LANES)                                             \
                block(pass, r, IL_LANES);                                                              \
    }

/* Adds 1 to correct[l] where the largest logit (the first of equals) of sample i is the class with the
 * largest target. */
IL_INLINE void il_count_argmax(const il_loss_pass *pass, size_t i, size_t r, size_t lanes,
                               il_real *correct) {
    size_t K = pass->outputs, R = pass->R, class = 0;
    const il_real *Y = pass->Y + i * K, *z = pass->z + i * K * R + r;
    for (size_t j = 1; j < K; j++)
        class = Y[j] > Y[class] ? j : class;
    il_real hit[IL_LANES];
    for (size_t l = 0; l < lanes; l++)
        hit[l] = 1;
    for (size_t j = 0; j < class; j++)
        for (size_t l = 0; l < lanes; l++)
            hit[l] = z[j * R + l] < z[class * R + l] ? hit[l] : 0;
    for (size_t j = class + 1; j < K; j++)
        for (size_t l = 0; l < lanes; l++)
            hit[l] = z[j * R + l] <= z[class * R + l] ? hit[l] : 0;
    for (size_t l = 0; l < lanes; l++)
        correct[l] += hit[l];
}

/* Adds 1 to correct[l] where every output of sample i lies on its target's side of `threshold`. */
IL_INLINE void il_count_sides(const il_loss_pass *pass, size_t i, size_t r, size_t lanes,
                              il_real threshold, il_real *correct) {
    size_t K = pass->outputs, R = pass->R;
    il_real hit[IL_LANES];
    for (size_t l = 0; l < lanes; l++)
        hit[l] = 1;
    for (size_t j = 0; j < K; j++) {
        const il_real *z = pass->z + (i * K + j) * R + r;
        if (pass->Y[i * K + j] > (il_real)0.5)
            for (size_t l = 0; l < lanes; l++)
                hit[l] = z[l] > threshold ? hit[l] : 0;
        else
            for (size_t l = 0; l < lanes; l++)
                hit[l] = z[l] <= threshold ? hit[l] : 0;
    }
    for (size_t l = 0; l < lanes; l++)
        correct[l] += hit[l];
}

#endif
