#include "optim/penalty.h"

/* Shows `act` each array of the layers that are not frozen; biases and their like when `all` is set. */
static void each(const double *arg, bool all, const il_network *net, il_penalty_act *act,
                 double *sum) {
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
        act(arg, &x);
        if (!all)
            continue;
        /* Biases, gains, shifts and learned slopes follow the weights. */
        x.fan_in = 1;
        x.fan_out = y->parameters - weights;
        x.w += weights * R;
        x.g += weights * R;
        act(arg, &x);
    }
}

static bool is_for_all(const il_call *penalty) {
    int all = il_penalty_of(penalty)->all;
    return all >= 0 && penalty->arg[all] != 0;
}

void il_penalty_gradients(const il_call *penalty, il_network *net) {
    each(penalty->arg, is_for_all(penalty), net, il_penalty_of(penalty)->gradient, NULL);
}
void il_penalty_decay(const il_call *penalty, il_network *net) {
    each(penalty->arg, is_for_all(penalty), net, il_penalty_of(penalty)->decay, NULL);
}
void il_penalty_project(const il_call *penalty, il_network *net) {
    each(penalty->arg, is_for_all(penalty), net, il_penalty_of(penalty)->project, NULL);
}
void il_penalty_value(const il_call *penalty, const il_network *net, double *value) {
    for (size_t r = 0; r < il_network_replicas(net); r++)
        value[r] = 0;
    each(penalty->arg, is_for_all(penalty), net, il_penalty_of(penalty)->value, value);
}

void il_weight_decay(const double *arg, il_network *net) {
    each(arg, arg[1] != 0, net, il_penalty_weight_decay.decay, NULL);
}
