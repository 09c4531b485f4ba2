/* Single replicas and layers of a network: reading and writing them, keeping some, freezing. */
#include "nn/activation.h"
#include "nn/network.h"

static void set(size_t n, size_t R, size_t replica, il_real value, il_real *x) {
    for (size_t i = 0; x && i < n; i++)
        x[i * R + replica] = value;
}

void il_network_reset(il_network *net, size_t replica) {
    for (size_t k = 0; k < net->n_layers; k++) {
        il_layer *y = &net->layer[k];
        const il_activation_type *activation = il_activation_of(&y->activation);
        set(y->fan_out, net->R, replica, 1, y->gain);
        set(y->fan_out, net->R, replica, 0, y->shift);
        set(y->fan_out, net->R, replica, 0, y->mean);
        set(y->fan_out, net->R, replica, 1, y->variance);
        if (y->slopes)
            set(y->slopes, net->R, replica, (il_real)activation->slope_start(y->activation.arg),
                y->slope);
    }
}

void il_network_put(il_network *net, size_t k, size_t replica, const il_real *W, const il_real *b) {
    il_layer *y = &net->layer[k];
    for (size_t i = 0; i < y->fan_in * y->fan_out; i++)
        y->W[i * net->R + replica] = W[i];
    for (size_t j = 0; j < y->fan_out; j++)
        y->b[j * net->R + replica] = b[j];
}

void il_network_get(const il_network *net, size_t k, size_t replica, il_real *W, il_real *b) {
    const il_layer *y = &net->layer[k];
    for (size_t i = 0; i < y->fan_in * y->fan_out; i++)
        W[i] = y->W[i * net->R + replica];
    for (size_t j = 0; j < y->fan_out; j++)
        b[j] = y->b[j * net->R + replica];
}

void il_network_freeze(il_network *net, size_t k, bool frozen) {
    net->layer[k].frozen = frozen;
}

bool il_network_trainable(const il_network *net, il_range *range) {
    size_t k = range->layer, at = range->last;
    while (k < net->n_layers && net->layer[k].frozen)
        at += net->layer[k++].parameters;
    range->first = at;
    while (k < net->n_layers && !net->layer[k].frozen)
        at += net->layer[k++].parameters;
    range->last = at;
    range->layer = k;
    return range->last > range->first;
}

/* Rows move towards the start of their array, so packing in ascending order overwrites nothing unread. */
static void pack(size_t rows, size_t old, size_t R, const size_t *lanes, size_t n, il_real *x) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0; r < R; r++)
            x[i * R + r] = r < n ? x[i * old + lanes[r]] : 0;
}

static void pack_doubles(size_t rows, size_t old, size_t R, const size_t *lanes, size_t n,
                         double *x) {
    for (size_t i = 0; i < rows; i++)
        for (size_t r = 0; r < R; r++)
            x[i * R + r] = r < n ? x[i * old + lanes[r]] : 0;
}

void il_network_keep(il_network *net, const size_t *lanes, size_t n) {
    size_t R = (n + 15) / 16 * 16, old = net->R;
    for (size_t array = 0; array < 2 + net->slots; array++)
        pack(net->size, old, R, lanes, n, net->parameters + array * net->stride);
    pack(net->running_size, old, R, lanes, n, net->running);
    pack_doubles(net->lane_slots, old, R, lanes, n, net->lane_slot_block);
    pack_doubles(1, old, R, lanes, n, net->learning_rates);
    net->R = R;
    il_network_place(net);
}
