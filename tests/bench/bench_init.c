/* Filling layers: bytes written per second, beside memset of the same array in the same run. Before them, the parts
 * of which a random layer is made, each in the first-level cache beside memset of the same cache. */
#include "bench.h"

#include "base/philox.h"
#include "initlab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS 16
#define DRAWS ((size_t)4 * IL_PHILOX_GROUP * GROUPS)
#define TIMES 512

typedef struct layer {
    il_call init;
    il_init_layer shape;
    il_real *W;
} layer;

static void fill(void *context) {
    layer *y = context;
    il_error err;
    if (il_init_fill(&y->init, &y->shape, 1, IL_PURPOSE_WEIGHT, y->W, &err) != IL_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
}

static void clear(void *context) {
    layer *y = context;
    memset(y->W, 1, y->shape.fan_in * y->shape.fan_out * sizeof *y->W);
}

static _Alignas(IL_PHILOX_ALIGN) union {
    uint32_t word[GROUPS][4][IL_PHILOX_GROUP];
    il_real draw[DRAWS];
} cache;

static void words(void *context) {
    il_stream *s = context;
    for (int i = 0; i < TIMES; i++, s->block += DRAWS / 4)
        il_philox_groups(s, GROUPS, cache.word);
}

static void uniforms(void *context) {
    for (int i = 0; i < TIMES; i++)
        il_stream_uniform(context, DRAWS, cache.draw);
}

static void normals(void *context) {
    for (int i = 0; i < TIMES; i++)
        il_stream_normal(context, DRAWS, cache.draw);
}

static void clear_cache(void *context) {
    (void)context;
    for (int i = 0; i < TIMES; i++) {
        memset(&cache, i, sizeof cache);
        __asm__ volatile("" ::: "memory"); /* each memset counts */
    }
}

static void print_rate(double ns, double bytes) {
    printf("%-34s %8.2f GB/s, %.3f s\n", "", 1 / ns, ns * bytes * 1e-9);
}

static void bench_parts(void) {
    static const struct {
        const char *name;
        void (*run)(void *);
    } parts[] = {{"Philox words, in cache", words},
                 {"uniform draws, in cache", uniforms},
                 {"normal draws, in cache", normals}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        il_stream stream = il_stream_open(1, IL_PURPOSE_WEIGHT, 0);
        double bytes = (double)TIMES * sizeof cache;
        print_rate(
            bench_pair(parts[i].name, "byte", bytes, 11, parts[i].run, &stream, clear_cache, NULL),
            bytes);
    }
}

int main(void) {
    static const struct {
        const char *init;
        size_t width;
    } cases[] = {{"he_normal", 4096}, {"he_uniform", 4096}, {"truncated_normal(std=1)", 4096},
                 {"sparse", 4096},    {"rai", 4096},        {"zero_hadamard", 4096},
                 {"orthogonal", 1024}};
    printf("%-34s %8s %8s %7s\n", "one core", "ours", "memset", "ratio");
    bench_parts();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t width = cases[i].width;
        char name[64];
        il_error err;
        layer y = {.shape = {.fan_in = width, .fan_out = width},
                   .W = malloc(width * width * sizeof *y.W)};
        if (!y.W || il_call_parse(&il_inits, cases[i].init, NULL, &y.init, &err) != IL_OK)
            return 1;
        snprintf(name, sizeof name, "%s %zux%zu", cases[i].init, width, width);
        double bytes = (double)(width * width * sizeof *y.W);
        print_rate(bench_pair(name, "byte", bytes, 5, fill, &y, clear, &y), bytes);
        free(y.W);
    }
    return 0;
}
