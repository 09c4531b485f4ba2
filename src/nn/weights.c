/* A network's weights as named tensors. */
#include "initlab/weights.h"

#include <stdio.h>
#include <string.h>

/* One array of a replica, x [n][R], as a vector. */
static il_status put_vector(il_tensors *set, size_t module, const char *name, const il_real *x,
                            size_t n, size_t R, size_t replica, il_error *err) {
    char full[48];
    void *data;
    snprintf(full, sizeof full, "%zu.%s", module, name);
    il_status status = il_tensors_add(set, full, IL_DTYPE_REAL, 1, &n, &data, err);
    for (size_t i = 0; status == IL_OK && i < n; i++)
        ((il_real *)data)[i] = x[i * R + replica];
    return status;
}

static il_status put_dense(il_tensors *set, size_t module, const il_layer *y, size_t R,
                           size_t replica, il_error *err) {
    char full[48];
    void *data;
    const size_t shape[2] = {y->fan_out, y->fan_in};
    snprintf(full, sizeof full, "%zu.weight", module);
    il_status status = il_tensors_add(set, full, IL_DTYPE_REAL, 2, shape, &data, err);
    for (size_t i = 0; status == IL_OK && i < y->fan_in; i++)
        for (size_t j = 0; j < y->fan_out; j++)
            ((il_real *)data)[j * y->fan_in + i] = y->W[(i * y->fan_out + j) * R + replica];
    return status == IL_OK ? put_vector(set, module, "bias", y->b, y->fan_out, R, replica, err)
                           : status;
}

static il_status put_norm(il_tensors *set, size_t module, const il_layer *y, size_t R,
                          size_t replica, il_error *err) {
    const struct {
        const char *name;
        const il_real *x;
    } arrays[] = {{"weight", y->gain},
                  {"bias", y->shift},
                  {"running_mean", y->mean},
                  {"running_var", y->variance}};
    il_status status = IL_OK;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays && status == IL_OK; i++)
        if (arrays[i].x)
            status =
                put_vector(set, module, arrays[i].name, arrays[i].x, y->fan_out, R, replica, err);
    return status;
}

il_status il_weights_put(const il_network *net, size_t replica, il_tensors *set, il_error *err) {
    size_t R = il_network_replicas(net), module = 0, n = il_network_layers(net);
    il_status status = IL_OK;
    for (size_t k = 0; k < n && status == IL_OK; k++) {
        const il_layer *y = il_network_layer(net, k);
        bool last = k + 1 == n, after = y->norm.desc && y->norm.arg[0] != 0;
        status = put_dense(set, module++, y, R, replica, err);
        if (status == IL_OK && y->norm.desc && !after)
            status = put_norm(set, module++, y, R, replica, err);
        if (status == IL_OK && y->slopes)
            status = put_vector(set, module, "weight", y->slope, y->slopes, R, replica, err);
        module += !last;
        if (status == IL_OK && after)
            status = put_norm(set, module++, y, R, replica, err);
        module += y->dropout.desc != NULL;
    }
    return status;
}

/* The tensors of one module: those whose names begin alike. */
typedef struct module {
    const char *prefix; /* [length] */
    size_t length;
    const il_tensor *weight, *bias, *mean, *variance;
} module;

static size_t prefix_length(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot ? (size_t)(dot - name) : 0;
}

/* The place of a tensor in its module; NULL when no module of ours has such a one. */
static const il_tensor **slot_of(module *m, const char *last) {
    return strcmp(last, "weight") == 0         ? &m->weight
           : strcmp(last, "bias") == 0         ? &m->bias
           : strcmp(last, "running_mean") == 0 ? &m->mean
           : strcmp(last, "running_var") == 0  ? &m->variance
                                               : NULL;
}

/* Numbers inside names count as numbers: 2.weight comes before 10.weight. */
static int compare(const char *a, size_t n, const char *b, size_t m) {
    size_t i = 0, j = 0;
    while (i < n && j < m) {
        size_t p = strspn(a + i, "0123456789"), q = strspn(b + j, "0123456789");
        p = p > n - i ? n - i : p;
        q = q > m - j ? m - j : q;
        if (p && q && p != q)
            return p < q ? -1 : 1;
        size_t some = p && q ? p : 1;
        int order = memcmp(a + i, b + j, some);
        if (order)
            return order;
        i += some;
        j += some;
    }
    return (i < n) - (j < m);
}

static il_status fail_tensor(const il_tensors *set, const il_tensor *t, const char *reason,
                             il_error *err) {
    return il_fail(err, IL_INVALID, "%s%stensor '%s' %s", set->path ? set->path : "",
                   set->path ? ": " : "", t->name, reason);
}

/* The module of a tensor's name, found or appended. */
static module *module_of(const il_tensor *t, module *modules, size_t *n) {
    size_t length = prefix_length(t->name);
    for (size_t i = 0; i < *n; i++)
        if (modules[i].length == length && memcmp(modules[i].prefix, t->name, length) == 0)
            return &modules[i];
    modules[*n] = (module){.prefix = t->name, .length = length};
    return &modules[(*n)++];
}

static void sort(module *modules, size_t n) {
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && compare(modules[j].prefix, modules[j].length,
                                            modules[j - 1].prefix, modules[j - 1].length) < 0;
             j--) {
            module held = modules[j];
            modules[j] = modules[j - 1];
            modules[j - 1] = held;
        }
}

/* Dense, norm and slope modules for every layer at most. */
#define MOST_MODULES (3 * IL_MAX_LAYERS)

static il_status collect(const il_tensors *set, module *modules, size_t *n, il_error *err) {
    *n = 0;
    for (size_t i = 0; i < set->n; i++) {
        const il_tensor *t = &set->tensor[i];
        size_t length = prefix_length(t->name);
        const char *last = t->name + (length ? length + 1 : 0);
        if (strcmp(last, "num_batches_tracked") == 0)
            continue;
        if (*n == MOST_MODULES)
            return fail_tensor(set, t, "is one module too many for a network", err);
        const il_tensor **slot = slot_of(module_of(t, modules, n), last);
        if (!slot)
            return fail_tensor(set, t,
                               "is none of a multilayer perceptron's, which end in weight, bias, "
                               "running_mean or running_var",
                               err);
        *slot = t;
    }
    sort(modules, *n);
    return IL_OK;
}

static il_status add_module(const il_tensors *set, const module *m, il_stored *out, il_error *err) {
    const il_tensor *any = m->weight ? m->weight
                           : m->bias ? m->bias
                           : m->mean ? m->mean
                                     : m->variance;
    if (!m->weight)
        return fail_tensor(set, any, "stands without a weight of the same name", err);
    if (m->weight->n_dims == 2) {
        if (out->n == IL_MAX_LAYERS)
            return fail_tensor(set, m->weight, "is one layer too many", err);
        out->layer[out->n++] = (il_stored_layer){.weight = m->weight, .bias = m->bias};
        return IL_OK;
    }
    if (m->weight->n_dims != 1)
        return fail_tensor(
            set, m->weight,
            "is neither a matrix nor a vector: only multilayer perceptrons can be read", err);
    if (out->n == 0)
        return fail_tensor(set, m->weight, "comes before the first layer's matrix", err);
    il_stored_layer *layer = &out->layer[out->n - 1];
    if (m->bias ? layer->gain != NULL : layer->slope != NULL)
        return fail_tensor(set, m->weight, "is a second norm or slope of one layer", err);
    if (!m->bias) {
        layer->slope = m->weight;
        return IL_OK;
    }
    layer->gain = m->weight;
    layer->shift = m->bias;
    layer->mean = m->mean;
    layer->variance = m->variance;
    return IL_OK;
}

il_status il_weights_read(const il_tensors *set, il_stored *out, il_error *err) {
    module modules[MOST_MODULES];
    size_t n;
    *out = (il_stored){.set = set};
    il_status status = il_tensors_check_finite(set, err);
    if (status == IL_OK)
        status = collect(set, modules, &n, err);
    for (size_t i = 0; status == IL_OK && i < n; i++)
        status = add_module(set, &modules[i], out, err);
    if (status == IL_OK && out->n == 0)
        return il_fail(err, IL_INVALID, "%s%sno layer: a network's file has a matrix for each",
                       set->path ? set->path : "", set->path ? ": " : "");
    return status;
}

static const char *shape_text(const il_tensor *t, char text[64]) {
    size_t used = 0;
    for (size_t i = 0; i < t->n_dims && used < 40; i++)
        used += (size_t)snprintf(text + used, 64 - used, "%s%zu", i ? ", " : "", t->shape[i]);
    return t->n_dims ? text : "";
}

/* `t` must be [rows, columns], or with columns 0 [rows]. */
static il_status check_shape(const il_stored *stored, const il_tensor *t, size_t k, size_t rows,
                             size_t columns, il_error *err) {
    char text[64], reason[200], wanted[64];
    if (t->n_dims == (columns ? 2 : 1) && t->shape[0] == rows &&
        (!columns || t->shape[1] == columns))
        return IL_OK;
    snprintf(wanted, sizeof wanted, columns ? "[%zu, %zu]" : "[%zu]", rows, columns);
    snprintf(reason, sizeof reason, "is [%s], but layer %zu of the network takes %s",
             shape_text(t, text), k + 1, wanted);
    return fail_tensor(stored->set, t, reason, err);
}

static il_status check_layer(const il_stored *stored, size_t k, il_error *err) {
    const char *path = stored->set->path;
    return k < stored->n ? IL_OK
                         : il_fail(err, IL_INVALID,
                                   "%s%sthere are %zu layers, none for layer %zu of the network",
                                   path ? path : "", path ? ": " : "", stored->n, k + 1);
}

il_status il_stored_dense(const il_stored *stored, size_t k, size_t fan_in, size_t fan_out,
                          il_real *W, il_real *b, il_error *err) {
    il_status status = check_layer(stored, k, err);
    if (status != IL_OK)
        return status;
    const il_stored_layer *layer = &stored->layer[k];
    status = check_shape(stored, layer->weight, k, fan_out, fan_in, err);
    if (status == IL_OK && layer->bias)
        status = check_shape(stored, layer->bias, k, fan_out, 0, err);
    if (status != IL_OK)
        return status;
    for (size_t i = 0; W && i < fan_in; i++)
        for (size_t j = 0; j < fan_out; j++)
            W[i * fan_out + j] = (il_real)il_tensor_at(layer->weight, j * fan_in + i);
    for (size_t j = 0; b && j < fan_out; j++)
        b[j] = layer->bias ? (il_real)il_tensor_at(layer->bias, j) : 0;
    return IL_OK;
}

static il_status fail_part(const il_stored *stored, size_t k, const char *part, bool stored_has,
                           il_error *err) {
    const char *path = stored->set->path;
    return il_fail(err, IL_INVALID, "%s%slayer %zu has %s %s in the file, but %s in the network",
                   path ? path : "", path ? ": " : "", k + 1, stored_has ? "a" : "no", part,
                   stored_has ? "none" : "one");
}

/* Copies a vector into x [n][R], when the network has it, as then the file must. */
static il_status rest_vector(const il_stored *stored, size_t k, const char *part,
                             const il_tensor *t, il_real *x, size_t n, size_t R, size_t replica,
                             il_error *err) {
    if (!t != !x)
        return fail_part(stored, k, part, t != NULL, err);
    if (!t)
        return IL_OK;
    il_status status = check_shape(stored, t, k, n, 0, err);
    for (size_t i = 0; status == IL_OK && i < n; i++)
        x[i * R + replica] = (il_real)il_tensor_at(t, i);
    return status;
}

il_status il_stored_rest(const il_stored *stored, size_t k, il_network *net, size_t replica,
                         il_error *err) {
    il_status status = check_layer(stored, k, err);
    if (status != IL_OK)
        return status;
    const il_stored_layer *from = &stored->layer[k];
    const il_layer *y = il_network_layer(net, k);
    size_t R = il_network_replicas(net);
    const struct {
        const char *part;
        const il_tensor *t;
        il_real *x;
        size_t n;
    } arrays[] = {{"norm", from->gain, y->gain, y->fan_out},
                  {"norm", from->shift, y->shift, y->fan_out},
                  {"running mean", from->mean, y->mean, y->fan_out},
                  {"running variance", from->variance, y->variance, y->fan_out},
                  {"learned slope", from->slope, y->slope, y->slopes}};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays && status == IL_OK; i++)
        status = rest_vector(stored, k, arrays[i].part, arrays[i].t, arrays[i].x, arrays[i].n, R,
                             replica, err);
    return status;
}
