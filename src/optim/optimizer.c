#include "optim/optimizer.h"

#include "nn/network.h"
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

/* The step of n numbers. */
static void step_numbers(const il_optimizer *optimizer, size_t n, il_step *step) {
    const il_optimizer_type *type = type_of(optimizer);
    step->rows = n / step->R;
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

/* Points at number `at` of the arrays [size][R]. */
static void point(const il_optimizer *optimizer, il_network *net, size_t at, il_step *step) {
    step->w = il_network_parameters(net) + at;
    step->g = il_network_gradients(net) + at;
    for (size_t i = 0; i < type_of(optimizer)->slots; i++)
        step->slot[i] = il_network_slot(net, i) + at;
}

static void step_alone(const il_optimizer *optimizer, il_network *net, il_step *step) {
    size_t R = il_network_replicas(net);
    il_range range = {0};
    while (il_network_trainable(net, &range)) {
        point(optimizer, net, range.first * R, step);
        step_numbers(optimizer, (range.last - range.first) * R, step);
    }
}

/* A single replica, whose layers' parameters are rows of fan_out numbers, all but the activations'. */
typedef struct shared {
    const il_optimizer *optimizer;
    il_network *net;
    il_step step; /* its rates */
} shared;

/* Each thread moves the rows whose gradients it computes. */
static void step_part(void *context, size_t part) {
    const shared *s = context;
    size_t parts = il_team_threads(s->net->team);
    for (size_t k = 0; k < s->net->n_layers; k++) {
        const il_layer *y = &s->net->layer[k];
        size_t rows = (y->parameters - y->slopes) / y->fan_out,
               first = il_slice_start(rows, part, parts) * y->fan_out,
               last = part + 1 == parts ? y->parameters
                                        : il_slice_start(rows, part + 1, parts) * y->fan_out;
        il_step step = s->step;
        if (y->frozen)
            continue;
        point(s->optimizer, s->net, (size_t)(y->W - il_network_parameters(s->net)) + first, &step);
        step_numbers(s->optimizer, last - first, &step);
    }
}

static void step_shared(const il_optimizer *optimizer, il_network *net, const il_step *step) {
    shared s = {.optimizer = optimizer, .net = net, .step = *step};
    il_team_run(net->team, il_team_threads(net->team), step_part, &s);
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
    if (net->team)
        step_shared(optimizer, net, &step);
    else
        step_alone(optimizer, net, &step);
}
