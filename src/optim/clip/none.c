#include "optim/clip.h"

const il_clip_type il_clip_none = {.desc = {.name = "none", .formula = "gradients as they are"}};
