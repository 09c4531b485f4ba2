/* Gathering a batch of MNIST's size: pixels in random order as numbers around 0, against memcpy of as many bytes as are
 * written, from the same pixels. */
#include "bench/subjects.h"

#include "initlab.h"
#include "lab/trainer.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLES 60000
#define INPUTS 784
#define OUTPUTS 10
#define BATCH 128
#define BATCHES (SAMPLES / BATCH)

typedef struct pair {
    il_samples from;
    uint8_t *pixels;
    uint32_t *order;
    il_real *targets, *X, *Y;
} pair;

static il_status gather(void *context, il_error *err) {
    pair *p = context;
    (void)err;
    for (size_t i = 0; i < BATCHES; i++)
        il_gather(NULL, BATCH, INPUTS, OUTPUTS, 1, p->order + i * BATCH, &p->from, p->X, p->Y);
    return IL_OK;
}

/* A sample's targets too, and of its pixels as many copies as a number has bytes. */
static il_status copy(void *context, il_error *err) {
    pair *p = context;
    (void)err;
    for (size_t i = 0; i < BATCHES * BATCH; i++) {
        uint8_t *x = (uint8_t *)(p->X + i % BATCH * INPUTS);
        for (size_t k = 0; k < sizeof(il_real); k++)
            memcpy(x + k * INPUTS, p->pixels + p->order[i] * (size_t)INPUTS, INPUTS);
        memcpy(p->Y + i % BATCH * OUTPUTS, p->targets + p->order[i] * (size_t)OUTPUTS,
               OUTPUTS * sizeof *p->Y);
    }
    return IL_OK;
}

static void close_pair(void *context) {
    pair *p = context;
    free(p->pixels);
    free(p->order);
    free(p->targets);
    free(p->X);
    free(p->Y);
    free(p);
}

static il_status open_pair(const void *setting, bench_pair *out, il_error *err) {
    pair *p = calloc(1, sizeof *p);
    (void)setting;
    if (p)
        *p = (pair){.pixels = malloc((size_t)SAMPLES * INPUTS),
                    .order = malloc(SAMPLES * sizeof *p->order),
                    .targets = calloc((size_t)SAMPLES * OUTPUTS, sizeof *p->targets),
                    .X = malloc((size_t)BATCH * INPUTS * sizeof *p->X),
                    .Y = malloc((size_t)BATCH * OUTPUTS * sizeof *p->Y)};
    if (!p || !p->pixels || !p->order || !p->targets || !p->X || !p->Y) {
        if (p)
            close_pair(p);
        return il_fail(err, IL_NO_MEMORY, "no memory for %d samples", SAMPLES);
    }
    for (size_t i = 0; i < (size_t)SAMPLES * INPUTS; i++)
        p->pixels[i] = (uint8_t)(i % 251);
    il_order_shuffle(SAMPLES, 1, 1, 0, p->order);
    p->from = (il_samples){
        .n = SAMPLES, .pixels = p->pixels, .Y = p->targets, .scale = 1 / 128.0f, .offset = -1};
    *out = (bench_pair){
        .context = p, .ours = gather, .floor = copy, .units = BATCHES * BATCH, .close = close_pair};
    return IL_OK;
}

static const bench items[] = {
    {"gather/784", "ns/sample", 1e9, "memcpy", 0, 0, NULL, open_pair},
};
const bench_table bench_gather = BENCH_TABLE(items);
