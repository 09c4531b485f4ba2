#include "initlab/init.h"

#include <float.h>
#include <math.h>

/* The largest value of a parameter; what an automatic one was resolved to may be beyond what can be asked for. */
static double largest(const il_param *p) {
    if (p->kind == IL_BOOL)
        return 1;
    if (p->kind != IL_CHOICE)
        return p->automatic ? DBL_MAX : p->max;
    double last = 0;
    for (const char *c = p->choices; *c; c++)
        last += *c == '|';
    return last;
}

/* A call that a program put together may hold what call notation refuses. */
static il_status check_values(const il_call *init, const il_init_layer *layer, il_error *err) {
    for (size_t i = 0; i < init->desc->n_params; i++) {
        const il_param *p = &init->desc->params[i];
        double value = init->arg[i], max = largest(p);
        bool whole = p->kind != IL_NUMBER;
        if (p->kind == IL_CALL || p->kind == IL_TEXT || (p->automatic && isnan(value)))
            continue;
        if (!(value >= p->min && value <= max) || (p->above_min && value == p->min) ||
            (whole && value != floor(value)))
            return il_fail(err, IL_INVALID, "layer %zu: %s: %s=%g is not in %c%g, %g]%s",
                           layer->index + 1, init->desc->name, p->name, value,
                           p->above_min ? '(' : '[', p->min, max, whole ? ", whole numbers" : "");
    }
    if (!init->inner)
        return IL_OK;
    il_call inner = il_call_inner(init);
    return check_values(&inner, layer, err);
}

static il_status resolve(const il_call *init, const il_call *activation, il_call *out,
                         il_error *err) {
    *out = *init;
    const il_init_type *type = il_init_type_of(init);
    return type->resolve ? type->resolve(out, activation, err) : IL_OK;
}

/* Fills with a scheme that has been opened. */
static il_status fill(const il_call *init, const void *state, const il_init_layer *layer,
                      uint64_t seed, il_purpose purpose, il_real *out, il_error *err) {
    const il_init_type *type = il_init_type_of(init);
    bool is_bias = purpose == IL_PURPOSE_BIAS;
    if (is_bias && !type->bias)
        return il_fail(err, IL_INVALID, "layer %zu: %s is no scheme for a bias", layer->index + 1,
                       type->desc.name);
    if (layer->fan_in == 0 || layer->fan_out == 0)
        return il_fail(err, IL_INVALID, "layer %zu: %zux%zu has no weights", layer->index + 1,
                       layer->fan_in, layer->fan_out);
    il_status status = check_values(init, layer, err);
    if (status != IL_OK)
        return status;
    /* A call that was bound before has nothing left to resolve. Calls are large, so none is copied for nothing. */
    il_call resolved;
    if (!is_bias) {
        il_error inner;
        il_call linear;
        const il_call *activation = &layer->activation;
        if (!activation->desc) {
            linear = (il_call){.desc = il_family_find(&il_activations, "linear")};
            activation = &linear;
        }
        status = resolve(init, activation, &resolved, &inner);
        if (status != IL_OK)
            return il_fail(err, status, "layer %zu: %s", layer->index + 1, inner.message);
    }
    il_init_job job = {
        .init = is_bias ? init : &resolved,
        .layer = layer,
        .seed = seed,
        .stream = il_stream_open(seed, purpose, (uint32_t)layer->index),
        .n = is_bias ? layer->fan_out : layer->fan_in * layer->fan_out,
        .state = state,
        .err = err,
    };
    return is_bias ? type->bias(&job, out) : type->weights(&job, out);
}

static il_status open_scheme(const il_call *init, void **state, il_error *err) {
    const il_init_type *type = il_init_type_of(init);
    *state = NULL;
    return type->open ? type->open(init, state, err) : IL_OK;
}

static void close_scheme(const il_call *init, void *state) {
    if (state)
        il_init_type_of(init)->close(state);
}

il_status il_init_fill(const il_call *init, const il_init_layer *layer, uint64_t seed,
                       il_purpose purpose, il_real *out, il_error *err) {
    void *state;
    il_status status = open_scheme(init, &state, err);
    if (status == IL_OK)
        status = fill(init, state, layer, seed, purpose, out, err);
    close_scheme(init, state);
    return status;
}

il_status il_initializer_bind(const il_call *weights, const il_call *bias,
                              const il_call *activation, il_initializer *out, il_error *err) {
    const il_init_type *type = il_init_type_of(weights);
    const il_call linear = {.desc = il_family_find(&il_activations, "linear")};
    const il_call zeros = {.desc = il_family_find(&il_inits, "zeros")};
    *out = (il_initializer){.hidden = *weights,
                            .bias = bias                ? *bias
                                    : type->brings_bias ? *weights
                                                        : zeros};
    if (bias && bias->desc != weights->desc && il_init_type_of(bias)->fit)
        return il_fail(err, IL_INVALID, "%s adjusts weights to data and is no scheme for a bias",
                       bias->desc->name);
    il_status status = resolve(weights, activation, &out->hidden, err);
    if (status == IL_OK)
        status = resolve(weights, &linear, &out->output, err);
    if (status == IL_OK)
        status = open_scheme(&out->hidden, &out->state, err);
    if (status == IL_OK)
        status = open_scheme(&out->bias, &out->bias_state, err);
    return status;
}

void il_initializer_release(il_initializer *initializer) {
    close_scheme(&initializer->hidden, initializer->state);
    close_scheme(&initializer->bias, initializer->bias_state);
    initializer->state = initializer->bias_state = NULL;
}

il_status il_initializer_weights(const il_initializer *initializer, const il_init_layer *layer,
                                 uint64_t seed, il_real *W, il_error *err) {
    bool last = layer->index + 1 == layer->layers;
    return fill(last ? &initializer->output : &initializer->hidden, initializer->state, layer, seed,
                IL_PURPOSE_WEIGHT, W, err);
}

il_status il_initializer_bias(const il_initializer *initializer, const il_init_layer *layer,
                              uint64_t seed, il_real *b, il_error *err) {
    return fill(&initializer->bias, initializer->bias_state, layer, seed, IL_PURPOSE_BIAS, b, err);
}

il_status il_initializer_fill(const il_initializer *initializer, il_network *net, size_t replica,
                              uint64_t seed, il_error *err) {
    const il_init_type *type = il_init_type_of(&initializer->hidden);
    size_t layers = il_network_layers(net);
    il_network_reset(net, replica);
    il_init_layer layer = {.layers = layers, .hidden = il_network_layer(net, 0)->activation};
    for (size_t k = 0; k < layers; k++) {
        const il_layer *y = il_network_layer(net, k);
        layer.index = k;
        layer.fan_in = y->fan_in;
        layer.fan_out = y->fan_out;
        layer.activation = y->activation;
        il_real *W = il_network_staging(net), *b = W + y->fan_in * y->fan_out;
        il_status status = il_initializer_weights(initializer, &layer, seed, W, err);
        if (status == IL_OK)
            status = il_initializer_bias(initializer, &layer, seed, b, err);
        if (status != IL_OK)
            return status;
        il_network_put(net, k, replica, W, b);
    }
    return type->finish ? type->finish(&initializer->hidden, initializer->state, net, replica, err)
                        : IL_OK;
}

bool il_initializer_needs_data(const il_initializer *initializer) {
    return il_init_type_of(&initializer->hidden)->fit != NULL;
}

il_status il_initializer_fit(const il_initializer *initializer, il_network *net, size_t replica,
                             uint64_t seed, size_t n, const il_real *X, const il_real *Y,
                             il_error *err) {
    il_init_fit fit = {.init = &initializer->hidden,
                       .net = net,
                       .replica = replica,
                       .seed = seed,
                       .n = n,
                       .X = X,
                       .Y = Y,
                       .err = err};
    return il_init_type_of(fit.init)->fit(&fit);
}

il_status il_init_network(const il_call *weights, const il_call *bias, il_network *net,
                          size_t replica, uint64_t seed, il_error *err) {
    il_initializer initializer;
    il_status status = il_initializer_bind(weights, bias, &il_network_layer(net, 0)->activation,
                                           &initializer, err);
    if (status == IL_OK && il_initializer_needs_data(&initializer))
        status = il_fail(err, IL_INVALID, "%s needs a batch of data: use il_initializer_fit",
                         weights->desc->name);
    if (status == IL_OK)
        status = il_initializer_fill(&initializer, net, replica, seed, err);
    il_initializer_release(&initializer);
    return status;
}
