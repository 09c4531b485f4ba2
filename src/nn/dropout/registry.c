#include "nn/dropout.h"

const il_dropout_type il_dropout_none = {
    .desc = {.name = "none", .aliases = "false", .formula = "every unit is kept"},
};

static const il_desc *const items[] = {
    &il_dropout_none.desc,
    &il_dropout_inverted.desc,
    &il_dropout_alpha.desc,
};

const il_family il_dropouts = {
    .kind = "dropout", .items = items, .n = sizeof items / sizeof *items, .number = "dropout"};
