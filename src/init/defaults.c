/* What other libraries do when they are not told: weights and bias together. In each, a layer is drawn anew from
 * this library's streams; only the distribution is that library's.
 */
#include "init/scheme.h"
#include "init/truncated.h"

#include <math.h>
#include <string.h>

/* The size of a distribution is a uniform's half width, a (truncated) normal's standard deviation, or a
 * constant's value. */
static double zero(const il_init_layer *layer) {
    return (void)layer, 0;
}
static double hundredth(const il_init_layer *layer) {
    return (void)layer, 0.01;
}
static double tenth(const il_init_layer *layer) {
    return (void)layer, 0.1;
}
static double half(const il_init_layer *layer) {
    return (void)layer, 0.5;
}
static double root_1_in(const il_init_layer *layer) {
    return sqrt(1 / (double)layer->fan_in);
}
static double root_2_in(const il_init_layer *layer) {
    return sqrt(2 / (double)layer->fan_in);
}
static double root_3_in(const il_init_layer *layer) {
    return sqrt(3 / (double)layer->fan_in);
}
static double glorot(const il_init_layer *layer) {
    return sqrt(6 / ((double)layer->fan_in + (double)layer->fan_out));
}

/* scikit-learn asks for the activation of the hidden layers, also where it fills the output layer. */
static double glorot_or_logistic(const il_init_layer *layer) {
    const il_desc *hidden = layer->hidden.desc ? layer->hidden.desc : layer->activation.desc;
    bool logistic = hidden && strcmp(hidden->name, "sigmoid") == 0;
    return sqrt((logistic ? 2 : 6) / ((double)layer->fan_in + (double)layer->fan_out));
}

static il_status uniform(il_init_job *job, double size, il_real *out) {
    il_draw_uniform(&job->stream, job->n, IL_NO_MEAN, size, out);
    return IL_OK;
}

static il_status normal(il_init_job *job, double size, il_real *out) {
    il_draw_normal(&job->stream, job->n, IL_NO_MEAN, size, out);
    return IL_OK;
}

static il_status truncated(il_init_job *job, double size, il_real *out) {
    size /= IL_TRUNCATED_STD;
    il_draw_truncated(&job->stream, job->n, IL_NO_MEAN, size, out);
    return IL_OK;
}

static il_status constant(il_init_job *job, double size, il_real *out) {
    for (size_t i = 0; i < job->n; i++)
        out[i] = (il_real)size;
    return IL_OK;
}

/* One uniform draw for all units of the layer. */
static il_status shared(il_init_job *job, double size, il_real *out) {
    il_stream_uniform(&job->stream, 1, out);
    return constant(job, size * (double)out[0], out);
}

#define STD_uniform(size) ((size) / 1.7320508075688772)
#define STD_normal(size) (size)
#define STD_truncated(size) (size)

/* name, distribution and size of the weights, of the bias, formula, source */
#define REPLICA(name_, W, W_size, b, b_size, formula_, source_)                                    \
    static il_status name_##_weights(il_init_job *job, il_real *out) {                             \
        return W(job, W_size(job->layer), out);                                                    \
    }                                                                                              \
    static il_status name_##_bias(il_init_job *job, il_real *out) {                                \
        return b(job, b_size(job->layer), out);                                                    \
    }                                                                                              \
    static il_init_law name_##_law(const il_call *init, const il_init_layer *layer) {              \
        (void)init;                                                                                \
        return (il_init_law){0, STD_##W(W_size(layer)), il_density_##W};                           \
    }                                                                                              \
    const il_init_type il_init_##name_ = {                                                         \
        .desc = {.name = #name_, .formula = formula_, .source = source_},                          \
        .family = "library defaults",                                                              \
        .weights = name_##_weights,                                                                \
        .bias = name_##_bias,                                                                      \
        .brings_bias = true,                                                                       \
        .law = name_##_law,                                                                        \
    };

/* clang-format off */
REPLICA(torch_linear, uniform, root_1_in, uniform, root_1_in,
        "W, b ~ U(-a, a), a = 1/sqrt(fan_in)", "PyTorch, Linear")
REPLICA(keras_dense, uniform, glorot, constant, zero,
        "W ~ U(-a, a), a = sqrt(6/(fan_in + fan_out)); b = 0", "Keras, Dense")
REPLICA(flax_dense, truncated, root_1_in, constant, zero,
        "W ~ normal of variance 1/fan_in, cut at two standard deviations; b = 0", "Flax, Dense")
REPLICA(caffe_xavier, uniform, root_3_in, constant, zero,
        "W ~ U(-a, a), a = sqrt(3/fan_in); b = 0", "Caffe, xavier filler")
REPLICA(kann, normal, root_1_in, constant, zero,
        "W ~ N(0, 1/fan_in); b = 0", "KANN, dense layer")
REPLICA(genann, uniform, half, uniform, half,
        "W, b ~ U(-1/2, 1/2)", "Genann")
REPLICA(fann, uniform, tenth, uniform, tenth,
        "W, b ~ U(-0.1, 0.1)", "FANN")
REPLICA(tinn, uniform, half, shared, half,
        "W ~ U(-1/2, 1/2); b ~ U(-1/2, 1/2), one draw for the whole layer", "Tinn")
REPLICA(darknet_dense, uniform, root_2_in, constant, zero,
        "W ~ sqrt(2/fan_in)*U(-1, 1); b = 0", "Darknet, connected layer")
REPLICA(ggml_mnist, normal, hundredth, normal, hundredth,
        "W, b ~ N(0, 0.01^2)", "ggml, MNIST example")
REPLICA(tiny_dnn, uniform, glorot, constant, zero,
        "W ~ U(-a, a), a = sqrt(6/(fan_in + fan_out)); b = 0", "tiny-dnn, fully connected layer")
REPLICA(minidnn, normal, hundredth, normal, hundredth,
        "W, b ~ N(0, 0.01^2)", "MiniDNN, fully connected layer")
REPLICA(sklearn_mlp, uniform, glorot_or_logistic, uniform, glorot_or_logistic,
        "W, b ~ U(-a, a), a = sqrt(c/(fan_in + fan_out)), c = 2 with sigmoid hidden layers, else 6",
        "scikit-learn, MLPClassifier")
REPLICA(playground, uniform, half, constant, tenth,
        "W ~ U(-1/2, 1/2); b = 0.1", "TensorFlow Playground")
/* clang-format on */
