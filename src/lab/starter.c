#include "lab/starter.h"

#include "lab/task.h"
#include "lab/trainer.h"

#include <stdlib.h>

#define MOST_FITTED 1024 /* samples that a scheme looks at */

static il_status take_samples(const il_arm *arm, const il_samples *train, il_starter *s,
                              il_error *err) {
    size_t n = train->n < MOST_FITTED ? train->n : MOST_FITTED;
    size_t inputs = arm->network.width[0], outputs = arm->network.width[arm->network.n - 1];
    il_real *X = s->block = malloc(n * (inputs + outputs) * sizeof *X);
    if (!X)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu samples to initialize from", n);
    il_real *Y = X + n * inputs;
    il_gather_spread(n, inputs, outputs, train, X, Y);
    s->fit = (il_samples){.n = n, .X = X, .Y = Y};
    return IL_OK;
}

il_status il_starter_open(const il_arm *arm, const il_samples *train, il_starter *out,
                          il_error *err) {
    *out = (il_starter){0};
    il_status status =
        il_initializer_bind(&arm->init, &arm->bias, &arm->hidden, &out->initializer, err);
    if (status != IL_OK || !il_initializer_needs_data(&out->initializer))
        return status;
    status = take_samples(arm, train, out, err);
    if (status != IL_OK)
        return status;
    il_network_config small = il_arm_network(arm, arm->engine == IL_BLAS ? 1 : 16);
    small.batch = out->fit.n;
    return il_network_new(&small, &out->fitting, err);
}

void il_starter_close(il_starter *starter) {
    il_initializer_release(&starter->initializer);
    il_network_free(starter->fitting);
    free(starter->block);
    *starter = (il_starter){0};
}

/* In a network of its own, so that a fit costs no pass of all replicas. */
static il_status start_fitted(const il_starter *s, il_network *net, size_t replica, uint64_t seed,
                              il_error *err) {
    il_status status = il_initializer_fill(&s->initializer, s->fitting, 0, seed, err);
    if (status == IL_OK)
        status = il_initializer_fit(&s->initializer, s->fitting, 0, seed, s->fit.n, s->fit.X,
                                    s->fit.Y, err);
    il_network_reset(net, replica);
    for (size_t k = 0; k < il_network_layers(net) && status == IL_OK; k++) {
        const il_layer *y = il_network_layer(net, k);
        il_real *W = il_network_staging(net), *b = W + y->fan_in * y->fan_out;
        il_network_get(s->fitting, k, 0, W, b);
        il_network_put(net, k, replica, W, b);
    }
    return status;
}

il_status il_starter_start(const il_starter *s, il_network *net, size_t replica, uint64_t seed,
                           il_error *err) {
    return s->fitting ? start_fitted(s, net, replica, seed, err)
                      : il_initializer_fill(&s->initializer, net, replica, seed, err);
}
