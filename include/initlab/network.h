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
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define IL_MAX_LAYERS 512    /* dense layers in one network */
#define IL_MAX_WIDTH 1000000 /* units in one layer */
#define IL_WIDTHS_TEXT 4096  /* bytes that hold any canonical width notation */

/* The families that a network's configuration names. */
extern const il_family il_activations; /* linear relu prelu tanh sigmoid gelu … */
extern const il_family
    il_losses; /* bce softmax_ce mse mae huber hinge perceptron, all from logits */
extern const il_family il_norms; /* none batchnorm layernorm, after every hidden layer's product */
extern const il_family il_dropouts; /* none dropout alpha_dropout, on every hidden layer's output */

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
    il_call hidden; /* activation of the hidden layers, needed also where there are none; the
                       output layer is linear (logits) */
    il_call loss;
    il_call norm, dropout; /* of the hidden layers; desc NULL: none */
    il_engine engine;
    size_t replicas;   /* R */
    size_t batch;      /* most samples in one pass */
    size_t slots;      /* parameter-shaped arrays that the optimizer needs (il_optimizer_slots) */
    size_t lane_slots; /* doubles per replica that the optimizer needs */
} il_network_config;

/* One layer: z = x W + b, u = norm(z), a = activation(u), out = dropout(a); with a norm after the activation, u = z
 * and out = dropout(norm(a)). Arrays of steps that the layer does not have are those of the step before. All
 * pointers are into the network's one allocation. */
typedef struct il_layer {
    size_t fan_in, fan_out;
    size_t parameters; /* of one replica: W, b, gain, shift and slope, which lie in this order */
    il_real *W, *b;    /* [fan_in][fan_out][R], [fan_out][R] */
    il_real *gain, *shift; /* [fan_out][R] of the norm; NULL without one */
    il_real *slope;        /* [slopes][R] learned by the activation (prelu); NULL without */
    il_real *gW, *gb, *g_gain, *g_shift, *g_slope; /* gradients of the mean loss, shaped alike */
    il_real *mean, *variance; /* [fan_out][R] running statistics of batchnorm; NULL without */
    size_t slopes;
    il_real *z, *u, *a, *out; /* [batch][fan_out][R]; the output layer's are all its z */
    il_real *delta;           /* [batch][fan_out][R]: gradient with respect to z */
    il_real *normalized;      /* [batch][fan_out][R]: the norm's result before gain and shift */
    il_real
        *inverse; /* 1/sqrt(variance + eps): [fan_out][R] of batchnorm, [batch][R] of layernorm */
    il_real *normed, *mask,
        *dropped; /* [batch][fan_out][R]: results of norm and dropout, and its factors */
    il_call activation, norm, dropout; /* norm and dropout: desc NULL where the layer has none */
    bool frozen;                       /* not moved by optimizers and penalties */
} il_layer;

typedef struct il_network il_network;

/* Builds a network with zero weights in a single allocation. Errors: IL_INVALID for an impossible
 * configuration (also for calls of other families), IL_NO_MEMORY (also when the size overflows). */
il_status il_network_new(const il_network_config *config, il_network **out, il_error *err);
void il_network_free(il_network *net);

size_t il_network_replicas(const il_network *net);
size_t il_network_layers(const il_network *net);
const il_layer *il_network_layer(const il_network *net, size_t k); /* k = 0 is nearest the input */

/* Parameters of one replica, and the flat arrays [size][R] that hold them all, layer by layer: the parameters, their gradients, and the optimizer's slots and lane slots ([lane_slots][R]). */
size_t il_network_size(const il_network *net);
il_real *il_network_parameters(il_network *net);
const il_real *il_network_gradients(const il_network *net);
il_real *il_network_slot(il_network *net, size_t slot);
double *il_network_lane_slots(il_network *net);

/* The replicas' learning rates [R], which il_optimizer_reset sets and a schedule changes; and room for
 * IL_MAX_RATES rows of max(R, IL_SPAN) numbers in which optimizers work. */
#define IL_MAX_RATES 4
#define IL_SPAN 256
double *il_network_learning_rates(const il_network *net);
il_real *il_network_rates(il_network *net);

/* What a network remembers beside its parameters, [running][R]: the running statistics of all layers. */
size_t il_network_running_size(const il_network *net);
il_real *il_network_running(il_network *net);

/* What training draws: a mask of dropout is a function of (seed, step, layer), the place of the sample in the pass and
 * the unit, whatever the network's weights, engine or number of replicas. Both [R]. */
typedef struct il_draws {
    const uint64_t *seed, *step;
} il_draws;

/* One pass of n <= batch samples. */
typedef struct il_pass {
    size_t n;
    const il_real *X; /* [n][inputs], shared by all replicas, or with `own` [n][inputs][R] */
    const il_real *Y; /* [n][outputs], or [n][outputs][R] */
    bool own;         /* every replica has samples of its own */
    const il_draws *training; /* NULL: evaluation, with running statistics and without dropout */
} il_pass;

/* Logits [n][outputs][R]. In training the running statistics of batchnorm move; one sample alone has no variance there, so
 * batchnorm makes it its shift and leaves the running variance (studies refuse such batches). Y is not looked at. */
const il_real *il_pass_forward(il_network *net, const il_pass *pass);

/* Mean loss and number of correctly classified samples of each replica, both [R], after il_pass_forward of the same
 * pass; prepares il_pass_backward. */
void il_pass_loss(il_network *net, const il_pass *pass, il_real *loss, il_real *correct);

/* Gradients of the mean loss. */
void il_pass_backward(il_network *net, const il_pass *pass);

/* The three for samples that all replicas share, in evaluation. */
const il_real *il_network_forward(il_network *net, size_t n, const il_real *X);
void il_network_loss(il_network *net, size_t n, const il_real *Y, il_real *loss, il_real *correct);
void il_network_backward(il_network *net, size_t n, const il_real *X);

/* Puts what initialization leaves alone to its start in one replica: gains 1, shifts 0, learned slopes as their
 * activation says, running means 0 and variances 1. */
void il_network_reset(il_network *net, size_t replica);

/* Frozen layers keep their parameters; gradients are still computed, and the running statistics of batchnorm still move in
 * training, as in PyTorch. */
void il_network_freeze(il_network *net, size_t k, bool frozen);

/* Walks the parameters that are not frozen: begin with {0}; each call finds the next range of parameters (indices of
 * one replica) as long as possible, until it returns false. */
typedef struct il_range {
    size_t first, last; /* last is one past the end */
    size_t layer;       /* where to go on */
} il_range;
bool il_network_trainable(const il_network *net, il_range *range);

/* One replica's weights of layer k as plain matrices, W [fan_in][fan_out] and b [fan_out]. */
void il_network_put(il_network *net, size_t k, size_t replica, const il_real *W, const il_real *b);
void il_network_get(const il_network *net, size_t k, size_t replica, il_real *W, il_real *b);

/* Room for one layer's parameters (any layer, one replica), W first, for filling before il_network_put. */
il_real *il_network_staging(il_network *net);

/* Keeps only the n replicas listed in ascending order, and lowers R to the next multiple of 16
 * (lockstep only). Replica lanes[i] becomes replica i; activations and gradients are lost. */
void il_network_keep(il_network *net, const size_t *lanes, size_t n);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
