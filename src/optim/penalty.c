#include "optim/penalty.h"

const il_penalty_type il_penalty_none = {.desc = {.name = "none", .formula = "0"}, .all = -1};

static const il_desc *const items[] = {
    &il_penalty_none.desc,
};

const il_family il_penalties = {
    .kind = "penalty", .items = items, .n = sizeof items / sizeof *items};

/* Shows `act` each array of the layers that are not frozen. */
static void each(const il_call *penalty, const il_network *net, il_penalty_act *act, double *sum) {
    const il_penalty_type *type = il_penalty_of(penalty);
    bool all = type->all >= 0 && penalty->arg[type->all] != 0;
    for (size_t k = 0; act && k < il_network_layers(net); k++) {
        const il_layer *y = il_network_layer(net, k);
        size_t weights = y->fan_in * y->fan_out, R = il_network_replicas(net);
        il_penalized x = {.fan_in = y->fan_in,
                          .fan_out = y->fan_out,
                          .R = R,
                          .w = y->W,
                          .g = y->gW,
                          .lr = il_network_learning_rates(net),
                          .sum = sum};
        if (y->frozen)
            continue;
        act(penalty->arg, &x);
        if (!all)
            continue;
        /* Biases, gains, shifts and learned slopes follow the weights. */
        x.fan_in = 1;
        x.fan_out = y->parameters - weights;
        x.w += weights * R;
        x.g += weights * R;
        act(penalty->arg, &x);
    }
}

void il_penalty_gradients(const il_call *penalty, il_network *net) {
    each(penalty, net, il_penalty_of(penalty)->gradient, NULL);
}
void il_penalty_decay(const il_call *penalty, il_network *net) {
    each(penalty, net, il_penalty_of(penalty)->decay, NULL);
}
void il_penalty_project(const il_call *penalty, il_network *net) {
    each(penalty, net, il_penalty_of(penalty)->project, NULL);
}
void il_penalty_value(const il_call *penalty, const il_network *net, double *value) {
    for (size_t r = 0; r < il_network_replicas(net); r++)
        value[r] = 0;
    each(penalty, net, il_penalty_of(penalty)->value, value);
}
