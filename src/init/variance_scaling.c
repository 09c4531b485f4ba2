/* Var(W) = scale/n, with n a count of the layer's connections: Xavier, He and LeCun differ in
 * nothing else. A uniform on (-a, a) has variance a²/3. In torch's and Keras' *_normal some draws
 * are truncated; here only where `truncated` says so.
 */
#include "init/scheme.h"
#include "init/truncated.h"
#include "initlab/theory.h"

#include <math.h>

static il_status scaled_normal(il_init_job *job, double variance, il_real *out) {
    il_draw_normal(&job->stream, job->n, IL_NO_MEAN, sqrt(variance), out);
    return IL_OK;
}

static il_status scaled_uniform(il_init_job *job, double variance, il_real *out) {
    il_draw_uniform(&job->stream, job->n, IL_NO_MEAN, sqrt(3 * variance), out);
    return IL_OK;
}

static il_status scaled_truncated(il_init_job *job, double variance, il_real *out) {
    double scale = sqrt(variance) / IL_TRUNCATED_STD;
    il_draw_truncated(&job->stream, job->n, IL_NO_MEAN, scale, out);
    return IL_OK;
}

/* Keeps the variance of a linear layer's signal forward and backward as nearly as one number can. */
static double xavier(const double *arg, const il_init_layer *layer) {
    return arg[0] * arg[0] * 2 / ((double)layer->fan_in + (double)layer->fan_out);
}

/* Keeps the second moment through a (leaky) rectifier of slope a, which loses the factor (1 + a²)/2. */
static double he(const double *arg, const il_init_layer *layer) {
    double slope = arg[1], fan = (double)(arg[0] == 0 ? layer->fan_in : layer->fan_out);
    return arg[2] * arg[2] * 2 / ((1 + slope * slope) * fan);
}

static double lecun(const double *arg, const il_init_layer *layer) {
    (void)arg;
    return 1 / (double)layer->fan_in;
}

static double general(const double *arg, const il_init_layer *layer) {
    double in = (double)layer->fan_in, out = (double)layer->fan_out;
    double n[] = {in, out, (in + out) / 2, sqrt(in * out)};
    return arg[0] / n[(size_t)arg[1]];
}

#define DEFINE(rule, distribution)                                                                 \
    static il_status rule##_##distribution(il_init_job *job, il_real *W) {                         \
        return scaled_##distribution(job, rule(job->init->arg, job->layer), W);                    \
    }                                                                                              \
    static il_init_law rule##_##distribution##_law(const il_call *init,                            \
                                                   const il_init_layer *layer) {                   \
        return (il_init_law){0, sqrt(rule(init->arg, layer)), il_density_##distribution};          \
    }

DEFINE(xavier, uniform)
DEFINE(xavier, normal)
DEFINE(he, uniform)
DEFINE(he, normal)
DEFINE(lecun, uniform)
DEFINE(lecun, normal)
DEFINE(general, normal)
DEFINE(general, uniform)
DEFINE(general, truncated)

static il_status variance_scaling(il_init_job *job, il_real *W) {
    static il_status (*const draw[])(il_init_job *, il_real *) = {general_normal, general_uniform,
                                                                  general_truncated};
    return draw[(size_t)job->init->arg[2]](job, W);
}

static il_init_law variance_scaling_law(const il_call *init, const il_init_layer *layer) {
    static il_init_law (*const law[])(const il_call *, const il_init_layer *) = {
        general_normal_law, general_uniform_law, general_truncated_law};
    return law[(size_t)init->arg[2]](init, layer);
}

static il_status resolve_xavier(il_call *init, const il_call *activation, il_error *err) {
    return isnan(init->arg[0]) ? il_gain_forward(activation, &init->arg[0], err) : IL_OK;
}

/* The gain that replaces the rectifier's by the activation's. */
static il_status resolve_he(il_call *init, const il_call *activation, il_error *err) {
    double gain, slope = init->arg[1];
    if (!isnan(init->arg[2]))
        return IL_OK;
    il_status status = il_gain_forward(activation, &gain, err);
    if (status == IL_OK)
        init->arg[2] = gain / sqrt(2 / (1 + slope * slope));
    return status;
}

static il_status resolve_scale(il_call *init, const il_call *activation, il_error *err) {
    double gain;
    if (!isnan(init->arg[0]))
        return IL_OK;
    il_status status = il_gain_forward(activation, &gain, err);
    if (status == IL_OK)
        init->arg[0] = gain * gain;
    return status;
}

#define XAVIER_PARAMS                                                                              \
    .params = {{.name = "gain",                                                                    \
                .doc = "factor on the standard deviation; auto: 1/sqrt(E[φ(z)²])",                 \
                .initial = 1,                                                                      \
                .min = 0,                                                                          \
                .max = 1e6,                                                                        \
                .above_min = true,                                                                 \
                .automatic = true}},                                                               \
    .n_params = 1

#define HE_PARAMS                                                                                  \
    .params = {{.name = "mode",                                                                    \
                .doc = "whose variance is kept",                                                   \
                .kind = IL_CHOICE,                                                                 \
                .choices = "fan_in|fan_out"},                                                      \
               {.name = "slope", .doc = "slope a of a leaky rectifier", .min = -1, .max = 1},      \
               {.name = "gain",                                                                    \
                .doc = "a further factor; auto: std = 1/sqrt(E[φ(z)²]*fan), whatever the slope",   \
                .initial = 1,                                                                      \
                .min = 0,                                                                          \
                .max = 1e6,                                                                        \
                .above_min = true,                                                                 \
                .automatic = true}},                                                               \
    .n_params = 3

const il_init_type il_init_variance_scaling = {
    .desc = {.name = "variance_scaling",
             .formula = "Var(W) = scale/n, n = fan_in, fan_out, their mean or sqrt(fan_in*fan_out)",
             .source = "the form of LeCun et al. 1998, Glorot & Bengio 2010 and He et al. 2015",
             .params = {{.name = "scale",
                         .doc = "variance times n; auto: 1/E[φ(z)²]",
                         .initial = 1,
                         .min = 0,
                         .max = 1e6,
                         .above_min = true,
                         .automatic = true},
                        {.name = "mode",
                         .doc = "the connections that are counted",
                         .kind = IL_CHOICE,
                         .choices = "fan_in|fan_out|fan_avg|fan_geo_avg"},
                        {.name = "distribution",
                         .doc = "truncated: a normal cut at two of its standard deviations",
                         .kind = IL_CHOICE,
                         .choices = "normal|uniform|truncated"}},
             .n_params = 3},
    .family = "variance scaling",
    .note = "Keras' and JAX' default distribution is truncated. torch.nn.init reads "
            "the fans off a weight of shape [fan_out, fan_in]: on one stored as "
            "[fan_in, fan_out] they trade places.",
    .weights = variance_scaling,
    .resolve = resolve_scale,
    .law = variance_scaling_law,
};

const il_init_type il_init_xavier_uniform = {
    .desc = {.name = "xavier_uniform",
             .aliases = "glorot_uniform",
             .formula = "W ~ U(-a, a), a = gain*sqrt(6/(fan_in + fan_out))",
             .source = "Glorot & Bengio 2010, eq. 16",
             XAVIER_PARAMS},
    .family = "variance scaling",
    .note = "Caffe's Xavier is U(-a, a) with a = sqrt(3/fan_in), here caffe_xavier: "
            "the same only where fan_in = fan_out. torch's gains are 5/3 for tanh "
            "and 1 for sigmoid; auto gives 1.5925 and 1.8462.",
    .weights = xavier_uniform,
    .resolve = resolve_xavier,
    .law = xavier_uniform_law,
};

const il_init_type il_init_xavier_normal = {
    .desc = {.name = "xavier_normal",
             .aliases = "glorot_normal",
             .formula = "W ~ N(0, gain^2*2/(fan_in + fan_out))",
             .source = "Glorot & Bengio 2010, eq. 12",
             XAVIER_PARAMS},
    .family = "variance scaling",
    .note = "In Keras and JAX glorot_normal is truncated: "
            "variance_scaling(mode=fan_avg, distribution=truncated). Some texts "
            "call N(0, 1/fan_in) Xavier, which is lecun_normal: the same only where "
            "fan_in = fan_out.",
    .weights = xavier_normal,
    .resolve = resolve_xavier,
    .law = xavier_normal_law,
};

const il_init_type il_init_he_uniform = {
    .desc = {.name = "he_uniform",
             .aliases = "kaiming_uniform",
             .formula = "W ~ U(-b, b), b = gain*sqrt(6/((1 + slope^2)*fan))",
             .source = "He et al. 2015, section 2.2",
             HE_PARAMS},
    .family = "variance scaling",
    .note = "torch's Linear starts from kaiming_uniform(a=sqrt(5)), which is U(-b, "
            "b) with b = 1/sqrt(fan_in), a sixth of He's variance: here "
            "torch_linear.",
    .weights = he_uniform,
    .resolve = resolve_he,
    .law = he_uniform_law,
};

const il_init_type il_init_he_normal = {
    .desc = {.name = "he_normal",
             .aliases = "kaiming_normal",
             .formula = "W ~ N(0, gain^2*2/((1 + slope^2)*fan))",
             .source = "He et al. 2015, eqs. 10 and 15",
             HE_PARAMS},
    .family = "variance scaling",
    .note = "In Keras and JAX he_normal is truncated: variance_scaling(scale=2, "
            "distribution=truncated). A leaky rectifier needs its slope here too.",
    .weights = he_normal,
    .resolve = resolve_he,
    .law = he_normal_law,
};

const il_init_type il_init_lecun_uniform = {
    .desc = {.name = "lecun_uniform",
             .formula = "W ~ U(-a, a), a = sqrt(3/fan_in)",
             .source = "LeCun, Bottou, Orr & Müller 1998, section 4.6"},
    .family = "variance scaling",
    .note = "torch's Linear default, here torch_linear, has a third of this "
            "variance.",
    .weights = lecun_uniform,
    .law = lecun_uniform_law,
};

const il_init_type il_init_lecun_normal = {
    .desc = {.name = "lecun_normal",
             .formula = "W ~ N(0, 1/fan_in)",
             .source = "LeCun, Bottou, Orr & Müller 1998, section 4.6; Klambauer et al. 2017"},
    .family = "variance scaling",
    .note = "In Keras and JAX lecun_normal is truncated: "
            "variance_scaling(distribution=truncated). SELU needs this variance; "
            "torch's gain for it, 3/4, gives 9/16 of it.",
    .weights = lecun_normal,
    .law = lecun_normal_law,
};
