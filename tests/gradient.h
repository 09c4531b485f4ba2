/* Backpropagation against central differences, in double: a network with random parameters, one pass of it, and the
 * gradient of each replica's mean loss with respect to every one of its parameters. */
#ifndef TESTS_GRADIENT_H
#define TESTS_GRADIENT_H

#include "cmocka_all.h"

#include "initlab.h"
#include "nn/activation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES 5
#define STEP 1e-6
#define REACH (100 * STEP) /* how far a difference quotient must be from a kink */
#define LANES 16
#define WIDEST 8

/* What is checked, in call notation; NULL: none. */
typedef struct recipe {
    const char *widths, *hidden, *loss, *norm, *dropout;
    bool own, training;
    il_engine engine;
} recipe;

typedef struct problem {
    const recipe *recipe;
    il_network *net;
    il_call loss;
    size_t R, size, outputs;
    il_real X[SAMPLES * WIDEST * LANES], Y[SAMPLES * WIDEST * LANES];
    uint64_t seed[LANES], step[LANES];
    il_draws draws;
    il_pass pass;
} problem;

static inline void parse(const il_family *family, const char *text, il_call *call) {
    il_error err;
    if (il_call_parse(family, text, NULL, call, &err) != IL_OK)
        fail_msg("%s", err.message);
}

static inline void draw(uint64_t seed, uint32_t layer, size_t n, il_real *x) {
    il_stream s = il_stream_open(seed, IL_PURPOSE_DATA, layer);
    il_stream_normal(&s, n, x);
}

static inline double target(const problem *p, size_t i, size_t j, size_t r) {
    size_t at = i * p->outputs + j;
    return (double)(p->recipe->own ? p->Y[at * p->R + r] : p->Y[at]);
}

/* Gains around 1, shifts, slopes and running means around 0, running variances around 1. */
static inline void fill_rest(problem *p, uint64_t seed) {
    il_real x[WIDEST * LANES];
    for (size_t k = 0; k < il_network_layers(p->net); k++) {
        const il_layer *y = il_network_layer(p->net, k);
        il_real *const arrays[] = {y->gain, y->shift, y->mean, y->variance, y->slope};
        for (uint32_t a = 0; a < 5; a++) {
            size_t n = (a == 4 ? y->slopes : y->fan_out) * p->R;
            draw(seed, (uint32_t)(10 * k + 2 + a), n, x);
            for (size_t i = 0; arrays[a] && i < n; i++)
                arrays[a][i] =
                    (il_real)(a == 0 || a == 3 ? exp(0.3 * (double)x[i]) : 0.3 * (double)x[i]);
        }
    }
}

static inline void fill_samples(problem *p, size_t inputs, uint64_t seed) {
    size_t lanes = p->recipe->own ? p->R : 1, K = p->outputs;
    draw(seed, 0, SAMPLES * inputs * lanes, p->X);
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t j = 0; j < K; j++)
            for (size_t r = 0; r < lanes; r++)
                p->Y[(i * K + j) * lanes + r] =
                    K == 1 ? (il_real)((i + r) % 2) : (il_real)((i + r) % K == j);
}

static inline void make(problem *p, const recipe *what, uint64_t seed) {
    il_error err;
    *p = (problem){.recipe = what, .R = what->engine == IL_BLAS ? 1 : LANES};
    il_network_config config = {.engine = what->engine, .replicas = p->R, .batch = SAMPLES};
    assert_int_equal(il_widths_parse(what->widths, NULL, &config.widths, &err), IL_OK);
    parse(&il_activations, what->hidden, &config.hidden);
    parse(&il_losses, what->loss, &config.loss);
    parse(&il_norms, what->norm ? what->norm : "none", &config.norm);
    parse(&il_dropouts, what->dropout ? what->dropout : "none", &config.dropout);
    assert_int_equal(il_network_new(&config, &p->net, &err), IL_OK);
    p->loss = config.loss;
    p->size = il_network_size(p->net);
    p->outputs = config.widths.width[config.widths.n - 1];
    il_call weights, bias;
    parse(&il_inits, "normal(std=0.8)", &weights);
    parse(&il_inits, "normal(std=0.3)", &bias);
    for (size_t r = 0; r < p->R; r++) {
        assert_int_equal(il_init_network(&weights, &bias, p->net, r, seed * 100 + r, &err), IL_OK);
        p->seed[r] = seed + r;
        p->step[r] = 3 + r;
    }
    fill_rest(p, seed);
    fill_samples(p, config.widths.width[0], seed);
    p->draws = (il_draws){p->seed, p->step};
    p->pass = (il_pass){.n = SAMPLES,
                        .X = p->X,
                        .Y = p->Y,
                        .own = what->own,
                        .training = what->training ? &p->draws : NULL};
}

static inline void evaluate(problem *p, il_real *loss) {
    il_real correct[LANES];
    il_pass_forward(p->net, &p->pass);
    il_pass_loss(p->net, &p->pass, loss, correct);
}

static inline bool is(const il_call *call, const char *name) {
    return strcmp(call->desc->name, name) == 0;
}

/* How far one sample's logits are from where the loss's gradient jumps. */
static inline double loss_reach(const problem *p, const double *z, const double *y) {
    size_t K = p->outputs, c = 0;
    double reach = 1;
    for (size_t j = 1; j < K; j++)
        c = y[j] > y[c] ? j : c;
    for (size_t j = 0; j < K; j++) {
        double t = y[0] > 0.5 ? 1 : -1, margin = p->loss.arg[0];
        if (is(&p->loss, "mae"))
            reach = fmin(reach, fabs(z[j] - y[j]));
        if (is(&p->loss, "huber"))
            reach = fmin(reach, fabs(fabs(z[j] - y[j]) - margin));
        if (is(&p->loss, "hinge") && (K == 1 || j != c))
            reach = fmin(reach, fabs(K == 1 ? margin - t * z[0] : margin - z[c] + z[j]));
        if (is(&p->loss, "perceptron"))
            for (size_t i = K == 1 ? 0 : j + 1; i < K; i++)
                reach = fmin(reach, K == 1 ? fabs(z[0]) : fabs(z[i] - z[j]));
    }
    return reach;
}

/* Whether some difference quotient could lie across a kink of an activation or the loss. */
static inline bool near_kink(const problem *p) {
    size_t last = il_network_layers(p->net) - 1;
    for (size_t k = 0; k < last; k++) {
        const il_layer *y = il_network_layer(p->net, k);
        const il_activation_type *type = il_activation_of(&y->activation);
        for (size_t i = 0; i < SAMPLES * y->fan_out * p->R; i++)
            for (size_t c = 0; c < type->n_kinks; c++)
                if (fabs((double)y->u[i] - type->kink[c]) < REACH)
                    return true;
    }
    const il_real *logits = il_network_layer(p->net, last)->z;
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t r = 0; r < p->R; r++) {
            double z[WIDEST], y[WIDEST];
            for (size_t j = 0; j < p->outputs; j++) {
                z[j] = (double)logits[(i * p->outputs + j) * p->R + r];
                y[j] = target(p, i, j, r);
            }
            if (loss_reach(p, z, y) < REACH)
                return true;
        }
    return false;
}

/* Per replica: the squared norms of the difference quotients and of their difference from the gradient. */
static inline void compare(problem *p, const il_real *g, double *error, double *norm) {
    il_real above[LANES], below[LANES], kept[LANES], *w = il_network_parameters(p->net);
    for (size_t i = 0; i < p->size; i++) {
        memcpy(kept, w + i * p->R, p->R * sizeof *w);
        for (size_t r = 0; r < p->R; r++)
            w[i * p->R + r] = kept[r] + (il_real)STEP;
        evaluate(p, above);
        for (size_t r = 0; r < p->R; r++)
            w[i * p->R + r] = kept[r] - (il_real)STEP;
        evaluate(p, below);
        memcpy(w + i * p->R, kept, p->R * sizeof *w);
        for (size_t r = 0; r < p->R; r++) {
            double numeric = (double)(above[r] - below[r]) / (2 * STEP);
            double exact = (double)g[i * p->R + r];
            error[r] += (numeric - exact) * (numeric - exact);
            norm[r] += numeric * numeric;
        }
    }
}

/* Fails where a replica's gradient is off by more than 2e-7 of its norm and 1e-8, which is the rounding of quotients. Seeds
 * are tried from `seed` on until one is far from kinks. Returns the share of replicas whose gradient is not zero. */
static inline double check(const recipe *what, uint64_t seed) {
    problem p;
    il_real loss[LANES];
    for (int tries = 0;; seed += 1000, tries++) {
        make(&p, what, seed);
        evaluate(&p, loss);
        if (!near_kink(&p))
            break;
        il_network_free(p.net);
        assert_true(tries < 200);
    }
    il_pass_backward(p.net, &p.pass);
    size_t n = p.size * p.R;
    il_real *g = malloc(n * sizeof *g);
    assert_non_null(g);
    memcpy(g, il_network_gradients(p.net), n * sizeof *g);
    double error[LANES] = {0}, norm[LANES] = {0}, alive = 0;
    compare(&p, g, error, norm);
    for (size_t r = 0; r < p.R; r++) {
        alive += sqrt(norm[r]) > 1e-3 ? 1 : 0;
        if (!(sqrt(error[r]) < 2e-7 * sqrt(norm[r]) + 1e-8))
            fail_msg(
                "%s %s %s norm %s dropout %s%s%s engine %d seed %zu replica %zu: off by %.2e of "
                "%.2e",
                what->widths, what->hidden, what->loss, what->norm, what->dropout,
                what->own ? " own" : "", what->training ? " training" : "", (int)what->engine,
                (size_t)seed, r, sqrt(error[r]), sqrt(norm[r]));
    }
    free(g);
    il_network_free(p.net);
    return alive / (double)p.R;
}

#endif
