/* Networks with random weights and the gradients of a random batch, for what acts on either. */
#ifndef RANDOM_NET_H
#define RANDOM_NET_H

#include "cmocka_all.h"

#include "initlab.h"

static inline il_call random_call(const il_family *family, const char *text) {
    il_call out;
    il_error err;
    if (il_call_parse(family, text, NULL, &out, &err) != IL_OK)
        fail_msg("%s", err.message);
    return out;
}

/* tanh and bce, for one output and at most 64 inputs; replica r has the weights of seed first_seed + r. */
static inline il_network *random_net(const char *widths, const char *norm,
                                     const il_optimizer *optimizer, size_t R, uint64_t first_seed) {
    il_error err;
    il_network *net = NULL;
    il_call weights = random_call(&il_inits, "normal(std=0.7)");
    il_call bias = random_call(&il_inits, "normal(std=0.2)");
    il_network_config config = {.hidden = random_call(&il_activations, "tanh"),
                                .loss = random_call(&il_losses, "bce"),
                                .norm = random_call(&il_norms, norm),
                                .engine = R == 1 ? IL_BLAS : IL_LOCKSTEP,
                                .replicas = R,
                                .batch = 4,
                                .slots = optimizer ? il_optimizer_slots(optimizer) : 0,
                                .lane_slots = optimizer ? il_optimizer_lane_slots(optimizer) : 0};
    assert_int_equal(il_widths_parse(widths, NULL, &config.widths, &err), IL_OK);
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    for (size_t r = 0; r < R; r++) {
        assert_int_equal(il_init_network(&weights, &bias, net, r, first_seed + r, &err), IL_OK);
        if (optimizer)
            il_optimizer_reset(optimizer, net, r);
    }
    return net;
}

/* The gradients of the t-th batch, of 4 samples. */
static inline void random_gradients(il_network *net, uint64_t t) {
    static il_real loss[1024], correct[1024];
    il_real X[4 * 64], Y[4] = {0, 1, 1, 0};
    il_stream s = il_stream_open(t, IL_PURPOSE_DATA, 0);
    il_stream_normal(&s, 4 * 64, X);
    assert_true(il_network_replicas(net) <= 1024);
    il_network_forward(net, 4, X);
    il_network_loss(net, 4, Y, loss, correct);
    il_network_backward(net, 4, X);
}

#endif
