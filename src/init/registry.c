#include "init/scheme.h"

static const il_desc *const items[] = {
    &il_init_zeros.desc,         &il_init_ones.desc,         &il_init_constant.desc,
    &il_init_normal.desc,        &il_init_uniform.desc,      &il_init_xavier_uniform.desc,
    &il_init_xavier_normal.desc, &il_init_he_uniform.desc,   &il_init_he_normal.desc,
    &il_init_lecun_uniform.desc, &il_init_lecun_normal.desc,
};

const il_family il_inits = {"init", items, sizeof items / sizeof *items};
