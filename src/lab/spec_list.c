#include "lab/spec_reader.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

bool il_spec_equal_items(const il_spec_list *list, size_t i, size_t j) {
    if (list->widths) {
        const il_widths *a = &list->widths[i], *b = &list->widths[j];
        return a->n == b->n && memcmp(a->width, b->width, a->n * sizeof a->width[0]) == 0;
    }
    return il_call_equal(&list->call[i], &list->call[j]);
}

static il_status check_bias(const il_spec_reader *r, const il_call *bias, const il_place *place) {
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

static const il_family *family_of(const il_spec_reader *r, size_t key) {
    const il_family *family = il_spec_keys[key].family;
    return family == &il_inits ? r->inits : family;
}

/* A path of weights begins at the folder of them; it comes after the texts that the call has. */
static il_status place_weights(const il_spec_reader *r, il_call *call, const il_place *place) {
    const il_desc *desc = call->desc;
    size_t used = 1, folder = r->weights ? strlen(r->weights) : 0;
    while (used < IL_CALL_CHARS && call->text[used])
        used += strlen(call->text + used) + 1;
    for (size_t i = 0; folder > 0 && i < desc->n_params; i++) {
        if (desc->params[i].kind != IL_TEXT || strcmp(desc->params[i].name, "path") != 0)
            continue;
        const char *path = il_call_string(call, i);
        size_t n = strlen(path) + 1;
        if (*path == '/')
            continue;
        if (used + folder + n > IL_CALL_CHARS)
            return il_fail_at(r->err, place, 0, "%s: the path %s%s is longer than %zu bytes",
                              desc->name, r->weights, path, IL_CALL_CHARS - used - 1);
        memcpy(call->text + used, r->weights, folder);
        memcpy(call->text + used + folder, path, n);
        call->arg[i] = (double)used;
        used += folder + n;
    }
    return IL_OK;
}

static il_status read_item(const il_spec_reader *r, size_t key, size_t i, const char *text,
                           const il_place *place) {
    il_spec_list *list = &r->spec->list[key];
    list->place[i] = *place;
    if (list->widths)
        return il_widths_parse(text, place, &list->widths[i], r->err);
    il_status status = il_call_parse(family_of(r, key), text, place, &list->call[i], r->err);
    if (status == IL_OK && key == IL_KEY_BIAS)
        status = check_bias(r, &list->call[i], place);
    if (status == IL_OK && (key == IL_KEY_BIAS || key == IL_KEY_INIT))
        status = place_weights(r, &list->call[i], place);
    return status;
}

static il_status check_repeated(const il_spec_reader *r, size_t key, size_t i) {
    const il_spec_list *list = &r->spec->list[key];
    char text[IL_WIDTHS_TEXT], shown[IL_CLIP];
    for (size_t j = 0; j < i; j++)
        if (il_spec_equal_items(list, i, j)) {
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
static il_status check_split(const il_spec_reader *r, const il_yaml_node *item) {
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

static il_status read_items(const il_spec_reader *r, size_t key, const il_yaml_node *node) {
    const char *name = il_spec_keys[key].name;
    bool in_list = node && node->kind == IL_YAML_LIST;
    const il_yaml_node *item = in_list ? node->child : node;
    for (size_t i = 0; item; i++, item = in_list ? item->next : NULL) {
        il_status status = il_spec_check_text(r, name, item);
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

il_status il_spec_read_list(const il_spec_reader *r, size_t key) {
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
        return il_spec_no_memory(r);
    list->given = node != NULL;
    return node ? read_items(r, key, node) : read_item(r, key, 0, schema->initial, &r->spec->whole);
}
