/* Epochs of the trainer on samples of MNIST's size, one thread, against the bare matrix products of their steps and one
 * streaming pass over parameters, gradients and moments: what no program on this OpenBLAS can do without. The samples
 * are random bytes, since speed does not depend on them.
 */
#include "bench.h"

#include "initlab.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES 8192
#define INPUTS 784
#define CLASSES 10

typedef struct bench {
    il_trainer *trainer;
    il_widths widths;
    size_t batch, parameters;
    float *block, *X, *w, *g, *m, *v; /* of the floor: one batch, and arrays of all parameters */
    float *a[IL_MAX_LAYERS + 1], *delta[IL_MAX_LAYERS + 1]; /* [batch][width] */
} bench;

static void must(il_status status, const il_error *err) {
    if (status != IL_OK) {
        fprintf(stderr, "%s\n", err->message);
        exit(1);
    }
}

static void ours(void *context) {
    il_trainer_epoch(((bench *)context)->trainer, NULL, NULL);
}

static void product(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, size_t m, size_t n, size_t k,
                    const float *A, size_t lda, const float *B, size_t ldb, float *C) {
    cblas_sgemm(CblasRowMajor, ta, tb, (blasint)m, (blasint)n, (blasint)k, 1, A, (blasint)lda, B,
                (blasint)ldb, 0, C, (blasint)n);
}

static void products(bench *b) {
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

static void stream(bench *b) {
    float *restrict w = b->w, *restrict m = b->m, *restrict v = b->v;
    const float *restrict g = b->g;
    for (size_t i = 0; i < b->parameters; i++) {
        m[i] += g[i];
        v[i] += g[i];
        w[i] -= g[i];
    }
}

static void least(void *context) {
    bench *b = context;
    for (size_t step = 0; step < SAMPLES / b->batch; step++) {
        products(b);
        stream(b);
    }
}

/* Zeros everywhere: OpenBLAS's kernels take as long on them as on other numbers, and nothing can overflow. */
static void make_floor(bench *b) {
    size_t values = 4 * b->parameters;
    for (size_t k = 0; k < b->widths.n; k++)
        values += 2 * b->batch * b->widths.width[k];
    float *at = b->block = calloc(values, sizeof *at);
    if (!at)
        exit(1);
    float **arrays[] = {&b->w, &b->g, &b->m, &b->v};
    for (size_t i = 0; i < 4; i++, at += b->parameters)
        *arrays[i] = at;
    for (size_t k = 0; k < b->widths.n; k++) {
        b->a[k] = at;
        b->delta[k] = at += b->batch * b->widths.width[k];
        at += b->batch * b->widths.width[k];
    }
}

static void run(const char *widths, size_t batch, const il_samples *data) {
    bench b = {.batch = batch};
    il_error err;
    il_network_config config = {.engine = IL_BLAS, .replicas = 1};
    il_training training = {.batch = batch, .epochs = 1};
    il_call init, bias;
    must(il_widths_parse(widths, NULL, &config.widths, &err), &err);
    must(il_call_parse(&il_activations, "relu", NULL, &config.hidden, &err), &err);
    must(il_call_parse(&il_losses, "softmax_ce", NULL, &config.loss, &err), &err);
    must(il_call_parse(&il_inits, "he_normal", NULL, &init, &err), &err);
    must(il_call_parse(&il_inits, "zeros", NULL, &bias, &err), &err);
    must(il_optimizer_parse("adam(lr=0.0001)", &training.optimizer, &err), &err);
    must(il_trainer_new(&config, &training, data, NULL, &b.trainer, &err), &err);
    must(il_init_network(&init, &bias, il_trainer_network(b.trainer), 0, 1, &err), &err);
    il_trainer_begin(b.trainer, 0, 1);
    b.widths = config.widths;
    b.parameters = il_network_size(il_trainer_network(b.trainer));
    make_floor(&b);
    char name[64];
    snprintf(name, sizeof name, "%s, batch %zu", widths, batch);
    bench_pair(name, "sample", SAMPLES, 7, ours, &b, least, &b);
    il_trainer_free(b.trainer);
    free(b.block);
}

int main(void) {
    static uint8_t pixels[SAMPLES * INPUTS];
    static il_real Y[SAMPLES * CLASSES];
    il_stream s = il_stream_open(1, IL_PURPOSE_DATA, 0);
    uint32_t words[INPUTS];
    for (size_t i = 0; i < SAMPLES; i++) {
        il_stream_words(&s, INPUTS, words);
        for (size_t j = 0; j < INPUTS; j++)
            pixels[i * INPUTS + j] = (uint8_t)words[j];
        Y[i * CLASSES + words[0] % CLASSES] = 1;
    }
    const il_samples data = {
        .n = SAMPLES, .pixels = pixels, .Y = Y, .scale = 1 / 128.0f, .offset = -1};
    openblas_set_num_threads(1);
    printf("%-34s %8s %8s %7s\n", "", "ours", "floor", "ratio");
    run("784-256-128-10", 128, &data);
    run("784-256-128-10", 32, &data);
    run("784-1024-1024-10", 128, &data);
    run("784-[256]x20-10", 128, &data);
    return 0;
}
