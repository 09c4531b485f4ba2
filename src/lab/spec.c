#include "lab/spec.h"
#include "base/text.h"
#include "lab/criterion.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* While a spec is read: the node of each key, NULL where the default holds. */
typedef struct reader {
    il_spec *spec;
    const il_family *inits; /* what stands for il_inits */
    const il_yaml_node *value[IL_SPEC_KEYS];
    bool nameless; /* the caller names the study */
    il_error *err;
} reader;

static il_status no_memory(const reader *r) {
    return il_fail(r->err, IL_NO_MEMORY, "out of memory reading a study");
}

/* Calls, widths, criteria and the rest are all text first. */
static il_status check_text(const reader *r, const char *key, const il_yaml_node *node) {
    if (node->kind == IL_YAML_MAP)
        return il_fail_at(r->err, &node->place, 0, "%s: expected a value, found key: value pairs",
                          key);
    if (node->kind == IL_YAML_LIST)
        return il_fail_at(r->err, &node->place, 0, "%s: expected one value, found a list", key);
    if (!node->n)
        return il_fail_at(r->err, &node->place, 0, "%s: has no value", key);
    return IL_OK;
}

static bool equal_items(const il_spec_list *list, size_t i, size_t j) {
    if (list->widths) {
        const il_widths *a = &list->widths[i], *b = &list->widths[j];
        return a->n == b->n && memcmp(a->width, b->width, a->n * sizeof a->width[0]) == 0;
    }
    return il_call_equal(&list->call[i], &list->call[j]);
}

static il_status check_bias(const reader *r, const il_call *bias, const il_place *place) {
    const il_init_type *type = il_init_type_of(bias);
    if (type->bias && !type->fit)
        return IL_OK;
    if (type->fit)
        return il_fail_at(
            r->err, place, 0,
            "bias: %s adjusts weights to data (use zeros, constant, normal or uniform)",
            bias->desc->name);
    return il_fail_at(r->err, place, 0,
                      "bias: %s scales with fan, which a bias has none of (use zeros, ones, "
                      "constant, normal or uniform)",
                      bias->desc->name);
}

static const il_family *family_of(const reader *r, size_t key) {
    const il_family *family = il_spec_keys[key].family;
    return family == &il_inits ? r->inits : family;
}

static il_status read_item(const reader *r, size_t key, size_t i, const char *text,
                           const il_place *place) {
    il_spec_list *list = &r->spec->list[key];
    list->place[i] = *place;
    if (list->widths)
        return il_widths_parse(text, place, &list->widths[i], r->err);
    il_status status = il_call_parse(family_of(r, key), text, place, &list->call[i], r->err);
    if (status == IL_OK && key == IL_KEY_BIAS)
        status = check_bias(r, &list->call[i], place);
    return status;
}

static il_status check_repeated(const reader *r, size_t key, size_t i) {
    const il_spec_list *list = &r->spec->list[key];
    char text[IL_WIDTHS_TEXT], shown[IL_CLIP];
    for (size_t j = 0; j < i; j++)
        if (equal_items(list, i, j)) {
            if (list->widths)
                il_widths_format(&list->widths[i], text);
            else
                il_call_format(&list->call[i], text);
            return il_fail_at(r->err, &list->place[i], 0, "%s: %s is listed twice",
                              il_spec_keys[key].name, il_clip(text, strlen(text), shown));
        }
    return IL_OK;
}

/* YAML splits [uniform(low=-1, high=1)] at its comma into two items. */
static il_status check_split(const reader *r, const il_yaml_node *item) {
    char shown[IL_CLIP];
    int open = 0;
    bool quoted = false; // brackets in double quotes are text
    for (const char *s = item->text; *s; s++) {
        quoted ^= *s == '"';
        s += quoted && *s == '\\' && s[1];
        open += quoted ? 0 : (*s == '(') - (*s == ')');
    }
    if (item->quoted || open <= 0)
        return IL_OK;
    return il_fail_at(r->err, &item->place, item->n,
                      "missing ')' in '%s' (inside [ ] quote a call that has commas)",
                      il_clip(item->text, item->n, shown));
}

static il_status read_items(const reader *r, size_t key, const il_yaml_node *node) {
    const char *name = il_spec_keys[key].name;
    bool in_list = node && node->kind == IL_YAML_LIST;
    const il_yaml_node *item = in_list ? node->child : node;
    for (size_t i = 0; item; i++, item = in_list ? item->next : NULL) {
        il_status status = check_text(r, name, item);
        if (status == IL_OK && in_list && node->flow)
            status = check_split(r, item);
        if (status == IL_OK)
            status = read_item(r, key, i, item->text, &item->place);
        if (status == IL_OK)
            status = check_repeated(r, key, i);
        if (status != IL_OK)
            return status;
    }
    return IL_OK;
}

static il_status read_list(const reader *r, size_t key) {
    const il_yaml_node *node = r->value[key];
    const il_spec_key *schema = &il_spec_keys[key];
    il_spec_list *list = &r->spec->list[key];
    bool many = node && node->kind == IL_YAML_LIST;
    list->n = many ? node->n : 1;
    if (!list->n)
        return il_fail_at(r->err, &node->place, 0, "%s: the list is empty", schema->name);
    if (list->n > IL_MAX_ARMS)
        return il_fail_at(r->err, &node->place, 0, "%s: %zu items make more than %d arms",
                          schema->name, list->n, IL_MAX_ARMS);
    list->place = calloc(list->n, sizeof *list->place);
    if (schema->kind == IL_SPEC_WIDTHS)
        list->widths = calloc(list->n, sizeof *list->widths);
    else
        list->call = calloc(list->n, sizeof *list->call);
    if (!list->place || (!list->widths && !list->call))
        return no_memory(r);
    list->given = node != NULL;
    return node ? read_items(r, key, node) : read_item(r, key, 0, schema->initial, &r->spec->whole);
}

/* Without a `study:` the file's name serves, without folder and extension. */
static il_status read_name(const reader *r) {
    const il_yaml_node *node = r->value[IL_SPEC_STUDY];
    const il_place *place = node ? &node->place : &r->spec->whole;
    const char *text = node ? node->text : r->spec->whole.file;
    if (node) {
        il_status status = check_text(r, il_spec_keys[IL_SPEC_STUDY].name, node);
        if (status != IL_OK)
            return status;
    }
    size_t n = strlen(text);
    if (!node) {
        const char *slash = strrchr(text, '/');
        text = slash ? slash + 1 : text;
        const char *dot = strrchr(text, '.');
        n = dot && dot > text ? (size_t)(dot - text) : strlen(text);
    }
    if (!n || n >= sizeof r->spec->name || il_printable(text, n) < n)
        return il_fail_at(r->err, place, 0, "study: a name is 1 to %zu bytes of printable text%s",
                          sizeof r->spec->name - 1,
                          node ? "" : ", which the file's is not: give one");
    memcpy(r->spec->name, text, n);
    r->spec->name[n] = '\0';
    return IL_OK;
}

static il_status read_count(const reader *r, const il_spec_key *schema, const char *text,
                            const il_place *place, size_t *out) {
    double value;
    char shown[IL_CLIP];
    il_clip(text, strlen(text), shown);
    if (!il_number_parse(text, &value) || value != floor(value))
        return il_fail_at(r->err, place, 0, "%s: '%s' is not a whole number", schema->name, shown);
    if (value < 1 || value > (double)schema->max)
        return il_fail_at(r->err, place, 0, "%s: %s is outside [1, %zu]", schema->name, shown,
                          schema->max);
    *out = (size_t)value;
    return IL_OK;
}

/* A number, or auto. */
static il_status read_seeds(const reader *r, const il_spec_key *schema, const char *text,
                            const il_place *place) {
    il_call seeding;
    if (strncmp(text, "auto", strlen("auto")) != 0)
        return read_count(r, schema, text, place, &r->spec->seeds);
    il_status status = il_call_parse(&il_seedings, text, place, &seeding, r->err);
    if (status != IL_OK)
        return status;
    if (r->nameless)
        return il_fail_at(r->err, place, 0, "seeds: a claim is decided from a number of seeds");
    r->spec->seeds = (size_t)seeding.arg[0];
    r->spec->half_width = seeding.arg[1];
    return IL_OK;
}

static il_status read_word(const reader *r, const il_spec_key *schema, const char *text,
                           const il_place *place, size_t *out) {
    size_t n = strlen(text);
    il_match best = {0};
    il_names known = {0};
    *out = il_spec_find_word(schema->words, schema->n_words, text);
    if (*out < schema->n_words)
        return IL_OK;
    for (size_t i = 0; i < schema->n_words; i++) {
        il_match_offer(&best, text, n, schema->words[i], strlen(schema->words[i]));
        il_names_add(&known, schema->words[i]);
    }
    char what[IL_CLIP];
    snprintf(what, sizeof what, "unknown %s", schema->name);
    return il_fail_unknown(r->err, place, 0, what, text, n, &best, &known);
}

static il_status find_baseline(const reader *r, const char *text, const il_place *place) {
    const il_spec_list *inits = &r->spec->list[IL_KEY_INIT];
    il_call baseline;
    il_status status = il_call_parse(r->inits, text, place, &baseline, r->err);
    if (status != IL_OK)
        return status;
    il_names listed = {0};
    char canonical[IL_CALL_TEXT];
    il_spec_list pair = {.n = 2, .call = (il_call[2]){baseline}};
    for (size_t i = 0; i < inits->n; i++) {
        pair.call[1] = inits->call[i];
        if (equal_items(&pair, 0, 1)) {
            r->spec->baseline = i;
            return IL_OK;
        }
        il_names_add(&listed, il_call_format(&inits->call[i], canonical));
    }
    if (listed.n > IL_NAMES_SHOWN)
        il_append(listed.text, sizeof listed.text, &listed.used, " and %zu more",
                  listed.n - IL_NAMES_SHOWN);
    return il_fail_at(r->err, place, 0, "baseline: %s is not among init (%s)",
                      il_call_format(&baseline, canonical), listed.text);
}

/* Terms that exclude each other, also once their values are rounded to il_real. */
static il_status check_criterion(const reader *r, const il_place *place) {
    const il_bounds b = il_criterion_bounds(&r->spec->converged);
    char text[IL_CRITERION_TEXT];
    if (r->spec->converged.n == 0)
        return IL_OK;
    if (b.loss_low <= b.loss_high && b.accuracy_low <= b.accuracy_high && b.loss_high >= 0 &&
        b.loss_low < (il_real)INFINITY)
        return IL_OK;
    return il_fail_at(r->err, place, 0, "converged: '%s' never holds",
                      il_criterion_format(&r->spec->converged, text));
}

/* Room for all that a run may have recorded is made before it begins. */
static il_status read_record(const reader *r, const char *text, const il_place *place) {
    il_status status = il_call_parse(&il_recordings, text, place, &r->spec->record, r->err);
    if (status != IL_OK)
        return status;
    const il_spec_list *networks = &r->spec->list[IL_KEY_NETWORK];
    const il_recording wanted = il_recording_of(&r->spec->record);
    size_t points = wanted.curves ? r->spec->budget / wanted.curves + 2 : 0, layers = 0;
    for (size_t i = 0; wanted.layers && i < networks->n; i++)
        layers = networks->widths[i].n - 1 > layers ? networks->widths[i].n - 1 : layers;
    if (points <= IL_MAX_POINTS && points * layers * IL_PROBE_STATISTICS <= IL_MAX_LAYER_NUMBERS)
        return IL_OK;
    return il_fail_at(r->err, place, 0,
                      "record: every %u of %zu epochs is too often to be kept: give a larger every",
                      wanted.curves, r->spec->budget);
}

static il_status read_single(const reader *r, size_t key) {
    const il_spec_key *schema = &il_spec_keys[key];
    const il_yaml_node *node = r->value[key];
    if (!node && !schema->initial)
        return IL_OK;
    il_status status = node ? check_text(r, schema->name, node) : IL_OK;
    if (status != IL_OK)
        return status;
    const char *text = node ? node->text : schema->initial;
    const il_place *place = node ? &node->place : &r->spec->whole;
    size_t word = 0;
    switch (key) {
    case IL_SPEC_SEEDS:
        return read_seeds(r, schema, text, place);
    case IL_SPEC_BUDGET:
        return read_count(r, schema, text, place, &r->spec->budget);
    case IL_SPEC_PATIENCE:
        return read_count(r, schema, text, place, &r->spec->patience);
    case IL_SPEC_CONVERGED:
        r->spec->converged_place = *place;
        status = il_criterion_parse(text, place, &r->spec->converged, r->err);
        return status == IL_OK ? check_criterion(r, place) : status;
    case IL_SPEC_BASELINE:
        return find_baseline(r, text, place);
    case IL_SPEC_RECORD:
        return read_record(r, text, place);
    default:
        status = read_word(r, schema, text, place, &word);
        if (status == IL_OK && key == IL_SPEC_ENGINE)
            r->spec->engine = (il_spec_engine)word;
        if (status == IL_OK && key == IL_SPEC_ORDER)
            r->spec->order = (il_order)word;
        if (status == IL_OK && key == IL_SPEC_LAST)
            r->spec->drop_last = word == 1;
        if (status == IL_OK && key == IL_SPEC_EVALUATE) {
            r->spec->judges = (il_judges)word;
            r->spec->judges_place = *place;
        }
        return status;
    }
}

static il_status read_values(const reader *r) {
    for (size_t key = 0; key < IL_SPEC_KEYS; key++)
        if (il_spec_keys[key].required && !r->value[key])
            return il_fail_at(r->err, &r->spec->whole, 0, "%s: must be given (%s)",
                              il_spec_keys[key].name, il_spec_keys[key].doc);
    il_status status = r->nameless ? IL_OK : read_name(r);
    for (size_t key = 0; status == IL_OK && key < IL_SPEC_KEYS; key++)
        if (key < IL_KEYS)
            status = read_list(r, key);
        else if (key != IL_SPEC_STUDY)
            status = read_single(r, key);
    return status;
}

static il_status add_source(reader *r, const char *text, size_t size, const char *name,
                            const il_yaml_node **root) {
    il_yaml **source = &r->spec->sources[r->spec->n_sources];
    il_status status = il_yaml_parse(text, size, name, source, r->err);
    if (status != IL_OK)
        return status;
    r->spec->n_sources++;
    *root = (*source)->root;
    return IL_OK;
}

/* The keys of one map; they replace those of the maps before it. */
static il_status read_map(reader *r, const il_yaml_node *map) {
    const il_yaml_node *seen[IL_SPEC_KEYS] = {0};
    for (const il_yaml_node *key = map->child; key; key = key->next->next) {
        size_t index;
        if (key->kind != IL_YAML_TEXT)
            return il_fail_at(r->err, &key->place, 0, "expected a key, such as data:");
        il_status status = il_spec_find_key(key->text, key->n, &key->place, &index, r->err);
        if (status != IL_OK)
            return status;
        if (seen[index])
            return il_fail_at(r->err, &key->place, 0, "%s: is given twice, first on line %d",
                              key->text, seen[index]->place.line);
        seen[index] = key;
        r->value[index] = key->next;
    }
    return IL_OK;
}

static il_status read_file(reader *r, const char *text, size_t size, const char *name) {
    const il_yaml_node *root;
    il_place place = {name, 0, 0};
    if (size > IL_SPEC_BYTES)
        return il_fail_at(r->err, &place, 0, "%zu bytes is no study: at most %d are accepted", size,
                          IL_SPEC_BYTES);
    il_status status = add_source(r, text, size, name, &root);
    if (status != IL_OK)
        return status;
    r->spec->whole = (il_place){r->spec->sources[0]->name, 0, 0};
    if (!root || (root->kind == IL_YAML_TEXT && !root->n))
        return il_fail_at(r->err, &r->spec->whole, 0,
                          "empty: a study needs data:, network: and init:");
    if (root->kind != IL_YAML_MAP)
        return il_fail_at(r->err, &root->place, 0, "expected keys and values, such as data: xor");
    return read_map(r, root);
}

static il_status read_override(reader *r, const char *prefix, const char *text) {
    il_place place = {"--set", 0, 0};
    char name[IL_CLIP], shown[IL_CLIP];
    const char *equals = strchr(text, '=');
    size_t key, used = 0;
    if (!equals)
        return il_fail_at(r->err, &place, 0, "expected key=value, found '%s'",
                          il_clip(text, strlen(text), shown));
    il_status status = il_spec_find_key(text, (size_t)(equals - text), &place, &key, r->err);
    if (status != IL_OK)
        return status;
    il_append(name, sizeof name, &used, "%s%.*s", prefix, (int)(equals - text), text);
    place.file = name;
    if (strlen(equals + 1) > IL_SPEC_BYTES)
        return il_fail_at(r->err, &place, 0, "more than %d bytes", IL_SPEC_BYTES);
    status = add_source(r, equals + 1, strlen(equals + 1), name, &r->value[key]);
    if (status == IL_OK && !r->value[key])
        return il_fail_at(r->err, &place, 0, "expected a value after '='");
    return status;
}

static il_status open_reader(const il_sources *sources, size_t n, il_spec *spec, il_error *err,
                             reader *out) {
    *spec = (il_spec){.baseline = SIZE_MAX};
    *out = (reader){.spec = spec, .inits = sources->inits ? sources->inits : &il_inits, .err = err};
    spec->sources = calloc(n, sizeof(il_yaml *));
    return spec->sources ? IL_OK : no_memory(out);
}

static il_status close_reader(const reader *r, il_status status) {
    if (status == IL_OK)
        status = read_values(r);
    if (status != IL_OK)
        il_spec_free(r->spec);
    return status;
}

il_status il_spec_read(const il_sources *sources, const char *text, size_t size, const char *name,
                       const char *const *overrides, size_t n, il_spec *out, il_error *err) {
    reader r;
    il_status status = open_reader(sources, n + 1, out, err, &r);
    if (status == IL_OK)
        status = read_file(&r, text, size, name);
    for (size_t i = 0; status == IL_OK && i < n; i++)
        status = read_override(&r, sources->prefix ? sources->prefix : "--set ", overrides[i]);
    return close_reader(&r, status);
}

il_status il_spec_read_layers(const il_sources *sources, const il_spec_layers *layers, il_spec *out,
                              il_error *err) {
    reader r;
    il_status status = open_reader(sources, 1, out, err, &r);
    if (status == IL_OK && layers->text)
        status = read_file(&r, layers->text, layers->size, layers->name);
    for (size_t i = 0; status == IL_OK && i < layers->n; i++)
        status = read_map(&r, layers->map[i]);
    out->whole = layers->whole;
    r.nameless = true;
    r.value[IL_SPEC_BASELINE] = NULL;
    return close_reader(&r, status);
}

void il_spec_free(il_spec *spec) {
    for (size_t key = 0; key < IL_KEYS; key++) {
        free(spec->list[key].place);
        free(spec->list[key].call);
        free(spec->list[key].widths);
    }
    for (size_t i = 0; i < spec->n_sources; i++)
        il_yaml_free(spec->sources[i]);
    free(spec->sources);
    *spec = (il_spec){0};
}
