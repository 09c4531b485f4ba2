/* Random streams: Philox4x32-10, counter-based, bit-identical on every machine.
 *
 * A stream is named by (seed, purpose, layer) and holds nothing but a position, so every replica,
 * layer and purpose has draws of its own, whatever else runs and in whatever order. Source: Salmon,
 * Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 *
 *     #include <initlab.h>
 *     #include <stdio.h>
 *     int main(void) {
 *         il_real z[4];
 *         il_stream stream = il_stream_open(1, IL_PURPOSE_WEIGHT, 0);
 *         il_stream_normal(&stream, 4, z);
 *         return printf("%g %g\n", (double)z[0], (double)z[1]) < 0;
 *     }
 */
#ifndef INITLAB_RNG_H
#define INITLAB_RNG_H

#include "status.h"
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* What a stream is for. The values are part of every result: never renumber. */
typedef enum il_purpose {
    IL_PURPOSE_WEIGHT = 1,
    IL_PURPOSE_BIAS = 2,
    IL_PURPOSE_ORDER = 3, /* the order of samples in an epoch */
    IL_PURPOSE_DROPOUT = 4,
    IL_PURPOSE_DATA = 5,        /* synthetic data */
    IL_PURPOSE_PERMUTATION = 6, /* resampling in statistics */
    IL_PURPOSE_FIT = 7,         /* what a data-dependent scheme draws beside its base */
    IL_PURPOSE_SPLIT = 8        /* which samples train, validate and test */
} il_purpose;

typedef struct il_stream {
    uint32_t key[2];  /* the seed, low word first */
    uint32_t purpose; /* counter word 3 */
    uint32_t layer;   /* counter word 2 */
    uint64_t block;   /* counter words 1 and 0: the next block of four words */
} il_stream;

/* The block function: ten rounds on one 128-bit counter. */
void il_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

il_stream il_stream_open(uint64_t seed, il_purpose purpose, uint32_t layer);

/* The next n draws; each call starts at a new block, so the first k of n draws are the same for
 * every n >= k. */
void il_stream_words(il_stream *stream, size_t n, uint32_t *out);

/* Uniform on (-1, 1): odd multiples of 2^-23, so neither 0 nor an end is ever drawn. */
void il_stream_uniform(il_stream *stream, size_t n, il_real *out);

/* Standard normal by Box–Muller; |z| < 6.7. Computed in float also in the double build, so that
 * both builds start from the same draws. */
void il_stream_normal(il_stream *stream, size_t n, il_real *out);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
