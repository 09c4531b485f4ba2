/* Studies: a spec's lists expanded into arms. */
#include "lab/spec.h"

#include <stdlib.h>
#include <string.h>

/* Where a replica's epoch costs less in lockstep than on OpenBLAS, by measurement (tests/bench/README.md): wider layers
 * lose to its kernels, and of more samples the activations of many replicas outgrow the caches, sooner the wider they
 * are. The last limit keeps the memory of 16 replicas below 1 GB. */
static const size_t lockstep_width = 64, lockstep_work = 1 << 20, lockstep_units = 1 << 22;

il_engine il_engine_auto(const il_widths *widths, size_t samples) {
    size_t widest = 0, units = 0;
    for (size_t i = 0; i < widths->n; i++) {
        widest = widths->width[i] > widest ? widths->width[i] : widest;
        units += widths->width[i];
    }
    return widest <= lockstep_width && samples <= lockstep_work &&
                   widest * widest * samples <= lockstep_work && units * samples <= lockstep_units
               ? IL_LOCKSTEP
               : IL_BLAS;
}

size_t il_step_samples(const il_call *batch, size_t samples) {
    size_t size = il_batch_size(batch);
    return size > 0 && size < samples ? size : samples;
}

/* The place of each key's call in an arm; NULL for the network. */
static il_call *call_of(il_arm *arm, il_key key) {
    il_call *calls[IL_KEYS] = {
        [IL_KEY_DATA] = &arm->data.data,      [IL_KEY_SPLIT] = &arm->data.split,
        [IL_KEY_SCALE] = &arm->data.scale,    [IL_KEY_HIDDEN] = &arm->hidden,
        [IL_KEY_NORM] = &arm->norm,           [IL_KEY_DROPOUT] = &arm->dropout,
        [IL_KEY_LOSS] = &arm->loss,           [IL_KEY_BATCH] = &arm->batch,
        [IL_KEY_OPTIMIZER] = &arm->optimizer, [IL_KEY_SCHEDULE] = &arm->schedule,
        [IL_KEY_CLIP] = &arm->clip,           [IL_KEY_PENALTY] = &arm->penalty,
        [IL_KEY_BIAS] = &arm->bias,           [IL_KEY_INIT] = &arm->init};
    return calls[key];
}

/* What a study without `loss:` means. */
static il_call default_loss(const il_widths *network, bool numbers) {
    bool single = network->width[network->n - 1] == 1;
    il_call loss = {0};
    il_call_parse(&il_losses, numbers ? "mse" : single ? "bce" : "softmax_ce", NULL, &loss, NULL);
    return loss;
}

/* The arm at a position of each list. */
static void fill_arm(const il_spec *spec, const size_t *at, il_dataset *const *built, il_arm *arm) {
    const il_spec_list *list = spec->list;
    const il_dataset *data = built[at[IL_KEY_DATA] * list[IL_KEY_SPLIT].n + at[IL_KEY_SPLIT]];
    arm->built = at[IL_KEY_SCALE] == 0 ? data : NULL;
    arm->network = list[IL_KEY_NETWORK].widths[at[IL_KEY_NETWORK]];
    for (il_key key = 0; key < IL_KEYS; key++)
        if (call_of(arm, key))
            *call_of(arm, key) = list[key].call[at[key]];
    if (!list[IL_KEY_LOSS].given)
        arm->loss = default_loss(&arm->network, data->target != NULL);
    /* A scheme that brings its own bias is followed unless the study says otherwise. */
    if (!list[IL_KEY_BIAS].given && il_init_type_of(&arm->init)->brings_bias)
        arm->bias = arm->init;
    arm->engine =
        spec->engine == IL_SPEC_BLAS ? IL_BLAS
        : spec->engine == IL_SPEC_LOCKSTEP
            ? IL_LOCKSTEP
            : il_engine_auto(&arm->network, il_step_samples(&arm->batch, data->part[IL_TRAIN]));
}

static il_status expand(const il_spec *spec, il_study *study, il_error *err) {
    size_t inits = spec->list[IL_KEY_INIT].n, at[IL_KEYS] = {0};
    study->arms = calloc(study->n_arms, sizeof *study->arms);
    if (!study->arms)
        return il_fail(err, IL_NO_MEMORY, "out of memory for %zu arms", study->n_arms);
    for (size_t i = 0; i < study->n_arms; i++) {
        fill_arm(spec, at, study->built, &study->arms[i]);
        /* init varies fastest: the arms that differ only in it are neighbours. */
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
        *out *= spec->list[key].n; /* both are at most IL_MAX_ARMS here */
        if (*out > IL_MAX_ARMS)
            return il_fail_at(err, &spec->whole, 0, "the lists make more than %d arms: shorten one",
                              IL_MAX_ARMS);
    }
    return IL_OK;
}

/* Datasets are built to be checked, and kept. */
static il_status build(const il_spec *spec, const il_folders *folders, il_study *study,
                       il_error *err) {
    size_t n = spec->list[IL_KEY_DATA].n * spec->list[IL_KEY_SPLIT].n;
    study->built = calloc(n, sizeof(il_dataset *));
    if (!study->built)
        return il_fail(err, IL_NO_MEMORY, "out of memory for %zu datasets", n);
    study->n_built = n;
    return il_spec_check(spec, folders, study->built, err);
}

il_status il_spec_study(const il_spec *spec, const il_folders *folders, il_study **out,
                        il_error *err) {
    il_study *study = calloc(1, sizeof *study);
    il_status status = study ? count_arms(spec, &study->n_arms, err)
                             : il_fail(err, IL_NO_MEMORY, "out of memory for a study");
    if (status == IL_OK)
        status = build(spec, folders, study, err);
    if (status == IL_OK)
        status = expand(spec, study, err);
    if (status != IL_OK) {
        il_study_free(study);
        return status;
    }
    memcpy(study->name, spec->name, sizeof study->name);
    study->seeds = spec->seeds;
    study->budget = (uint32_t)spec->budget;
    study->patience = (uint32_t)spec->patience;
    study->order = spec->order;
    study->drop_last = spec->drop_last;
    study->judges = spec->judges;
    study->folders = folders;
    study->converged = spec->converged;
    for (size_t key = 0; key < IL_KEYS; key++)
        study->varied[key] = spec->list[key].n > 1;
    *out = study;
    return IL_OK;
}

il_status il_study_parse_with(const il_sources *sources, const char *text, size_t size,
                              const char *name, const char *const *overrides, size_t n,
                              il_study **out, il_error *err) {
    il_spec spec;
    *out = NULL;
    il_status status = il_spec_read(sources, text, size, name, overrides, n, &spec, err);
    if (status != IL_OK)
        return status;
    status = il_spec_study(&spec, sources->folders, out, err);
    il_spec_free(&spec);
    return status;
}

il_status il_study_parse(const char *text, size_t size, const char *name,
                         const char *const *overrides, size_t n, il_study **out, il_error *err) {
    return il_study_parse_with(&(il_sources){0}, text, size, name, overrides, n, out, err);
}

void il_study_free(il_study *study) {
    if (!study)
        return;
    for (size_t i = 0; i < study->n_built; i++)
        il_dataset_free(study->built[i]);
    free(study->built);
    free(study->arms);
    free(study);
}

bool il_arm_is_plain(const il_arm *arm, il_key key) {
    const il_desc *const first[IL_KEYS] = {
        [IL_KEY_SPLIT] = il_splits.items[0],  [IL_KEY_SCALE] = il_scalings.items[0],
        [IL_KEY_NORM] = il_norms.items[0],    [IL_KEY_DROPOUT] = il_dropouts.items[0],
        [IL_KEY_BATCH] = il_batches.items[0], [IL_KEY_SCHEDULE] = il_schedules.items[0],
        [IL_KEY_CLIP] = il_clips.items[0],    [IL_KEY_PENALTY] = il_penalties.items[0]};
    il_arm copy = *arm;
    const il_desc *desc = first[key] ? call_of(&copy, key)->desc : NULL;
    return first[key] && (!desc || desc == first[key]);
}

_Static_assert(IL_CALL_TEXT <= IL_WIDTHS_TEXT, "il_arm_format writes calls too");

char *il_arm_format(const il_arm *arm, il_key key, char text[IL_WIDTHS_TEXT]) {
    il_arm copy = *arm;
    return key == IL_KEY_NETWORK ? il_widths_format(&arm->network, text)
                                 : il_call_format(call_of(&copy, key), text);
}
