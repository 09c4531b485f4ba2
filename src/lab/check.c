/* What a spec's values must fulfil together: every network against every dataset, loss, norm and initialization,
 * before any run begins. */
#include "base/text.h"
#include "lab/spec.h"
#include "nn/loss.h"

#include <stdlib.h>
#include <string.h>

static const size_t max_weights = (size_t)1 << 28; /* of one replica */
static const size_t trial_weights = 4096;          /* of one layer */

static const char *clip_widths(const il_widths *widths, char shown[IL_CLIP]) {
    char text[IL_WIDTHS_TEXT];
    il_widths_format(widths, text);
    return il_clip(text, strlen(text), shown);
}

static il_status check_size(const il_widths *network, const il_place *place, il_error *err) {
    char shown[IL_CLIP];
    size_t weights = 0; /* at most IL_MAX_LAYERS * IL_MAX_WIDTH^2 = 5.12e14 */
    for (size_t i = 0; i + 1 < network->n; i++)
        weights += network->width[i] * network->width[i + 1];
    if (weights <= max_weights)
        return IL_OK;
    return il_fail_at(err, place, 0, "network %s has %zu weights, more than %zu: make it narrower",
                      clip_widths(network, shown), weights, max_weights);
}

/* Whether the data has targets for that many outputs. */
static il_status check_outputs(const il_dataset *data, const il_widths *network,
                               const il_place *place, il_error *err) {
    char shown[IL_CLIP];
    il_error inner = {0};
    /* Room for every count of outputs that can succeed: 1, classes, or those of numbers. */
    il_real *Y = calloc(data->n, (data->classes + data->outputs + 1) * sizeof *Y);
    if (!Y)
        return il_fail(err, IL_NO_MEMORY, "out of memory checking the targets of %zu samples",
                       data->n);
    il_status status = il_dataset_targets(data, network->width[network->n - 1], Y, &inner);
    free(Y);
    if (status == IL_OK)
        return IL_OK;
    return il_fail_at(err, place, 0, "network %s: %s", clip_widths(network, shown), inner.message);
}

/* One dataset against every network and loss. */
static il_status check_fit(const il_spec *spec, const il_call *call, const il_dataset *data,
                           il_error *err) {
    const il_spec_list *networks = &spec->list[IL_KEY_NETWORK], *losses = &spec->list[IL_KEY_LOSS];
    char text[IL_CALL_TEXT], shown[IL_CLIP];
    bool fits_one = false, fits_classes = false;
    for (size_t i = 0; i < networks->n; i++) {
        const il_widths *network = &networks->widths[i];
        const il_place *place = &networks->place[i];
        size_t outputs = network->width[network->n - 1];
        if (network->width[0] != data->inputs)
            return il_fail_at(err, place, 0,
                              "network %s takes %zu inputs, but %s has %zu: begin it with %zu",
                              clip_widths(network, shown), network->width[0],
                              il_call_format(call, text), data->inputs, data->inputs);
        bool *fits = outputs == 1 ? &fits_one : &fits_classes;
        il_status status = *fits && (outputs == 1 || outputs == data->classes)
                               ? IL_OK
                               : check_outputs(data, network, place, err);
        if (status != IL_OK)
            return status;
        *fits = true;
        for (size_t k = 0; losses->given && k < losses->n; k++)
            if (outputs < il_loss_of(&losses->call[k])->min_outputs)
                return il_fail_at(err, place, 0,
                                  "network %s has 1 output, but loss %s compares classes: "
                                  "end it with %zu, or use bce",
                                  clip_widths(network, shown), losses->call[k].desc->name,
                                  data->classes);
    }
    return IL_OK;
}

static il_status check_schedules(const il_spec *spec, il_error *err) {
    const il_spec_list *schedules = &spec->list[IL_KEY_SCHEDULE];
    il_error inner = {0};
    for (size_t i = 0; i < schedules->n; i++)
        if (il_schedule_check(&schedules->call[i], spec->budget, &inner) != IL_OK)
            return il_fail_at(err, &schedules->place[i], 0, "%s", inner.message);
    return IL_OK;
}

/* The samples in the smallest step of an epoch. */
static size_t least_step(const il_spec *spec, const il_call *batch, size_t samples) {
    size_t step = il_step_samples(batch, samples), rest = samples % step;
    return rest > 0 && !spec->drop_last ? rest : step;
}

/* Numbers to predict cannot be counted as correct, nor be learned with a loss of classes. */
static il_status check_numbers(const il_spec *spec, const il_call *call, const il_dataset *data,
                               il_error *err) {
    const il_spec_list *losses = &spec->list[IL_KEY_LOSS];
    const il_criterion *converged = &spec->converged;
    char text[IL_CALL_TEXT], criterion[IL_CRITERION_TEXT];
    for (size_t k = 0; losses->given && k < losses->n && data->target; k++)
        if (il_loss_of(&losses->call[k])->classes)
            return il_fail_at(err, &losses->place[k], 0,
                              "loss %s compares classes, but %s has numbers to predict: use "
                              "loss: mse",
                              losses->call[k].desc->name, il_call_format(call, text));
    for (size_t i = 0; i < converged->n && data->target; i++)
        if (converged->term[i].metric == IL_ACCURACY)
            return il_fail_at(err, &spec->converged_place, 0,
                              "converged: '%s' asks for accuracy, but %s has numbers to predict: "
                              "ask for the loss alone, such as converged: loss < 0.01",
                              il_criterion_format(converged, criterion),
                              il_call_format(call, text));
    return IL_OK;
}

/* A batch of one has no variance to normalize by. */
static il_status check_norms(const il_spec *spec, const il_dataset *data, il_error *err) {
    const il_spec_list *norms = &spec->list[IL_KEY_NORM], *batches = &spec->list[IL_KEY_BATCH];
    for (size_t i = 0; i < norms->n; i++)
        for (size_t k = 0; k < batches->n; k++) {
            if (strcmp(norms->call[i].desc->name, "batchnorm") != 0 ||
                least_step(spec, &batches->call[k], data->part[IL_TRAIN]) > 1)
                continue;
            bool whole = il_step_samples(&batches->call[k], data->part[IL_TRAIN]) == 1;
            return il_fail_at(err, &norms->place[i], 0,
                              "norm: batchnorm has no variance in %s of 1 sample: use layernorm%s",
                              whole ? "a batch" : "the last batch",
                              whole ? " or a larger batch" : ", last: drop or another batch size");
        }
    return IL_OK;
}

/* A scheme can object to a layer's size, its activation, or values that are each in range, such as low
 * above high. Every init meets every network and hidden activation here, before any run begins; layers too large to
 * fill in passing are left to the run. */
static il_status try_layers(const il_initializer *initializer, il_purpose purpose,
                            const il_widths *network, const il_call *hidden, il_real *room,
                            il_error *err) {
    size_t layers = network->n - 1;
    il_status status = IL_OK;
    for (size_t k = 0; k < layers && status == IL_OK; k++) {
        il_init_layer layer = {.index = k,
                               .layers = layers,
                               .fan_in = network->width[k],
                               .fan_out = network->width[k + 1]};
        if (k + 1 < layers)
            layer.activation = *hidden;
        if (layer.fan_in * layer.fan_out <= trial_weights)
            status = purpose == IL_PURPOSE_BIAS
                         ? il_initializer_bias(initializer, &layer, 1, room, err)
                         : il_initializer_weights(initializer, &layer, 1, room, err);
    }
    return status;
}

static il_status try_inits(const il_spec *spec, il_error *err) {
    const il_spec_list *inits = &spec->list[IL_KEY_INIT], *biases = &spec->list[IL_KEY_BIAS];
    const il_spec_list *hiddens = &spec->list[IL_KEY_HIDDEN],
                       *networks = &spec->list[IL_KEY_NETWORK];
    il_status status = IL_OK;
    il_real *room = calloc(trial_weights, sizeof *room);
    if (!room)
        return il_fail(err, IL_NO_MEMORY, "out of memory trying the initializations");
    for (size_t i = 0; i < inits->n * biases->n * hiddens->n * networks->n && status == IL_OK;
         i++) {
        const il_widths *network = &networks->widths[i % networks->n];
        const il_call *hidden = &hiddens->call[i / networks->n % hiddens->n];
        size_t bias = i / networks->n / hiddens->n % biases->n;
        size_t init = i / networks->n / hiddens->n / biases->n;
        const il_place *place = &inits->place[init];
        il_initializer initializer;
        il_error inner = {0};
        status = il_initializer_bind(&inits->call[init], biases->given ? &biases->call[bias] : NULL,
                                     hidden, &initializer, &inner);
        if (status == IL_OK)
            status = try_layers(&initializer, IL_PURPOSE_WEIGHT, network, hidden, room, &inner);
        if (status == IL_OK) {
            place = biases->given ? &biases->place[bias] : place;
            status = try_layers(&initializer, IL_PURPOSE_BIAS, network, hidden, room, &inner);
        }
        il_initializer_release(&initializer);
        if (status == IL_INVALID)
            il_fail_at(err, place, 0, "%s", inner.message);
        else if (status != IL_OK)
            il_fail(err, status, "%s", inner.message);
    }
    free(room);
    return status;
}

static il_status check_judges(const il_spec *spec, const il_dataset *data, il_error *err) {
    static const struct {
        il_part part;
        const char *name;
    } wanted[] = {[IL_JUDGES_TRAIN] = {IL_TRAIN, "train"},
                  [IL_JUDGES_VALIDATION] = {IL_VALIDATION, "validation"},
                  [IL_JUDGES_TEST] = {IL_TEST, "test"}};
    if (spec->judges == IL_JUDGES_AUTO || data->part[wanted[spec->judges].part] > 0)
        return IL_OK;
    return il_fail_at(err, &spec->judges_place, 0,
                      "evaluate: there are no %s samples: add split: random(%s=0.2)",
                      wanted[spec->judges].name, wanted[spec->judges].name);
}

/* A dataset split in one way, against everything else. Scaling changes no size, so the first serves. */
static il_status check_data(const il_spec *spec, const il_folders *folders, size_t data,
                            size_t split, il_dataset **built, il_error *err) {
    const il_spec_list *list = spec->list;
    const il_data_request request = {.data = list[IL_KEY_DATA].call[data],
                                     .split = list[IL_KEY_SPLIT].call[split],
                                     .scale = list[IL_KEY_SCALE].call[0]};
    il_error inner = {0};
    il_status status = il_dataset_new(&request, folders, built, &inner);
    if (status == IL_INVALID)
        return il_fail_at(err, &list[IL_KEY_DATA].place[data], 0, "%s", inner.message);
    if (status != IL_OK)
        return il_fail(err, status, "%s", inner.message);
    status = check_numbers(spec, &request.data, *built, err);
    if (status == IL_OK)
        status = check_fit(spec, &request.data, *built, err);
    if (status == IL_OK)
        status = check_norms(spec, *built, err);
    return status == IL_OK ? check_judges(spec, *built, err) : status;
}

/* Every pair of dataset and network. */
il_status il_spec_check(const il_spec *spec, const il_folders *folders, il_dataset **data,
                        il_error *err) {
    const il_spec_list *networks = &spec->list[IL_KEY_NETWORK];
    size_t datasets = spec->list[IL_KEY_DATA].n, splits = spec->list[IL_KEY_SPLIT].n;
    il_status status = check_schedules(spec, err);
    for (size_t i = 0; status == IL_OK && i < networks->n; i++)
        status = check_size(&networks->widths[i], &networks->place[i], err);
    for (size_t i = 0; status == IL_OK && i < datasets * splits; i++)
        status = check_data(spec, folders, i / splits, i % splits, &data[i], err);
    return status == IL_OK ? try_inits(spec, err) : status;
}
