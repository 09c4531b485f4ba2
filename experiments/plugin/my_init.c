/* Two schemes with He's variance, 2/fan_in, and another shape than his normal: heavier tails, and none at all.
 *
 *     cc -std=c17 -O2 -fPIC -shared $(pkg-config --cflags initlab) my_init.c -lm -o my_init.so
 *     initlab init he_laplace --plugin ./my_init.so --shape 784x256
 *     initlab run my_init.yaml --plugin ./my_init.so
 *
 * Runs train in several threads at once: a scheme keeps no variables of its own between calls.
 */
#include <initlab.h>

#include <math.h>

static double he_std(const il_call *init, const il_init_layer *layer) {
    return init->arg[0] * sqrt(2 / (double)layer->fan_in);
}

/* The inverse of the distribution function: |u| is uniform on (0, 1), and u's sign is that of w. */
static il_status laplace(il_init_job *job, il_real *W) {
    double scale = he_std(job->init, job->layer) / sqrt(2);
    il_stream_uniform(&job->stream, job->n, W);
    for (size_t i = 0; i < job->n; i++) {
        double u = (double)W[i];
        W[i] = (il_real)copysign(-scale * log1p(-fabs(u)), u);
    }
    return IL_OK;
}

static double laplace_density(double z) {
    return exp(-sqrt(2) * fabs(z)) / sqrt(2);
}

static il_init_law laplace_law(const il_call *init, const il_init_layer *layer) {
    return (il_init_law){.std = he_std(init, layer), .density = laplace_density};
}

/* Every weight has the same magnitude; only its sign is drawn. */
static il_status sign(il_init_job *job, il_real *W) {
    double std = he_std(job->init, job->layer);
    il_stream_uniform(&job->stream, job->n, W);
    for (size_t i = 0; i < job->n; i++)
        W[i] = (il_real)copysign(std, (double)W[i]);
    return IL_OK;
}

#define GAIN                                                                                       \
    .params = {{.name = "gain",                                                                    \
                .doc = "factor on the standard deviation",                                         \
                .initial = 1,                                                                      \
                .min = 0,                                                                          \
                .max = 1e6,                                                                        \
                .above_min = true}},                                                               \
    .n_params = 1

static const il_init_type types[] = {
    {
        .desc = {.name = "he_laplace",
                 .formula = "W ~ Laplace(0, b), b = gain/sqrt(fan_in): variance gain^2*2/fan_in",
                 GAIN},
        .family = "shapes of He",
        .weights = laplace,
        .law = laplace_law,
    },
    {
        .desc = {.name = "he_sign",
                 .formula = "W = +-gain*sqrt(2/fan_in), each sign with probability 1/2",
                 GAIN},
        .family = "shapes of He",
        .note = "Few kinds of unit exist where fan_in is small, and two of one kind, with equal "
                "outgoing "
                "weights, never part.",
        .weights = sign,
    },
};

const il_init_plugin il_plugin = {IL_INIT_ABI, sizeof(il_init_type), types,
                                  sizeof types / sizeof *types};
