/* What the floors that are fused by hand share: Adam for LANES replicas that lie together. */
#ifndef BENCH_FUSED_H
#define BENCH_FUSED_H

#include "base/clones.h"

#include <float.h>
#include <stddef.h>

#define LANES 16

/* Of each replica. */
typedef struct fused_rates {
    float rate[LANES], root[LANES]; /* lr/(1 - beta1^t), 1/sqrt(1 - beta2^t) */
} fused_rates;

#define FUSED_LR 0.01f /* of Adam, as the network's optimizer has it */

IL_INLINE float fused_flush(float x) {
    return __builtin_fabsf(x) < FLT_MIN ? 0 : x;
}

IL_INLINE void fused_advance(double *restrict power1, double *restrict power2,
                             fused_rates *restrict out) {
    for (size_t l = 0; l < LANES; l++) {
        const double next1 = power1[l] * 0.9, next2 = power2[l] * 0.999;
        power1[l] = next1 < 0x1p-60 ? 0 : next1;
        power2[l] = next2 < 0x1p-60 ? 0 : next2;
        out->rate[l] = FUSED_LR / (float)(1 - power1[l]);
        out->root[l] = 1 / __builtin_sqrtf((float)(1 - power2[l]));
    }
}

/* One parameter. */
IL_INLINE void fused_adam(float rate, float root, float g, float *m, float *v, float *w) {
    *m = fused_flush(0.9f * *m + (float)(1 - 0.9) * g);
    *v = fused_flush(0.999f * *v + (float)(1 - 0.999) * (g * g));
    *w -= rate * *m / (__builtin_sqrtf(*v) * root + 1e-8f);
}

#endif
