#include "initlab/network.h"

#include "base/arena.h"
#include "base/clones.h"
#include "linalg/gemm.h"
#include "nn/activation.h"
#include "nn/loss.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct il_network {
    const il_gemm_engine *gemm;
    il_call loss;
    size_t R, n_layers, size, batch, slots, lane_slots;
    size_t stride; /* elements between parameter-shaped arrays, fixed while R shrinks */
    il_real
        *parameters; /* 2 + slots arrays: parameters, gradients, optimizer slots, each [size][R] */
    double *lane_slot_block;    /* [lane_slots][R] */
    il_real *staging, *scratch; /* one layer of one replica; [R] */
    il_layer layer[];           /* [n_layers] */
};

/* Weights of all layers come first to last, each W followed by its b. */
static void place_parameters(il_network *net) {
    size_t R = net->R, at = 0;
    for (size_t k = 0; k < net->n_layers; k++) {
        il_layer *y = &net->layer[k];
        size_t weights = y->fan_in * y->fan_out * R;
        y->W = net->parameters + at;
        y->b = y->W + weights;
        y->gW = y->W + net->stride;
        y->gb = y->b + net->stride;
        at += weights + y->fan_out * R;
    }
}

static il_status check(const il_network_config *c, il_error *err) {
    if (c->widths.n < 2 || c->widths.n > IL_MAX_LAYERS + 1)
        return il_fail(err, IL_INVALID, "%zu widths: a network has from 2, such as 2-1, to %d",
                       c->widths.n, IL_MAX_LAYERS + 1);
    if (c->engine == IL_BLAS ? c->replicas != 1 : c->replicas == 0 || c->replicas % 16 != 0)
        return il_fail(err, IL_INVALID,
                       "%zu replicas: the blas engine takes 1, lockstep a multiple of 16",
                       c->replicas);
    if (c->batch == 0 || c->batch > INT_MAX)
        return il_fail(err, IL_INVALID, "a batch of %zu samples is outside [1, %d]", c->batch,
                       INT_MAX);
    for (size_t k = 0; k < c->widths.n; k++)
        if (c->widths.width[k] == 0 || c->widths.width[k] > IL_MAX_WIDTH)
            return il_fail(err, IL_INVALID, "width %zu is %zu, outside [1, %d]", k + 1,
                           c->widths.width[k], IL_MAX_WIDTH);
    size_t outputs = c->widths.width[c->widths.n - 1];
    if (outputs < il_loss_of(&c->loss)->min_outputs)
        return il_fail(err, IL_INVALID, "%s needs at least %zu outputs, the network has %zu",
                       c->loss.desc->name, il_loss_of(&c->loss)->min_outputs, outputs);
    return IL_OK;
}

typedef struct sizes {
    size_t parameters, widest_layer; /* of one replica */
    bool overflow;
} sizes;

static sizes measure(const il_widths *w) {
    sizes s = {0};
    for (size_t k = 0; k + 1 < w->n; k++) {
        size_t layer;
        s.overflow |= __builtin_mul_overflow(w->width[k] + 1, w->width[k + 1], &layer);
        s.overflow |= __builtin_add_overflow(s.parameters, layer, &s.parameters);
        s.widest_layer = layer > s.widest_layer ? layer : s.widest_layer;
    }
    return s;
}

il_status il_network_new(const il_network_config *c, il_network **out, il_error *err) {
    *out = NULL;
    il_status status = check(c, err);
    if (status != IL_OK)
        return status;

    size_t n_layers = c->widths.n - 1, R = c->replicas;
    sizes s = measure(&c->widths);
    il_layout layout = {.overflow = s.overflow};
    il_layout_reserve(&layout, 1, sizeof(il_network) + n_layers * sizeof(il_layer), 1, 1);
    size_t stride;
    layout.overflow |= __builtin_mul_overflow(s.parameters, R, &stride);
    layout.overflow |= __builtin_add_overflow(stride, 15, &stride);
    stride -= stride % 16; /* each array of the block begins on a cache line */
    size_t parameters = il_layout_reserve(&layout, sizeof(il_real), stride, 2 + c->slots, 1);
    size_t lanes = il_layout_reserve(&layout, sizeof(double), c->lane_slots, R, 1);
    size_t staging = il_layout_reserve(&layout, sizeof(il_real), s.widest_layer, 1, 1);
    size_t scratch = il_layout_reserve(&layout, sizeof(il_real), R, 1, 1);
    size_t activations[IL_MAX_LAYERS][3];
    for (size_t k = 0; k < n_layers; k++)
        for (size_t i = 0; i < 3; i++)
            activations[k][i] = i == 1 && k + 1 == n_layers
                                    ? activations[k][0] /* logits have no activation of their own */
                                    : il_layout_reserve(&layout, sizeof(il_real), c->batch,
                                                        c->widths.width[k + 1], R);

    char *block = il_layout_allocate(&layout);
    if (!block)
        return il_fail(err, IL_NO_MEMORY,
                       "no memory for %zu replicas of a network of %zu parameters", R,
                       s.parameters);
    il_network *net = (il_network *)(void *)block;
    *net = (il_network){
        .gemm = c->engine == IL_BLAS ? &il_gemm_blas : &il_gemm_lockstep,
        .loss = c->loss,
        .R = R,
        .n_layers = n_layers,
        .size = s.parameters,
        .batch = c->batch,
        .slots = c->slots,
        .lane_slots = c->lane_slots,
        .stride = stride,
        .parameters = (il_real *)(void *)(block + parameters),
        .lane_slot_block = (double *)(void *)(block + lanes),
        .staging = (il_real *)(void *)(block + staging),
        .scratch = (il_real *)(void *)(block + scratch),
    };
    for (size_t k = 0; k < n_layers; k++)
        net->layer[k] = (il_layer){
            .fan_in = c->widths.width[k],
            .fan_out = c->widths.width[k + 1],
            .z = (il_real *)(void *)(block + activations[k][0]),
            .a = (il_real *)(void *)(block + activations[k][1]),
            .delta = (il_real *)(void *)(block + activations[k][2]),
            .activation =
                k + 1 == n_layers ? (il_call){.desc = &il_activation_linear.desc} : c->hidden,
        };
    place_parameters(net);
    *out = net;
    return IL_OK;
}

void il_network_free(il_network *net) {
    free(net);
}

size_t il_network_replicas(const il_network *net) {
    return net->R;
}
size_t il_network_layers(const il_network *net) {
    return net->n_layers;
}
const il_layer *il_network_layer(const il_network *net, size_t k) {
    return &net->layer[k];
}
size_t il_network_size(const il_network *net) {
    return net->size;
}
il_real *il_network_parameters(il_network *net) {
    return net->parameters;
}
const il_real *il_network_gradients(const il_network *net) {
    return net->parameters + net->stride;
}
il_real *il_network_slot(il_network *net, size_t slot) {
    return net->parameters + (2 + slot) * net->stride;
}
double *il_network_lane_slots(il_network *net) {
    return net->lane_slot_block;
}
il_real *il_network_staging(il_network *net) {
    return net->staging;
}

/* The layers below the first see each replica's own activations; the first sees an input shared by
 * all, which makes its product one matrix of fan_out·R columns. */
static void multiply(const il_network *net, il_gemm *gemm, bool shared, size_t m, size_t n,
                     size_t k, const il_real *A, const il_real *B, il_real beta, il_real *C) {
    gemm(m, shared ? n * net->R : n, k, shared ? 1 : net->R, A, B, beta, C);
}

const il_real *il_network_forward(il_network *net, size_t n, const il_real *X) {
    const il_real *input = X;
    for (size_t k = 0; k < net->n_layers; k++) {
        il_layer *y = &net->layer[k];
        size_t row = y->fan_out * net->R;
        for (size_t i = 0; i < n; i++)
            memcpy(y->z + i * row, y->b, row * sizeof *y->b);
        multiply(net, net->gemm->nn, k == 0, n, y->fan_out, y->fan_in, input, y->W, 1, y->z);
        if (y->a != y->z)
            il_activation_of(&y->activation)->forward(y->activation.arg, n * row, y->z, y->a);
        input = y->a;
    }
    return input;
}

void il_network_loss(il_network *net, size_t n, const il_real *Y, il_real *loss, il_real *correct) {
    il_layer *last = &net->layer[net->n_layers - 1];
    il_loss_of(&net->loss)
        ->evaluate(net->loss.arg, &(il_loss_pass){.n = n,
                                                  .outputs = last->fan_out,
                                                  .R = net->R,
                                                  .z = last->z,
                                                  .Y = Y,
                                                  .loss = loss,
                                                  .correct = correct,
                                                  .delta = last->delta,
                                                  .scratch = net->scratch});
}

/* g[c] = sum over samples of delta[i][c], in sample order. */
IL_CLONES static void network_sum_rows(size_t n, size_t columns, const il_real *restrict delta,
                                       il_real *restrict g) {
    memcpy(g, delta, columns * sizeof *g);
    for (size_t i = 1; i < n; i++)
        for (size_t c = 0; c < columns; c++)
            g[c] += delta[i * columns + c];
}

void il_network_backward(il_network *net, size_t n, const il_real *X) {
    for (size_t k = net->n_layers; k-- > 0;) {
        il_layer *y = &net->layer[k];
        const il_real *input = k == 0 ? X : net->layer[k - 1].a;
        multiply(net, net->gemm->tn, k == 0, y->fan_in, y->fan_out, n, input, y->delta, 0, y->gW);
        network_sum_rows(n, y->fan_out * net->R, y->delta, y->gb);
        if (k == 0)
            return;
        il_layer *x = &net->layer[k - 1];
        net->gemm->nt(n, x->fan_out, y->fan_out, net->R, y->delta, y->W, 0, x->delta);
        il_activation_of(&x->activation)
            ->backward(x->activation.arg, n * x->fan_out * net->R, x->z, x->a, x->delta);
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

/* Rows move towards the start of their array, so packing in ascending order overwrites nothing
 * unread. */
void il_network_keep(il_network *net, const size_t *lanes, size_t n) {
    size_t R = (n + 15) / 16 * 16, old = net->R;
    for (size_t array = 0; array < 2 + net->slots; array++) {
        il_real *rows = net->parameters + array * net->stride;
        for (size_t p = 0; p < net->size; p++)
            for (size_t r = 0; r < R; r++)
                rows[p * R + r] = r < n ? rows[p * old + lanes[r]] : 0;
    }
    for (size_t p = 0; p < net->lane_slots; p++)
        for (size_t r = 0; r < R; r++)
            net->lane_slot_block[p * R + r] = r < n ? net->lane_slot_block[p * old + lanes[r]] : 0;
    net->R = R;
    place_parameters(net);
}
