/* Gradient clipping: each kind is one file in optim/clip and one line in its registry. */
#ifndef IL_OPTIM_CLIP_H
#define IL_OPTIM_CLIP_H

#include "initlab/optim.h"

typedef struct il_clip_type {
    il_desc desc;
    void (*clip)(const double *arg, il_network *net); /* NULL: nothing to do */
} il_clip_type;

extern const il_clip_type il_clip_none, il_clip_norm, il_clip_value;

static inline const il_clip_type *il_clip_of(const il_call *call) {
    return (const il_clip_type *)(const void *)call->desc;
}

#endif
