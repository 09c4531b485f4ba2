/* Filling layers: bytes written per second, beside memset of the same array in the same run. */
#include "bench.h"

#include "initlab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

int main(void) {
    static const struct {
        const char *init;
        size_t width;
    } cases[] = {{"he_normal", 4096}, {"he_uniform", 4096}, {"truncated_normal(std=1)", 4096},
                 {"sparse", 4096},    {"rai", 4096},        {"zero_hadamard", 4096},
                 {"orthogonal", 1024}};
    printf("%-34s %8s %8s %7s\n", "one core", "ours", "memset", "ratio");
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
        double ns = bench_pair(name, "byte", bytes, 5, fill, &y, clear, &y);
        printf("%-34s %8.2f GB/s, %.3f s\n", "", 1 / ns, ns * bytes * 1e-9);
        free(y.W);
    }
    return 0;
}
