#include "base/reader.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

il_status il_fail_at(il_error *err, const il_place *place, size_t offset, const char *format, ...) {
    char where[256] = "", message[sizeof err->message];
    size_t used = 0;
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (place && place->file) {
        // The end of a long path says more than its beginning, and the message must still fit.
        size_t length = strlen(place->file), most = 160;
        const char *tail = place->file + (length > most ? length - most : 0);
        while (length > most && ((unsigned char)*tail & 0xC0) == 0x80)
            tail++;
        il_append(where, sizeof where, &used, "%s%s:", length > most ? "..." : "", tail);
        if (place->line > 0)
            il_append(where, sizeof where, &used, "%d:", place->line);
        if (place->line > 0 && place->column > 0)
            il_append(where, sizeof where, &used, "%zu:", (size_t)place->column + offset);
        il_append(where, sizeof where, &used, " ");
    }
    return il_fail(err, IL_INVALID, "%s%s", where, message);
}

static bool same(const char *a, size_t n, const char *b) {
    return strlen(b) == n && memcmp(a, b, n) == 0;
}

static const il_desc *find(const il_family *family, const char *name, size_t n) {
    for (size_t i = 0; i < family->n; i++) {
        const il_desc *desc = family->items[i];
        if (same(name, n, desc->name))
            return desc;
        size_t length;
        for (const char *w = desc->aliases; (w = il_next_word(w, ' ', &length)); w += length)
            if (length == n && memcmp(w, name, n) == 0)
                return desc;
    }
    return NULL;
}

const il_desc *il_family_find(const il_family *family, const char *name) {
    return find(family, name, strlen(name));
}

il_status il_call_check(const il_family *family, const il_call *call, bool optional,
                        il_error *err) {
    if (!call->desc)
        return optional ? IL_OK
                        : il_fail(err, IL_INVALID, "no %s is given: read one with il_call_parse",
                                  family->kind);
    for (size_t i = 0; i < family->n; i++)
        if (family->items[i] == call->desc)
            return IL_OK;
    return il_fail(err, IL_INVALID, "'%s' is no %s", call->desc->name, family->kind);
}

size_t il_reader_column(const il_reader *r, size_t offset) {
    size_t characters = 0;
    for (size_t i = 0; i < offset; i++)
        characters += ((unsigned char)r->text[i] & 0xC0) != 0x80;
    return characters;
}

il_status il_reader_fail(const il_reader *r, size_t offset, const char *format, ...) {
    char message[sizeof r->err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return il_fail_at(r->err, r->place, il_reader_column(r, offset), "%s", message);
}

void il_skip_blanks(il_reader *r) {
    r->at += strspn(r->text + r->at, " \t\r\n");
}

il_piece il_read_piece(il_reader *r, const char *stops) {
    il_skip_blanks(r);
    il_piece p = {r->text + r->at, strcspn(r->text + r->at, stops), r->at};
    r->at += p.n;
    while (p.n && strchr(" \t\r\n", p.text[p.n - 1]))
        p.n--;
    return p;
}

const char *il_show(il_reader *r, const char *text, size_t n) {
    return il_clip(text, n, r->shown);
}

static il_status fail_unknown_name(il_reader *r, il_piece name) {
    il_match best = {0};
    il_names known = {0};
    for (size_t i = 0; i < r->family->n; i++) {
        const il_desc *desc = r->family->items[i];
        il_match_offer(&best, name.text, name.n, desc->name, strlen(desc->name));
        size_t length;
        for (const char *w = desc->aliases; (w = il_next_word(w, ' ', &length)); w += length)
            il_match_offer(&best, name.text, name.n, w, length);
        il_names_add(&known, desc->name);
    }
    char what[96];
    snprintf(what, sizeof what, "unknown %s", r->family->kind);
    return il_fail_unknown(r->err, r->place, il_reader_column(r, name.offset), what, name.text,
                           name.n, &best, &known);
}

static il_status fail_unknown_parameter(il_reader *r, il_piece name) {
    il_match best = {0};
    il_names known = {0};
    char what[96];
    for (size_t i = 0; i < r->desc->n_params; i++) {
        const char *param = r->desc->params[i].name;
        il_match_offer(&best, name.text, name.n, param, strlen(param));
        il_names_add(&known, param);
    }
    if (!r->desc->n_params)
        return il_reader_fail(r, name.offset, "%s takes no parameters, found '%s'", r->desc->name,
                              il_show(r, name.text, name.n));
    snprintf(what, sizeof what, "%s: unknown parameter", r->desc->name);
    return il_fail_unknown(r->err, r->place, il_reader_column(r, name.offset), what, name.text,
                           name.n, &best, &known);
}

static il_status read_name(il_reader *r);
static il_status read_rest(il_reader *r, il_call *call);

/* A call as the value of `param`. `r` reads it, up to what its `ends` name; the pool is that of the call outside. */
static il_status read_held(il_reader *r, const il_desc *outside, const il_param *param,
                           il_call *call) {
    il_call inner = {0};
    il_status status = read_name(r);
    if (status != IL_OK)
        return status;
    for (size_t i = 0; i < r->desc->n_params; i++)
        if (r->desc->params[i].kind == IL_CALL)
            return il_reader_fail(r, r->start, "%s: %s=%s cannot stand inside another call",
                                  outside->name, param->name, r->desc->name);
    status = read_rest(r, &inner);
    call->inner = inner.desc;
    memcpy(call->inner_arg, inner.arg, sizeof inner.arg);
    return status;
}

static il_status read_inner(il_reader *r, const il_param *param, il_call *call) {
    /* A family that was extended is so inside a call too. */
    bool alike = strcmp(param->family->kind, r->family->kind) == 0;
    il_reader inside = *r;
    inside.family = alike ? r->family : param->family;
    inside.ends = ",)";
    il_status status = read_held(&inside, r->desc, param, call);
    r->at = inside.at;
    r->pooled = inside.pooled;
    return status;
}

static il_status set_default_call(il_reader *r, const il_param *param, il_call *call) {
    il_error err;
    il_reader inside = *r;
    inside.family = param->family;
    inside.text = param->inner;
    inside.at = 0;
    inside.ends = "";
    inside.place = NULL;
    inside.err = &err;
    il_status status = read_held(&inside, r->desc, param, call);
    r->pooled = inside.pooled;
    return status == IL_OK ? IL_OK : il_reader_fail(r, r->start, "%s", err.message);
}

/* The parameter that an argument is for: by name when it has one, else by position. `before` is the last one that was
 * named. */
static il_status choose_parameter(il_reader *r, il_piece first, bool named, size_t position,
                                  const il_param *before, size_t *index) {
    const il_desc *desc = r->desc;
    if (named) {
        for (*index = 0; *index < desc->n_params; ++*index)
            if (same(first.text, first.n, desc->params[*index].name))
                return IL_OK;
        return fail_unknown_parameter(r, first);
    }
    *index = position;
    if (before)
        return il_reader_fail(
            r, first.offset, "%s: '%s' needs its parameter's name, as it follows a named one%s",
            desc->name, il_show(r, first.text, first.n),
            before->kind == IL_TEXT ? " (text that has commas stands in double quotes)" : "");
    if (!desc->n_params)
        return fail_unknown_parameter(r, first);
    if (position >= desc->n_params)
        return il_reader_fail(r, first.offset, "%s: '%s' is one argument too many", desc->name,
                              il_show(r, first.text, first.n));
    return IL_OK;
}

/* An argument has been read: ',' or ')' must be next. */
static il_status check_stop(il_reader *r) {
    il_skip_blanks(r);
    char stop = r->text[r->at];
    if (!stop)
        return il_reader_fail(r, r->at, "missing ')' in '%s'",
                              il_show(r, r->text, strlen(r->text)));
    if (stop == ',' || stop == ')')
        return IL_OK;
    size_t n = strchr("=(", stop) ? 1 : strcspn(r->text + r->at, ",)");
    return il_reader_fail(r, r->at, "%s: unexpected '%s'", r->desc->name,
                          il_show(r, r->text + r->at, n));
}

static il_status read_value(il_reader *r, size_t index, size_t offset, il_call *call) {
    const il_param *param = &r->desc->params[index];
    il_status status;
    if (param->kind == IL_CALL || param->kind == IL_TEXT) {
        status = param->kind == IL_CALL ? read_inner(r, param, call)
                                        : il_read_text(r, param, &call->arg[index]);
        return status == IL_OK ? check_stop(r) : status;
    }
    il_piece value = il_read_piece(r, "=,()");
    status = check_stop(r);
    return status == IL_OK ? il_read_plain(r, param, value, offset, &call->arg[index]) : status;
}

/* One argument and nothing after it; `given` marks the parameters that have their value. */
static il_status read_argument(il_reader *r, size_t position, const il_param **before, bool *given,
                               il_call *call) {
    il_skip_blanks(r);
    bool quoted = r->text[r->at] == '"';
    il_piece first = il_read_piece(r, quoted ? ",)" : "=,()");
    char stop = r->text[r->at];
    bool named = stop == '=';
    if (!first.n && stop)
        return il_reader_fail(r, first.offset, "%s: missing %s before '%c'", r->desc->name,
                              named ? "parameter name" : "argument", stop);
    if (!first.n)
        return check_stop(r);
    size_t index;
    il_status status = choose_parameter(r, first, named, position, *before, &index);
    if (status != IL_OK)
        return status;
    if (given[index])
        return il_reader_fail(r, first.offset, "%s: %s= is given twice", r->desc->name,
                              r->desc->params[index].name);
    given[index] = true;
    *before = named ? &r->desc->params[index] : NULL;
    r->at = named ? r->at + 1 : first.offset;
    return read_value(r, index, first.offset, call);
}

/* "(", arguments, ")"; the opening bracket has been read. */
static il_status read_arguments(il_reader *r, bool *given, il_call *call) {
    const il_param *before = NULL;
    il_skip_blanks(r);
    if (r->text[r->at] == ')') {
        r->at++;
        return IL_OK;
    }
    for (size_t position = 0;; position++) {
        il_status status = read_argument(r, position, &before, given, call);
        if (status != IL_OK)
            return status;
        if (r->text[r->at++] == ')')
            return IL_OK;
    }
}

/* Last, so that a text which is replaced takes no room in the pool. */
static il_status set_default(il_reader *r, size_t index, il_call *call) {
    const il_param *param = &r->desc->params[index];
    bool text = param->kind == IL_TEXT;
    if (param->kind == IL_CALL)
        return set_default_call(r, param, call);
    if (text ? !param->word : isnan(param->initial) && !param->automatic)
        return il_reader_fail(r, r->start, "%s: %s= must be given (%s)", r->desc->name, param->name,
                              param->doc);
    call->arg[index] = param->initial;
    return text ? il_keep_word(r, param, &call->arg[index]) : IL_OK;
}

/* What a bare number stands for in this family, or NULL. */
static const il_desc *find_number(const il_family *family, il_piece name) {
    const il_desc *desc = family->number && strchr("+-.0123456789", *name.text)
                              ? il_family_find(family, family->number)
                              : NULL;
    bool takes = desc && desc->n_params &&
                 (desc->params[0].kind == IL_NUMBER || desc->params[0].kind == IL_INTEGER);
    return takes ? desc : NULL;
}

/* Of a bare number nothing has been read then: text[at] is still its beginning. */
static il_status read_name(il_reader *r) {
    il_piece name = il_read_piece(r, " \t\r\n(),=");
    r->start = name.offset;
    if (!name.n) {
        bool more = *name.text && !*r->ends;
        return il_reader_fail(
            r, name.offset, "missing %s name%s%s%s", r->family->kind, more ? " before '" : "",
            more ? il_show(r, name.text, strlen(name.text)) : "", more ? "'" : "");
    }
    r->desc = find(r->family, name.text, name.n);
    if (r->desc)
        return IL_OK;
    r->desc = find_number(r->family, name);
    r->at = name.offset;
    return r->desc ? IL_OK : fail_unknown_name(r, name);
}

static il_status read_rest(il_reader *r, il_call *call) {
    bool given[IL_MAX_PARAMS] = {false}, bare = r->at == r->start;
    il_status status = IL_OK;
    call->desc = r->desc;
    il_skip_blanks(r);
    if (bare) {
        il_piece value = il_read_piece(r, "=,()");
        given[0] = true;
        status = il_read_plain(r, &r->desc->params[0], value, r->start, &call->arg[0]);
    } else if (r->text[r->at] == '(') {
        r->at++;
        status = read_arguments(r, given, call);
    }
    if (status != IL_OK)
        return status;
    il_skip_blanks(r);
    const char *rest = r->text + r->at;
    if (*rest && !strchr(r->ends, *rest))
        return il_reader_fail(r, r->at, "unexpected '%s' after %s",
                              il_show(r, rest, strcspn(rest, r->ends)),
                              bare ? "a number" : r->desc->name);
    for (size_t i = 0; i < r->desc->n_params && status == IL_OK; i++)
        if (!given[i])
            status = set_default(r, i, call);
    return status;
}

il_status il_call_parse(const il_family *family, const char *text, const il_place *place,
                        il_call *out, il_error *err) {
    il_call call = {0};
    il_reader r = {.family = family,
                   .text = text,
                   .place = place,
                   .err = err,
                   .ends = "",
                   .pool = call.text,
                   .pooled = 1};
    il_status status = read_name(&r);
    if (status == IL_OK)
        status = read_rest(&r, &call);
    if (status == IL_OK)
        *out = call;
    return status;
}
