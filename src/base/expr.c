#include "base/text.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double whole_max = 9007199254740992; // 2^53: above it doubles skip integers

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

// What is being read: text[at] is the next byte.
typedef struct reader {
    const il_family *family;
    const il_desc *desc;
    const char *text;
    const il_place *place;
    il_error *err;
    size_t at;
    char shown[IL_CLIP];
} reader;

// A piece of the text, and the same piece fit to be quoted.
typedef struct piece {
    const char *text;
    size_t n, offset;
} piece;

static void skip_blanks(reader *r) {
    r->at += strspn(r->text + r->at, " \t\r\n");
}

// Up to a punctuation mark; blanks inside belong to the piece, those at its ends do not.
static piece read_piece(reader *r, const char *stops) {
    skip_blanks(r);
    piece p = {r->text + r->at, strcspn(r->text + r->at, stops), r->at};
    r->at += p.n;
    while (p.n && strchr(" \t\r\n", p.text[p.n - 1]))
        p.n--;
    return p;
}

static const char *show(reader *r, const char *text, size_t n) {
    return il_clip(text, n, r->shown);
}

static il_status fail_unknown_name(reader *r, piece name) {
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
    return il_fail_unknown(r->err, r->place, name.offset, what, name.text, name.n, &best, &known);
}

static il_status fail_unknown_parameter(reader *r, piece name) {
    il_match best = {0};
    il_names known = {0};
    char what[96];
    for (size_t i = 0; i < r->desc->n_params; i++) {
        const char *param = r->desc->params[i].name;
        il_match_offer(&best, name.text, name.n, param, strlen(param));
        il_names_add(&known, param);
    }
    if (!r->desc->n_params)
        return il_fail_at(r->err, r->place, name.offset, "%s takes no parameters, found '%s'",
                          r->desc->name, show(r, name.text, name.n));
    snprintf(what, sizeof what, "%s: unknown parameter", r->desc->name);
    return il_fail_unknown(r->err, r->place, name.offset, what, name.text, name.n, &best, &known);
}

static il_status read_choice(reader *r, const il_param *param, piece value, size_t offset,
                             double *out) {
    il_names known = {0};
    size_t length, index = 0;
    for (const char *w = param->choices; (w = il_next_word(w, '|', &length)); w += length) {
        if (length == value.n && memcmp(w, value.text, length) == 0) {
            *out = (double)index;
            return IL_OK;
        }
        char word[IL_CLIP];
        il_names_add(&known, il_clip(w, length, word));
        index++;
    }
    return il_fail_at(r->err, r->place, offset, "%s: %s=%s must be one of %s", r->desc->name,
                      param->name, show(r, value.text, value.n), known.text);
}

static il_status read_number(reader *r, const il_param *param, piece value, size_t offset,
                             double *out) {
    char text[IL_CALL_TEXT], low[32], high[32];
    double number = 0, min = param->min, max = param->max;
    bool whole = param->kind == IL_INTEGER, good = value.n < sizeof text;
    if (good) {
        memcpy(text, value.text, value.n);
        text[value.n] = '\0';
        good = il_number_parse(text, &number);
    }
    show(r, value.text, value.n);
    if (!good || (whole && number != floor(number)))
        return il_fail_at(r->err, r->place, offset, "%s: %s=%s is not a %s number", r->desc->name,
                          param->name, r->shown, whole ? "whole" : "finite decimal");
    if (whole) {
        min = fmax(min, -whole_max);
        max = fmin(max, whole_max);
    }
    if (number < min || number > max || (param->above_min && number == min))
        return il_fail_at(r->err, r->place, offset, "%s: %s=%s is outside %c%s, %s%c",
                          r->desc->name, param->name, r->shown,
                          param->above_min || isinf(min) ? '(' : '[', il_number_format(min, low),
                          il_number_format(max, high), isinf(max) ? ')' : ']');
    *out = number;
    return IL_OK;
}

static il_status read_value(reader *r, const il_param *param, piece value, size_t offset,
                            double *out) {
    if (!value.n)
        return il_fail_at(r->err, r->place, offset, "%s: %s= has no value", r->desc->name,
                          param->name);
    if (param->automatic && same(value.text, value.n, "auto")) {
        *out = (double)NAN;
        return IL_OK;
    }
    if (param->kind == IL_CHOICE)
        return read_choice(r, param, value, offset, out);
    if (param->kind != IL_BOOL)
        return read_number(r, param, value, offset, out);
    *out = same(value.text, value.n, "true");
    if (*out == 0 && !same(value.text, value.n, "false"))
        return il_fail_at(r->err, r->place, offset, "%s: %s=%s must be true or false",
                          r->desc->name, param->name, show(r, value.text, value.n));
    return IL_OK;
}

// A call as a value runs to the ',' or ')' that its own brackets do not enclose.
static piece read_call_piece(reader *r) {
    skip_blanks(r);
    piece p = {r->text + r->at, 0, r->at};
    for (size_t depth = 0; r->text[r->at]; r->at++) {
        char c = r->text[r->at];
        if (depth == 0 && (c == ',' || c == ')'))
            break;
        depth += c == '(' ? 1 : c == ')' ? (size_t)-1 : 0;
    }
    p.n = r->at - p.offset;
    while (p.n && strchr(" \t\r\n", p.text[p.n - 1]))
        p.n--;
    return p;
}

static il_status read_inner(reader *r, const il_param *param, piece value, il_call *out) {
    char text[IL_CALL_TEXT];
    il_call inner;
    il_place place = r->place ? *r->place : (il_place){0};
    place.column += place.column ? (int)value.offset : 0;
    if (value.n >= sizeof text)
        return il_fail_at(r->err, r->place, value.offset, "%s: %s= is longer than %zu bytes",
                          r->desc->name, param->name, sizeof text - 1);
    memcpy(text, value.text, value.n);
    text[value.n] = '\0';
    // A family that was extended is so inside a call too.
    bool alike = strcmp(param->family->kind, r->family->kind) == 0;
    const il_family *family = alike ? r->family : param->family;
    il_status status = il_call_parse(family, text, r->place ? &place : NULL, &inner, r->err);
    if (status == IL_OK && inner.inner)
        return il_fail_at(r->err, r->place, value.offset,
                          "%s: %s=%s cannot stand inside another call", r->desc->name, param->name,
                          inner.desc->name);
    if (status == IL_OK) {
        out->inner = inner.desc;
        memcpy(out->inner_arg, inner.arg, sizeof inner.arg);
    }
    return status;
}

// The parameter that an argument is for: by name when it has one, else by position.
static il_status choose_parameter(reader *r, piece first, bool named, size_t position,
                                  bool after_named, size_t *index) {
    const il_desc *desc = r->desc;
    if (named) {
        for (*index = 0; *index < desc->n_params; ++*index)
            if (same(first.text, first.n, desc->params[*index].name))
                return IL_OK;
        return fail_unknown_parameter(r, first);
    }
    *index = position;
    if (after_named)
        return il_fail_at(r->err, r->place, first.offset,
                          "%s: '%s' needs its parameter's name, as it follows a named one",
                          desc->name, show(r, first.text, first.n));
    if (!desc->n_params)
        return fail_unknown_parameter(r, first);
    if (position >= desc->n_params)
        return il_fail_at(r->err, r->place, first.offset, "%s: '%s' is one argument too many",
                          desc->name, show(r, first.text, first.n));
    return IL_OK;
}

static il_status fail_missing_bracket(reader *r) {
    return il_fail_at(r->err, r->place, r->at, "missing ')' in '%s'",
                      show(r, r->text, strlen(r->text)));
}

static bool is_call(const il_desc *desc, piece name) {
    for (size_t i = 0; i < desc->n_params; i++)
        if (desc->params[i].kind == IL_CALL && same(name.text, name.n, desc->params[i].name))
            return true;
    return false;
}

// One argument and nothing after it; `given` marks the parameters that have their value.
static il_status read_argument(reader *r, size_t position, bool *after_named, bool *given,
                               il_call *call) {
    piece first = read_piece(r, "=,()"), value = first;
    bool named = r->text[r->at] == '=';
    if (named) {
        r->at++;
        value = is_call(r->desc, first) ? read_call_piece(r) : read_piece(r, "=,()");
    }
    char stop = r->text[r->at];
    if (!first.n && (named || stop != '\0'))
        return il_fail_at(r->err, r->place, first.offset, "%s: missing %s before '%c'",
                          r->desc->name, named ? "parameter name" : "argument", named ? '=' : stop);
    if (stop == '\0')
        return fail_missing_bracket(r);
    if (stop == '=' || stop == '(')
        return il_fail_at(r->err, r->place, r->at, "%s: unexpected '%c'", r->desc->name, stop);
    size_t index;
    il_status status = choose_parameter(r, first, named, position, *after_named, &index);
    if (status != IL_OK)
        return status;
    *after_named = *after_named || named;
    if (given[index])
        return il_fail_at(r->err, r->place, first.offset, "%s: %s= is given twice", r->desc->name,
                          r->desc->params[index].name);
    given[index] = true;
    const il_param *param = &r->desc->params[index];
    if (param->kind == IL_CALL)
        return read_inner(r, param, value, call);
    return read_value(r, param, value, first.offset, &call->arg[index]);
}

// "(", arguments, ")"; the opening bracket has been read.
static il_status read_arguments(reader *r, bool *given, il_call *call) {
    bool after_named = false;
    skip_blanks(r);
    if (r->text[r->at] == ')') {
        r->at++;
        return IL_OK;
    }
    for (size_t position = 0;; position++) {
        il_status status = read_argument(r, position, &after_named, given, call);
        if (status != IL_OK)
            return status;
        if (r->text[r->at++] == ')')
            return IL_OK;
    }
}

static il_status set_defaults(il_call *call, il_error *err) {
    for (size_t i = 0; i < call->desc->n_params; i++) {
        const il_param *param = &call->desc->params[i];
        call->arg[i] = param->initial;
        if (param->kind != IL_CALL)
            continue;
        il_call inner;
        il_status status = il_call_parse(param->family, param->inner, NULL, &inner, err);
        if (status != IL_OK)
            return status;
        call->inner = inner.desc;
        memcpy(call->inner_arg, inner.arg, sizeof inner.arg);
    }
    return IL_OK;
}

il_status il_call_parse(const il_family *family, const char *text, const il_place *place,
                        il_call *out, il_error *err) {
    reader r = {.family = family, .text = text, .place = place, .err = err};
    bool given[IL_MAX_PARAMS] = {false};
    il_call call = {0};
    piece name = read_piece(&r, " \t\r\n(),=");
    if (!name.n)
        return il_fail_at(err, place, name.offset, "missing %s name%s%s%s", family->kind,
                          *name.text ? " before '" : "", show(&r, name.text, strlen(name.text)),
                          *name.text ? "'" : "");
    r.desc = call.desc = find(family, name.text, name.n);
    if (!call.desc)
        return fail_unknown_name(&r, name);
    il_status status = set_defaults(&call, err);
    if (status != IL_OK)
        return status;
    skip_blanks(&r);
    if (text[r.at] == '(') {
        r.at++;
        status = read_arguments(&r, given, &call);
        if (status != IL_OK)
            return status;
        skip_blanks(&r);
    }
    if (text[r.at])
        return il_fail_at(err, place, r.at, "unexpected '%s' after %s",
                          show(&r, text + r.at, strlen(text + r.at)), call.desc->name);
    for (size_t i = 0; i < call.desc->n_params; i++)
        if (isnan(call.arg[i]) && !call.desc->params[i].automatic)
            return il_fail_at(err, place, name.offset, "%s: %s= must be given (%s)",
                              call.desc->name, call.desc->params[i].name, call.desc->params[i].doc);
    *out = call;
    return IL_OK;
}
