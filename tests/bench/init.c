/* Filling layers, beside memset of the same array. Before them the parts of which a random layer is made, each in the
 * first-level cache beside memset of the same cache. */
#include "bench/subjects.h"

#include "base/philox.h"
#include "initlab.h"

#include <stdlib.h>
#include <string.h>

#define GROUPS 16
#define DRAWS ((size_t)4 * IL_PHILOX_GROUP * GROUPS)
#define TIMES 512

typedef struct cache {
    _Alignas(IL_PHILOX_ALIGN) union {
        uint32_t word[GROUPS][4][IL_PHILOX_GROUP];
        il_real draw[DRAWS];
    } at;
    il_stream stream;
} cache;

static il_status words(void *context, il_error *err) {
    cache *c = context;
    (void)err;
    for (int i = 0; i < TIMES; i++, c->stream.block += DRAWS / 4)
        il_philox_groups(&c->stream, GROUPS, c->at.word);
    return IL_OK;
}

static il_status uniforms(void *context, il_error *err) {
    cache *c = context;
    (void)err;
    for (int i = 0; i < TIMES; i++)
        il_stream_uniform(&c->stream, DRAWS, c->at.draw);
    return IL_OK;
}

static il_status normals(void *context, il_error *err) {
    cache *c = context;
    (void)err;
    for (int i = 0; i < TIMES; i++)
        il_stream_normal(&c->stream, DRAWS, c->at.draw);
    return IL_OK;
}

static il_status clear_cache(void *context, il_error *err) {
    cache *c = context;
    (void)err;
    for (int i = 0; i < TIMES; i++) {
        memset(&c->at, i, sizeof c->at);
        __asm__ volatile("" ::: "memory"); /* each memset counts */
    }
    return IL_OK;
}

typedef struct part {
    bench_work *run;
} part;

static il_status open_part(const void *setting, bench_pair *out, il_error *err) {
    cache *c = aligned_alloc(IL_PHILOX_ALIGN, sizeof *c);
    if (!c)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu draws", DRAWS);
    c->stream = il_stream_open(1, IL_PURPOSE_WEIGHT, 0);
    *out = (bench_pair){.context = c,
                        .ours = ((const part *)setting)->run,
                        .floor = clear_cache,
                        .units = (double)TIMES * DRAWS,
                        .close = free};
    return IL_OK;
}

typedef struct layer {
    il_call init;
    il_init_layer shape;
    il_real *W;
} layer;

static il_status fill(void *context, il_error *err) {
    layer *y = context;
    return il_init_fill(&y->init, &y->shape, 1, IL_PURPOSE_WEIGHT, y->W, err);
}

static il_status clear(void *context, il_error *err) {
    layer *y = context;
    (void)err;
    memset(y->W, 1, y->shape.fan_in * y->shape.fan_out * sizeof *y->W);
    return IL_OK;
}

static void close_layer(void *context) {
    layer *y = context;
    free(y->W);
    free(y);
}

typedef struct square {
    const char *init;
    size_t width;
} square;

static il_status open_layer(const void *setting, bench_pair *out, il_error *err) {
    const square *s = setting;
    layer *y = calloc(1, sizeof *y);
    il_real *W = malloc(s->width * s->width * sizeof *W);
    if (!y || !W) {
        free(W);
        free(y);
        return il_fail(err, IL_NO_MEMORY, "no memory for a layer of %zux%zu", s->width, s->width);
    }
    *y = (layer){.shape = {.fan_in = s->width, .fan_out = s->width}, .W = W};
    *out = (bench_pair){.context = y,
                        .ours = fill,
                        .floor = clear,
                        .units = (double)(s->width * s->width),
                        .close = close_layer};
    il_status status = il_call_parse(&il_inits, s->init, NULL, &y->init, err);
    if (status != IL_OK)
        close_layer(y);
    return status;
}

#define PART(name, run)                                                                            \
    { "init/cached-" name, "ns/draw", 1e9, "memset", 0, 0, &(const part){run}, open_part }
#define LAYER(name, init, width)                                                                   \
    { "init/" name, "ns/weight", 1e9, "memset", 0, 0, &(const square){init, width}, open_layer }

static const bench items[] = {
    PART("words", words),
    PART("uniform", uniforms),
    PART("normal", normals),
    LAYER("he_normal", "he_normal", 4096),
    LAYER("he_uniform", "he_uniform", 4096),
    LAYER("truncated_normal", "truncated_normal(std=1)", 4096),
    LAYER("sparse", "sparse", 4096),
    LAYER("rai", "rai", 4096),
    LAYER("zero_hadamard", "zero_hadamard", 4096),
    LAYER("orthogonal", "orthogonal", 1024),
};
const bench_table bench_init = BENCH_TABLE(items);
