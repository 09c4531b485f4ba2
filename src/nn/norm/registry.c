#include "nn/norm.h"

static const il_desc *const items[] = {
    &il_norm_none.desc,
    &il_norm_batchnorm.desc,
    &il_norm_layernorm.desc,
};

const il_family il_norms = {.kind = "norm", .items = items, .n = sizeof items / sizeof *items};
