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
    size_t index, layers; /* 0 is nearest the input; dense layers in the network (0: unknown) */
    size_t fan_in, fan_out;
    il_call
        activation; /* what follows the layer; linear on the output layer and when desc is NULL */
    il_call hidden; /* what follows the network's hidden layers; desc NULL: unknown */
} il_init_layer;

/* One layer of one replica to be filled. */
typedef struct il_init_job {
    const il_call *init; /* its automatic parameters have been resolved */
    const il_init_layer *layer;
    uint64_t seed;
    il_stream stream;  /* of (seed, weight or bias, layer), at its beginning */
    size_t n;          /* values to write */
    const void *state; /* what `open` made; NULL without */
    il_error *err;
} il_init_job;

/* A batch for schemes that look at data, which adjust a network after its layers were filled. */
typedef struct il_init_fit {
    const il_call *init;
    il_network *net;
    size_t replica; /* the one to adjust; all others are left as they are */
    uint64_t seed;
    size_t n;             /* samples, at most the network's batch */
    const il_real *X, *Y; /* [n][inputs], [n][outputs] */
    il_error *err;
} il_init_fit;

/* How one weight is distributed: as mean + std * z, where z has mean 0, variance 1 and this density. */
typedef struct il_init_law {
    double mean, std;
    double (*density)(double z);
} il_init_law;

double il_density_normal(double z);
double il_density_uniform(double z);   /* on (-sqrt(3), sqrt(3)) */
double il_density_truncated(double z); /* a normal cut at two standard deviations, then rescaled */

/* A scheme: one of these in src/init, and one line in src/init/registry.c. Functions return IL_INVALID with a
 * message that names the layer, counted from 1, when a request is impossible. */
typedef struct il_init_type {
    il_desc desc;
    const char *family; /* heading in the catalogue */
    const char *note;   /* what users of other libraries and texts should know; or NULL */

    /* W [fan_in][fan_out] of one layer. */
    il_status (*weights)(il_init_job *job, il_real *W);

    /* b [fan_out]; NULL when the scheme says nothing of biases and so cannot be a bias. */
    il_status (*bias)(il_init_job *job, il_real *b);

    /* Weights and bias belong together: `bias` is used unless the caller asks for another. */
    bool brings_bias;

    /* Replaces automatic parameters (NAN) by numbers for layers followed by `activation`; NULL when there
     * are none. */
    il_status (*resolve)(il_call *init, const il_call *activation, il_error *err);

    /* The second step of a data-dependent scheme; NULL for all others. */
    il_status (*fit)(const il_init_fit *fit);

    /* What a scheme prepares once for all layers and replicas, such as a file's content; both NULL when there is
     * nothing. On an error there is nothing to close. */
    il_status (*open)(const il_call *init, void **state, il_error *err);
    void (*close)(void *state);

    /* After all layers of a replica were filled: what else the scheme says of it; NULL for nothing. */
    il_status (*finish)(const il_call *init, const void *state, il_network *net, size_t replica,
                        il_error *err);

    /* What theory says of each weight of a layer, for reports and tests; NULL when there is no such law. The
     * automatic parameters of `init` have been resolved. */
    il_init_law (*law)(const il_call *init, const il_init_layer *layer);
} il_init_type;

static inline const il_init_type *il_init_type_of(const il_call *init) {
    return (const il_init_type *)(const void *)init->desc;
}

/* Fills one layer's weights (W [fan_in][fan_out]) or bias (b [fan_out]) for one seed. IL_INVALID, with a message that
 * names the layer: a layer without weights, a parameter outside its range, what the scheme itself refuses. */
il_status il_init_fill(const il_call *init, const il_init_layer *layer, uint64_t seed,
                       il_purpose purpose, il_real *out, il_error *err);

/* A scheme bound to a network's activations: `weights` with automatic parameters resolved for hidden and for
 * output layers, and `bias` (NULL: the scheme's own where it brings one, else zeros). */
typedef struct il_initializer {
    il_call hidden, output, bias;
    void *state, *bias_state; /* of schemes that open something */
} il_initializer;

/* To be released, also after an error. */
il_status il_initializer_bind(const il_call *weights, const il_call *bias,
                              const il_call *activation, il_initializer *out, il_error *err);
void il_initializer_release(il_initializer *initializer);

/* One layer's weights W [fan_in][fan_out], and its bias b [fan_out]. */
il_status il_initializer_weights(const il_initializer *initializer, const il_init_layer *layer,
                                 uint64_t seed, il_real *W, il_error *err);
il_status il_initializer_bias(const il_initializer *initializer, const il_init_layer *layer,
                              uint64_t seed, il_real *b, il_error *err);

/* Fills all layers of one replica. */
il_status il_initializer_fill(const il_initializer *initializer, il_network *net, size_t replica,
                              uint64_t seed, il_error *err);

/* Whether the scheme wants il_initializer_fit after il_initializer_fill. */
bool il_initializer_needs_data(const il_initializer *initializer);

/* Adjusts one replica to n samples. Uses the network's activations, deltas and gradients as working space. */
il_status il_initializer_fit(const il_initializer *initializer, il_network *net, size_t replica,
                             uint64_t seed, size_t n, const il_real *X, const il_real *Y,
                             il_error *err);

/* Binds and fills; IL_INVALID for a scheme that needs data. */
il_status il_init_network(const il_call *weights, const il_call *bias, il_network *net,
                          size_t replica, uint64_t seed, il_error *err);

/* Schemes from outside the library. A catalogue begins with those of il_inits; what is registered in it is known
 * wherever its family is given in place of il_inits: il_call_parse, il_study_parse_with, il_study_load_with. */
typedef struct il_catalog il_catalog;

il_status il_catalog_new(il_catalog **out, il_error *err);
void il_catalog_free(il_catalog *catalog);

/* Grows as schemes are registered. Calls that were parsed with it point to the schemes, not to the catalogue. */
const il_family *il_catalog_inits(const il_catalog *catalog);

/* Adds a scheme, which must outlive every call of it. IL_INVALID, with a message that names the scheme: a name that
 * is taken or is not [a-z][a-z0-9_]*, parameters that are malformed, no formula, family or weights function. */
il_status il_init_register(il_catalog *catalog, const il_init_type *type, il_error *err);

/* What a shared object exports as `il_plugin`, for `initlab --plugin` and for programs of the same kind:
 *
 *     const il_init_plugin il_plugin = {IL_INIT_ABI, sizeof(il_init_type), types, 2};
 */
#define IL_INIT_ABI 3 /* changes with every type above, and with those of expr.h and rng.h */

typedef struct il_init_plugin {
    uint32_t abi;              /* IL_INIT_ABI of the headers that the plug-in was compiled with */
    size_t type_size;          /* sizeof(il_init_type) there */
    const il_init_type *types; /* [n] */
    size_t n;
} il_init_plugin;

extern const il_init_plugin il_plugin; /* defined by a plug-in, never by the library */

/* Registers all schemes of a plug-in, or on any error none. */
il_status il_init_register_plugin(il_catalog *catalog, const il_init_plugin *plugin, il_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
