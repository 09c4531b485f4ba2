/* What decides a run's result, as text and as a hash of 128 bits. */
#include "initlab/tensor.h"
#include "initlab/weights.h"
#include "io/file.h"
#include "lab/spec.h"
#include "lab/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static il_digest canonical(XXH128_hash_t hash) {
    XXH128_canonical_t bytes; /* the same on every machine */
    il_digest digest;
    XXH128_canonicalFromHash(&bytes, hash);
    memcpy(digest.bytes, bytes.digest, sizeof digest.bytes);
    return digest;
}

il_digest il_digest_of(const void *bytes, size_t n) {
    return canonical(XXH3_128bits(bytes, n));
}

/* Each array by a hash of its own, so that none can pass for another. */
il_digest il_digest_data(const il_dataset *d) {
    const struct {
        const void *at;
        size_t bytes;
    } arrays[] = {{d->X, d->X ? d->n * d->inputs * sizeof *d->X : 0},
                  {d->pixels, d->pixels ? d->n * d->inputs : 0},
                  {&d->scale, sizeof d->scale},
                  {&d->offset, sizeof d->offset},
                  {d->label, d->label ? d->n * sizeof *d->label : 0},
                  {d->target, d->target ? d->n * d->outputs * sizeof *d->target : 0},
                  {d->part, sizeof d->part}};
    il_digest each[sizeof arrays / sizeof *arrays];
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        each[i] = il_digest_of(arrays[i].bytes > 0 ? arrays[i].at : "", arrays[i].bytes);
    return il_digest_of(each, sizeof each);
}

/* A member of a JSON object. Calls have no control characters. */
static void put(FILE *out, const char *key, const char *value) {
    fprintf(out, "%s\"%s\":\"", ftell(out) > 1 ? "," : "", key);
    for (; *value; value++)
        fprintf(out, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
    putc('"', out);
}

static void put_digest(FILE *out, const char *key, il_digest digest) {
    char hex[2 * sizeof digest.bytes + 1];
    for (size_t i = 0; i < sizeof digest.bytes; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest.bytes[i]);
    put(out, key, hex);
}

/* The content of a file that a call names by a parameter `path`, as weights are. */
static il_status put_file(FILE *out, const char *key, const il_call *call, il_error *err) {
    static const il_file_kind weights = {.noun = "weights", .most = IL_TENSORS_BYTES};
    for (size_t i = 0; i < call->desc->n_params; i++) {
        char *content;
        size_t n;
        if (call->desc->params[i].kind != IL_TEXT ||
            strcmp(call->desc->params[i].name, "path") != 0)
            continue;
        il_status status = il_file_load(il_call_string(call, i), &weights, &content, &n, err);
        if (status != IL_OK)
            return status;
        put_digest(out, key, il_digest_of(content, n));
        free(content);
    }
    return IL_OK;
}

static void put_number(FILE *out, const char *key, size_t value) {
    fprintf(out, ",\"%s\":%zu", key, value);
}

/* Whether a call names a descriptor that came from elsewhere than the library. */
static bool foreign(const il_call *call) {
    bool found = false, inner = call->inner == NULL;
    for (size_t i = 0; i < il_inits.n; i++) {
        found |= il_inits.items[i] == call->desc;
        inner |= il_inits.items[i] == call->inner;
    }
    return !found || !inner;
}

static const char *word_of(size_t key, size_t index) {
    return il_spec_keys[key].words[index];
}

static const char *engine_name(const il_arm *arm) {
    return arm->engine == IL_BLAS ? "blas" : "lockstep";
}

il_status il_arm_settings(const il_study *study, const il_arm *arm, const il_store *store,
                          il_digest data, char **text, il_error *err) {
    char value[IL_WIDTHS_TEXT];
    size_t size = 0;
    *text = NULL;
    FILE *out = open_memstream(text, &size);
    if (!out)
        return il_fail(err, IL_NO_MEMORY, "%s: no memory for the arms", store->path);
    putc('{', out);
    for (il_key key = 0; key < IL_KEYS; key++)
        put(out, il_key_name(key), il_arm_format(arm, key, value));
    put(out, il_spec_keys[IL_SPEC_ENGINE].name, engine_name(arm));
    put(out, il_spec_keys[IL_SPEC_CONVERGED].name, il_criterion_format(&study->converged, value));
    put(out, il_spec_keys[IL_SPEC_EVALUATE].name, word_of(IL_SPEC_EVALUATE, study->judges));
    put(out, il_spec_keys[IL_SPEC_ORDER].name, word_of(IL_SPEC_ORDER, study->order));
    put(out, il_spec_keys[IL_SPEC_LAST].name, word_of(IL_SPEC_LAST, study->drop_last));
    put_number(out, il_spec_keys[IL_SPEC_BUDGET].name, study->budget);
    put_number(out, il_spec_keys[IL_SPEC_PATIENCE].name, study->patience);
    if (study->seed_base > 0) /* seeds are counted from there */
        put_number(out, "seed_base", study->seed_base);
    put_number(out, "algorithms", IL_ALGORITHMS);
    put_number(out, "bits", 8 * sizeof(il_real));
    put_digest(out, "samples", data);
    il_status status = put_file(out, "weights", &arm->init, err);
    if (status == IL_OK)
        status = put_file(out, "biases", &arm->bias, err);
    if (arm->engine == IL_BLAS)
        put(out, "openblas", store->openblas);
    if (foreign(&arm->init) || foreign(&arm->bias))
        put(out, "plugins", store->plugins);
    putc('}', out);
    bool whole = fclose(out) == 0;
    if (status == IL_OK && !whole)
        status = il_fail(err, IL_NO_MEMORY, "%s: no memory for the arms", store->path);
    if (status != IL_OK) {
        free(*text);
        *text = NULL;
    }
    return status;
}

/* The values that a key has among the arms, in their order: in a cross product they follow each other, and then the
 * first comes again. */
static void put_values(FILE *out, const il_study *study, il_key key) {
    char value[2][IL_WIDTHS_TEXT], first[IL_WIDTHS_TEXT];
    il_arm_format(&study->arms[0], key, first);
    memcpy(value[0], first, sizeof first);
    fprintf(out, "%s: %s", il_key_name(key), first);
    for (size_t i = 1; i < study->n_arms && study->varied[key]; i++) {
        il_arm_format(&study->arms[i], key, value[i % 2]);
        if (strcmp(value[0], value[1]) == 0)
            continue;
        if (strcmp(value[i % 2], first) == 0)
            break;
        fprintf(out, ", %s", value[i % 2]);
    }
    putc('\n', out);
}

char *il_study_settings(const il_study *study) {
    char *text = NULL, value[IL_CRITERION_TEXT], init[IL_WIDTHS_TEXT];
    size_t size = 0, baseline = study->arms[0].baseline;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    for (il_key key = 0; key < IL_KEYS; key++)
        put_values(out, study, key);
    fprintf(out, "converged: %s\nbudget: %u\npatience: %u\n",
            il_criterion_format(&study->converged, value), study->budget, study->patience);
    fprintf(out, "order: %s\nlast: %s\nevaluate: %s\n", word_of(IL_SPEC_ORDER, study->order),
            word_of(IL_SPEC_LAST, study->drop_last), word_of(IL_SPEC_EVALUATE, study->judges));
    fprintf(out, "baseline: %s\n",
            baseline == SIZE_MAX ? "none"
                                 : il_arm_format(&study->arms[baseline], IL_KEY_INIT, init));
    return fclose(out) == 0 ? text : NULL;
}
