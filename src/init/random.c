/* Fixed-scale random weights, whatever the layer's size. */
#include "init/scheme.h"

static il_status normal(const double *arg, const il_init_layer *layer, il_stream *stream, size_t n,
                        il_real *out, il_error *err) {
    (void)layer, (void)err;
    il_real mean = (il_real)arg[0], std = (il_real)arg[1];
    il_stream_normal(stream, n, out);
    for (size_t i = 0; i < n; i++)
        out[i] = mean + std * out[i];
    return IL_OK;
}

static il_status uniform(const double *arg, const il_init_layer *layer, il_stream *stream, size_t n,
                         il_real *out, il_error *err) {
    (void)err;
    if (!(arg[0] < arg[1]))
        return il_fail(err, IL_INVALID, "layer %zu: uniform needs low < high, got low=%g, high=%g",
                       layer->index + 1, arg[0], arg[1]);
    il_real middle = (il_real)((arg[0] + arg[1]) / 2), half = (il_real)((arg[1] - arg[0]) / 2);
    il_stream_uniform(stream, n, out);
    for (size_t i = 0; i < n; i++)
        out[i] = middle + half * out[i];
    return IL_OK;
}

#define REQUIRED __builtin_nan("")

const il_init_type il_init_normal = {
    .desc = {.name = "normal",
             .formula = "W ~ N(mean, std^2)",
             .params = {{.name = "mean", .doc = "mean", .min = -1e6, .max = 1e6},
                        {.name = "std",
                         .doc = "standard deviation, not variance",
                         .initial = REQUIRED,
                         .min = 0,
                         .max = 1e6}},
             .n_params = 2},
    .fill = normal,
};

const il_init_type il_init_uniform = {
    .desc =
        {.name = "uniform",
         .formula = "W ~ U(low, high)",
         .params =
             {{.name = "low", .doc = "lower end", .initial = REQUIRED, .min = -1e6, .max = 1e6},
              {.name = "high", .doc = "upper end", .initial = REQUIRED, .min = -1e6, .max = 1e6}},
         .n_params = 2},
    .fill = uniform,
};
