/* Weights in files: one replica of a network as PyTorch's nn.Sequential names and lays it out.
 *
 * The modules are, for each hidden layer, Linear, [norm,] activation, [norm,] [dropout], and Linear for the output;
 * they are counted from 0. Linear has weight [fan_out, fan_in] and bias [fan_out], a norm weight and bias, batchnorm
 * also running_mean and running_var, a learned slope weight. So a file that is written here loads in PyTorch with
 * load_state_dict. Reading goes by order, not by number: the k-th matrix in the file is layer k's, whatever stands
 * between, under any names that end alike; on which side of the activation a norm stands is the network's affair.
 *
 *     #include <initlab.h>
 *     int main(void) {
 *         il_error err;
 *         il_network *net = NULL;
 *         il_tensors *set = NULL;
 *         il_stored stored = {0};
 *         il_network_config config = {.engine = IL_BLAS, .replicas = 1, .batch = 1};
 *         if (il_widths_parse("2-3-1", NULL, &config.widths, &err) == IL_OK &&
 *             il_call_parse(&il_activations, "tanh", NULL, &config.hidden, &err) == IL_OK &&
 *             il_call_parse(&il_losses, "bce", NULL, &config.loss, &err) == IL_OK &&
 *             il_network_new(&config, &net, &err) == IL_OK && il_tensors_new(&set, &err) == IL_OK &&
 *             il_weights_put(net, 0, set, &err) == IL_OK)
 *             il_weights_read(set, &stored, &err); // il_tensors_write(set, "xor.safetensors", …) keeps it
 *         size_t layers = stored.n;
 *         il_tensors_free(set);
 *         il_network_free(net);
 *         return layers != 2;
 *     }
 */
#ifndef INITLAB_WEIGHTS_H
#define INITLAB_WEIGHTS_H

#include "network.h"
#include "tensor.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Appends one replica's weights and running statistics to a set. Errors: those of il_tensors_add. */
il_status il_weights_put(const il_network *net, size_t replica, il_tensors *set, il_error *err);

/* The tensors of one layer; NULL where the file has none. */
typedef struct il_stored_layer {
    const il_tensor *weight, *bias;
    const il_tensor *gain, *shift, *mean, *variance; /* of the norm */
    const il_tensor *slope;                          /* of the activation */
} il_stored_layer;

typedef struct il_stored {
    const il_tensors *set;
    size_t n;
    il_stored_layer layer[IL_MAX_LAYERS];
} il_stored;

/* Finds the layers in a set, which must outlive `out`. Errors (IL_INVALID): no matrices, more than IL_MAX_LAYERS, tensors
 * of other modules than those above, values that are not finite. */
il_status il_weights_read(const il_tensors *set, il_stored *out, il_error *err);

/* Layer k's weights as W [fan_in][fan_out] and bias as b [fan_out] (zeros where it has none); either may be NULL.
 * IL_INVALID when the file has no such layer, or one of another shape: the message names tensor, shapes and layer. */
il_status il_stored_dense(const il_stored *stored, size_t k, size_t fan_in, size_t fan_out,
                          il_real *W, il_real *b, il_error *err);

/* Everything of layer k but its dense part into one replica: norm and slope. IL_INVALID when network and file do not
 * have the same. */
il_status il_stored_rest(const il_stored *stored, size_t k, il_network *net, size_t replica,
                         il_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
