/* The norm is that of one replica's whole gradient, over all layers that are not frozen. Squares are summed in double,
 * parameter after parameter; a single replica has IL_SPAN sums, which are added up in turn. */
#include "optim/clip.h"

#include "base/clones.h"
#include "optim/columns.h"

#include <math.h>
#include <string.h>

IL_CLONES static void clip_norm_sum(il_columns g, double *restrict sum) {
    for (size_t i = 0; i < g.rows; i++)
        for (size_t c = 0; c < g.n; c++) {
            double x = (double)g.x[i * g.stride + c];
            sum[c] += x * x;
        }
}

IL_CLONES static void clip_norm_scale(il_columns g, const il_real *restrict factor) {
    for (size_t i = 0; i < g.rows; i++)
        for (size_t c = 0; c < g.n; c++)
            g.x[i * g.stride + c] *= factor[c];
}

/* Layer k's gradients of the replicas from `first` on; none when it is frozen. */
static size_t gradients(const il_network *net, size_t k, size_t first, il_columns out[2]) {
    const il_layer *y = il_network_layer(net, k);
    return y->frozen ? 0
                     : il_columns_of(y->parameters, il_network_replicas(net), first, y->gW, out);
}

static void clip_columns(double limit, il_network *net, size_t first) {
    size_t R = il_network_replicas(net), width = il_columns_width(R, first);
    il_columns part[2];
    double sum[IL_SPAN];
    il_real factor[IL_SPAN];
    memset(sum, 0, width * sizeof *sum);
    for (size_t k = 0; k < il_network_layers(net); k++)
        for (size_t p = gradients(net, k, first, part); p-- > 0;)
            clip_norm_sum(part[p], sum);
    if (R == 1) {
        for (size_t c = 1; c < width; c++)
            sum[0] += sum[c];
        for (size_t c = 1; c < width; c++)
            sum[c] = sum[0];
    }
    for (size_t c = 0; c < width; c++) {
        double scale = limit / (__builtin_sqrt(sum[c]) + 1e-6);
        factor[c] = scale > 1 ? 1 : (il_real)scale;
    }
    for (size_t k = 0; k < il_network_layers(net); k++)
        for (size_t p = gradients(net, k, first, part); p-- > 0;)
            clip_norm_scale(part[p], factor);
}

static void clip(const double *arg, il_network *net) {
    for (size_t first = 0; first < il_network_replicas(net); first += IL_SPAN)
        clip_columns(arg[0], net, first);
}

const il_clip_type il_clip_norm = {
    .desc = {.name = "norm",
             .formula = "g *= min(1, limit/(|g| + 1e-6)), |g| the norm over all layers",
             .source = "Pascanu et al. 2013, algorithm 1; PyTorch's clip_grad_norm_",
             .params = {{.name = "limit",
                         .doc = "largest norm of a replica's gradient",
                         .initial = (double)NAN,
                         .min = 1e-30,
                         .max = 1e30,
                         .bare = true}},
             .n_params = 1},
    .clip = clip,
};
