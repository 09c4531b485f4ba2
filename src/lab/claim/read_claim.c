/* The keys of one claim. */
#include "base/text.h"
#include "lab/claim/read.h"

#include <math.h>
#include <string.h>

#define MORE_SEEDS 16 /* n_max, in seeds of the claim, where it is not given */

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

il_status il_claim_read_line(const il_claim_reader *r, const il_claim_key *key, il_yaml_node *node,
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

static il_status read_id(const il_claim_reader *r, il_claim *claim) {
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

il_status il_claim_read_number(const il_claim_reader *r, const char *name, const il_yaml_node *node,
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

static il_status read_bits(const il_claim_reader *r, il_claim *claim) {
    const il_yaml_node *node = r->value[IL_CLAIM_BITS];
    if (node->n != 32 || strspn(node->text, "0123456789abcdef") != 32)
        return il_fail_at(r->err, &node->place, 0,
                          "bits: expected 32 hexadecimal digits, such as check -v prints "
                          "(write 32 zeros to see them)");
    memcpy(claim->bits, node->text, 33);
    return IL_OK;
}

/* The tier follows from which of three keys is given. */
static il_status read_tier(const il_claim_reader *r, il_claim *claim) {
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

bool il_claim_compares(const il_claim *claim) {
    return claim->tier != IL_EXACT &&
           (claim->test.contrast != IL_OF_A || il_measure_compares(&claim->test.measure));
}

static il_status check_sides(const il_claim_reader *r, const il_claim *claim) {
    const il_yaml_node *b = r->value[IL_CLAIM_B];
    const il_yaml_node *property = r->value[IL_CLAIM_PROPERTY];
    if (il_claim_compares(claim) && !b)
        return il_fail_at(r->err, &claim->place, 0, "b: must be given: %s compares two arms",
                          claim->test.contrast == IL_OF_A    ? claim->test.measure.desc->name
                          : claim->test.contrast == IL_RATIO ? "a ratio"
                                                             : "a difference");
    if (!il_claim_compares(claim) && b)
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

static il_status read_negligible(const il_claim_reader *r, il_claim *claim) {
    const il_yaml_node *node = r->value[IL_CLAIM_NEGLIGIBLE];
    double none = claim->tier == IL_STATISTICAL ? il_test_no_effect(&claim->test) : (double)NAN;
    if (!node)
        return IL_OK;
    if (isnan(none) || claim->test.relation == IL_EQUAL)
        return il_fail_at(r->err, &node->place, 0,
                          "negligible: is for tests by < <= >= > of a difference, a ratio or a12");
    il_status status =
        il_claim_read_number(r, "negligible", node, (double)INFINITY, &claim->negligible);
    double way = fabs(claim->test.margin - none);
    if (status == IL_OK && way > 0 && way < claim->negligible)
        status = il_fail_at(r->err, &node->place, 0,
                            "negligible: %g reaches beyond the margin of %g: an effect could be "
                            "claimed and mean nothing",
                            claim->negligible, claim->test.margin);
    return status;
}

static il_status read_expectation(const il_claim_reader *r, il_claim *claim) {
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
    if (claim->expect.tag == IL_REVERSED &&
        (!il_claim_compares(claim) || claim->test.relation == IL_EQUAL))
        return il_fail_at(r->err, &node->place, 0,
                          "expect: reversed is for tests by < <= >= > of a difference, a ratio or "
                          "a12");
    return IL_OK;
}

static il_status read_rates(const il_claim_reader *r, il_claim *claim) {
    const il_yaml_node *list = r->value[IL_CLAIM_TUNE];
    if (!list)
        return IL_OK;
    if (claim->tier != IL_STATISTICAL || !il_measure_of(&claim->test.measure)->of_run)
        return il_fail_at(r->err, &list->place, 0, "tune: is for tests of runs, such as rmst");
    if (list->n < 2 || list->n > IL_MAX_RATES_TUNED)
        return il_fail_at(r->err, &list->place, 0, "tune: takes 2 to %d learning rates, not %zu",
                          IL_MAX_RATES_TUNED, list->n);
    for (const il_yaml_node *item = list->child; item; item = item->next) {
        il_status status =
            item->kind == IL_YAML_TEXT
                ? il_claim_read_number(r, "tune", item, 1e6, &claim->rate[claim->n_rates++])
                : il_fail_at(r->err, &item->place, 0, "tune: expected a number");
        for (size_t i = 0; status == IL_OK && i + 1 < claim->n_rates; i++)
            if (claim->rate[i] == claim->rate[claim->n_rates - 1])
                status =
                    il_fail_at(r->err, &item->place, 0, "tune: %s is listed twice", item->text);
        if (status != IL_OK)
            return status;
    }
    return IL_OK;
}

/* The cap of the seeds in the claim's studies. */
static il_status read_n_max(const il_claim_reader *r, il_claim *claim) {
    const il_yaml_node *node = r->value[IL_CLAIM_N_MAX];
    double n_max = 0;
    char shown[IL_CLIP];
    size_t seeds = claim->a->seeds;
    claim->n_max = seeds < IL_MAX_SEEDS / MORE_SEEDS ? MORE_SEEDS * seeds : IL_MAX_SEEDS;
    if (!node)
        return IL_OK;
    if (claim->tier != IL_STATISTICAL)
        return il_fail_at(r->err, &node->place, 0, "n_max: belongs to a test");
    il_status status = il_claim_read_number(r, "n_max", node, IL_MAX_SEEDS, &n_max);
    il_clip(node->text, node->n, shown);
    if (status == IL_OK && n_max != floor(n_max))
        status = il_fail_at(r->err, &node->place, 0, "n_max: %s is not a whole number", shown);
    if (status == IL_OK && n_max < (double)seeds)
        status = il_fail_at(r->err, &node->place, 0, "n_max: %s is less than the claim's %zu seeds",
                            shown, seeds);
    claim->n_max = (size_t)n_max;
    return status;
}

/* What replaces the claim's own when full variants are asked for; its keys are looked at in any case. */
static il_status read_full(il_claim_reader *r) {
    const il_yaml_node *node = r->value[IL_CLAIM_FULL];
    memset(r->full, 0, sizeof r->full);
    if (!node)
        return IL_OK;
    il_status status =
        il_claim_keys_read(il_full_keys, IL_FULL_KEYS, node, &node->place, r->full, r->err);
    if (status == IL_OK && r->full[IL_FULL_B] && !r->value[IL_CLAIM_B])
        status = il_fail_at(r->err, &r->full[IL_FULL_B]->place, 0,
                            "full: b: the claim has no b that this could replace");
    if (!r->sources->full)
        memset(r->full, 0, sizeof r->full);
    if (r->full[IL_FULL_TUNE])
        r->value[IL_CLAIM_TUNE] = r->full[IL_FULL_TUNE];
    return status;
}

il_status il_claim_read(il_claim_reader *r, const il_yaml_node *map, il_claim *claim) {
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
    status = read_full(r);
    if (status == IL_OK)
        status = read_id(r, claim);
    for (size_t i = 0; status == IL_OK && i < 3; i++)
        status = il_claim_read_line(r, &il_claim_keys[lines[i].key], r->value[lines[i].key],
                                    lines[i].text);
    if (status == IL_OK)
        status = read_tier(r, claim);
    if (status == IL_OK)
        status = check_sides(r, claim);
    if (status == IL_OK && r->value[IL_CLAIM_ALPHA] && claim->tier != IL_STATISTICAL)
        status = il_fail_at(r->err, &r->value[IL_CLAIM_ALPHA]->place, 0,
                            "alpha: belongs to a test, which can decide wrongly");
    if (status == IL_OK)
        status = il_claim_read_number(r, "alpha", r->value[IL_CLAIM_ALPHA], 0.5, &claim->alpha);
    if (status == IL_OK)
        status = read_negligible(r, claim);
    if (status == IL_OK)
        status = read_rates(r, claim);
    if (status == IL_OK)
        status = read_expectation(r, claim);
    if (status == IL_OK)
        status = il_claim_read_studies(r, claim);
    if (status == IL_OK && !claim->absent)
        status = read_n_max(r, claim);
    return status == IL_OK && !claim->absent ? il_claim_possible(r, claim) : status;
}
