/* What the synthetic datasets share: parameters, and uniform draws one by one.
 *
 * A generator gives what its samples are and what is added to them streams of their own, and takes as many draws for
 * each sample, so that more samples only add and another `noise` moves the same points.
 */
#ifndef IL_DATA_SYNTHETIC_H
#define IL_DATA_SYNTHETIC_H

#include "data/source.h"

#include "initlab/rng.h"

#define IL_PI 3.141592653589793

/* Braces of one il_param each. */
#define IL_PARAM_N(usual, least)                                                                   \
    {                                                                                              \
        .name = "n", .doc = "samples", .kind = IL_INTEGER, .initial = (usual), .min = (least),     \
        .max = 1e6                                                                                 \
    }
#define IL_PARAM_NOISE(usual, where)                                                               \
    { .name = "noise", .doc = "standard deviation added to " where, .initial = (usual), .max = 10 }
#define IL_PARAM_SEED(of)                                                                          \
    { .name = "seed", .doc = "of " of, .kind = IL_INTEGER, .initial = 1, .max = 9007199254740992 }
#define IL_PARAM_INPUTS(usual, least)                                                              \
    {                                                                                              \
        .name = "inputs", .doc = "features", .kind = IL_INTEGER, .initial = (usual),               \
        .min = (least), .max = 4096                                                                \
    }

#define IL_UNIFORMS 64

typedef struct il_uniforms {
    il_stream stream;
    il_real held[IL_UNIFORMS];
    size_t left;
} il_uniforms;

static inline il_uniforms il_uniforms_open(double seed, uint32_t layer) {
    return (il_uniforms){.stream = il_stream_open((uint64_t)seed, IL_PURPOSE_DATA, layer)};
}

/* The next number strictly between low and high. */
static inline double il_uniforms_next(il_uniforms *u, double low, double high) {
    if (u->left == 0) {
        il_stream_uniform(&u->stream, IL_UNIFORMS, u->held);
        u->left = IL_UNIFORMS;
    }
    double x = (double)u->held[IL_UNIFORMS - u->left--];
    return low + (high - low) * (0.5 * x + 0.5);
}

/* The next of the numbers 0 … n - 1, for n far below 2^22. */
static inline size_t il_uniforms_pick(il_uniforms *u, size_t n) {
    return (size_t)il_uniforms_next(u, 0, (double)n);
}

/* Standard normals from a stream of their own. */
static inline void il_draw_normal(double seed, uint32_t layer, size_t n, il_real *out) {
    il_stream stream = il_stream_open((uint64_t)seed, IL_PURPOSE_DATA, layer);
    il_stream_normal(&stream, n, out);
}

#endif
