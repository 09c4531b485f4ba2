/* Claims from YAML. */
#include "base/text.h"
#include "io/file.h"
#include "lab/claim/fold.h"
#include "lab/claim/keys.h"
#include "lab/claim/measure.h"
#include "lab/spec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ALPHA 0.001

typedef struct reader {
    const il_sources *sources;
    il_claims *claims;
    il_yaml *yaml;
    il_yaml_node *file[IL_FILE_KEYS], *value[IL_CLAIM_KEYS]; /* of the file, of the claim */
    double alpha;
    il_error *err;
} reader;

/* Line feeds and blanks of folded text become single blanks. */
static const char *one_line(il_yaml_node *node) {
    char *to = node->text;
    for (const char *s = node->text; *s; s++) {
        bool blank = *s == ' ' || *s == '\n' || *s == '\t';
        if (!blank || (to > node->text && to[-1] != ' '))
            *to++ = blank ? ' ' : *s;
    }
    while (to > node->text && to[-1] == ' ')
        to--;
    *to = '\0';
    return node->text;
}

static il_status read_line(const reader *r, const il_claim_key *key, il_yaml_node *node,
                           const char **out) {
    if (!node)
        return IL_OK;
    *out = one_line(node);
    size_t n = strlen(*out), good = il_printable(*out, n);
    if (good == n)
        return IL_OK;
    return il_fail_at(r->err, &node->place, 0, "%s: byte 0x%02x is not printable text", key->name,
                      (unsigned)(unsigned char)(*out)[good]);
}

static il_status read_id(const reader *r, il_claim *claim) {
    const il_yaml_node *node = r->value[IL_CLAIM_ID];
    char shown[IL_CLIP];
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    if (node->n > 63 || strspn(node->text, letters) != node->n)
        return il_fail_at(r->err, &node->place, 0,
                          "id: '%s' is not 1 to 63 letters, digits and _ . -",
                          il_clip(node->text, node->n, shown));
    for (const il_claim *other = r->claims->claim; other < claim; other++)
        if (strcmp(other->id, node->text) == 0)
            return il_fail_at(r->err, &node->place, 0, "id: %s is that of the claim on line %d too",
                              node->text, other->place.line);
    claim->id = node->text;
    return IL_OK;
}

/* A probability, or a distance above 0. */
static il_status read_number(const reader *r, const char *name, const il_yaml_node *node,
                             double most, double *out) {
    char shown[IL_CLIP], number[32];
    if (!node)
        return IL_OK;
    il_clip(node->text, node->n, shown);
    if (!il_number_parse(node->text, out))
        return il_fail_at(r->err, &node->place, 0, "%s: '%s' is not a number", name, shown);
    if (!(*out > 0 && *out <= most))
        return il_fail_at(r->err, &node->place, 0, "%s: %s is outside (0, %s]", name, shown,
                          il_number_format(most, number));
    return IL_OK;
}

static il_status read_bits(const reader *r, il_claim *claim) {
    const il_yaml_node *node = r->value[IL_CLAIM_BITS];
    if (node->n != 32 || strspn(node->text, "0123456789abcdef") != 32)
        return il_fail_at(r->err, &node->place, 0,
                          "bits: expected 32 hexadecimal digits, such as check -v prints "
                          "(write 32 zeros to see them)");
    memcpy(claim->bits, node->text, 33);
    return IL_OK;
}

/* The tier follows from which of three keys is given. */
static il_status read_tier(const reader *r, il_claim *claim) {
    static const size_t keys[] = {[IL_STATISTICAL] = IL_CLAIM_TEST,
                                  [IL_PROPERTY] = IL_CLAIM_PROPERTY,
                                  [IL_EXACT] = IL_CLAIM_BITS};
    const il_yaml_node *node = NULL;
    for (size_t tier = 0; tier < 3; tier++) {
        const il_yaml_node *other = r->value[keys[tier]];
        if (other && node)
            return il_fail_at(r->err, &other->place, 0, "%s: the claim has %s: already",
                              il_claim_keys[keys[tier]].name,
                              il_claim_keys[keys[claim->tier]].name);
        if (other) {
            claim->tier = (il_tier)tier;
            node = other;
        }
    }
    if (!node)
        return il_fail_at(r->err, &claim->place, 0,
                          "the claim needs test:, such as success >= 0.5, property: or bits:");
    return claim->tier == IL_EXACT ? read_bits(r, claim)
                                   : il_test_parse(node->text, &node->place, &claim->test, r->err);
}

/* Whether a test, or a property, is of two arms. */
static bool compares(const il_claim *claim) {
    return claim->tier != IL_EXACT && (claim->test.contrast != IL_OF_A ||
                                       il_measure_of(&claim->test.measure)->kind == IL_PAIRS);
}

static il_status check_sides(const reader *r, const il_claim *claim) {
    const il_yaml_node *b = r->value[IL_CLAIM_B];
    const il_yaml_node *property = r->value[IL_CLAIM_PROPERTY];
    if (compares(claim) && !b)
        return il_fail_at(r->err, &claim->place, 0, "b: must be given: %s compares two arms",
                          claim->test.contrast == IL_OF_A    ? claim->test.measure.desc->name
                          : claim->test.contrast == IL_RATIO ? "a ratio"
                                                             : "a difference");
    if (!compares(claim) && b)
        return il_fail_at(r->err, &b->place, 0,
                          "b: nothing is compared with it: write difference of or ratio of before "
                          "the measure, or leave b out");
    if (claim->tier == IL_PROPERTY && il_measure_of(&claim->test.measure)->kind >= IL_MEDIAN)
        return il_fail_at(r->err, &property->place, 0,
                          "property: %s is of many seeds together: make it a test",
                          claim->test.measure.desc->name);
    if (claim->tier == IL_PROPERTY && claim->test.fold != IL_EACH_ARM)
        return il_fail_at(r->err, &property->place, 0,
                          "property: what is of several arms together is no property of a seed: "
                          "make it a test");
    return IL_OK;
}

static il_status read_negligible(const reader *r, il_claim *claim) {
    const il_yaml_node *node = r->value[IL_CLAIM_NEGLIGIBLE];
    double none = claim->tier == IL_STATISTICAL ? il_test_no_effect(&claim->test) : (double)NAN;
    if (!node)
        return IL_OK;
    if (isnan(none) || claim->test.relation == IL_EQUAL)
        return il_fail_at(r->err, &node->place, 0,
                          "negligible: is for tests by < <= >= > of a difference, a ratio or a12");
    il_status status = read_number(r, "negligible", node, (double)INFINITY, &claim->negligible);
    double way = fabs(claim->test.margin - none);
    if (status == IL_OK && way > 0 && way < claim->negligible)
        status = il_fail_at(r->err, &node->place, 0,
                            "negligible: %g reaches beyond the margin of %g: an effect could be "
                            "claimed and mean nothing",
                            claim->negligible, claim->test.margin);
    return status;
}

static il_status read_expectation(const reader *r, il_claim *claim) {
    static const struct {
        const char *word;
        il_expectation is;
    } words[] = {{"supported", {true, IL_SUPPORTED, IL_UNTAGGED}},
                 {"refuted", {true, IL_REFUTED, IL_UNTAGGED}},
                 {"reversed", {true, IL_REFUTED, IL_REVERSED}},
                 {"negligible", {true, IL_REFUTED, IL_NEGLIGIBLE}},
                 {"setup-dependent", {true, IL_SETUP_DEPENDENT, IL_UNTAGGED}},
                 {"inconclusive", {true, IL_INCONCLUSIVE, IL_UNTAGGED}}};
    const il_yaml_node *node = r->value[IL_CLAIM_EXPECT];
    il_match best = {0};
    il_names known = {0};
    for (size_t i = 0; node && i < sizeof words / sizeof *words; i++) {
        if (strcmp(node->text, words[i].word) == 0)
            claim->expect = words[i].is;
        il_match_offer(&best, node->text, node->n, words[i].word, strlen(words[i].word));
        il_names_add(&known, words[i].word);
    }
    if (!node)
        return IL_OK;
    if (!claim->expect.given)
        return il_fail_unknown(r->err, &node->place, 0, "expect: unknown verdict", node->text,
                               node->n, &best, &known);
    if (claim->tier != IL_STATISTICAL && strcmp(node->text, "supported") != 0 &&
        strcmp(node->text, "refuted") != 0)
        return il_fail_at(r->err, &node->place, 0, "expect: %s, but %s either holds or does not",
                          node->text, claim->tier == IL_EXACT ? "a hash" : "a property");
    if (claim->expect.verdict == IL_SETUP_DEPENDENT && claim->n_rates == 0)
        return il_fail_at(r->err, &node->place, 0,
                          "expect: setup-dependent needs tune:, a list of learning rates");
    if (claim->expect.tag == IL_NEGLIGIBLE && claim->negligible == 0)
        return il_fail_at(r->err, &node->place, 0,
                          "expect: negligible needs negligible:, how far from no effect that is");
    if (claim->expect.tag == IL_REVERSED && (!compares(claim) || claim->test.relation == IL_EQUAL))
        return il_fail_at(r->err, &node->place, 0,
                          "expect: reversed is for tests by < <= >= > of a difference, a ratio or "
                          "a12");
    return IL_OK;
}

static il_status read_rates(const reader *r, il_claim *claim) {
    const il_yaml_node *list = r->value[IL_CLAIM_TUNE];
    if (!list)
        return IL_OK;
    if (claim->tier != IL_STATISTICAL || !il_measure_of(&claim->test.measure)->of_run)
        return il_fail_at(r->err, &list->place, 0, "tune: is for tests of runs, such as rmst");
    if (list->n < 2 || list->n > IL_MAX_RATES_TUNED)
        return il_fail_at(r->err, &list->place, 0, "tune: takes 2 to %d learning rates, not %zu",
                          IL_MAX_RATES_TUNED, list->n);
    for (const il_yaml_node *item = list->child; item; item = item->next) {
        il_status status = item->kind == IL_YAML_TEXT
                               ? read_number(r, "tune", item, 1e6, &claim->rate[claim->n_rates++])
                               : il_fail_at(r->err, &item->place, 0, "tune: expected a number");
        if (status != IL_OK)
            return status;
    }
    return IL_OK;
}

/* The node of `study:` in a setup, or NULL. */
static const il_yaml_node *study_of(const il_yaml_node *setup) {
    for (const il_yaml_node *key = setup ? setup->child : NULL; key; key = key->next->next)
        if (key->kind == IL_YAML_TEXT && strcmp(key->text, "study") == 0)
            return key->next;
    return NULL;
}

/* The file that the claim's setup begins with, or that of all claims. *path and *text are to be freed; both stay NULL
 * where there is none. */
static il_status load_study(const reader *r, char **path, char **text, size_t *size) {
    static const il_file_kind kind = {"study", IL_SPEC_BYTES, false};
    const il_yaml_node *node = study_of(r->value[IL_CLAIM_SETUP]);
    const char *slash = strrchr(r->yaml->name, '/');
    il_error inner;
    node = node ? node : study_of(r->file[IL_FILE_SETUP]);
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
static il_status check_arm_keys(const reader *r, const char *side, const il_yaml_node *map) {
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

static il_status check_arms(const reader *r, const il_claim *claim, const il_study *study) {
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

/* One side: the study's file, the setup of all claims, that of this one, and the side's own keys. */
static il_status read_side(const reader *r, const il_claim *claim, size_t key, il_study **out) {
    const il_yaml_node *map[3];
    il_spec_layers layers = {.name = "", .map = map, .whole = claim->place};
    const size_t nodes = 3;
    const il_yaml_node *const given[] = {r->file[IL_FILE_SETUP], r->value[IL_CLAIM_SETUP],
                                         r->value[key]};
    char *path = NULL, *text = NULL;
    il_spec spec;
    for (size_t i = 0; i < nodes; i++)
        if (given[i])
            map[layers.n++] = given[i];
    il_status status = load_study(r, &path, &text, &layers.size);
    if (status == IL_OK && given[2])
        status = check_arm_keys(r, il_claim_keys[key].name, given[2]);
    if (status == IL_OK) {
        layers.text = text;
        layers.name = path;
        status = il_spec_read_layers(r->sources, &layers, &spec, r->err);
    }
    if (status == IL_OK) {
        status = il_spec_study(&spec, r->sources->folders, out, r->err);
        il_spec_free(&spec);
    }
    if (status == IL_OK)
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

static il_status read_studies(const reader *r, il_claim *claim) {
    il_status status = read_side(r, claim, IL_CLAIM_A, &claim->a);
    if (status != IL_OK)
        return status;
    name_study(claim->a, claim->id, "/a");
    if (!compares(claim))
        return IL_OK;
    status = read_side(r, claim, IL_CLAIM_B, &claim->b);
    if (status != IL_OK)
        return status;
    name_study(claim->b, claim->id, "/b");
    status = il_fold_check(&claim->test, "a", claim->a->n_arms, &claim->place, r->err);
    return status == IL_OK
               ? il_fold_check(&claim->test, "b", claim->b->n_arms, &claim->place, r->err)
               : status;
}

static il_status read_claim(reader *r, const il_yaml_node *map, il_claim *claim) {
    claim->place = map->place;
    claim->alpha = r->alpha;
    if (map->kind != IL_YAML_MAP)
        return il_fail_at(r->err, &map->place, 0, "expected a claim, such as - id: he-learns-xor");
    il_status status =
        il_claim_keys_read(il_claim_keys, IL_CLAIM_KEYS, map, &map->place, r->value, r->err);
    if (status != IL_OK)
        return status;
    const struct {
        size_t key;
        const char **text;
    } lines[] = {{IL_CLAIM_SENTENCE, &claim->sentence},
                 {IL_CLAIM_SOURCE, &claim->source},
                 {IL_CLAIM_INSIGHT, &claim->insight}};
    status = read_id(r, claim);
    for (size_t i = 0; status == IL_OK && i < 3; i++)
        status = read_line(r, &il_claim_keys[lines[i].key], r->value[lines[i].key], lines[i].text);
    if (status == IL_OK)
        status = read_tier(r, claim);
    if (status == IL_OK)
        status = check_sides(r, claim);
    if (status == IL_OK && r->value[IL_CLAIM_ALPHA] && claim->tier != IL_STATISTICAL)
        status = il_fail_at(r->err, &r->value[IL_CLAIM_ALPHA]->place, 0,
                            "alpha: belongs to a test, which can decide wrongly");
    if (status == IL_OK)
        status = read_number(r, "alpha", r->value[IL_CLAIM_ALPHA], 0.5, &claim->alpha);
    if (status == IL_OK)
        status = read_negligible(r, claim);
    if (status == IL_OK)
        status = read_rates(r, claim);
    if (status == IL_OK)
        status = read_expectation(r, claim);
    return status == IL_OK ? read_studies(r, claim) : status;
}

static il_status read_file(reader *r) {
    const il_yaml_node *root = r->yaml->root;
    const il_place whole = {r->yaml->name, 0, 0};
    const char *title = NULL;
    r->alpha = ALPHA;
    if (!root || root->n == 0)
        return il_fail_at(r->err, &whole, 0, "empty: expected claims:");
    if (root->kind != IL_YAML_MAP)
        return il_fail_at(r->err, &root->place, 0, "expected claims:, and a list of them");
    il_status status =
        il_claim_keys_read(il_file_keys, IL_FILE_KEYS, root, &whole, r->file, r->err);
    if (status == IL_OK)
        status = read_line(r, &il_file_keys[IL_FILE_TITLE], r->file[IL_FILE_TITLE], &title);
    if (status == IL_OK)
        status = read_number(r, "alpha", r->file[IL_FILE_ALPHA], 0.5, &r->alpha);
    if (status != IL_OK)
        return status;
    const il_yaml_node *list = r->file[IL_FILE_CLAIMS];
    if (list->n > IL_MAX_CLAIMS)
        return il_fail_at(r->err, &list->place, 0, "%zu claims: at most %d are accepted in a file",
                          list->n, IL_MAX_CLAIMS);
    r->claims->claim = calloc(list->n, sizeof *r->claims->claim);
    if (!r->claims->claim)
        return il_fail(r->err, IL_NO_MEMORY, "no memory for %zu claims", list->n);
    size_t tests = 0;
    for (const il_yaml_node *map = list->child; map && status == IL_OK; map = map->next) {
        il_claim *claim = &r->claims->claim[r->claims->n++];
        claim->group = title;
        status = read_claim(r, map, claim);
        tests += claim->tier != IL_STATISTICAL ? 0 : claim->n_rates > 0 ? 2 : 1;
    }
    for (size_t i = 0; i < r->claims->n; i++)
        r->claims->claim[i].tests = tests;
    return status;
}

il_status il_claims_parse(const il_sources *sources, const char *text, size_t size,
                          const char *name, il_claims **out, il_error *err) {
    static const il_sources none = {0};
    const il_place place = {name, 0, 0};
    *out = NULL;
    if (size > IL_SPEC_BYTES)
        return il_fail_at(err, &place, 0, "%zu bytes are no claims: at most %d are accepted", size,
                          IL_SPEC_BYTES);
    reader r = {
        .sources = sources ? sources : &none, .claims = calloc(1, sizeof *r.claims), .err = err};
    if (!r.claims)
        return il_fail(err, IL_NO_MEMORY, "no memory for claims");
    il_status status = il_yaml_parse(text, size, name, &r.yaml, err);
    r.claims->text = status == IL_OK ? r.yaml : NULL;
    if (status == IL_OK)
        status = read_file(&r);
    if (status == IL_OK)
        *out = r.claims;
    else
        il_claims_free(r.claims);
    return status;
}

il_status il_claims_load(const il_sources *sources, const char *path, il_claims **out,
                         il_error *err) {
    static const il_file_kind kind = {"file of claims", IL_SPEC_BYTES, false};
    char *text;
    size_t size;
    *out = NULL;
    il_status status = il_file_load(path, &kind, &text, &size, err);
    if (status == IL_OK)
        status = il_claims_parse(sources, text, size, path, out, err);
    free(text);
    return status;
}

void il_claims_free(il_claims *claims) {
    for (size_t i = 0; claims && i < claims->n; i++) {
        il_study_free(claims->claim[i].a);
        il_study_free(claims->claim[i].b);
    }
    if (claims) {
        free(claims->claim);
        il_yaml_free(claims->text);
    }
    free(claims);
}
