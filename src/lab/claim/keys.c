#include "lab/claim/keys.h"

#include "base/text.h"

#include <string.h>

const il_claim_key il_file_keys[IL_FILE_KEYS] = {
    [IL_FILE_TITLE] = {"title", IL_YAML_TEXT, false, "what the claims are about"},
    [IL_FILE_ALPHA] = {"alpha", IL_YAML_TEXT, false,
                       "probability that any test of the file decides wrongly, 0.001"},
    [IL_FILE_SETUP] = {"setup", IL_YAML_MAP, false, "keys of a study, for all claims"},
    [IL_FILE_CLAIMS] = {"claims", IL_YAML_LIST, true, "a list of claims"},
};

const il_claim_key il_claim_keys[IL_CLAIM_KEYS] = {
    [IL_CLAIM_ID] = {"id", IL_YAML_TEXT, true, "a name of the claim's own, such as he-beats-small"},
    [IL_CLAIM_SENTENCE] = {"sentence", IL_YAML_TEXT, true, "the claim in words"},
    [IL_CLAIM_SOURCE] = {"source", IL_YAML_TEXT, false, "who says so"},
    [IL_CLAIM_INSIGHT] = {"insight", IL_YAML_TEXT, false, "why it came out so"},
    [IL_CLAIM_SETUP] = {"setup", IL_YAML_MAP, false,
                        "keys of a study, or study: FILE and the keys that replace its own"},
    [IL_CLAIM_A] = {"a", IL_YAML_MAP, false, "keys of the arm, or arms, that the claim is about"},
    [IL_CLAIM_B] = {"b", IL_YAML_MAP, false, "keys of the arm, or arms, that it is compared with"},
    [IL_CLAIM_TEST] = {"test", IL_YAML_TEXT, false,
                       "what holds on average, such as ratio of rmst <= 0.5"},
    [IL_CLAIM_PROPERTY] = {"property", IL_YAML_TEXT, false,
                           "what holds of every seed, such as unit_difference == 0"},
    [IL_CLAIM_BITS] = {"bits", IL_YAML_TEXT, false, "the hash of all runs"},
    [IL_CLAIM_ALPHA] = {"alpha", IL_YAML_TEXT, false, "the file's, for this claim"},
    [IL_CLAIM_N_MAX] = {"n_max", IL_YAML_TEXT, false,
                        "the most seeds that --until-decided may take, 16 times as many as seeds"},
    [IL_CLAIM_NEGLIGIBLE] = {"negligible", IL_YAML_TEXT, false,
                             "how far from none an effect still means nothing"},
    [IL_CLAIM_TUNE] =
        {"tune", IL_YAML_LIST, false,
         "learning rates, such as [0.001, 0.01, 0.1], of which each arm gets its best"},
    [IL_CLAIM_FULL] = {"full", IL_YAML_MAP, false,
                       "setup, a, b and tune that replace these of the claim with --full"},
    [IL_CLAIM_EXPECT] =
        {"expect", IL_YAML_TEXT, false,
         "supported, refuted, reversed, negligible, setup-dependent or inconclusive"},
};

const il_claim_key il_full_keys[IL_FULL_KEYS] = {
    [IL_FULL_SETUP] = {"setup", IL_YAML_MAP, false, "keys of a study that replace the setup's"},
    [IL_FULL_A] = {"a", IL_YAML_MAP, false, "keys that replace those of a"},
    [IL_FULL_B] = {"b", IL_YAML_MAP, false, "keys that replace those of b"},
    [IL_FULL_TUNE] = {"tune", IL_YAML_LIST, false, "learning rates in place of the claim's"},
};

static il_status find_key(const il_claim_key *keys, size_t n, const il_yaml_node *key, size_t *out,
                          il_error *err) {
    il_match best = {0};
    il_names known = {0};
    for (*out = 0; *out < n; ++*out) {
        const char *name = keys[*out].name;
        if (strcmp(name, key->text) == 0)
            return IL_OK;
        il_match_offer(&best, key->text, key->n, name, strlen(name));
        il_names_add(&known, name);
    }
    return il_fail_unknown(err, &key->place, 0, "unknown key", key->text, key->n, &best, &known);
}

static il_status check_kind(const il_claim_key *key, const il_yaml_node *node, il_error *err) {
    static const char *const kinds[] = {
        [IL_YAML_TEXT] = "a value", [IL_YAML_LIST] = "a list", [IL_YAML_MAP] = "key: value pairs"};
    if (node->n == 0)
        return il_fail_at(err, &node->place, 0, "%s: is empty (%s)", key->name, key->doc);
    if (node->kind != key->kind)
        return il_fail_at(err, &node->place, 0, "%s: expected %s, found %s", key->name,
                          kinds[key->kind], kinds[node->kind]);
    return IL_OK;
}

il_status il_claim_keys_read(const il_claim_key *keys, size_t n, const il_yaml_node *map,
                             const il_place *place, il_yaml_node **value, il_error *err) {
    memset(value, 0, n * sizeof(il_yaml_node *));
    for (const il_yaml_node *key = map->child; key; key = key->next->next) {
        size_t at = 0;
        il_status status =
            key->kind == IL_YAML_TEXT
                ? find_key(keys, n, key, &at, err)
                : il_fail_at(err, &key->place, 0, "expected a key, such as %s:", keys[0].name);
        if (status == IL_OK && value[at])
            status = il_fail_at(err, &key->place, 0, "%s: is given twice, first on line %d",
                                key->text, value[at]->place.line);
        if (status == IL_OK)
            status = check_kind(&keys[at], key->next, err);
        if (status != IL_OK)
            return status;
        value[at] = key->next;
    }
    for (size_t i = 0; i < n; i++)
        if (keys[i].required && !value[i])
            return il_fail_at(err, place, 0, "%s: must be given (%s)", keys[i].name, keys[i].doc);
    return IL_OK;
}
