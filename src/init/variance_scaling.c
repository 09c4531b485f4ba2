/* Var(W) = scale/n, with n a count of the layer's connections: Xavier, He and LeCun differ in
 * nothing else. A uniform on (-a, a) has variance a²/3. In torch's and Keras' *_normal some draws
 * are truncated; here never.
 */
#include "init/scheme.h"

#include <math.h>

static il_status scaled_normal(il_init_job *job, double variance, il_real *out) {
    il_real std = (il_real)sqrt(variance);
    il_stream_normal(&job->stream, job->n, out);
    for (size_t i = 0; i < job->n; i++)
        out[i] *= std;
    return IL_OK;
}

static il_status scaled_uniform(il_init_job *job, double variance, il_real *out) {
    il_real bound = (il_real)sqrt(3 * variance);
    il_stream_uniform(&job->stream, job->n, out);
    for (size_t i = 0; i < job->n; i++)
        out[i] *= bound;
    return IL_OK;
}

/* Keeps the variance of a linear layer's signal forward and backward as nearly as one number can. */
static double xavier(const double *arg, const il_init_layer *layer) {
    return arg[0] * arg[0] * 2 / ((double)layer->fan_in + (double)layer->fan_out);
}

/* Keeps the second moment through a (leaky) rectifier of slope a, which loses the factor (1 + a²)/2. */
static double he(const double *arg, const il_init_layer *layer) {
    double slope = arg[1];
    return 2 / ((1 + slope * slope) * (double)(arg[0] == 0 ? layer->fan_in : layer->fan_out));
}

static double lecun(const double *arg, const il_init_layer *layer) {
    (void)arg;
    return 1 / (double)layer->fan_in;
}

#define DEFINE(rule, distribution)                                                                 \
    static il_status rule##_##distribution(il_init_job *job, il_real *W) {                         \
        return scaled_##distribution(job, rule(job->init->arg, job->layer), W);                    \
    }

DEFINE(xavier, uniform)
DEFINE(xavier, normal)
DEFINE(he, uniform)
DEFINE(he, normal)
DEFINE(lecun, uniform)
DEFINE(lecun, normal)

#define XAVIER_PARAMS                                                                              \
    .params = {{.name = "gain",                                                                    \
                .doc = "factor on the standard deviation",                                         \
                .initial = 1,                                                                      \
                .min = 0,                                                                          \
                .max = 1e6,                                                                        \
                .above_min = true}},                                                               \
    .n_params = 1

#define HE_PARAMS                                                                                  \
    .params = {{.name = "mode",                                                                    \
                .doc = "whose variance is kept",                                                   \
                .kind = IL_CHOICE,                                                                 \
                .choices = "fan_in|fan_out"},                                                      \
               {.name = "slope", .doc = "slope a of a leaky rectifier", .min = -1, .max = 1}},     \
    .n_params = 2

const il_init_type il_init_xavier_uniform = {
    .desc = {.name = "xavier_uniform",
             .aliases = "glorot_uniform",
             .formula = "W ~ U(-a, a), a = gain*sqrt(6/(fan_in + fan_out))",
             .source = "Glorot & Bengio 2010, eq. 16",
             XAVIER_PARAMS},
    .family = "variance scaling",
    .weights = xavier_uniform,
};

const il_init_type il_init_xavier_normal = {
    .desc = {.name = "xavier_normal",
             .aliases = "glorot_normal",
             .formula = "W ~ N(0, gain^2*2/(fan_in + fan_out))",
             .source = "Glorot & Bengio 2010, eq. 12",
             XAVIER_PARAMS},
    .family = "variance scaling",
    .weights = xavier_normal,
};

const il_init_type il_init_he_uniform = {
    .desc = {.name = "he_uniform",
             .aliases = "kaiming_uniform",
             .formula = "W ~ U(-b, b), b = sqrt(6/((1 + slope^2)*fan))",
             .source = "He et al. 2015, section 2.2",
             HE_PARAMS},
    .family = "variance scaling",
    .weights = he_uniform,
};

const il_init_type il_init_he_normal = {
    .desc = {.name = "he_normal",
             .aliases = "kaiming_normal",
             .formula = "W ~ N(0, 2/((1 + slope^2)*fan))",
             .source = "He et al. 2015, eqs. 10 and 15",
             HE_PARAMS},
    .family = "variance scaling",
    .weights = he_normal,
};

const il_init_type il_init_lecun_uniform = {
    .desc = {.name = "lecun_uniform",
             .formula = "W ~ U(-a, a), a = sqrt(3/fan_in)",
             .source = "LeCun, Bottou, Orr & Müller 1998, section 4.6"},
    .family = "variance scaling",
    .weights = lecun_uniform,
};

const il_init_type il_init_lecun_normal = {
    .desc = {.name = "lecun_normal",
             .formula = "W ~ N(0, 1/fan_in)",
             .source = "LeCun, Bottou, Orr & Müller 1998, section 4.6; Klambauer et al. 2017"},
    .family = "variance scaling",
    .weights = lecun_normal,
};
