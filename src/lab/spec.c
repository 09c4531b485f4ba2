#include "lab/spec_reader.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

il_status il_spec_no_memory(const il_spec_reader *r) {
    return il_fail(r->err, IL_NO_MEMORY, "out of memory reading a study");
}

il_status il_spec_check_text(const il_spec_reader *r, const char *key, const il_yaml_node *node) {
    if (node->kind == IL_YAML_MAP)
        return il_fail_at(r->err, &node->place, 0, "%s: expected a value, found key: value pairs",
                          key);
    if (node->kind == IL_YAML_LIST)
        return il_fail_at(r->err, &node->place, 0, "%s: expected one value, found a list", key);
    if (!node->n)
        return il_fail_at(r->err, &node->place, 0, "%s: has no value", key);
    return IL_OK;
}

static il_status read_values(const il_spec_reader *r) {
    for (size_t key = 0; key < IL_SPEC_KEYS; key++)
        if (il_spec_keys[key].required && !r->value[key])
            return il_fail_at(r->err, &r->spec->whole, 0, "%s: must be given (%s)",
                              il_spec_keys[key].name, il_spec_keys[key].doc);
    il_status status = r->nameless ? IL_OK : il_spec_read_name(r);
    for (size_t key = 0; status == IL_OK && key < IL_SPEC_KEYS; key++)
        if (key < IL_KEYS)
            status = il_spec_read_list(r, key);
        else if (key != IL_SPEC_STUDY)
            status = il_spec_read_value(r, key);
    return status;
}

static il_status add_source(il_spec_reader *r, const char *text, size_t size, const char *name,
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
static il_status read_map(il_spec_reader *r, const il_yaml_node *map) {
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

static il_status read_file(il_spec_reader *r, const char *text, size_t size, const char *name) {
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

static il_status read_override(il_spec_reader *r, const char *prefix, const char *text) {
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
                             il_spec_reader *out) {
    *spec = (il_spec){.baseline = SIZE_MAX};
    *out = (il_spec_reader){.spec = spec,
                            .inits = sources->inits ? sources->inits : &il_inits,
                            .weights = sources->weights,
                            .err = err};
    spec->sources = calloc(n, sizeof(il_yaml *));
    return spec->sources ? IL_OK : il_spec_no_memory(out);
}

static il_status close_reader(const il_spec_reader *r, il_status status) {
    if (status == IL_OK)
        status = read_values(r);
    if (status != IL_OK)
        il_spec_free(r->spec);
    return status;
}

il_status il_spec_read(const il_sources *sources, const char *text, size_t size, const char *name,
                       const char *const *overrides, size_t n, il_spec *out, il_error *err) {
    il_spec_reader r;
    il_status status = open_reader(sources, n + 1, out, err, &r);
    if (status == IL_OK)
        status = read_file(&r, text, size, name);
    for (size_t i = 0; status == IL_OK && i < n; i++)
        status = read_override(&r, sources->prefix ? sources->prefix : "--set ", overrides[i]);
    return close_reader(&r, status);
}

il_status il_spec_read_layers(const il_sources *sources, const il_spec_layers *layers, il_spec *out,
                              il_error *err) {
    il_spec_reader r;
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
