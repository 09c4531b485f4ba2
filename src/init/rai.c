/* Randomized asymmetric initialization: each unit's fan_in weights and its bias are one Gaussian vector V, in
 * which one entry, chosen at random, is replaced by a positive draw. That makes a rectifier less likely to be born
 * dead, while E[V²] is chosen so that the mean square of a deep network's signal neither grows nor dies.
 *
 * Weights and bias come from one stream: fan_in*fan_out normals for W, fan_out for b, then for each unit the
 * entry's index (the last is the bias) and its new value.
 */
#include "base/draw.h"
#include "init/choose.h"
#include "init/scheme.h"

#include <math.h>

#define SIGMA 0.6007

static void scaled_normals(const il_init_layer *layer, il_stream *stream, size_t n, il_real *out) {
    double std = SIGMA / sqrt((double)layer->fan_in);
    il_draw_normal(stream, n, IL_NO_MEAN, std, out);
}

/* Moves past n draws of one word each, which fill blocks of four. */
static void skip(il_stream *stream, size_t n) {
    stream->block += n / 4 + (n % 4 != 0);
}

/* Beta(2, 1) has the distribution function x², so its quantile is a root. */
static il_real beta(il_words *words) {
    return (il_real)sqrt((double)il_words_unit(words));
}

static il_status weights(il_init_job *job, il_real *W) {
    size_t in = job->layer->fan_in, out = job->layer->fan_out;
    scaled_normals(job->layer, &job->stream, job->n, W);
    skip(&job->stream, out);
    il_words words = {.stream = job->stream};
    for (size_t j = 0; j < out; j++) {
        size_t i = il_words_below(&words, (uint32_t)(in + 1));
        il_real positive = beta(&words);
        if (i < in)
            W[i * out + j] = positive;
    }
    return IL_OK;
}

static il_status bias(il_init_job *job, il_real *b) {
    size_t in = job->layer->fan_in, out = job->layer->fan_out;
    il_stream stream = il_stream_open(job->seed, IL_PURPOSE_WEIGHT, (uint32_t)job->layer->index);
    skip(&stream, in * out);
    scaled_normals(job->layer, &stream, out, b);
    il_words words = {.stream = stream};
    for (size_t j = 0; j < out; j++) {
        size_t i = il_words_below(&words, (uint32_t)(in + 1));
        il_real positive = beta(&words);
        if (i == in)
            b[j] = positive;
    }
    return IL_OK;
}

const il_init_type il_init_rai = {
    .desc = {.name = "rai",
             .formula =
                 "each unit's (w, b) ~ N(0, 0.6007^2/fan_in), one random entry of it ~ Beta(2, 1)",
             .source = "Lu, Shin, Su & Karniadakis 2019"},
    .family = "variance scaling",
    .weights = weights,
    .bias = bias,
    .brings_bias = true,
};
