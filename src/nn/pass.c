/* Forward and backward, side by side. Every layer is: product, norm, activation, norm, dropout; of the norms at most
 * one is there. */
#include "base/clones.h"
#include "nn/activation.h"
#include "nn/dropout.h"
#include "nn/loss.h"
#include "nn/network.h"
#include "nn/norm.h"

#define SHARE 4096 /* numbers of elementwise work that a thread takes at least */

/* The layers above the first see each replica's own activations; the first may see an input shared by all, which makes
 * its product one matrix of fan_out·R columns. */
static bool shared(size_t k, const il_pass *pass) {
    return k == 0 && !pass->own;
}

/* z = x W + b of layer k. */
static void dense(const il_network *net, size_t k, const il_pass *pass, const il_real *x) {
    const il_layer *y = &net->layer[k];
    size_t columns = shared(k, pass) ? net->R : 1, R = shared(k, pass) ? 1 : net->R;
    net->gemm->affine(net->team, pass->n, y->fan_out * columns, y->fan_in, R, x, y->W, y->b,
                      net->partial, y->z);
}

/* g[c] += delta[i][c] for `count` samples, or from the first on. */
IL_INLINE void add_rows(size_t count, bool fresh, size_t columns, size_t row,
                        const il_real *restrict delta, il_real *restrict g) {
    for (size_t c = 0; c < columns; c++) {
        il_real sum = fresh ? delta[c] : g[c] + delta[c];
        for (size_t i = 1; i < count; i++)
            sum += delta[i * row + c];
        g[c] = sum;
    }
}

#define ROWS 4 /* that are added at once */

/* g[c] = sum over samples of delta[i][c], in sample order. */
IL_CLONES static void network_sum_rows(size_t n, size_t columns, size_t row,
                                       const il_real *restrict delta, il_real *restrict g) {
    size_t i = n < ROWS ? 1 : ROWS;
    if (n < ROWS)
        add_rows(1, true, columns, row, delta, g);
    else
        add_rows(ROWS, true, columns, row, delta, g);
    for (; i + ROWS <= n; i += ROWS)
        add_rows(ROWS, false, columns, row, delta + i * row, g);
    for (; i < n; i++)
        add_rows(1, false, columns, row, delta + i * row, g);
}

/* Some units of a layer, over all samples. */
typedef struct units {
    const il_layer *y;
    size_t n, row;
} units;

static void sum_units(void *context, size_t first, size_t last) {
    const units *u = context;
    network_sum_rows(u->n, last - first, u->row, u->y->delta + first, u->y->gb + first);
}

/* Gradients of layer k's W and b. */
static void dense_gradients(const il_network *net, size_t k, const il_pass *pass,
                            const il_real *x) {
    const il_layer *y = &net->layer[k];
    size_t columns = shared(k, pass) ? net->R : 1, R = shared(k, pass) ? 1 : net->R;
    net->gemm->tn(net->team, y->fan_in, y->fan_out * columns, pass->n, R, x, y->delta, 0, y->gW);
    units u = {y, pass->n, y->fan_out * net->R};
    il_team_share(net->team, u.row, 1 + SHARE / u.n, sum_units, &u);
}

static il_norm_pass norm_pass(const il_network *net, const il_layer *y, const il_pass *pass) {
    bool after = y->norm.arg[IL_NORM_AFTER] != 0;
    return (il_norm_pass){
        .n = pass->n,
        .units = y->fan_out,
        .R = net->R,
        .training = pass->training != NULL,
        .x = after ? y->a : y->z,
        .y = y->normed,
        .normalized = y->normalized,
        .inverse = y->inverse,
        .gain = y->gain,
        .shift = y->shift,
        .mean = y->mean,
        .variance = y->variance,
        .delta = y->delta,
        .g_gain = y->g_gain,
        .g_shift = y->g_shift,
        .scratch = net->sums,
    };
}

/* Where a layer's norm stands, if it has one. */
typedef enum place { BEFORE, AFTER } place;

static bool has_norm(const il_layer *y, place at) {
    return y->norm.desc && (y->norm.arg[IL_NORM_AFTER] != 0) == (at == AFTER);
}

static void norm_forward(const il_network *net, const il_layer *y, const il_pass *pass) {
    const il_norm_pass p = norm_pass(net, y, pass);
    il_norm_of(&y->norm)->forward(y->norm.arg, &p);
}

static void norm_backward(const il_network *net, const il_layer *y, const il_pass *pass) {
    const il_norm_pass p = norm_pass(net, y, pass);
    il_norm_of(&y->norm)->backward(y->norm.arg, &p);
}

/* In how many runs of adjacent numbers units first … last - 1 of all samples lie: one if these are all units. */
static size_t count_runs(const units *u, size_t first, size_t last) {
    return last - first == u->row ? 1 : u->n;
}

static void activate_units(void *context, size_t first, size_t last) {
    const units *u = context;
    const il_layer *y = u->y;
    size_t runs = count_runs(u, first, last), n = (last - first) * (u->n / runs);
    for (size_t i = 0, at = first; i < runs; i++, at += u->row)
        il_activation_of(&y->activation)->forward(y->activation.arg, n, y->u + at, y->a + at);
}

static void activate_units_backward(void *context, size_t first, size_t last) {
    const units *u = context;
    const il_layer *y = u->y;
    size_t runs = count_runs(u, first, last), n = (last - first) * (u->n / runs);
    for (size_t i = 0, at = first; i < runs; i++, at += u->row)
        il_activation_of(&y->activation)
            ->backward(y->activation.arg, n, y->u + at, y->a + at, y->delta + at);
}

static void activate(const il_network *net, const il_layer *y, size_t n) {
    units u = {y, n, y->fan_out * net->R};
    if (y->slopes)
        il_activation_of(&y->activation)
            ->forward_learned(n, y->fan_out, net->R, y->slopes, y->slope, y->u, y->a);
    else
        il_team_share(net->team, u.row, 1 + SHARE / (2 * n), activate_units, &u);
}

static void activate_backward(const il_network *net, const il_layer *y, size_t n) {
    units u = {y, n, y->fan_out * net->R};
    if (y->slopes)
        il_activation_of(&y->activation)
            ->backward_learned(n, y->fan_out, net->R, y->slopes, y->slope, y->u, y->delta,
                               y->g_slope);
    else
        il_team_share(net->team, u.row, 1 + SHARE / (2 * n), activate_units_backward, &u);
}

static void drop(const il_network *net, const il_layer *y, const il_pass *pass) {
    il_dropout_forward(&y->dropout, &(il_dropout_pass){.n = pass->n,
                                                       .units = y->fan_out,
                                                       .R = net->R,
                                                       .layer = (size_t)(y - net->layer),
                                                       .draws = pass->training,
                                                       .a = y->out,
                                                       .mask = y->mask,
                                                       .out = y->dropped,
                                                       .words = net->words,
                                                       .block = net->block});
}

const il_real *il_pass_forward(il_network *net, const il_pass *pass) {
    const il_real *input = pass->X;
    for (size_t k = 0; k < net->n_layers; k++) {
        il_layer *y = &net->layer[k];
        dense(net, k, pass, input);
        if (has_norm(y, BEFORE))
            norm_forward(net, y, pass);
        if (y->a != y->z)
            activate(net, y, pass->n);
        if (has_norm(y, AFTER))
            norm_forward(net, y, pass);
        y->out = has_norm(y, AFTER) ? y->normed : y->a;
        if (y->dropout.desc && pass->training) {
            drop(net, y, pass);
            y->out = y->dropped;
        }
        input = y->out;
    }
    return input;
}

void il_pass_loss(il_network *net, const il_pass *pass, il_real *loss, il_real *correct) {
    il_layer *last = &net->layer[net->n_layers - 1];
    il_loss_of(&net->loss)
        ->evaluate(net->loss.arg, &(il_loss_pass){.n = pass->n,
                                                  .outputs = last->fan_out,
                                                  .R = net->R,
                                                  .z = last->z,
                                                  .Y = pass->Y,
                                                  .own = pass->own,
                                                  .loss = loss,
                                                  .correct = correct,
                                                  .delta = last->delta,
                                                  .scratch = net->scratch,
                                                  .row = net->row});
}

IL_CLONES static void network_apply_mask(size_t n, const il_real *restrict mask,
                                         il_real *restrict delta) {
    for (size_t i = 0; i < n; i++)
        delta[i] *= mask[i];
}

/* From the gradient with respect to a hidden layer's output to that with respect to its z. */
static void through(const il_network *net, const il_layer *y, const il_pass *pass) {
    if (y->dropout.desc && pass->training)
        network_apply_mask(pass->n * y->fan_out * net->R, y->mask, y->delta);
    if (has_norm(y, AFTER))
        norm_backward(net, y, pass);
    activate_backward(net, y, pass->n);
    if (has_norm(y, BEFORE))
        norm_backward(net, y, pass);
}

void il_pass_backward(il_network *net, const il_pass *pass) {
    for (size_t k = net->n_layers; k-- > 0;) {
        il_layer *y = &net->layer[k];
        const il_real *input = k == 0 ? pass->X : net->layer[k - 1].out;
        dense_gradients(net, k, pass, input);
        if (k == 0)
            return;
        il_layer *x = &net->layer[k - 1];
        net->gemm->nt(net->team, pass->n, x->fan_out, y->fan_out, net->R, y->delta, y->W, 0,
                      x->delta);
        through(net, x, pass);
    }
}

const il_real *il_network_forward(il_network *net, size_t n, const il_real *X) {
    return il_pass_forward(net, &(il_pass){.n = n, .X = X});
}
void il_network_loss(il_network *net, size_t n, const il_real *Y, il_real *loss, il_real *correct) {
    il_pass_loss(net, &(il_pass){.n = n, .Y = Y}, loss, correct);
}
void il_network_backward(il_network *net, size_t n, const il_real *X) {
    il_pass_backward(net, &(il_pass){.n = n, .X = X});
}
