/* Weights from a file, for all layers or some; the others begin as `base` says. Transfer learning is this with a new
 * last layer, and perhaps with the old ones frozen. */
#include "init/scheme.h"

#include "initlab/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH, LAYERS, FREEZE, BASE };

typedef struct opened {
    il_tensors *set;
    il_stored stored;
} opened;

static void close_file(void *state) {
    opened *o = state;
    if (o)
        il_tensors_free(o->set);
    free(o);
}

static il_status open_file(const il_call *init, void **state, il_error *err) {
    opened *o = calloc(1, sizeof *o);
    *state = o;
    if (!o)
        return il_fail(err, IL_NO_MEMORY, "no memory for weights");
    il_status status = il_tensors_read(il_call_string(init, PATH), IL_TENSORS_BYTES, &o->set, err);
    if (status == IL_OK)
        status = il_weights_read(o->set, &o->stored, err);
    if (status == IL_OK)
        return IL_OK;
    close_file(o);
    *state = NULL;
    return status;
}

/* Whether layer k of n (0: unknown) is among those that a parameter lists. */
static il_status listed(const il_call *init, size_t param, size_t k, size_t n, bool *out,
                        il_error *err) {
    bool chosen[IL_MAX_LAYERS];
    char what[64];
    const char *text = il_call_string(init, param);
    *out = false;
    if (strcmp(text, "none") == 0)
        return IL_OK;
    snprintf(what, sizeof what, "pretrained: %s", init->desc->params[param].name);
    il_status status = il_ranges_parse(what, text, n ? n : IL_MAX_LAYERS, chosen, err);
    *out = status == IL_OK && chosen[k];
    return status;
}

static il_status from_base(il_init_job *job, bool bias, il_real *out) {
    const il_call base = il_call_inner(job->init);
    const il_init_type *type = il_init_type_of(&base);
    il_init_job inner = *job;
    inner.init = &base;
    if (bias && type->brings_bias)
        return type->bias(&inner, out);
    if (bias)
        memset(out, 0, job->n * sizeof *out);
    return bias ? IL_OK : type->weights(&inner, out);
}

static il_status fill(il_init_job *job, bool bias, il_real *out) {
    const il_init_layer *layer = job->layer;
    const opened *o = job->state;
    bool chosen;
    il_status status = listed(job->init, LAYERS, layer->index, layer->layers, &chosen, job->err);
    if (status != IL_OK)
        return status;
    return chosen ? il_stored_dense(&o->stored, layer->index, layer->fan_in, layer->fan_out,
                                    bias ? NULL : out, bias ? out : NULL, job->err)
                  : from_base(job, bias, out);
}

static il_status weights(il_init_job *job, il_real *W) {
    return fill(job, false, W);
}

static il_status bias(il_init_job *job, il_real *b) {
    return fill(job, true, b);
}

/* Norms and slopes of the layers that come from the file; and which layers stay as they are. */
static il_status finish(const il_call *init, const void *state, il_network *net, size_t replica,
                        il_error *err) {
    const opened *o = state;
    size_t n = il_network_layers(net);
    il_status status = IL_OK;
    for (size_t k = 0; k < n && status == IL_OK; k++) {
        bool chosen, frozen = false;
        status = listed(init, LAYERS, k, n, &chosen, err);
        if (status == IL_OK)
            status = listed(init, FREEZE, k, n, &frozen, err);
        if (status == IL_OK && chosen)
            status = il_stored_rest(&o->stored, k, net, replica, err);
        il_network_freeze(net, k, frozen);
    }
    return status;
}

/* The base's automatic parameters are the base's affair. */
static il_status resolve(il_call *init, const il_call *activation, il_error *err) {
    il_call base = il_call_inner(init);
    const il_init_type *type = il_init_type_of(&base);
    if (type->fit)
        return il_fail(err, IL_INVALID, "pretrained: base=%s needs data itself: choose another",
                       base.desc->name);
    il_status status = type->resolve ? type->resolve(&base, activation, err) : IL_OK;
    memcpy(init->inner_arg, base.arg, sizeof base.arg);
    return status;
}

const il_init_type il_init_pretrained = {
    .desc = {.name = "pretrained",
             .formula = "W and b from a safetensors or npz file",
             .source = "Yosinski et al. 2014 for its effects",
             .params = {{.name = "path", .doc = "the file", .kind = IL_TEXT},
                        {.name = "layers",
                         .doc = "which come from it, as in 1-2; all",
                         .kind = IL_TEXT,
                         .word = "all"},
                        {.name = "freeze",
                         .doc =
                             "which are not trained, as in 1-2; none (running statistics move on)",
                         .kind = IL_TEXT,
                         .word = "none"},
                        {.name = "base",
                         .doc = "what the other layers begin with",
                         .kind = IL_CALL,
                         .family = &il_inits,
                         .inner = "he_normal"}},
             .n_params = 4},
    .family = "from a file",
    .note = "Names and layout are those of PyTorch's nn.Sequential; the k-th matrix in the file, "
            "by name, is "
            "layer k. Files come from 'initlab train --save' or safetensors.torch.save_file.",
    .brings_bias = true,
    .open = open_file,
    .close = close_file,
    .resolve = resolve,
    .weights = weights,
    .bias = bias,
    .finish = finish,
};
