#include "report/sample.h"

#include <math.h>
#include <stdlib.h>

/* Fills the whole network and lets the scheme look at a batch; W becomes its first layer. */
static il_status draw_fitted(const il_initializer *initializer, il_sample *s, il_real *W,
                             il_error *err) {
    size_t in = s->layer.fan_in, out = s->layer.fan_out, n = IL_SAMPLE_BATCH;
    const il_call mse = {.desc = il_family_find(&il_losses, "mse")};
    const il_network_config config = {.widths = {.n = 3, .width = {in, out, 1}},
                                      .hidden = s->layer.activation,
                                      .loss = mse,
                                      .engine = IL_BLAS,
                                      .replicas = 1,
                                      .batch = n};
    il_network *net = NULL;
    il_real *X = malloc((n * (in + 1) + out) * sizeof *X), *Y = X + n * in, *b = Y + n;
    il_status status = X ? il_network_new(&config, &net, err)
                         : il_fail(err, IL_NO_MEMORY, "no memory for %zu samples", n);
    if (status == IL_OK) {
        il_stream stream = il_stream_open(s->seed, IL_PURPOSE_DATA, 0);
        il_stream_normal(&stream, n * in, X);
        il_stream_normal(&stream, n, Y);
        status = il_initializer_fill(initializer, net, 0, s->seed, err);
    }
    if (status == IL_OK)
        status = il_initializer_fit(initializer, net, 0, s->seed, n, X, Y, err);
    if (status == IL_OK)
        il_network_get(net, 0, 0, W, b);
    il_network_free(net);
    free(X);
    return status;
}

static il_status draw(const il_initializer *initializer, il_sample *s, il_real *W, il_error *err) {
    if (!il_initializer_needs_data(initializer))
        return il_init_fill(&initializer->hidden, &s->layer, s->seed, IL_PURPOSE_WEIGHT, W, err);
    if (s->layer.fan_in * s->layer.fan_out > IL_SAMPLE_FITTED)
        return il_fail(err, IL_INVALID,
                       "%s looks at data, and a layer of %zux%zu weights is too large to fit here: "
                       "at most %zu",
                       s->init.desc->name, s->layer.fan_in, s->layer.fan_out, IL_SAMPLE_FITTED);
    return draw_fitted(initializer, s, W, err);
}

/* Row by row, so that no sum runs long enough to lose digits. */
static il_status measure(il_sample *s, const il_real *W, il_error *err) {
    size_t rows = s->layer.fan_in, columns = s->layer.fan_out;
    double n = (double)rows * (double)columns, sum = 0, square = 0, fourth = 0;
    s->min = s->max = (double)W[0];
    for (size_t i = 0; i < rows; i++) {
        double row = 0;
        for (size_t k = 0; k < columns; k++) {
            double w = (double)W[i * columns + k];
            row += w;
            s->min = w < s->min ? w : s->min;
            s->max = w > s->max ? w : s->max;
        }
        sum += row;
    }
    if (!isfinite(sum))
        return il_fail(err, IL_INVALID, "%s filled %zux%zu weights, not all of them finite",
                       s->init.desc->name, rows, columns);
    bool equal = s->min == s->max;
    s->mean = equal ? s->min : sum / n; /* exact where it can be */
    double scale = equal ? 0 : IL_SAMPLE_BINS / (s->max - s->min);
    for (size_t i = 0; i < rows; i++) {
        double row[2] = {0, 0};
        for (size_t k = 0; k < columns; k++) {
            double w = (double)W[i * columns + k], d = (w - s->mean) * (w - s->mean);
            row[0] += d;
            row[1] += d * d;
            size_t bin = (size_t)((w - s->min) * scale);
            s->bin[bin < IL_SAMPLE_BINS ? bin : IL_SAMPLE_BINS - 1]++;
        }
        square += row[0];
        fourth += row[1];
    }
    s->std = sqrt(square / n);
    s->kurtosis = equal ? (double)NAN : n * fourth / (square * square) - 3;
    return IL_OK;
}

il_status il_sample_draw(const il_call *init, const il_call *hidden, size_t fan_in, size_t fan_out,
                         uint64_t seed, il_sample *out, il_error *err) {
    il_initializer initializer;
    *out = (il_sample){.init = *init,
                       .layer = {.index = 0,
                                 .layers = 2,
                                 .fan_in = fan_in,
                                 .fan_out = fan_out,
                                 .activation = *hidden,
                                 .hidden = *hidden},
                       .seed = seed};
    il_status status = il_initializer_bind(init, NULL, hidden, &initializer, err);
    out->drawn = initializer.hidden;
    il_real *W = malloc(fan_in * fan_out * sizeof *W);
    if (status == IL_OK)
        status = W ? draw(&initializer, out, W, err)
                   : il_fail(err, IL_NO_MEMORY, "no memory for %zux%zu weights", fan_in, fan_out);
    il_initializer_release(&initializer);
    if (status == IL_OK)
        status = measure(out, W, err);
    if (status == IL_OK)
        status = il_singular_values(W, fan_in, fan_out, &out->singular, err);
    free(W);
    return status;
}

bool il_sample_law(const il_sample *sample, il_init_law *law) {
    const il_init_type *type = il_init_type_of(&sample->drawn);
    if (!type->law)
        return false;
    *law = type->law(&sample->drawn, &sample->layer);
    return law->std > 0 && law->density;
}

/* The midpoint rule, whose error at a jump of the density is below a 500th of a bin's share. */
double il_sample_share(const il_init_law *law, double low, double high) {
    enum { POINTS = 512 };
    double sum = 0, step = (high - low) / law->std / POINTS, z = (low - law->mean) / law->std;
    for (int i = 0; i < POINTS; i++)
        sum += law->density(z + (i + 0.5) * step);
    return sum * step;
}
