/* What norms and dropout cost: training epochs of a network with one of them, against the same network without it, in
 * the lockstep engine with as many replicas as a study would take. */
#include "bench/subjects.h"

#include "bench/calls.h"

#include <stdlib.h>

#define MOST_SAMPLES 192
#define SAMPLES_TRAINED 200000 /* of all replicas, in one repetition */

typedef struct setting {
    const char *data, *widths;
    size_t batch, R;
    const char *norm, *dropout;
} setting;

/* With the layer and without. */
typedef struct pair {
    il_dataset *data;
    il_real target[MOST_SAMPLES];
    il_trainer *with, *without;
    il_call init, bias;
    size_t R, epochs;
} pair;

static il_status train(const pair *b, il_trainer *t, il_error *err) {
    il_status status = IL_OK;
    for (size_t r = 0; r < b->R && status == IL_OK; r++) {
        status = il_init_network(&b->init, &b->bias, il_trainer_network(t), r, 1 + r, err);
        il_trainer_begin(t, r, 1 + r);
    }
    for (size_t e = 0; e < b->epochs && status == IL_OK; e++)
        il_trainer_epoch(t, NULL, NULL);
    return status;
}

static il_status with(void *context, il_error *err) {
    return train(context, ((pair *)context)->with, err);
}

static il_status without(void *context, il_error *err) {
    return train(context, ((pair *)context)->without, err);
}

static il_status make_trainer(pair *b, const setting *s, const char *norm, const char *dropout,
                              il_trainer **out, il_error *err) {
    il_network_config config = {.engine = IL_LOCKSTEP, .replicas = s->R};
    il_training training = {.batch = s->batch, .epochs = 1000};
    const bench_call calls[] = {{&il_activations, "relu", &config.hidden},
                                {&il_losses, "bce", &config.loss},
                                {&il_norms, norm, &config.norm},
                                {&il_dropouts, dropout, &config.dropout},
                                {&il_inits, "he_normal", &b->init},
                                {&il_inits, "zeros", &b->bias},
                                {&il_optimizers, "adam", &training.optimizer}};
    il_status status = BENCH_PARSE(calls, err);
    if (status == IL_OK)
        status = il_widths_parse(s->widths, NULL, &config.widths, err);
    if (status != IL_OK)
        return status;
    const il_samples samples = {.n = b->data->n, .X = b->data->X, .Y = b->target};
    return il_trainer_new(&config, &training, &samples, NULL, out, err);
}

static il_status make(pair *b, const setting *s, il_error *err) {
    il_data_request request = {0};
    il_status status = il_call_parse(&il_datasets, s->data, NULL, &request.data, err);
    if (status == IL_OK)
        status = il_dataset_new(&request, NULL, &b->data, err);
    if (status == IL_OK)
        status = il_dataset_targets(b->data, 1, b->target, err);
    if (status == IL_OK)
        status = make_trainer(b, s, s->norm, s->dropout, &b->with, err);
    return status == IL_OK ? make_trainer(b, s, "none", "none", &b->without, err) : status;
}

static void close_pair(void *context) {
    pair *b = context;
    il_trainer_free(b->with);
    il_trainer_free(b->without);
    il_dataset_free(b->data);
    free(b);
}

static il_status open_pair(const void *context, bench_pair *out, il_error *err) {
    const setting *s = context;
    pair *b = calloc(1, sizeof *b);
    if (!b)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu replicas", s->R);
    b->R = s->R;
    il_status status = make(b, s, err);
    if (status != IL_OK) {
        close_pair(b);
        return status;
    }
    b->epochs = SAMPLES_TRAINED / (b->R * b->data->n);
    *out = (bench_pair){.context = b,
                        .ours = with,
                        .floor = without,
                        .units = (double)(b->epochs * b->R * b->data->n),
                        .close = close_pair};
    return IL_OK;
}

#define LAYER(name, ...)                                                                           \
    {                                                                                              \
        "layers/" name, "ns/sample", 1e9, "without it", 0, 0, &(const setting){__VA_ARGS__},       \
            open_pair                                                                              \
    }

static const bench items[] = {
    LAYER("spirals/batchnorm", "spirals", "2-32-32-1", 32, 16, "batchnorm", "none"),
    LAYER("spirals/layernorm", "spirals", "2-32-32-1", 32, 16, "layernorm", "none"),
    LAYER("spirals/dropout", "spirals", "2-32-32-1", 32, 16, "none", "dropout(0.2)"),
    LAYER("xor/batchnorm", "xor", "2-8-1", 0, 128, "batchnorm", "none"),
    LAYER("xor/layernorm", "xor", "2-8-1", 0, 128, "layernorm", "none"),
    LAYER("xor/dropout", "xor", "2-8-1", 0, 128, "none", "dropout(0.2)"),
};
const bench_table bench_layers = BENCH_TABLE(items);
