/* Epochs of the trainer on samples of MNIST's size. One thread, against the bare matrix products of its steps and one
 * streaming pass over parameters, gradients and moments: what no program on this OpenBLAS can do without. Several
 * threads, against their share of one thread's time. The samples are random bytes, since speed does not depend on them.
 */
#include "bench/subjects.h"

#include "initlab.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES 8192
#define INPUTS 784
#define CLASSES 10

typedef struct pair {
    il_trainer *trainer, *alone; /* alone: a trainer of one thread, beside one of several */
    uint8_t *pixels;
    il_real *Y;
    il_widths widths;
    size_t batch, parameters;
    float *block, *X, *w, *g, *m, *v; /* of the floor: one batch, and arrays of all parameters */
    float *a[IL_MAX_LAYERS + 1], *delta[IL_MAX_LAYERS + 1]; /* [batch][width] */
} pair;

static il_status ours(void *context, il_error *err) {
    (void)err;
    il_trainer_epoch(((pair *)context)->trainer, NULL, NULL);
    return IL_OK;
}

static il_status one_thread(void *context, il_error *err) {
    (void)err;
    il_trainer_epoch(((pair *)context)->alone, NULL, NULL);
    return IL_OK;
}

static bool same_weights(const void *context) {
    const pair *b = context;
    return memcmp(il_network_parameters(il_trainer_network(b->trainer)),
                  il_network_parameters(il_trainer_network(b->alone)),
                  b->parameters * sizeof(il_real)) == 0;
}

static void product(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, size_t m, size_t n, size_t k,
                    const float *A, size_t lda, const float *B, size_t ldb, float *C) {
    cblas_sgemm(CblasRowMajor, ta, tb, (blasint)m, (blasint)n, (blasint)k, 1, A, (blasint)lda, B,
                (blasint)ldb, 0, C, (blasint)n);
}

static void products(pair *b) {
    size_t layers = b->widths.n - 1, n = b->batch;
    const size_t *width = b->widths.width;
    float *w = b->w, *g = b->g;
    for (size_t k = 0; k < layers; k++) {
        product(CblasNoTrans, CblasNoTrans, n, width[k + 1], width[k], b->a[k], width[k], w,
                width[k + 1], b->a[k + 1]);
        w += (width[k] + 1) * width[k + 1];
    }
    g += b->parameters;
    for (size_t k = layers; k-- > 0;) {
        w -= (width[k] + 1) * width[k + 1];
        g -= (width[k] + 1) * width[k + 1];
        product(CblasTrans, CblasNoTrans, width[k], width[k + 1], n, b->a[k], width[k],
                b->delta[k + 1], width[k + 1], g);
        if (k > 0)
            product(CblasNoTrans, CblasTrans, n, width[k], width[k + 1], b->delta[k + 1],
                    width[k + 1], w, width[k + 1], b->delta[k]);
    }
}

static void stream(pair *b) {
    float *restrict w = b->w, *restrict m = b->m, *restrict v = b->v;
    const float *restrict g = b->g;
    for (size_t i = 0; i < b->parameters; i++) {
        m[i] += g[i];
        v[i] += g[i];
        w[i] -= g[i];
    }
}

static il_status least(void *context, il_error *err) {
    pair *b = context;
    (void)err;
    for (size_t step = 0; step < SAMPLES / b->batch; step++) {
        products(b);
        stream(b);
    }
    return IL_OK;
}

/* Zeros everywhere: OpenBLAS's kernels take as long on them as on other numbers, and nothing can overflow. */
static il_status make_floor(pair *b, il_error *err) {
    size_t values = 4 * b->parameters;
    for (size_t k = 0; k < b->widths.n; k++)
        values += 2 * b->batch * b->widths.width[k];
    float *at = b->block = calloc(values, sizeof *at);
    if (!at)
        return il_fail(err, IL_NO_MEMORY, "no memory for the floor of MNIST");
    float **arrays[] = {&b->w, &b->g, &b->m, &b->v};
    for (size_t i = 0; i < 4; i++, at += b->parameters)
        *arrays[i] = at;
    for (size_t k = 0; k < b->widths.n; k++) {
        b->a[k] = at;
        b->delta[k] = at += b->batch * b->widths.width[k];
        at += b->batch * b->widths.width[k];
    }
    return IL_OK;
}

static il_status make_samples(pair *b, il_samples *out, il_error *err) {
    b->pixels = malloc(SAMPLES * INPUTS);
    b->Y = calloc(SAMPLES * CLASSES, sizeof *b->Y);
    if (!b->pixels || !b->Y)
        return il_fail(err, IL_NO_MEMORY, "no memory for %d samples", SAMPLES);
    il_stream s = il_stream_open(1, IL_PURPOSE_DATA, 0);
    uint32_t words[INPUTS];
    for (size_t i = 0; i < SAMPLES; i++) {
        il_stream_words(&s, INPUTS, words);
        for (size_t j = 0; j < INPUTS; j++)
            b->pixels[i * INPUTS + j] = (uint8_t)words[j];
        b->Y[i * CLASSES + words[0] % CLASSES] = 1;
    }
    *out = (il_samples){
        .n = SAMPLES, .pixels = b->pixels, .Y = b->Y, .scale = 1 / 128.0f, .offset = -1};
    return IL_OK;
}

static il_status make_trainer(const il_network_config *config, const il_samples *data, size_t batch,
                              size_t threads, il_trainer **out, il_error *err) {
    il_training training = {.batch = batch, .epochs = 1, .threads = threads};
    il_call init, bias;
    il_status status = il_call_parse(&il_inits, "he_normal", NULL, &init, err);
    if (status == IL_OK)
        status = il_call_parse(&il_inits, "zeros", NULL, &bias, err);
    if (status == IL_OK)
        status = il_optimizer_parse("adam(lr=0.0001)", &training.optimizer, err);
    if (status == IL_OK)
        status = il_trainer_new(config, &training, data, NULL, out, err);
    if (status == IL_OK)
        status = il_init_network(&init, &bias, il_trainer_network(*out), 0, 1, err);
    if (status == IL_OK)
        il_trainer_begin(*out, 0, 1);
    return status;
}

static void close_pair(void *context) {
    pair *b = context;
    il_trainer_free(b->trainer);
    il_trainer_free(b->alone);
    free(b->block);
    free(b->pixels);
    free(b->Y);
    free(b);
}

typedef struct setting {
    const char *widths;
    size_t batch, threads;
} setting;

static il_status make(pair *b, const setting *s, il_error *err) {
    il_network_config config = {.engine = IL_BLAS, .replicas = 1};
    il_samples data;
    b->batch = s->batch;
    il_status status = il_widths_parse(s->widths, NULL, &config.widths, err);
    if (status == IL_OK)
        status = il_call_parse(&il_activations, "relu", NULL, &config.hidden, err);
    if (status == IL_OK)
        status = il_call_parse(&il_losses, "softmax_ce", NULL, &config.loss, err);
    if (status == IL_OK)
        status = make_samples(b, &data, err);
    if (status == IL_OK)
        status = make_trainer(&config, &data, s->batch, s->threads, &b->trainer, err);
    if (status != IL_OK)
        return status;
    b->widths = config.widths;
    b->parameters = il_network_size(il_trainer_network(b->trainer));
    return s->threads > 1 ? make_trainer(&config, &data, s->batch, 1, &b->alone, err)
                          : make_floor(b, err);
}

static il_status open_pair(const void *context, bench_pair *out, il_error *err) {
    const setting *s = context;
    bool several = s->threads > 1;
    pair *b = calloc(1, sizeof *b);
    if (!b)
        return il_fail(err, IL_NO_MEMORY, "no memory for MNIST");
    *out = (bench_pair){.context = b,
                        .ours = ours,
                        .floor = several ? one_thread : least,
                        .units = SAMPLES,
                        .floor_units = (double)(s->threads * SAMPLES),
                        .same = several ? same_weights : NULL,
                        .close = close_pair};
    il_status status = make(b, context, err);
    if (status != IL_OK)
        close_pair(b);
    return status;
}

#define MNIST(widths, size, batch, most)                                                           \
    {                                                                                              \
        "mnist/" widths "/" size, "ns/sample", 1e9, "products and one pass over parameters", most, \
            0, &(const setting){widths, batch, 1}, open_pair                                       \
    }
#define TWO_THREADS(widths, size, batch)                                                           \
    {                                                                                              \
        "threads/" widths "/" size, "ns/sample", 1e9, "half of one thread's time", 2 / 1.7, 0,     \
            &(const setting){widths, batch, 2}, open_pair                                          \
    }

static const bench items[] = {
    MNIST("784-256-128-10", "128", 128, 1.15),
    MNIST("784-256-128-10", "32", 32, 1.25),
    MNIST("784-1024-1024-10", "128", 128, 1.25),
    MNIST("784-[256]x20-10", "128", 128, 1.25),
};
const bench_table bench_mnist = BENCH_TABLE(items);

static const bench shared[] = {
    TWO_THREADS("784-256-128-10", "128", 128),
    TWO_THREADS("784-256-128-10", "32", 32),
    TWO_THREADS("784-1024-1024-10", "128", 128),
    TWO_THREADS("784-[256]x20-10", "128", 128),
};
const bench_table bench_threads = BENCH_TABLE(shared);
