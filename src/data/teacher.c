/* What a random network computes, for another to learn. Inputs are N(0, 1); the teacher has weights gain·N(0, 1/fan_in),
 * no biases but those of its outputs, which are linear and so shifted and scaled that over a thousand other inputs each
 * has mean 0 and variance 1; then noise is added. So a constant has a mean squared error near 1 whatever the teacher.
 * The outputs are the targets, or choose the class: the largest output, or for a single one the sign. Without the shift
 * a teacher of rectifiers would give nearly all inputs to one class; with it classes are about, not quite, equal.
 *
 * The teacher computes in double, so the same numbers stand behind both builds of the library.
 */
#include "data/synthetic.h"

#include "nn/activation.h"

#include <stdlib.h>

enum { WIDTHS, ACTIVATION, N, NOISE, TARGETS, GAIN, SEED };
enum { NUMBERS, CLASSES };
enum { STREAM_X, STREAM_NOISE, STREAM_OTHERS, STREAM_WEIGHTS /* and on, one for each layer */ };

#define OTHERS 1000 /* inputs over which the outputs are standardized */
#define MOST_WEIGHTS ((size_t)1 << 22)
#define MOST_STEPS ((size_t)1 << 34) /* products to compute all samples: some ten seconds */

typedef struct teacher {
    il_widths widths;
    il_call activation;
    size_t weights;           /* of all layers */
    double *W;                /* [weights]: [fan_in][fan_out] of each layer */
    double *at, *next;        /* room for the widest layer */
    double *mean, *deviation; /* of each output; 1 for one that never changes */
} teacher;

static il_status read_widths(const il_call *call, teacher *t, il_error *err) {
    il_error inner = {0};
    il_status status = il_widths_parse(il_call_string(call, WIDTHS), NULL, &t->widths, &inner);
    if (status != IL_OK)
        return il_fail(err, status, "teacher: widths: %s", inner.message);
    for (size_t k = 0; k + 1 < t->widths.n; k++) /* at most 256 times 10^12 */
        t->weights += t->widths.width[k] * t->widths.width[k + 1];
    if (t->weights > MOST_WEIGHTS)
        return il_fail(err, IL_INVALID, "teacher: %zu weights are more than %zu: make it narrower",
                       t->weights, MOST_WEIGHTS);
    size_t n = (size_t)call->arg[N];
    if (n + OTHERS > MOST_STEPS / t->weights)
        return il_fail(err, IL_INVALID,
                       "teacher: %zu samples times %zu weights are more than %zu products: take "
                       "fewer",
                       n, t->weights, MOST_STEPS);
    return IL_OK;
}

static size_t widest(const il_widths *widths) {
    size_t most = 0;
    for (size_t k = 0; k < widths->n; k++)
        most = widths->width[k] > most ? widths->width[k] : most;
    return most;
}

static void draw_weights(const double *arg, teacher *t) {
    double *W = t->W;
    for (size_t k = 0; k + 1 < t->widths.n; k++) {
        size_t in = t->widths.width[k], out = t->widths.width[k + 1];
        double std = arg[GAIN] / __builtin_sqrt((double)in);
        il_stream stream =
            il_stream_open((uint64_t)arg[SEED], IL_PURPOSE_DATA, STREAM_WEIGHTS + (uint32_t)k);
        for (size_t i = 0; i < in * out; i += IL_UNIFORMS) {
            il_real z[IL_UNIFORMS];
            size_t some = in * out - i < IL_UNIFORMS ? in * out - i : IL_UNIFORMS;
            il_stream_normal(&stream, some, z);
            for (size_t j = 0; j < some; j++)
                *W++ = std * (double)z[j];
        }
    }
}

/* Leaves the linear outputs for x in t->at. */
static void compute(teacher *t, const il_real *x) {
    const il_activation_type *activation = il_activation_of(&t->activation);
    const double *W = t->W;
    for (size_t i = 0; i < t->widths.width[0]; i++)
        t->at[i] = (double)x[i];
    for (size_t k = 0; k + 1 < t->widths.n; k++) {
        size_t in = t->widths.width[k], out = t->widths.width[k + 1];
        for (size_t j = 0; j < out; j++)
            t->next[j] = 0;
        for (size_t i = 0; i < in; i++, W += out)
            for (size_t j = 0; j < out; j++)
                t->next[j] += t->at[i] * W[j];
        for (size_t j = 0; j < out && k + 2 < t->widths.n; j++)
            t->next[j] = activation->value(t->activation.arg, t->next[j]);
        double *held = t->at;
        t->at = t->next;
        t->next = held;
    }
}

/* `x` is room for one input. */
static void standardize(const double *arg, teacher *t, il_real *x) {
    size_t inputs = t->widths.width[0], outputs = t->widths.width[t->widths.n - 1];
    il_stream stream = il_stream_open((uint64_t)arg[SEED], IL_PURPOSE_DATA, STREAM_OTHERS);
    for (size_t j = 0; j < outputs; j++)
        t->mean[j] = t->deviation[j] = 0;
    for (size_t i = 0; i < OTHERS; i++) {
        il_stream_normal(&stream, inputs, x);
        compute(t, x);
        for (size_t j = 0; j < outputs; j++) {
            t->mean[j] += t->at[j] / OTHERS;
            t->deviation[j] += t->at[j] * t->at[j] / OTHERS;
        }
    }
    for (size_t j = 0; j < outputs; j++) {
        double variance = t->deviation[j] - t->mean[j] * t->mean[j];
        t->deviation[j] = variance > 0 ? __builtin_sqrt(variance) : 1;
    }
}

static uint32_t class_of(size_t outputs, const double *y) {
    if (outputs == 1)
        return y[0] > 0;
    size_t best = 0;
    for (size_t j = 1; j < outputs; j++)
        best = y[j] > y[best] ? j : best;
    return (uint32_t)best;
}

/* `row` is room for one input or one target. */
static void fill(const double *arg, teacher *t, il_real *row, il_dataset *data) {
    size_t inputs = data->inputs, outputs = t->widths.width[t->widths.n - 1];
    il_stream stream = il_stream_open((uint64_t)arg[SEED], IL_PURPOSE_DATA, STREAM_NOISE);
    il_draw_normal(arg[SEED], STREAM_X, data->n * inputs, data->X);
    draw_weights(arg, t);
    standardize(arg, t, row);
    for (size_t i = 0; i < data->n; i++) {
        compute(t, data->X + i * inputs);
        il_stream_normal(&stream, outputs, row);
        for (size_t j = 0; j < outputs; j++) {
            t->at[j] = (t->at[j] - t->mean[j]) / t->deviation[j] + arg[NOISE] * (double)row[j];
            if (data->target)
                data->target[i * outputs + j] = (il_real)t->at[j];
        }
        if (data->label)
            data->label[i] = class_of(outputs, t->at);
    }
}

static il_status make(const il_call *call, const il_folders *folders, il_dataset **out,
                      il_error *err) {
    (void)folders;
    const double *arg = call->arg;
    teacher t = {.activation = il_call_inner(call)};
    il_status status = read_widths(call, &t, err);
    if (status != IL_OK)
        return status;
    size_t outputs = t.widths.width[t.widths.n - 1], most = widest(&t.widths);
    il_dataset_shape shape = {.n = (size_t)arg[N], .inputs = t.widths.width[0]};
    if (arg[TARGETS] == CLASSES)
        shape.classes = outputs == 1 ? 2 : outputs;
    else
        shape.outputs = outputs;
    status = il_dataset_allocate(&shape, out, err);
    if (status != IL_OK)
        return status;
    double *room = malloc((t.weights + 4 * most) * sizeof *room);
    il_real *row = malloc(most * sizeof *row);
    if (room && row) {
        t.W = room;
        t.at = room + t.weights;
        t.next = t.at + most;
        t.mean = t.next + most;
        t.deviation = t.mean + most;
        fill(arg, &t, row, *out);
    } else
        status = il_fail(err, IL_NO_MEMORY, "teacher: no memory for %zu weights", t.weights);
    free(room);
    free(row);
    return status;
}

const il_dataset_type il_dataset_teacher = {
    .desc = {.name = "teacher",
             .formula = "inputs N(0, 1), and the standardized outputs of a network with weights "
                        "gain*N(0, 1/fan_in)",
             .source = "after Gardner & Derrida 1989",
             .params = {{.name = "widths",
                         .doc = "of the teacher, such as 4-8-1",
                         .kind = IL_TEXT,
                         .word = "4-8-1"},
                        {.name = "activation",
                         .doc = "of its hidden layers",
                         .kind = IL_CALL,
                         .family = &il_activations,
                         .inner = "tanh"},
                        IL_PARAM_N(200, 1),
                        IL_PARAM_NOISE(0, "its outputs"),
                        {.name = "targets",
                         .doc = "its outputs, or the class of the largest",
                         .kind = IL_CHOICE,
                         .choices = "numbers|classes"},
                        {.name = "gain",
                         .doc = "factor of its weights",
                         .initial = 1,
                         .max = 100,
                         .above_min = true},
                        IL_PARAM_SEED("weights, inputs and noise")},
             .n_params = 7},
    .make = make,
};
