/* The studies that a claim is about. */
#include "base/text.h"
#include "data/source.h"
#include "io/file.h"
#include "lab/claim/fold.h"
#include "lab/claim/read.h"
#include "lab/spec.h"

#include <stdlib.h>
#include <string.h>

/* The node of `study:` in a setup, or NULL. */
static const il_yaml_node *study_of(const il_yaml_node *setup) {
    for (const il_yaml_node *key = setup ? setup->child : NULL; key; key = key->next->next)
        if (key->kind == IL_YAML_TEXT && strcmp(key->text, "study") == 0)
            return key->next;
    return NULL;
}

/* The file that the claim's setup begins with, or that of all claims. *path and *text are to be freed; both stay NULL
 * where there is none. */
static il_status load_study(const il_claim_reader *r, char **path, char **text, size_t *size) {
    static const il_file_kind kind = {"study", IL_SPEC_BYTES, false};
    const il_yaml_node *const setup[] = {r->full[IL_FULL_SETUP], r->value[IL_CLAIM_SETUP],
                                         r->file[IL_FILE_SETUP]};
    const char *slash = strrchr(r->yaml->name, '/');
    const il_yaml_node *node = NULL;
    il_error inner;
    for (size_t i = 0; i < sizeof setup / sizeof *setup && !node; i++)
        node = study_of(setup[i]);
    if (!node)
        return IL_OK;
    if (node->kind != IL_YAML_TEXT || node->n == 0)
        return il_fail_at(r->err, &node->place, 0, "study: expected the path of a study");
    size_t folder = slash && node->text[0] != '/' ? (size_t)(slash + 1 - r->yaml->name) : 0;
    *path = malloc(folder + node->n + 1);
    if (!*path)
        return il_fail(r->err, IL_NO_MEMORY, "no memory for a path");
    memcpy(*path, r->yaml->name, folder);
    memcpy(*path + folder, node->text, node->n + 1);
    il_status status = il_file_load(*path, &kind, text, size, &inner);
    return status == IL_OK ? status
                           : il_fail_at(r->err, &node->place, 0, "study: %s", inner.message);
}

/* What differs between arms, and nothing that both must share. */
static il_status check_arm_keys(const il_claim_reader *r, const char *side,
                                const il_yaml_node *map) {
    for (const il_yaml_node *key = map->child; key; key = key->next->next) {
        size_t index;
        if (key->kind != IL_YAML_TEXT)
            return il_fail_at(r->err, &key->place, 0, "%s: expected a key, such as init:", side);
        il_status status = il_spec_find_key(key->text, key->n, &key->place, &index, r->err);
        if (status != IL_OK)
            return status;
        if (index >= IL_KEYS)
            return il_fail_at(r->err, &key->place, 0,
                              "%s: %s is the same for all arms: put it in setup:", side, key->text);
    }
    return IL_OK;
}

static il_status check_arms(const il_claim_reader *r, const il_claim *claim,
                            const il_study *study) {
    const il_measure_type *type =
        claim->tier == IL_EXACT ? NULL : il_measure_of(&claim->test.measure);
    const il_yaml_node *node = r->value[claim->tier == IL_STATISTICAL ? IL_CLAIM_TEST
                                        : claim->tier == IL_PROPERTY  ? IL_CLAIM_PROPERTY
                                                                      : IL_CLAIM_BITS];
    for (size_t i = 0; i < study->n_arms; i++) {
        il_error inner;
        if (claim->tier == IL_EXACT && study->arms[i].engine != IL_LOCKSTEP)
            return il_fail_at(r->err, &node->place, 0,
                              "bits: only the lockstep engine has the same bits everywhere: add "
                              "engine: lockstep");
        if (type && type->fits &&
            type->fits(&claim->test.measure, &study->arms[i], &inner) != IL_OK)
            return il_fail_at(r->err, &node->place, 0, "%s", inner.message);
    }
    return IL_OK;
}

/* A dataset that is known by name, and that no folder has: its name, else NULL. */
static const char *absent_data(const il_spec *spec, const il_folders *folders) {
    const il_spec_list *data = &spec->list[IL_KEY_DATA];
    char path[IL_PATH];
    for (size_t i = 0; i < data->n; i++) {
        const il_dataset_type *type = (const il_dataset_type *)(const void *)data->call[i].desc;
        if (type->origin == IL_FETCHED && type->find(&data->call[i], folders, path, NULL) != IL_OK)
            return type->desc.name;
    }
    return NULL;
}

/* The study of a side that has its data, or what it lacks. */
static il_status build_study(const il_claim_reader *r, const il_spec_layers *layers,
                             il_claim *claim, il_study **out) {
    il_spec spec;
    il_status status = il_spec_read_layers(r->sources, layers, &spec, r->err);
    if (status != IL_OK)
        return status;
    const char *absent = absent_data(&spec, r->sources->folders);
    if (absent)
        claim->absent = absent;
    else
        status = il_spec_study(&spec, r->sources->folders, out, r->err);
    il_spec_free(&spec);
    return status;
}

/* One side: the study's file, the setup of all claims, that of this one, that of its full variant, and the side's own
 * keys, with those of the full variant last. */
static il_status read_side(const il_claim_reader *r, il_claim *claim, size_t key, size_t full,
                           il_study **out) {
    const il_yaml_node *const given[] = {r->file[IL_FILE_SETUP], r->value[IL_CLAIM_SETUP],
                                         r->full[IL_FULL_SETUP], r->value[key], r->full[full]};
    enum { SETUPS = 3, MAPS = sizeof given / sizeof *given };
    const il_yaml_node *map[MAPS];
    il_spec_layers layers = {.name = "", .map = map, .whole = claim->place};
    char *path = NULL, *text = NULL;
    for (size_t i = 0; i < MAPS; i++)
        if (given[i])
            map[layers.n++] = given[i];
    il_status status = load_study(r, &path, &text, &layers.size);
    for (size_t i = SETUPS; i < MAPS && status == IL_OK; i++)
        if (given[i])
            status = check_arm_keys(r, il_claim_keys[key].name, given[i]);
    if (status == IL_OK) {
        layers.text = text;
        layers.name = path;
        status = build_study(r, &layers, claim, out);
    }
    if (status == IL_OK && *out)
        status = check_arms(r, claim, *out);
    free(path);
    free(text);
    return status;
}

/* The name under which a store keeps the runs. */
static void name_study(il_study *study, const char *id, const char *side) {
    size_t used = 0;
    study->name[0] = '\0';
    il_append(study->name, sizeof study->name, &used, "%s%s", id, side);
}

il_status il_claim_read_studies(const il_claim_reader *r, il_claim *claim) {
    il_status status = read_side(r, claim, IL_CLAIM_A, IL_FULL_A, &claim->a);
    if (status == IL_OK && il_claim_compares(claim))
        status = read_side(r, claim, IL_CLAIM_B, IL_FULL_B, &claim->b);
    if (status == IL_OK && claim->absent) {
        il_study_free(claim->a); /* the other side may have all that it needs */
        il_study_free(claim->b);
        claim->a = claim->b = NULL;
    }
    const struct {
        const char *name, *suffix;
        il_study *study;
    } sides[] = {{"a", "/a", claim->a}, {"b", "/b", claim->b}};
    for (size_t i = 0; i < 2 && sides[i].study && status == IL_OK; i++) {
        name_study(sides[i].study, claim->id, sides[i].suffix);
        status = il_fold_check(&claim->test, sides[i].name, sides[i].study->n_arms, &claim->place,
                               r->err);
    }
    return status;
}
