#include "lab/spec_reader.h"

#include "base/text.h"
#include "lab/criterion.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Without a `study:` the file's name serves, without folder and extension. */
il_status il_spec_read_name(const il_spec_reader *r) {
    const il_yaml_node *node = r->value[IL_SPEC_STUDY];
    const il_place *place = node ? &node->place : &r->spec->whole;
    const char *text = node ? node->text : r->spec->whole.file;
    if (node) {
        il_status status = il_spec_check_text(r, il_spec_keys[IL_SPEC_STUDY].name, node);
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

static il_status read_count(const il_spec_reader *r, const il_spec_key *schema, const char *text,
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
static il_status read_seeds(const il_spec_reader *r, const il_spec_key *schema, const char *text,
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

static il_status read_word(const il_spec_reader *r, const il_spec_key *schema, const char *text,
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

static il_status find_baseline(const il_spec_reader *r, const char *text, const il_place *place) {
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
        if (il_spec_equal_items(&pair, 0, 1)) {
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
static il_status check_criterion(const il_spec_reader *r, const il_place *place) {
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
static il_status read_record(const il_spec_reader *r, const char *text, const il_place *place) {
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

il_status il_spec_read_value(const il_spec_reader *r, size_t key) {
    const il_spec_key *schema = &il_spec_keys[key];
    const il_yaml_node *node = r->value[key];
    if (!node && !schema->initial)
        return IL_OK;
    il_status status = node ? il_spec_check_text(r, schema->name, node) : IL_OK;
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
