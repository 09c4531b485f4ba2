#include "nn/norm.h"

const il_norm_type il_norm_none = {
    .desc = {.name = "none", .aliases = "false", .formula = "no normalization"},
};
