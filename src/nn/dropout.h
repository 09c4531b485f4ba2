/* Dropout descriptors: each is one file in nn/dropout and one line in its registry.
 *
 * A unit is kept with probability 1 - p. Out of a it makes a*m + shift(m), where m is `scale` for a kept unit and 0
 * for a dropped one. */
#ifndef IL_NN_DROPOUT_H
#define IL_NN_DROPOUT_H

#include "initlab/network.h"

typedef struct il_dropout_law {
    double scale;         /* of a kept unit */
    double kept, dropped; /* what is added to a kept and to a dropped unit */
} il_dropout_law;

typedef struct il_dropout_type {
    il_desc desc;                    /* the first parameter is p */
    il_dropout_law (*law)(double p); /* NULL: none */
} il_dropout_type;

extern const il_dropout_type il_dropout_none, il_dropout_inverted, il_dropout_alpha;

static inline const il_dropout_type *il_dropout_of(const il_call *call) {
    return (const il_dropout_type *)(const void *)call->desc;
}

/* Masks of one training pass of layer k: mask [n][units][R] and out = a*mask + shift. Unit e of the samples' n·units
 * is kept where word e is at least p·2^32, from block step·2^32 on of the stream (seed, dropout, k). So a mask depends on
 * these four numbers alone, and two passes share no word: a pass has fewer than 2^34 units, a training fewer than 2^32
 * steps. `words` is room for 4·IL_MASK_BLOCKS·R words. */
typedef struct il_dropout_pass {
    size_t n, units, R, layer;
    const il_draws *draws;
    const il_real *a;
    il_real *mask, *out;
    uint32_t *words;
    uint64_t *block; /* [R] */
} il_dropout_pass;

#define IL_MASK_BLOCKS 16

void il_dropout_forward(const il_call *dropout, const il_dropout_pass *pass);

#endif
