/* Forward and backward, side by side. Every layer is: product, norm, activation, norm, dropout; of the norms at most
 * one is there. */
#include "base/clones.h"
#include "nn/activation.h"
#include "nn/dropout.h"
#include "nn/loss.h"
#include "nn/network.h"
#include "nn/norm.h"

#include <string.h>

/* The layers below the first see each replica's own activations; the first may see an input shared by
 * all, which makes its product one matrix of fan_out·R columns. */
static void multiply(const il_network *net, il_gemm *gemm, bool shared, size_t m, size_t n,
                     size_t k, const il_real *A, const il_real *B, il_real beta, il_real *C) {
    gemm(m, shared ? n * net->R : n, k, shared ? 1 : net->R, A, B, beta, C);
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

static void activate(const il_network *net, const il_layer *y, size_t n) {
    const il_activation_type *type = il_activation_of(&y->activation);
    if (y->slopes)
        type->forward_learned(n, y->fan_out, net->R, y->slopes, y->slope, y->u, y->a);
    else
        type->forward(y->activation.arg, n * y->fan_out * net->R, y->u, y->a);
}

static void activate_backward(const il_network *net, const il_layer *y, size_t n) {
    const il_activation_type *type = il_activation_of(&y->activation);
    if (y->slopes)
        type->backward_learned(n, y->fan_out, net->R, y->slopes, y->slope, y->u, y->delta,
                               y->g_slope);
    else
        type->backward(y->activation.arg, n * y->fan_out * net->R, y->u, y->a, y->delta);
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
        size_t row = y->fan_out * net->R, n = pass->n;
        for (size_t i = 0; i < n; i++)
            memcpy(y->z + i * row, y->b, row * sizeof *y->b);
        multiply(net, net->gemm->nn, k == 0 && !pass->own, n, y->fan_out, y->fan_in, input, y->W, 1,
                 y->z);
        if (has_norm(y, BEFORE))
            norm_forward(net, y, pass);
        if (y->a != y->z)
            activate(net, y, n);
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

/* g[c] = sum over samples of delta[i][c], in sample order. */
IL_CLONES static void network_sum_rows(size_t n, size_t columns, const il_real *restrict delta,
                                       il_real *restrict g) {
    memcpy(g, delta, columns * sizeof *g);
    for (size_t i = 1; i < n; i++)
        for (size_t c = 0; c < columns; c++)
            g[c] += delta[i * columns + c];
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
        multiply(net, net->gemm->tn, k == 0 && !pass->own, y->fan_in, y->fan_out, pass->n, input,
                 y->delta, 0, y->gW);
        network_sum_rows(pass->n, y->fan_out * net->R, y->delta, y->gb);
        if (k == 0)
            return;
        il_layer *x = &net->layer[k - 1];
        net->gemm->nt(pass->n, x->fan_out, y->fan_out, net->R, y->delta, y->W, 0, x->delta);
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
