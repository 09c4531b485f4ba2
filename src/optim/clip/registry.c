#include "optim/clip.h"

static const il_desc *const items[] = {
    &il_clip_none.desc,
    &il_clip_value.desc,
    &il_clip_norm.desc,
};

const il_family il_clips = {.kind = "clip", .items = items, .n = sizeof items / sizeof *items};

void il_clip_gradients(const il_call *clip, il_network *net) {
    if (il_clip_of(clip)->clip)
        il_clip_of(clip)->clip(clip->arg, net);
}
