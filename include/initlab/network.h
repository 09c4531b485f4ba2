/* Networks: R replicas of one multilayer perceptron that step together.
 *
 * Every array has the replica as its innermost axis; with R = 1 it is an ordinary network. A
 * network knows nothing of how its weights begin (init.h) or move (optim.h).
 *
 *     #include <initlab.h>
 *     int main(void) {
 *         il_error err;
 *         il_network *net = NULL;
 *         il_network_config config = {.engine = IL_LOCKSTEP, .replicas = 16, .batch = 4};
 *         if (il_widths_parse("2-8-1", NULL, &config.widths, &err) == IL_OK &&
 *             il_call_parse(&il_activations, "tanh", NULL, &config.hidden, &err) == IL_OK &&
 *             il_call_parse(&il_losses, "bce", NULL, &config.loss, &err) == IL_OK)
 *             il_network_new(&config, &net, &err);
 *         size_t parameters = net ? il_network_size(net) : 0;
 *         il_network_free(net);
 *         return parameters != 33;
 *     }
 */
#ifndef INITLAB_NETWORK_H
#define INITLAB_NETWORK_H

#include "expr.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define IL_MAX_LAYERS 256    /* dense layers in one network */
#define IL_MAX_WIDTH 1000000 /* units in one layer */
#define IL_WIDTHS_TEXT 2048  /* bytes that hold any canonical width notation */

/* The families that a network's configuration names. */
extern const il_family il_activations; /* linear relu leaky_relu tanh sigmoid gelu_tanh … */
extern const il_family il_losses;      /* bce softmax_ce mse, all from logits */

/* Layer widths, input first: 2-8-1 is {3, {2, 8, 1}}. */
typedef struct il_widths {
    size_t n;
    size_t width[IL_MAX_LAYERS + 1];
} il_widths;

/* Reads "2-8-1" or "784-[256]x30-10". Errors (IL_INVALID): malformed text, fewer than two widths, a
 * width of 0 or above IL_MAX_WIDTH, more than IL_MAX_LAYERS layers. */
il_status il_widths_parse(const char *text, const il_place *place, il_widths *out, il_error *err);

/* The canonical spelling: runs of three or more equal hidden widths as [w]xk. Returns `text`. */
char *il_widths_format(const il_widths *widths, char text[IL_WIDTHS_TEXT]);

typedef enum il_engine {
    IL_BLAS,    /* OpenBLAS; R must be 1 */
    IL_LOCKSTEP /* plain loops over replicas, bit-identical everywhere; R a multiple of 16 */
} il_engine;

typedef struct il_network_config {
    il_widths widths;
    il_call hidden; /* activation of the hidden layers; the output layer is linear (logits) */
    il_call loss;
    il_engine engine;
    size_t replicas;   /* R */
    size_t batch;      /* most samples in one pass */
    size_t slots;      /* parameter-shaped arrays that the optimizer needs (il_optimizer_slots) */
    size_t lane_slots; /* doubles per replica that the optimizer needs */
} il_network_config;

/* One dense layer: z = x W + b, a = activation(z). All pointers are into the network's one
 * allocation. */
typedef struct il_layer {
    size_t fan_in, fan_out;
    il_real *W, *b;   /* [fan_in][fan_out][R], [fan_out][R] */
    il_real *gW, *gb; /* gradients of the mean loss, shaped like W and b */
    il_real *z, *a;   /* [batch][fan_out][R]; the output layer's a is its z */
    il_real *delta;   /* [batch][fan_out][R]: gradient with respect to z */
    il_call activation;
} il_layer;

typedef struct il_network il_network;

/* Builds a network with zero weights in a single allocation. Errors: IL_INVALID for an impossible
 * configuration, IL_NO_MEMORY (also when the size overflows). */
il_status il_network_new(const il_network_config *config, il_network **out, il_error *err);
void il_network_free(il_network *net);

size_t il_network_replicas(const il_network *net);
size_t il_network_layers(const il_network *net);
const il_layer *il_network_layer(const il_network *net, size_t k); /* k = 0 is nearest the input */

/* Parameters of one replica, and the flat arrays [size][R] that hold all W and b, layer by layer:
 * the parameters, their gradients, and the optimizer's slots and lane slots ([lane_slots][R]). */
size_t il_network_size(const il_network *net);
il_real *il_network_parameters(il_network *net);
const il_real *il_network_gradients(const il_network *net);
il_real *il_network_slot(il_network *net, size_t slot);
double *il_network_lane_slots(il_network *net);

/* Logits of n <= batch samples X [n][fan_in], which all replicas share: [n][outputs][R]. */
const il_real *il_network_forward(il_network *net, size_t n, const il_real *X);

/* Mean loss and number of correctly classified samples of each replica, both [R], for the n samples
 * of the last forward pass with targets Y [n][outputs]; prepares il_network_backward. */
void il_network_loss(il_network *net, size_t n, const il_real *Y, il_real *loss, il_real *correct);

/* Gradients of the mean loss for the samples X of the last il_network_loss. */
void il_network_backward(il_network *net, size_t n, const il_real *X);

/* One replica's weights of layer k as plain matrices, W [fan_in][fan_out] and b [fan_out]. */
void il_network_put(il_network *net, size_t k, size_t replica, const il_real *W, const il_real *b);
void il_network_get(const il_network *net, size_t k, size_t replica, il_real *W, il_real *b);

/* Room for one layer's W followed by its b (any layer, one replica), for filling before
 * il_network_put. */
il_real *il_network_staging(il_network *net);

/* Keeps only the n replicas listed in ascending order, and lowers R to the next multiple of 16
 * (lockstep only). Replica lanes[i] becomes replica i; activations and gradients are lost. */
void il_network_keep(il_network *net, const size_t *lanes, size_t n);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
