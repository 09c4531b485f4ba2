#include "nn/activation.h"

static const il_desc *const items[] = {
    &il_activation_linear.desc, &il_activation_relu.desc,    &il_activation_leaky_relu.desc,
    &il_activation_tanh.desc,   &il_activation_sigmoid.desc,
};

const il_family il_activations = {"activation", items, sizeof items / sizeof *items};
