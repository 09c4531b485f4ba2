/* A replica's bits depend on neither R nor its lane nor its neighbours: every loss, norm, dropout and learned slope, with
 * shared and own samples, through mini-batches of descent. */
#include "cmocka_all.h"

#include "initlab.h"

#include <stdlib.h>
#include <string.h>

enum { N = 11, BATCH = 4, INPUTS = 3, OUTPUTS = 3, MOST = 512 };

static il_call parse(const il_family *family, const char *text) {
    il_error err;
    il_call call;
    if (il_call_parse(family, text, NULL, &call, &err) != IL_OK)
        fail_msg("%s", err.message);
    return call;
}

typedef struct recipe {
    const char *hidden, *loss, *norm, *dropout;
    bool own;
} recipe;

static il_real data[2][N * INPUTS], targets[N * OUTPUTS];

/* Own samples of a neighbour are others; a lane's are those of data[0]. */
static void place(il_real *to, const il_real *from, size_t n, size_t R, bool own, size_t lane,
                  const il_real *neighbours) {
    for (size_t i = 0; i < n; i++)
        for (size_t r = 0; r < (own ? R : 1); r++)
            to[own ? i * R + r : i] = own && r != lane ? neighbours[i] : from[i];
}

/* Six steps, the last batches smaller than the others; everything that the lane has made, one after the other. */
static size_t run(const recipe *x, size_t R, size_t lane, il_real *made) {
    il_error err;
    il_network *net = NULL;
    il_optimizer sgd;
    il_network_config config = {.widths = {4, {INPUTS, 5, 4, OUTPUTS}},
                                .hidden = parse(&il_activations, x->hidden),
                                .loss = parse(&il_losses, x->loss),
                                .norm = parse(&il_norms, x->norm),
                                .dropout = parse(&il_dropouts, x->dropout),
                                .engine = IL_LOCKSTEP,
                                .replicas = R,
                                .batch = BATCH};
    il_call init = parse(&il_inits, "he_normal"), bias = parse(&il_inits, "normal(std=0.2)");
    assert_int_equal(il_optimizer_parse("sgd(lr=0.05)", &sgd, &err), IL_OK);
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    uint64_t seed[64], step[64];
    for (size_t r = 0; r < R; r++) {
        seed[r] = r == lane ? 7 : 100 + r;
        step[r] = r == lane ? 0 : 5 * r;
        assert_int_equal(il_init_network(&init, &bias, net, r, seed[r], &err), IL_OK);
        il_optimizer_reset(&sgd, net, r);
    }
    const il_draws draws = {seed, step};
    size_t used = 0, size = il_network_size(net);
    for (size_t k = 0; k < 6; k++) {
        il_real X[BATCH * INPUTS * 64], Y[BATCH * OUTPUTS * 64], loss[64], correct[64];
        size_t first = k % 3 * BATCH, n = N - first < BATCH ? N - first : BATCH;
        place(X, data[0] + first * INPUTS, n * INPUTS, R, x->own, lane, data[1] + first * INPUTS);
        place(Y, targets + first * OUTPUTS, n * OUTPUTS, R, x->own, lane, targets);
        il_pass pass = {.n = n, .X = X, .Y = Y, .own = x->own, .training = k < 5 ? &draws : NULL};
        const il_real *z = il_pass_forward(net, &pass);
        il_pass_loss(net, &pass, loss, correct);
        il_pass_backward(net, &pass);
        for (size_t i = 0; i < n * OUTPUTS; i++)
            made[used++] = z[i * R + lane];
        made[used++] = loss[lane];
        made[used++] = correct[lane];
        for (size_t i = 0; k == 5 && i < size; i++)
            made[used++] = il_network_gradients(net)[i * R + lane];
        il_optimizer_step(&sgd, net);
        for (size_t r = 0; r < R; r++)
            step[r]++;
    }
    for (size_t i = 0; i < size; i++)
        made[used++] = il_network_parameters(net)[i * R + lane];
    for (size_t i = 0; i < il_network_running_size(net); i++)
        made[used++] = il_network_running(net)[i * R + lane];
    assert_true(used < MOST);
    il_network_free(net);
    return used;
}

static void check(const recipe *x) {
    static const size_t others[][2] = {{16, 15}, {48, 21}, {64, 63}};
    il_real alone[MOST], among[MOST];
    size_t n = run(x, 16, 0, alone), moved = 0;
    for (size_t i = 0; i < n; i++)
        moved += alone[i] != 0 && alone[i] - alone[i] == 0;
    if (moved <= n / 3)
        fail_msg("%s %s %s %s: only %zu of %zu numbers are finite and not 0", x->hidden, x->loss,
                 x->norm, x->dropout, moved, n);
    for (size_t k = 0; k < 3; k++) {
        assert_int_equal(run(x, others[k][0], others[k][1], among), n);
        if (memcmp(alone, among, n * sizeof *alone) != 0)
            fail_msg("%s %s %s %s%s: lane %zu of %zu has other bits", x->hidden, x->loss, x->norm,
                     x->dropout, x->own ? " own" : "", others[k][1], others[k][0]);
    }
}

static void every_combination(void **state) {
    (void)state;
    static const char *const hidden[] = {"tanh", "prelu", "prelu(per_unit=true)", "gelu"};
    static const char *const norms[] = {"none", "batchnorm", "batchnorm(after=true)", "layernorm",
                                        "layernorm(after=true)"};
    static const char *const dropouts[] = {"none", "dropout(0.3)", "alpha_dropout(0.2)"};
    for (size_t k = 0; k < 2; k++) {
        il_stream s = il_stream_open(8 + k, IL_PURPOSE_DATA, 0);
        il_stream_normal(&s, N * INPUTS, data[k]);
    }
    for (size_t i = 0; i < N; i++)
        targets[i * OUTPUTS + i % OUTPUTS] = 1;
    for (size_t i = 0; i < 4 * 5 * 3 * 2; i++)
        for (size_t l = 0; l < il_losses.n; l++)
            check(&(recipe){.hidden = hidden[i % 4],
                            .norm = norms[i / 4 % 5],
                            .dropout = dropouts[i / 20 % 3],
                            .own = i / 60,
                            .loss = il_losses.items[l]->name});
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_combination)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
