#include "nn/network.h"

#include "base/arena.h"
#include "nn/activation.h"
#include "nn/dropout.h"
#include "nn/loss.h"
#include "nn/norm.h"

#include <limits.h>
#include <stdlib.h>

/* A layer's parameters are W, b, gain, shift and slope, in this order; layers follow each other. */
void il_network_place(il_network *net) {
    size_t R = net->R;
    il_real *at = net->parameters, *running = net->running;
    for (size_t k = 0; k < net->n_layers; k++) {
        il_layer *y = &net->layer[k];
        size_t row = y->fan_out * R;
        y->W = at;
        y->b = y->W + y->fan_in * row;
        y->gain = y->norm.desc ? y->b + row : NULL;
        y->shift = y->norm.desc ? y->gain + row : NULL;
        y->slope = y->slopes ? at + (y->parameters - y->slopes) * R : NULL;
        y->gW = y->W + net->stride;
        y->gb = y->b + net->stride;
        y->g_gain = y->norm.desc ? y->gain + net->stride : NULL;
        y->g_shift = y->norm.desc ? y->shift + net->stride : NULL;
        y->g_slope = y->slopes ? y->slope + net->stride : NULL;
        at += y->parameters * R;
        if (y->norm.desc && il_norm_of(&y->norm)->per_unit) {
            y->mean = running;
            y->variance = running + row;
            running += 2 * row;
        }
    }
}

static il_status check_calls(const il_network_config *c, il_error *err) {
    il_status status = il_call_check(&il_activations, &c->hidden, false, err);
    if (status == IL_OK)
        status = il_call_check(&il_losses, &c->loss, false, err);
    if (status == IL_OK)
        status = il_call_check(&il_norms, &c->norm, true, err);
    return status == IL_OK ? il_call_check(&il_dropouts, &c->dropout, true, err) : status;
}

il_status il_network_check(const il_network_config *c, il_error *err) {
    il_status status = check_calls(c, err);
    if (status != IL_OK)
        return status;
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

/* Layer k as the configuration describes it, without memory. At most IL_MAX_WIDTH squared parameters. */
static il_layer describe(const il_network_config *c, size_t k) {
    bool last = k + 2 == c->widths.n;
    il_layer y = {
        .fan_in = c->widths.width[k],
        .fan_out = c->widths.width[k + 1],
        .activation = last ? (il_call){.desc = &il_activation_linear.desc} : c->hidden,
    };
    const il_activation_type *activation = il_activation_of(&y.activation);
    if (!last && c->norm.desc && il_norm_of(&c->norm)->forward)
        y.norm = c->norm;
    if (!last && c->dropout.desc && il_dropout_of(&c->dropout)->law)
        y.dropout = c->dropout;
    y.slopes = activation->slopes ? activation->slopes(y.activation.arg, y.fan_out) : 0;
    y.parameters = (y.fan_in + 1 + (y.norm.desc ? 2 : 0)) * y.fan_out + y.slopes;
    return y;
}

/* Where the arrays of one layer lie, as offsets in bytes. */
enum { Z, DELTA, A, NORMALIZED, NORMED, INVERSE, MASK, DROPPED, ARRAYS };
typedef size_t offsets[ARRAYS];

static void reserve_layer(il_layout *layout, const il_layer *y, size_t batch, size_t R, bool last,
                          offsets at) {
    size_t per_unit = y->norm.desc && il_norm_of(&y->norm)->per_unit;
    const bool wanted[ARRAYS] = {
        [Z] = true,
        [DELTA] = true,
        [A] = !last,
        [NORMALIZED] = y->norm.desc,
        [NORMED] = y->norm.desc,
        [INVERSE] = y->norm.desc,
        [MASK] = y->dropout.desc,
        [DROPPED] = y->dropout.desc,
    };
    for (size_t i = 0; i < ARRAYS; i++) {
        size_t samples = i == INVERSE && per_unit ? 1 : batch;
        size_t units = i == INVERSE && !per_unit ? 1 : y->fan_out;
        at[i] = wanted[i] ? il_layout_reserve(layout, sizeof(il_real), samples, units, R) : 0;
    }
}

static void place_layer(il_layer *y, char *block, const offsets at, bool last) {
    il_real *array[ARRAYS];
    for (size_t i = 0; i < ARRAYS; i++)
        array[i] = at[i] ? (il_real *)(void *)(block + at[i]) : NULL;
    y->z = array[Z];
    y->delta = array[DELTA];
    y->normalized = array[NORMALIZED];
    y->inverse = array[INVERSE];
    y->normed = array[NORMED];
    y->mask = array[MASK];
    y->dropped = array[DROPPED];
    bool before = y->norm.desc && y->norm.arg[IL_NORM_AFTER] == 0;
    y->u = before ? y->normed : y->z;
    y->a = last ? y->z : array[A];
    y->out = y->a;
}

/* What all layers together need. */
typedef struct sizes {
    size_t parameters, running, widest_layer, most_units, sums; /* of one replica */
    bool norms, dropouts, overflow;
} sizes;

static const il_gemm_engine *engine_of(const il_network_config *c) {
    return c->engine == IL_BLAS ? &il_gemm_blas : &il_gemm_lockstep;
}

static sizes measure(const il_network_config *c) {
    sizes s = {0};
    for (size_t k = 0; k + 1 < c->widths.n; k++) {
        const il_layer y = describe(c, k);
        bool running = y.norm.desc && il_norm_of(&y.norm)->per_unit;
        s.overflow |= __builtin_add_overflow(s.parameters, y.parameters, &s.parameters);
        size_t sums = engine_of(c)->count_sums(c->batch, y.fan_out, y.fan_in);
        s.sums = sums > s.sums ? sums : s.sums;
        s.running += running ? 2 * y.fan_out : 0;
        s.widest_layer = y.parameters > s.widest_layer ? y.parameters : s.widest_layer;
        s.most_units = y.fan_out > s.most_units ? y.fan_out : s.most_units;
        s.norms |= y.norm.desc != NULL;
        s.dropouts |= y.dropout.desc != NULL;
    }
    return s;
}

il_status il_network_new(const il_network_config *c, il_network **out, il_error *err) {
    *out = NULL;
    il_status status = il_network_check(c, err);
    if (status != IL_OK)
        return status;

    size_t n = c->widths.n - 1, R = c->replicas, stride;
    sizes s = measure(c);
    il_layout layout = {.overflow = s.overflow};
    il_layout_reserve(&layout, 1, sizeof(il_network) + n * sizeof(il_layer), 1, 1);
    layout.overflow |= __builtin_mul_overflow(s.parameters, R, &stride);
    layout.overflow |= __builtin_add_overflow(stride, 15, &stride);
    stride -= stride % 16; /* each array of the block begins on a cache line */
    size_t most = s.most_units > c->batch ? s.most_units : c->batch;
    size_t parameters = il_layout_reserve(&layout, sizeof(il_real), stride, 2 + c->slots, 1);
    size_t running = il_layout_reserve(&layout, sizeof(il_real), s.running, R, 1);
    size_t lanes = il_layout_reserve(&layout, sizeof(double), c->lane_slots, R, 1);
    size_t learning_rates = il_layout_reserve(&layout, sizeof(double), R, 1, 1);
    size_t rates =
        il_layout_reserve(&layout, sizeof(il_real), IL_MAX_RATES, R > IL_SPAN ? R : IL_SPAN, 1);
    size_t staging = il_layout_reserve(&layout, sizeof(il_real), s.widest_layer, 1, 1);
    size_t scratch = il_layout_reserve(&layout, sizeof(il_real), 3, R, 1);
    size_t row = il_layout_reserve(&layout, sizeof(il_real), R, 1, 1);
    size_t sums = il_layout_reserve(&layout, sizeof(double), s.norms ? 2 * most : 0, R, 1);
    size_t partial = il_layout_reserve(&layout, sizeof(il_real), s.sums, 1, 1);
    size_t words =
        il_layout_reserve(&layout, sizeof(uint32_t), s.dropouts ? 4 * IL_MASK_BLOCKS : 0, R, 1);
    size_t block_at = il_layout_reserve(&layout, sizeof(uint64_t), s.dropouts ? 1 : 0, R, 1);
    offsets at[IL_MAX_LAYERS];
    for (size_t k = 0; k < n; k++) {
        const il_layer y = describe(c, k);
        reserve_layer(&layout, &y, c->batch, R, k + 1 == n, at[k]);
    }

    char *block = il_layout_allocate(&layout);
    if (!block)
        return il_fail(err, IL_NO_MEMORY,
                       "no memory for %zu replicas of a network of %zu parameters", R,
                       s.parameters);
    il_network *net = (il_network *)(void *)block;
    *net = (il_network){
        .gemm = engine_of(c),
        .loss = c->loss,
        .R = R,
        .n_layers = n,
        .size = s.parameters,
        .running_size = s.running,
        .batch = c->batch,
        .slots = c->slots,
        .lane_slots = c->lane_slots,
        .stride = stride,
        .parameters = (il_real *)(void *)(block + parameters),
        .running = (il_real *)(void *)(block + running),
        .lane_slot_block = (double *)(void *)(block + lanes),
        .learning_rates = (double *)(void *)(block + learning_rates),
        .rates = (il_real *)(void *)(block + rates),
        .staging = (il_real *)(void *)(block + staging),
        .scratch = (il_real *)(void *)(block + scratch),
        .row = (il_real *)(void *)(block + row),
        .sums = (double *)(void *)(block + sums),
        .partial = (il_real *)(void *)(block + partial),
        .words = (uint32_t *)(void *)(block + words),
        .block = (uint64_t *)(void *)(block + block_at),
    };
    for (size_t k = 0; k < n; k++) {
        net->layer[k] = describe(c, k);
        place_layer(&net->layer[k], block, at[k], k + 1 == n);
    }
    il_network_place(net);
    for (size_t r = 0; r < R; r++)
        il_network_reset(net, r);
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
double *il_network_learning_rates(const il_network *net) {
    return net->learning_rates;
}
il_real *il_network_rates(il_network *net) {
    return net->rates;
}
size_t il_network_running_size(const il_network *net) {
    return net->running_size;
}
il_real *il_network_running(il_network *net) {
    return net->running;
}
il_real *il_network_staging(il_network *net) {
    return net->staging;
}
