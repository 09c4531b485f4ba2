#include "optim/clip.h"

#include "base/clones.h"

#include <math.h>

/* NaN stays NaN. */
IL_CLONES static void clip_value_each(size_t n, il_real limit, il_real *restrict g) {
    for (size_t i = 0; i < n; i++)
        g[i] = g[i] > limit ? limit : g[i] < -limit ? -limit : g[i];
}

static void clip(const double *arg, il_network *net) {
    for (size_t k = 0; k < il_network_layers(net); k++) {
        const il_layer *y = il_network_layer(net, k);
        if (!y->frozen)
            clip_value_each(y->parameters * il_network_replicas(net), (il_real)arg[0], y->gW);
    }
}

const il_clip_type il_clip_value = {
    .desc = {.name = "value",
             .formula = "each component of g into [-limit, limit]",
             .source = "Mikolov 2012; PyTorch's clip_grad_value_",
             .params = {{.name = "limit",
                         .doc = "largest magnitude of a component",
                         .initial = (double)NAN,
                         .min = 1e-30,
                         .max = 1e30,
                         .bare = true}},
             .n_params = 1},
    .clip = clip,
};
