#include "nn/activation.h"

static const il_desc *const items[] = {
    &il_activation_linear.desc,    &il_activation_relu.desc,     &il_activation_leaky_relu.desc,
    &il_activation_prelu.desc,     &il_activation_elu.desc,      &il_activation_selu.desc,
    &il_activation_softplus.desc,  &il_activation_silu.desc,     &il_activation_gelu.desc,
    &il_activation_gelu_tanh.desc, &il_activation_mish.desc,     &il_activation_tanh.desc,
    &il_activation_hard_tanh.desc, &il_activation_softsign.desc, &il_activation_sigmoid.desc,
    &il_activation_sine.desc,      &il_activation_abs.desc,
};

const il_family il_activations = {
    .kind = "activation", .items = items, .n = sizeof items / sizeof *items};
