#include "nn/loss.h"

static const il_desc *const items[] = {
    &il_loss_bce.desc,   &il_loss_softmax_ce.desc, &il_loss_mse.desc,        &il_loss_mae.desc,
    &il_loss_huber.desc, &il_loss_hinge.desc,      &il_loss_perceptron.desc,
};

const il_family il_losses = {.kind = "loss", .items = items, .n = sizeof items / sizeof *items};
