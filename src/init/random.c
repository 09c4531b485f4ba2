/* Fixed-scale random weights, whatever the layer's size. */
#include "init/scheme.h"

static il_status normal(il_init_job *job, il_real *out) {
    il_real mean = (il_real)job->init->arg[0], std = (il_real)job->init->arg[1];
    il_stream_normal(&job->stream, job->n, out);
    for (size_t i = 0; i < job->n; i++)
        out[i] = mean + std * out[i];
    return IL_OK;
}

static il_status uniform(il_init_job *job, il_real *out) {
    double low = job->init->arg[0], high = job->init->arg[1];
    if (!(low < high))
        return il_fail(job->err, IL_INVALID,
                       "layer %zu: uniform needs low < high, got low=%g, high=%g",
                       job->layer->index + 1, low, high);
    il_real middle = (il_real)((low + high) / 2), half = (il_real)((high - low) / 2);
    il_stream_uniform(&job->stream, job->n, out);
    for (size_t i = 0; i < job->n; i++)
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
    .family = "random",
    .weights = normal,
    .bias = normal,
};

const il_init_type il_init_uniform = {
    .desc =
        {.name = "uniform",
         .formula = "W ~ U(low, high)",
         .params =
             {{.name = "low", .doc = "lower end", .initial = REQUIRED, .min = -1e6, .max = 1e6},
              {.name = "high", .doc = "upper end", .initial = REQUIRED, .min = -1e6, .max = 1e6}},
         .n_params = 2},
    .family = "random",
    .weights = uniform,
    .bias = uniform,
};
