#include "optim/optimizer.h"

static const il_optimizer_type *type_of(const il_optimizer *optimizer) {
    return (const il_optimizer_type *)(const void *)optimizer->desc;
}

il_status il_optimizer_parse(const char *text, il_optimizer *out, il_error *err) {
    return il_call_parse(&il_optimizers, text, NULL, out, err);
}

size_t il_optimizer_slots(const il_optimizer *optimizer) {
    return type_of(optimizer)->slots;
}
size_t il_optimizer_lane_slots(const il_optimizer *optimizer) {
    return type_of(optimizer)->lane_slots;
}

void il_optimizer_reset(const il_optimizer *optimizer, il_network *net, size_t replica) {
    const il_optimizer_type *type = type_of(optimizer);
    size_t size = il_network_size(net), R = il_network_replicas(net);
    for (size_t i = 0; i < type->slots; i++) {
        il_real *slot = il_network_slot(net, i);
        for (size_t p = 0; p < size; p++)
            slot[p * R + replica] = 0;
    }
    for (size_t i = 0; i < type->lane_slots; i++)
        il_network_lane_slots(net)[i * R + replica] = type->lane_start;
}

void il_optimizer_step(const il_optimizer *optimizer, il_network *net) {
    const il_optimizer_type *type = type_of(optimizer);
    il_step step = {.size = il_network_size(net),
                    .R = il_network_replicas(net),
                    .w = il_network_parameters(net),
                    .g = il_network_gradients(net),
                    .lane = il_network_lane_slots(net)};
    for (size_t i = 0; i < type->slots; i++)
        step.slot[i] = il_network_slot(net, i);
    type->step(optimizer->arg, &step);
}
