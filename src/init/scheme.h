/* The schemes, by file. A new one is a file here, a line below and a line in registry.c. */
#ifndef IL_INIT_SCHEME_H
#define IL_INIT_SCHEME_H

#include "initlab/init.h"

extern const il_init_type il_init_zeros, il_init_ones, il_init_constant;
extern const il_init_type il_init_normal, il_init_uniform;
extern const il_init_type il_init_xavier_uniform, il_init_xavier_normal, il_init_he_uniform,
    il_init_he_normal, il_init_lecun_uniform, il_init_lecun_normal;

#endif
