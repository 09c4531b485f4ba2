#include "optim/penalty.h"

const il_penalty_type il_penalty_none = {.desc = {.name = "none", .formula = "0"}, .all = -1};
