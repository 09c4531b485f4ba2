/* Fixed-scale random weights, whatever the layer's size. */
#include "base/draw.h"
#include "init/scheme.h"

#include <math.h>

static il_status normal(il_init_job *job, il_real *out) {
    il_draw_normal(&job->stream, job->n, job->init->arg[0], job->init->arg[1], out);
    return IL_OK;
}

static il_status uniform(il_init_job *job, il_real *out) {
    double low = job->init->arg[0], high = job->init->arg[1];
    if (!((il_real)low < (il_real)high))
        return il_fail(job->err, IL_INVALID,
                       "layer %zu: uniform needs low < high, got low=%g, high=%g",
                       job->layer->index + 1, low, high);
    il_draw_uniform(&job->stream, job->n, (low + high) / 2, (high - low) / 2, out);
    return IL_OK;
}

static il_init_law normal_law(const il_call *init, const il_init_layer *layer) {
    (void)layer;
    return (il_init_law){init->arg[0], init->arg[1], il_density_normal};
}

static il_init_law uniform_law(const il_call *init, const il_init_layer *layer) {
    (void)layer;
    double low = init->arg[0], high = init->arg[1];
    return (il_init_law){(low + high) / 2, (high - low) / sqrt(12), il_density_uniform};
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
    .note = "N(0, 0.01) is a variance in some texts and a standard deviation in "
            "others: here std is never the variance.",
    .weights = normal,
    .bias = normal,
    .law = normal_law,
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
    .law = uniform_law,
};
