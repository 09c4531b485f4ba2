/* Activations, losses, norms and whole networks against PyTorch's values and gradients, in both engines: to 1e-5 in
 * float and 1e-10 in double. */
#include "cmocka_all.h"

#include "golden/nn.h"
#include "initlab.h"
#include "nn/activation.h"
#include "nn/loss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOLERANCE (sizeof(il_real) == 4 ? 1e-5 : 1e-10)
#define COUNT(table) (sizeof(table) / sizeof *(table))
#define MOST 64 /* logits or targets of one pass */

static il_call parse(const il_family *family, const char *text) {
    il_error err;
    il_call call;
    if (il_call_parse(family, text, NULL, &call, &err) != IL_OK)
        fail_msg("%s", err.message);
    return call;
}

/* The generator of golden/nn.py. */
static double golden_draw(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return (double)(*state >> 16) / 0x1p15 - 1;
}

static void every_activation(void **state) {
    (void)state;
    enum { N = COUNT(golden_z) };
    for (size_t k = 0; k < COUNT(golden_activations); k++) {
        const struct golden_activation *g = golden_activations + k;
        il_call call = parse(&il_activations, g->name);
        const il_activation_type *type = il_activation_of(&call);
        il_real z[N], a[N], d[N];
        for (size_t i = 0; i < N; i++) {
            z[i] = (il_real)golden_z[i];
            d[i] = 1;
        }
        if (type->slopes) {
            il_real p = (il_real)type->slope_start(call.arg), gp;
            type->forward_learned(N, 1, 1, 1, &p, z, a);
            type->backward_learned(N, 1, 1, 1, &p, z, d, &gp);
        } else {
            type->forward(call.arg, N, z, a);
            type->backward(call.arg, N, z, a, d);
        }
        /* What is below 1 in 100 is held against that, because PyTorch has 1 + erf and 1 - a² too. */
        for (size_t i = 0; i < N; i++) {
            double value = golden_values[g->a + i], slope = golden_values[g->slope + i];
            if (!(fabs((double)a[i] - value) <= TOLERANCE * fmax(fabs(value), 0.01)))
                fail_msg("%s(%g) = %.17g, not %.17g", g->name, golden_z[i], (double)a[i], value);
            if (!(fabs((double)d[i] - slope) <= TOLERANCE * fmax(fabs(slope), 0.01)))
                fail_msg("%s'(%g) = %.17g, not %.17g", g->name, golden_z[i], (double)d[i], slope);
        }
    }
}

/* Nothing that PyTorch has too is left out. */
static void every_item_has_goldens(void **state) {
    (void)state;
    for (size_t i = 0; i < il_activations.n; i++) {
        size_t found = 0;
        for (size_t k = 0; k < COUNT(golden_activations); k++)
            found +=
                parse(&il_activations, golden_activations[k].name).desc == il_activations.items[i];
        assert_true(found > 0);
    }
    for (size_t i = 0; i < il_losses.n; i++) {
        size_t found = strcmp(il_losses.items[i]->name, "perceptron") == 0;
        for (size_t k = 0; k < COUNT(golden_losses); k++)
            found += parse(&il_losses, golden_losses[k].name).desc == il_losses.items[i];
        assert_true(found > 0);
    }
}

static void fill_targets(size_t K, il_real *Y) {
    memset(Y, 0, GOLDEN_SAMPLES * K * sizeof *Y);
    for (size_t i = 0; i < GOLDEN_SAMPLES; i++)
        Y[K == 1 ? i : i * K + i % K] = K == 1 ? (il_real)(i % 2) : 1;
}

static void every_loss(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(golden_losses); k++) {
        const struct golden_loss *g = golden_losses + k;
        il_call call = parse(&il_losses, g->name);
        il_real z[MOST], delta[MOST], Y[MOST], loss, correct, scratch[3], row;
        size_t n = GOLDEN_SAMPLES * g->outputs;
        uint32_t draws = 7;
        for (size_t i = 0; i < n; i++)
            z[i] = (il_real)(golden_draw(&draws) * (double)g->scale);
        fill_targets(g->outputs, Y);
        il_loss_pass pass = {.n = GOLDEN_SAMPLES,
                             .outputs = g->outputs,
                             .R = 1,
                             .z = z,
                             .Y = Y,
                             .loss = &loss,
                             .correct = &correct,
                             .delta = delta,
                             .scratch = scratch,
                             .row = &row};
        il_loss_of(&call)->evaluate(call.arg, &pass);
        double value = golden_values[g->value], worst = 0, most = 0;
        if (!(fabs((double)loss - value) <= TOLERANCE * fabs(value)))
            fail_msg("%s of %zu at %zu: %.17g, not %.17g", g->name, g->outputs, g->scale,
                     (double)loss, value);
        for (size_t i = 0; i < n; i++) {
            double exact = golden_values[g->gradient + i];
            worst = fmax(worst, fabs((double)delta[i] - exact));
            most = fmax(most, fabs(exact));
        }
        assert_true(most > 0);
        if (!(worst <= TOLERANCE * most))
            fail_msg("%s of %zu at %zu: gradient off by %.2e of its largest", g->name, g->outputs,
                     g->scale, worst / most);
    }
}

static void expect(const struct golden_network *g, const char *what, size_t step, size_t n,
                   size_t R, size_t replica, const il_real *x, size_t at) {
    double difference = 0, norm = 0;
    for (size_t i = 0; i < n; i++) {
        double exact = golden_values[at + i], d = (double)x[i * R + replica] - exact;
        difference += d * d;
        norm += exact * exact;
    }
    assert_true(norm > 0);
    if (!(sqrt(difference) <= TOLERANCE * sqrt(norm)))
        fail_msg("%s %s %s with %zu outputs, replica %zu of %zu: %s of pass %zu off by %.2e",
                 g->hidden, g->loss, g->norm, g->outputs, replica, R, what, step,
                 sqrt(difference / norm));
}

/* W, b, gain and shift of all layers; slopes stay where they start. */
static void fill_parameters(il_network *net, uint32_t *draws) {
    size_t R = il_network_replicas(net);
    for (size_t k = 0; k < il_network_layers(net); k++) {
        const il_layer *y = il_network_layer(net, k);
        size_t gains = (y->fan_in + 1) * y->fan_out;
        for (size_t i = 0; i < y->parameters - y->slopes; i++) {
            double x = golden_draw(draws);
            if (y->gain && i >= gains && i < gains + y->fan_out)
                x = 1 + x / 2;
            for (size_t r = 0; r < R; r++)
                y->W[i * R + r] = (il_real)x;
        }
    }
}

/* Shared samples, or the same for each replica. */
static void check_network(const struct golden_network *g, il_engine engine, bool own) {
    il_error err;
    il_network *net = NULL;
    size_t R = engine == IL_BLAS ? 1 : 16, K = g->outputs;
    il_network_config config = {.widths = {4, {3, 5, 4, K}},
                                .hidden = parse(&il_activations, g->hidden),
                                .loss = parse(&il_losses, g->loss),
                                .norm = parse(&il_norms, g->norm),
                                .engine = engine,
                                .replicas = R,
                                .batch = GOLDEN_SAMPLES};
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    uint32_t draws = 11;
    fill_parameters(net, &draws);
    static il_real X[MOST * 16], Y[MOST * 16], targets[MOST], loss[16], correct[16];
    uint64_t seed[16] = {0}, step[16] = {0};
    const il_draws training = {seed, step};
    fill_targets(K, targets);
    size_t lanes = own ? R : 1;
    for (size_t i = 0; i < GOLDEN_SAMPLES * K * lanes; i++)
        Y[i] = targets[i / lanes];
    for (size_t pass = 0; pass < 4; pass++) {
        for (size_t i = 0; i < (pass < 3 ? GOLDEN_SAMPLES * 3u : 0); i++) {
            il_real x = (il_real)golden_draw(&draws);
            for (size_t r = 0; r < lanes; r++)
                X[i * lanes + r] = x;
        }
        il_pass p = {.n = GOLDEN_SAMPLES,
                     .X = X,
                     .Y = Y,
                     .own = own,
                     .training = pass < 3 ? &training : NULL};
        const il_real *z = il_pass_forward(net, &p);
        il_pass_loss(net, &p, loss, correct);
        il_pass_backward(net, &p);
        for (size_t r = 0; r < R; r += 15) {
            expect(g, "logits", pass, GOLDEN_SAMPLES * K, R, r, z, g->at[2 * pass]);
            expect(g, "gradients", pass, il_network_size(net), R, r, il_network_gradients(net),
                   g->at[2 * pass + 1]);
            if (pass > 1 && g->running)
                expect(g, "running statistics", pass, il_network_running_size(net), R, r,
                       il_network_running(net), g->running);
        }
    }
    il_network_free(net);
}

static void every_network(void **state) {
    (void)state;
    size_t running = 0;
    for (size_t k = 0; k < COUNT(golden_networks); k++) {
        running += golden_networks[k].running > 0;
        for (int own = 0; own < 2; own++) {
            check_network(golden_networks + k, IL_BLAS, own);
            check_network(golden_networks + k, IL_LOCKSTEP, own);
        }
    }
    assert_true(running >= 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_activation),
        cmocka_unit_test(every_item_has_goldens),
        cmocka_unit_test(every_loss),
        cmocka_unit_test(every_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
