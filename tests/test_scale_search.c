/* The searches over one factor per layer, held against their objectives computed anew on the textbook network, in
 * double: the gradient quotient with a Hessian-vector product by central differences, and the loss after one
 * step.
 */
#include "cmocka_all.h"

#include "initlab.h"
#include "naive.h"
#include "nn/activation.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>

#define N 32
#define INPUTS 6

static il_real X[N * INPUTS], Y[N];
static double Xd[N * INPUTS], Yd[N];

static int draw_data(void **state) {
    (void)state;
    il_stream stream = il_stream_open(1, IL_PURPOSE_DATA, 0);
    il_stream_normal(&stream, N * INPUTS, X);
    for (size_t i = 0; i < N; i++)
        Y[i] = X[INPUTS * i] * X[INPUTS * i + 1] > 0;
    for (size_t i = 0; i < N * INPUTS; i++)
        Xd[i] = (double)X[i];
    for (size_t i = 0; i < N; i++)
        Yd[i] = (double)Y[i];
    return 0;
}

static il_call parse(const il_family *family, const char *text) {
    il_error err;
    il_call call;
    if (il_call_parse(family, text, NULL, &call, &err) != IL_OK)
        fail_msg("%s", err.message);
    return call;
}

static il_network *build_with(const char *hidden, const char *norm) {
    il_error err;
    il_network *net = NULL;
    il_network_config config = {.engine = IL_LOCKSTEP,
                                .replicas = 16,
                                .batch = N,
                                .hidden = parse(&il_activations, hidden),
                                .norm = parse(&il_norms, norm),
                                .loss = parse(&il_losses, "bce")};
    assert_int_equal(il_widths_parse("6-12-10-1", NULL, &config.widths, &err), IL_OK);
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    return net;
}

static il_network *build(const char *hidden) {
    return build_with(hidden, "none");
}

static void start(il_network *net, const char *init, uint64_t seed) {
    il_error err;
    il_initializer initializer;
    il_call weights = parse(&il_inits, init),
            bias = parse(&il_inits, "uniform(low=-0.1, high=0.1)");
    il_initializer_bind(&weights, &bias, &il_network_layer(net, 0)->activation, &initializer, &err);
    assert_int_equal(il_initializer_fill(&initializer, net, 3, seed, &err), IL_OK);
}

static void fit(il_network *net, const char *init, uint64_t seed) {
    il_error err;
    il_initializer initializer;
    il_call weights = parse(&il_inits, init);
    il_initializer_bind(&weights, NULL, &il_network_layer(net, 0)->activation, &initializer, &err);
    if (il_initializer_fit(&initializer, net, 3, seed, N, X, Y, &err) != IL_OK)
        fail_msg("%s: %s", init, err.message);
}

/* Replica 3 as a textbook network. */
static void copy(const il_network *net, naive *out) {
    *out = (naive){.layers = 3,
                   .width = {INPUTS, 12, 10, 1},
                   .hidden = strcmp(il_network_layer(net, 0)->activation.desc->name, "tanh") == 0
                                 ? NAIVE_TANH
                                 : NAIVE_RELU,
                   .loss = NAIVE_BCE};
    for (size_t k = 0; k < 3; k++) {
        const il_layer *y = il_network_layer(net, k);
        for (size_t j = 0; j < y->fan_out; j++) {
            out->b[k][j] = (double)y->b[16 * j + 3];
            for (size_t p = 0; p < y->fan_in; p++)
                out->W[k][p][j] = (double)y->W[16 * (p * y->fan_out + j) + 3];
        }
    }
}

/* at + step * gradient(direction), the gradient being in gW and gb, which are laid out like W and b. */
static void moved(const naive *at, const naive *direction, double step, bool sign, naive *out) {
    *out = *at;
    double *to[2] = {&out->W[0][0][0], &out->b[0][0]};
    const double *g[2] = {&direction->gW[0][0][0], &direction->gb[0][0]};
    size_t n[2] = {sizeof at->W / sizeof(double), sizeof at->b / sizeof(double)};
    for (size_t part = 0; part < 2; part++)
        for (size_t i = 0; i < n[part]; i++) {
            double d = g[part][i];
            to[part][i] += step * (sign ? (d > 0) - (d < 0) : d);
        }
}

static double quotient_of(const il_network *net) {
    static naive at, above, below;
    double r = 1e-5, sum = 0;
    size_t count = 0;
    copy(net, &at);
    naive_pass(&at, N, Xd, Yd);
    moved(&at, &at, r, false, &above);
    moved(&at, &at, -r, false, &below);
    naive_pass(&above, N, Xd, Yd);
    naive_pass(&below, N, Xd, Yd);
    for (size_t k = 0; k < 3; k++)
        for (size_t j = 0; j < at.width[k + 1]; j++)
            for (size_t p = 0; p <= at.width[k]; p++) {
                bool bias = p == at.width[k];
                double g = bias ? at.gb[k][j] : at.gW[k][p][j];
                double Hg =
                    bias ? above.gb[k][j] - below.gb[k][j] : above.gW[k][p][j] - below.gW[k][p][j];
                Hg /= 2 * r;
                sum += fabs((g - Hg) / (g + (g < 0 ? -1e-5 : 1e-5)) - 1);
                count++;
            }
    return sum / (double)count;
}

static double loss_after(const il_network *net, double eta, bool sign, double *norm) {
    static naive at, next;
    copy(net, &at);
    naive_pass(&at, N, Xd, Yd);
    moved(&at, &at, -eta, sign, &next);
    *norm = 0;
    for (size_t k = 0; k < 3; k++)
        for (size_t j = 0; j < at.width[k + 1]; j++)
            for (size_t p = 0; p <= at.width[k]; p++) {
                double g = p == at.width[k] ? at.gb[k][j] : at.gW[k][p][j];
                *norm += sign ? fabs(g) : g * g;
            }
    *norm = sign ? *norm : sqrt(*norm);
    return naive_pass(&next, N, Xd, Yd);
}

/* Each layer's W is one positive factor times what it was, and b is what it was. */
static void assert_scaled(const naive *before, const naive *after) {
    for (size_t k = 0; k < 3; k++) {
        double factor = after->W[k][0][0] / before->W[k][0][0];
        assert_true(factor > 0);
        for (size_t j = 0; j < before->width[k + 1]; j++) {
            assert_true(after->b[k][j] == before->b[k][j]);
            for (size_t p = 0; p < before->width[k]; p++)
                assert_true(fabs(after->W[k][p][j] / before->W[k][p][j] - factor) < 1e-6 * factor);
        }
    }
}

/* From weights 8 times too large and 8 times too small for the widths of the network. */
static const char *const scale[] = {"2.8", "0.045"};
static const char *const hidden[] = {"tanh", "relu"};

static void meta_init(void **state) {
    (void)state;
    double logs = 0;
    for (uint64_t c = 0; c < 8; c++) {
        char text[64];
        static naive first, last;
        il_network *net = build(hidden[c / 2 % 2]);
        snprintf(text, sizeof text, "meta_init(base=normal(std=%s))", scale[c % 2]);
        start(net, text, c);
        copy(net, &first);
        double before = quotient_of(net);
        fit(net, text, c);
        copy(net, &last);
        double after = quotient_of(net);
        assert_scaled(&first, &last);
        if (!(after < 0.99 * before))
            fail_msg("%s, %s: quotient %g, before %g", text, hidden[c / 2 % 2], after, before);
        logs += log(after / before);
        il_network_free(net);
    }
    assert_true(exp(logs / 8) < 0.5);
}

static void grad_init(void **state) {
    (void)state;
    static const struct {
        const char *optimizer;
        double eta, gamma;
    } steps[] = {{"", 0.1, 1}, {", optimizer=adam, eta=0.01, gamma=5", 0.01, 5}};
    for (uint64_t c = 0; c < 8; c++) {
        char text[96];
        static naive first, last;
        bool adam = c / 4 % 2;
        double eta = steps[adam].eta, norm;
        il_network *net = build(hidden[c / 2 % 2]);
        snprintf(text, sizeof text, "grad_init(base=normal(std=%s)%s)", scale[c % 2],
                 steps[adam].optimizer);
        start(net, text, c);
        copy(net, &first);
        double before = loss_after(net, eta, adam, &norm);
        fit(net, text, c);
        copy(net, &last);
        double after = loss_after(net, eta, adam, &norm);
        assert_scaled(&first, &last);
        if (!(after < before && after < 0.75) || !(norm < 1.001 * steps[adam].gamma))
            fail_msg("%s, %s: loss %g, before %g; norm %g", text, hidden[c / 2 % 2], after, before,
                     norm);
        il_network_free(net);
    }
}

/* A gradient that is too long is shortened first: gamma = 0.3 from norms of 1 and more. */
static void constraint(void **state) {
    (void)state;
    for (uint64_t c = 0; c < 4; c++) {
        const char *text = "grad_init(base=normal(std=2.8), gamma=0.3)";
        double before, after;
        il_network *net = build(hidden[c % 2]);
        start(net, text, c);
        loss_after(net, 0.1, false, &before);
        fit(net, text, c);
        loss_after(net, 0.1, false, &after);
        if (!(before > 1 && after < 0.3003))
            fail_msg("%s, seed %d: norm %g, before %g", hidden[c % 2], (int)c, after, before);
        il_network_free(net);
    }
}

/* A longer search passes the same points first, so even steps that are far too large make nothing worse. */
static void more_steps_are_no_worse(void **state) {
    (void)state;
    static const size_t steps[] = {1, 2, 4, 8, 16};
    double quotient = HUGE_VAL, loss = HUGE_VAL, norm;
    for (size_t i = 0; i < 5; i++) {
        char text[96];
        il_network *net = build("tanh");
        snprintf(text, sizeof text, "meta_init(base=normal(std=0.3), lr=1, steps=%zu)", steps[i]);
        start(net, text, 2);
        fit(net, text, 2);
        double q = quotient_of(net);
        assert_true(q < 1.01 * quotient);
        quotient = q;
        snprintf(text, sizeof text, "grad_init(base=normal(std=0.3), lr=1, steps=%zu)", steps[i]);
        start(net, text, 2);
        fit(net, text, 2);
        double l = loss_after(net, 0.1, false, &norm);
        assert_true(l < 1.0001 * loss && norm < 1.001);
        loss = l;
        il_network_free(net);
    }
}

/* lr is the change of every factor's logarithm in the first step. */
static void first_step(void **state) {
    (void)state;
    static naive first, last;
    const char *text = "meta_init(base=normal(std=2.8), steps=1, lr=0.125, momentum=0)";
    il_network *net = build("tanh");
    start(net, text, 7);
    copy(net, &first);
    fit(net, text, 7);
    copy(net, &last);
    for (size_t k = 0; k < 3; k++)
        assert_true(fabs(fabs(log(last.W[k][0][0] / first.W[k][0][0])) - 0.125) < 1e-5);
    il_network_free(net);
}

/* Gains and shifts of norms, and slopes that an activation learns, take part in the gradients that the searches look
 * along, and end as they began; only weights are scaled. */
static void assert_rest_stays(const char *activation, const char *norm, const char *text) {
    static il_real before[16 * 400];
    il_network *net = build_with(activation, norm);
    size_t first = 0, values = il_network_size(net) * 16;
    assert_true(values <= sizeof before / sizeof *before);
    start(net, text, 4);
    memcpy(before, il_network_parameters(net), values * sizeof *before);
    fit(net, text, 4);
    for (size_t k = 0; k < il_network_layers(net); k++) {
        const il_layer *y = il_network_layer(net, k);
        size_t weights = first + y->fan_in * y->fan_out * 16;
        first += y->parameters * 16;
        assert_memory_equal(before + weights, il_network_parameters(net) + weights,
                            (first - weights) * sizeof *before);
    }
    assert_memory_not_equal(before, il_network_parameters(net), values * sizeof *before);
    il_network_free(net);
}

static void only_weights_are_scaled(void **state) {
    (void)state;
    static const char *const texts[] = {"meta_init(base=normal(std=2), steps=3)",
                                        "grad_init(base=normal(std=2), steps=3)"};
    for (size_t t = 0; t < 2; t++) {
        assert_rest_stays("relu", "batchnorm", texts[t]);
        assert_rest_stays("tanh", "layernorm", texts[t]);
        for (size_t i = 0; i < il_activations.n; i++) {
            il_call activation = {.desc = il_activations.items[i]};
            if (il_activation_of(&activation)->slopes)
                assert_rest_stays(activation.desc->name, "none", texts[t]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(meta_init),  cmocka_unit_test(grad_init),
        cmocka_unit_test(constraint), cmocka_unit_test(more_steps_are_no_worse),
        cmocka_unit_test(first_step), cmocka_unit_test(only_weights_are_scaled)};
    return cmocka_run_group_tests(tests, draw_data, NULL);
}
