#include "base/text.h"
#include "lab/spec.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const size_t max_weights = (size_t)1 << 28; // of one replica
static const size_t trial_weights = 4096;          // of one layer
static const size_t lockstep_width = 64, lockstep_samples = 256;

il_engine il_engine_auto(const il_widths *widths, size_t samples) {
    for (size_t i = 0; i < widths->n; i++)
        if (widths->width[i] > lockstep_width)
            return IL_BLAS;
    return samples <= lockstep_samples ? IL_LOCKSTEP : IL_BLAS;
}

static const char *clip_widths(const il_widths *widths, char shown[IL_CLIP]) {
    char text[IL_WIDTHS_TEXT];
    il_widths_format(widths, text);
    return il_clip(text, strlen(text), shown);
}

static il_status check_size(const il_widths *network, const il_place *place, il_error *err) {
    char shown[IL_CLIP];
    size_t weights = 0; // at most IL_MAX_LAYERS * IL_MAX_WIDTH^2 = 2.56e14
    for (size_t i = 0; i + 1 < network->n; i++)
        weights += network->width[i] * network->width[i + 1];
    if (weights <= max_weights)
        return IL_OK;
    return il_fail_at(err, place, 0, "network %s has %zu weights, more than %zu: make it narrower",
                      clip_widths(network, shown), weights, max_weights);
}

// Whether the data has targets for that many outputs.
static il_status check_outputs(const il_dataset *data, const il_widths *network,
                               const il_place *place, il_error *err) {
    char shown[IL_CLIP];
    il_error inner = {0};
    // Room for every count of outputs that can succeed: 1 or classes.
    il_real *Y = calloc(data->n, (data->classes + 1) * sizeof *Y);
    if (!Y)
        return il_fail(err, IL_NO_MEMORY, "out of memory checking the targets of %zu samples",
                       data->n);
    il_status status = il_dataset_targets(data, network->width[network->n - 1], Y, &inner);
    free(Y);
    if (status == IL_OK)
        return IL_OK;
    return il_fail_at(err, place, 0, "network %s: %s", clip_widths(network, shown), inner.message);
}

// One dataset against every network and loss.
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
        for (size_t k = 0; k < losses->n; k++)
            if (outputs < 2 && strcmp(losses->call[k].desc->name, "softmax_ce") == 0)
                return il_fail_at(err, place, 0,
                                  "network %s has 1 output, but loss softmax_ce compares classes: "
                                  "end it with %zu, or use bce",
                                  clip_widths(network, shown), data->classes);
    }
    return IL_OK;
}

// A scheme can object to a layer's size, its activation, or values that are each in range, such as low
// above high. Every init meets every network and hidden activation here, before any run begins; layers too large to
// fill in passing are left to the run.
static il_status try_layers(const il_initializer *initializer, il_purpose purpose,
                            const il_widths *network, const il_call *hidden, il_real *room,
                            il_error *err) {
    size_t layers = network->n - 1;
    il_status status = IL_OK;
    for (size_t k = 0; k < layers && status == IL_OK; k++) {
        bool last = k + 1 == layers;
        il_init_layer layer = {.index = k,
                               .layers = layers,
                               .fan_in = network->width[k],
                               .fan_out = network->width[k + 1]};
        if (!last)
            layer.activation = *hidden;
        const il_call *call = purpose == IL_PURPOSE_BIAS ? &initializer->bias
                              : last                     ? &initializer->output
                                                         : &initializer->hidden;
        if (layer.fan_in * layer.fan_out <= trial_weights)
            status = il_init_fill(call, &layer, 1, purpose, room, err);
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
        if (status == IL_INVALID)
            il_fail_at(err, place, 0, "%s", inner.message);
        else if (status != IL_OK)
            il_fail(err, status, "%s", inner.message);
    }
    free(room);
    return status;
}

// Every pair of dataset and network; samples[i] becomes the size of dataset i.
static il_status check_spec(const il_spec *spec, size_t *samples, il_error *err) {
    const il_spec_list *data = &spec->list[IL_KEY_DATA], *networks = &spec->list[IL_KEY_NETWORK];
    il_status status = IL_OK;
    for (size_t i = 0; status == IL_OK && i < networks->n; i++)
        status = check_size(&networks->widths[i], &networks->place[i], err);
    for (size_t i = 0; status == IL_OK && i < data->n; i++) {
        il_dataset *built = NULL;
        il_error inner = {0};
        status = il_dataset_new(&data->call[i], &built, &inner);
        if (status == IL_INVALID)
            return il_fail_at(err, &data->place[i], 0, "%s", inner.message);
        if (status != IL_OK)
            return il_fail(err, status, "%s", inner.message);
        samples[i] = built->n;
        status = check_fit(spec, &data->call[i], built, err);
        il_dataset_free(built);
    }
    return status == IL_OK ? try_inits(spec, err) : status;
}

// The arm at a position of each list.
static void fill_arm(const il_spec *spec, const size_t *at, const size_t *samples, il_arm *arm) {
    const il_spec_list *list = spec->list;
    *arm = (il_arm){.data = list[IL_KEY_DATA].call[at[IL_KEY_DATA]],
                    .network = list[IL_KEY_NETWORK].widths[at[IL_KEY_NETWORK]],
                    .hidden = list[IL_KEY_HIDDEN].call[at[IL_KEY_HIDDEN]],
                    .loss = list[IL_KEY_LOSS].call[at[IL_KEY_LOSS]],
                    .optimizer = list[IL_KEY_OPTIMIZER].call[at[IL_KEY_OPTIMIZER]],
                    .bias = list[IL_KEY_BIAS].call[at[IL_KEY_BIAS]],
                    .init = list[IL_KEY_INIT].call[at[IL_KEY_INIT]]};
    // A scheme that brings its own bias is followed unless the study says otherwise.
    if (!list[IL_KEY_BIAS].given && il_init_type_of(&arm->init)->brings_bias)
        arm->bias = arm->init;
    arm->engine = spec->engine == IL_SPEC_BLAS ? IL_BLAS
                  : spec->engine == IL_SPEC_LOCKSTEP
                      ? IL_LOCKSTEP
                      : il_engine_auto(&arm->network, samples[at[IL_KEY_DATA]]);
}

static il_status expand(const il_spec *spec, const size_t *samples, il_study *study,
                        il_error *err) {
    size_t inits = spec->list[IL_KEY_INIT].n, at[IL_KEYS] = {0};
    study->arms = calloc(study->n_arms, sizeof *study->arms);
    if (!study->arms)
        return il_fail(err, IL_NO_MEMORY, "out of memory for %zu arms", study->n_arms);
    for (size_t i = 0; i < study->n_arms; i++) {
        fill_arm(spec, at, samples, &study->arms[i]);
        // init varies fastest: the arms that differ only in it are neighbours.
        study->arms[i].baseline =
            spec->baseline == SIZE_MAX ? SIZE_MAX : i - i % inits + spec->baseline;
        for (size_t key = IL_KEYS; key-- && ++at[key] == spec->list[key].n;)
            at[key] = 0;
    }
    return IL_OK;
}

static il_status count_arms(const il_spec *spec, size_t *out, il_error *err) {
    *out = 1;
    for (size_t key = 0; key < IL_KEYS; key++) {
        *out *= spec->list[key].n; // both are at most IL_MAX_ARMS here
        if (*out > IL_MAX_ARMS)
            return il_fail_at(err, &spec->whole, 0, "the lists make more than %d arms: shorten one",
                              IL_MAX_ARMS);
    }
    return IL_OK;
}

static il_status make_study(const il_spec *spec, il_study **out, il_error *err) {
    il_study *study = calloc(1, sizeof *study);
    size_t *samples = calloc(spec->list[IL_KEY_DATA].n, sizeof *samples);
    il_status status = study && samples ? count_arms(spec, &study->n_arms, err)
                                        : il_fail(err, IL_NO_MEMORY, "out of memory for a study");
    if (status == IL_OK)
        status = check_spec(spec, samples, err);
    if (status == IL_OK)
        status = expand(spec, samples, study, err);
    free(samples);
    if (status != IL_OK) {
        il_study_free(study);
        return status;
    }
    memcpy(study->name, spec->name, sizeof study->name);
    study->seeds = spec->seeds;
    study->budget = (uint32_t)spec->budget;
    study->converged = spec->converged;
    for (size_t key = 0; key < IL_KEYS; key++)
        study->varied[key] = spec->list[key].n > 1;
    *out = study;
    return IL_OK;
}

il_status il_study_parse_with(const il_family *inits, const char *text, size_t size,
                              const char *name, const char *const *overrides, size_t n,
                              il_study **out, il_error *err) {
    il_spec spec;
    *out = NULL;
    il_status status = il_spec_read(inits, text, size, name, overrides, n, &spec, err);
    if (status != IL_OK)
        return status;
    status = make_study(&spec, out, err);
    il_spec_free(&spec);
    return status;
}

il_status il_study_parse(const char *text, size_t size, const char *name,
                         const char *const *overrides, size_t n, il_study **out, il_error *err) {
    return il_study_parse_with(&il_inits, text, size, name, overrides, n, out, err);
}

void il_study_free(il_study *study) {
    if (study)
        free(study->arms);
    free(study);
}

static il_status fail_io(il_error *err, const char *path, int error) {
    char reason[128];
    const char *remedy = error == ENOENT   ? "check the path"
                         : error == EACCES ? "check its permissions"
                                           : "name a file that can be read";
    // The GNU variant, which is safe between threads.
    const char *text = strerror_r(error, reason, sizeof reason);
    il_place place = {path, 0, 0};
    il_fail_at(err, &place, 0, "cannot read the study: %s (%s)", text, remedy);
    if (err)
        err->status = IL_IO;
    return IL_IO;
}

// Refuses what is no ordinary file before a byte of it is read.
static il_status check_file(int fd, const char *path, il_error *err) {
    struct stat info;
    il_place place = {path, 0, 0};
    if (fstat(fd, &info) != 0)
        return fail_io(err, path, errno);
    if (S_ISDIR(info.st_mode))
        return fail_io(err, path, EISDIR);
    if (!S_ISREG(info.st_mode))
        return il_fail_at(err, &place, 0, "no ordinary file: name one that holds a study");
    if (info.st_size > IL_SPEC_BYTES)
        return il_fail_at(err, &place, 0, "%lld bytes is no study: at most %d are accepted",
                          (long long)info.st_size, IL_SPEC_BYTES);
    return IL_OK;
}

// Up to `most` bytes; a file that grows meanwhile is cut there.
static il_status read_all(int fd, const char *path, char *text, size_t most, size_t *size,
                          il_error *err) {
    for (*size = 0; *size < most;) {
        ssize_t n = read(fd, text + *size, most - *size);
        if (n == 0)
            break;
        if (n < 0 && errno != EINTR)
            return fail_io(err, path, errno);
        *size += n > 0 ? (size_t)n : 0;
    }
    return IL_OK;
}

il_status il_study_load_with(const il_family *inits, const char *path, const char *const *overrides,
                             size_t n, il_study **out, il_error *err) {
    *out = NULL;
    // O_NONBLOCK: opening a pipe must not wait for its writer.
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return fail_io(err, path, errno);
    size_t size = 0;
    char *text = malloc(IL_SPEC_BYTES + 1);
    il_status status = text ? check_file(fd, path, err)
                            : il_fail(err, IL_NO_MEMORY, "out of memory reading %s", path);
    if (status == IL_OK)
        status = read_all(fd, path, text, IL_SPEC_BYTES + 1, &size, err);
    close(fd);
    if (status == IL_OK)
        status = il_study_parse_with(inits, text, size, path, overrides, n, out, err);
    free(text);
    return status;
}

il_status il_study_load(const char *path, const char *const *overrides, size_t n, il_study **out,
                        il_error *err) {
    return il_study_load_with(&il_inits, path, overrides, n, out, err);
}

char *il_arm_format(const il_arm *arm, il_key key, char text[IL_WIDTHS_TEXT]) {
    const il_call *calls[IL_KEYS] = {
        [IL_KEY_DATA] = &arm->data, [IL_KEY_HIDDEN] = &arm->hidden,
        [IL_KEY_LOSS] = &arm->loss, [IL_KEY_OPTIMIZER] = &arm->optimizer,
        [IL_KEY_BIAS] = &arm->bias, [IL_KEY_INIT] = &arm->init};
    return key == IL_KEY_NETWORK ? il_widths_format(&arm->network, text)
                                 : il_call_format(calls[key], text);
}
