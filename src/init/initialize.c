#include "initlab/init.h"

il_status il_init_fill(const il_call *init, const il_init_layer *layer, uint64_t seed,
                       il_purpose purpose, il_real *out, il_error *err) {
    const il_init_type *type = (const il_init_type *)(const void *)init->desc;
    il_stream stream = il_stream_open(seed, purpose, (uint32_t)layer->index);
    size_t n = purpose == IL_PURPOSE_BIAS ? layer->fan_out : layer->fan_in * layer->fan_out;
    return type->fill(init->arg, layer, &stream, n, out, err);
}

il_status il_init_network(const il_call *weights, const il_call *bias, il_network *net,
                          size_t replica, uint64_t seed, il_error *err) {
    for (size_t k = 0; k < il_network_layers(net); k++) {
        const il_layer *y = il_network_layer(net, k);
        il_init_layer layer = {.index = k, .fan_in = y->fan_in, .fan_out = y->fan_out};
        il_real *W = il_network_staging(net), *b = W + y->fan_in * y->fan_out;
        il_status status = il_init_fill(weights, &layer, seed, IL_PURPOSE_WEIGHT, W, err);
        if (status == IL_OK)
            status = il_init_fill(bias, &layer, seed, IL_PURPOSE_BIAS, b, err);
        if (status != IL_OK)
            return status;
        il_network_put(net, k, replica, W, b);
    }
    return IL_OK;
}
