#include "optim/optimizer.h"

#include "optim/penalty.h"

#include <string.h>

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
double il_optimizer_rate(const il_optimizer *optimizer) {
    return optimizer->arg[0];
}

void il_optimizer_reset(const il_optimizer *optimizer, il_network *net, size_t replica) {
    const il_optimizer_type *type = type_of(optimizer);
    size_t size = il_network_size(net), R = il_network_replicas(net);
    for (size_t i = 0; i < type->slots; i++) {
        il_real *slot = il_network_slot(net, i);
        il_real start = type->slot_start ? (il_real)type->slot_start(optimizer->arg, i) : 0;
        for (size_t p = 0; p < size; p++)
            slot[p * R + replica] = start;
    }
    for (size_t i = 0; i < type->lane_slots; i++)
        il_network_lane_slots(net)[i * R + replica] = type->lane_start;
    il_network_learning_rates(net)[replica] = il_optimizer_rate(optimizer);
}

void il_optimizer_advance_plain(const double *arg, size_t R, const double *lr, double *lane,
                                il_real *const *rate) {
    (void)arg, (void)lane;
    for (size_t r = 0; r < R; r++)
        rate[0][r] = (il_real)lr[r];
}

/* The last row of a single replica, when it is not full: stepped in a row of its own, because what follows it may
 * belong to a layer that is frozen. */
static void step_tail(const il_optimizer *optimizer, const il_step *at, size_t n) {
    const il_optimizer_type *type = type_of(optimizer);
    il_real w[IL_SPAN] = {0}, g[IL_SPAN] = {0}, slot[IL_MAX_SLOTS][IL_SPAN] = {{0}};
    il_step tail = *at;
    tail.rows = 1;
    tail.w = memcpy(w, at->w, n * sizeof *w);
    tail.g = memcpy(g, at->g, n * sizeof *g);
    for (size_t i = 0; i < type->slots; i++)
        tail.slot[i] = memcpy(slot[i], at->slot[i], n * sizeof *w);
    type->step(optimizer->arg, &tail);
    memcpy(at->w, w, n * sizeof *w);
    for (size_t i = 0; i < type->slots; i++)
        memcpy(at->slot[i], slot[i], n * sizeof *w);
}

/* Parameters first … last - 1 of all replicas. */
static void step_range(const il_optimizer *optimizer, il_network *net, size_t first, size_t last,
                       il_step *step) {
    const il_optimizer_type *type = type_of(optimizer);
    size_t R = il_network_replicas(net), n = (last - first) * R;
    step->rows = n / step->R;
    step->w = il_network_parameters(net) + first * R;
    step->g = il_network_gradients(net) + first * R;
    for (size_t i = 0; i < type->slots; i++)
        step->slot[i] = il_network_slot(net, i) + first * R;
    if (step->rows > 0)
        type->step(optimizer->arg, step);
    size_t done = step->rows * step->R;
    if (done == n)
        return;
    step->w += done;
    step->g += done;
    for (size_t i = 0; i < type->slots; i++)
        step->slot[i] += done;
    step_tail(optimizer, step, n - done);
}

void il_optimizer_step(const il_optimizer *optimizer, il_network *net) {
    const il_optimizer_type *type = type_of(optimizer);
    if (type->decay)
        il_weight_decay(optimizer->arg + type->decay, net);
    size_t R = il_network_replicas(net), columns = R == 1 ? IL_SPAN : R;
    il_real *rate[IL_MAX_RATES];
    il_step step = {.R = columns};
    for (size_t i = 0; i < IL_MAX_RATES; i++)
        step.rate[i] = rate[i] = il_network_rates(net) + i * columns;
    type->advance(optimizer->arg, R, il_network_learning_rates(net), il_network_lane_slots(net),
                  rate);
    if (R == 1)
        for (size_t i = 0; i < type->rates; i++)
            for (size_t c = 1; c < columns; c++)
                rate[i][c] = rate[i][0];
    il_range range = {0};
    while (il_network_trainable(net, &range))
        step_range(optimizer, net, range.first, range.last, &step);
}
