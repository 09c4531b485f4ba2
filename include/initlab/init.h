/* Initialization: fills a network's weights, one replica and layer at a time.
 *
 * Every layer of every replica draws from its own stream (seed, purpose, layer) and rescales
 * standard draws, so two schemes of the same base distribution start from the same numbers when
 * their seeds agree.
 *
 *     #include <initlab.h>
 *     int main(void) {
 *         il_error err;
 *         il_call he;
 *         il_real W[64 * 32];
 *         il_init_layer layer = {.index = 0, .fan_in = 64, .fan_out = 32};
 *         if (il_call_parse(&il_inits, "he_normal", NULL, &he, &err) != IL_OK)
 *             return 1;
 *         return il_init_fill(&he, &layer, 1, IL_PURPOSE_WEIGHT, W, &err) != IL_OK;
 *     }
 */
#ifndef INITLAB_INIT_H
#define INITLAB_INIT_H

#include "network.h"
#include "rng.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

extern const il_family il_inits; /* every scheme */

/* What a scheme knows of the layer that it fills. */
typedef struct il_init_layer {
    size_t index; /* 0 is nearest the input */
    size_t fan_in, fan_out;
} il_init_layer;

/* A scheme: its descriptor, then the function that writes n values: W [fan_in][fan_out] when the
 * purpose is IL_PURPOSE_WEIGHT, b [fan_out] when it is IL_PURPOSE_BIAS. `arg` holds the
 * descriptor's parameters. A scheme is one of these, in src/init, and one line in
 * src/init/registry.c. */
typedef struct il_init_type {
    il_desc desc;
    il_status (*fill)(const double *arg, const il_init_layer *layer, il_stream *stream, size_t n,
                      il_real *out, il_error *err);
} il_init_type;

/* Fills one layer's weights (W [fan_in][fan_out]) or bias (b [fan_out]) for one seed.
 * Errors (IL_INVALID) name the layer, counted from 1. */
il_status il_init_fill(const il_call *init, const il_init_layer *layer, uint64_t seed,
                       il_purpose purpose, il_real *out, il_error *err);

/* Fills all layers of one replica. */
il_status il_init_network(const il_call *weights, const il_call *bias, il_network *net,
                          size_t replica, uint64_t seed, il_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
