/* The values of call notation that are not calls. */
#include "base/reader.h"

#include <math.h>
#include <string.h>

static const double whole_max = 9007199254740992; /* 2^53: above it doubles skip integers */

static bool same(il_piece value, const char *word) {
    return strlen(word) == value.n && memcmp(value.text, word, value.n) == 0;
}

static il_status read_choice(il_reader *r, const il_param *param, il_piece value, size_t offset,
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
    return il_reader_fail(r, offset, "%s: %s=%s must be one of %s", r->desc->name, param->name,
                          il_show(r, value.text, value.n), known.text);
}

static il_status read_number(il_reader *r, const il_param *param, il_piece value, size_t offset,
                             double *out) {
    char text[IL_CALL_TEXT], low[32], high[32];
    double number = 0, min = param->min, max = param->max;
    bool whole = param->kind == IL_INTEGER, good = value.n < sizeof text;
    if (good) {
        memcpy(text, value.text, value.n);
        text[value.n] = '\0';
        good = il_number_parse(text, &number);
    }
    il_show(r, value.text, value.n);
    if (!good || (whole && number != floor(number)))
        return il_reader_fail(r, offset, "%s: %s=%s is not a %s number", r->desc->name, param->name,
                              r->shown, whole ? "whole" : "finite decimal");
    if (whole) {
        min = fmax(min, -whole_max);
        max = fmin(max, whole_max);
    }
    if (number < min || number > max || (param->above_min && number == min))
        return il_reader_fail(r, offset, "%s: %s=%s is outside %c%s, %s%c", r->desc->name,
                              param->name, r->shown, param->above_min || isinf(min) ? '(' : '[',
                              il_number_format(min, low), il_number_format(max, high),
                              isinf(max) ? ')' : ']');
    *out = number;
    return IL_OK;
}

il_status il_read_plain(il_reader *r, const il_param *param, il_piece value, size_t offset,
                        double *out) {
    if (!value.n)
        return il_reader_fail(r, offset, "%s: %s= has no value", r->desc->name, param->name);
    if (*value.text == '"')
        return il_reader_fail(r, offset, "%s: %s=%s must be written without quotes", r->desc->name,
                              param->name, il_show(r, value.text, value.n));
    if (param->automatic && same(value, "auto")) {
        *out = (double)NAN;
        return IL_OK;
    }
    if (param->kind == IL_CHOICE)
        return read_choice(r, param, value, offset, out);
    if (param->kind != IL_BOOL)
        return read_number(r, param, value, offset, out);
    *out = same(value, "true");
    if (*out == 0 && !same(value, "false"))
        return il_reader_fail(r, offset, "%s: %s=%s must be true or false", r->desc->name,
                              param->name, il_show(r, value.text, value.n));
    return IL_OK;
}

/* Copies text[n], with its escapes resolved when it stood in quotes. The pool's first byte is the empty string, which
 * takes no room. */
static il_status keep(il_reader *r, const il_param *param, il_piece value, bool quoted,
                      double *out) {
    size_t used = r->pooled;
    *out = 0;
    if (!value.n)
        return IL_OK;
    for (size_t i = 0; i < value.n; i++) {
        i += quoted && value.text[i] == '\\';
        if (used + 1 >= IL_CALL_CHARS)
            return il_reader_fail(r, value.offset,
                                  "%s: %s=%s is too long: the texts of a call, with one byte more "
                                  "for each, may take %d",
                                  r->desc->name, param->name, il_show(r, value.text, value.n),
                                  IL_CALL_CHARS - 1);
        r->pool[used++] = value.text[i];
    }
    r->pool[used++] = '\0';
    *out = (double)r->pooled;
    r->pooled = used;
    return IL_OK;
}

il_status il_keep_word(il_reader *r, const il_param *param, double *out) {
    return keep(r, param, (il_piece){param->word, strlen(param->word), r->start}, false, out);
}

static il_status check_printable(il_reader *r, const il_param *param, il_piece value) {
    size_t good = il_printable(value.text, value.n);
    if (good == value.n)
        return IL_OK;
    return il_reader_fail(r, value.offset + good,
                          "%s: %s= holds byte 0x%02x: text is UTF-8 without control characters",
                          r->desc->name, param->name, (unsigned)(unsigned char)value.text[good]);
}

static il_status read_word(il_reader *r, const il_param *param, double *out) {
    il_piece value = il_read_piece(r, ",)");
    if (!value.n)
        return il_reader_fail(r, value.offset, "%s: %s= has no value", r->desc->name, param->name);
    il_status status = check_printable(r, param, value);
    if (status != IL_OK)
        return status;
    size_t good = il_bare_text(value.text, value.n);
    if (good < value.n)
        return il_reader_fail(r, value.offset + good,
                              "%s: %s=%s must stand in double quotes, as it holds more than "
                              "letters, digits and _./+@%%~:-",
                              r->desc->name, param->name, il_show(r, value.text, value.n));
    return keep(r, param, value, false, out);
}

/* text[at] is the opening quote. */
static il_status read_quoted(il_reader *r, const il_param *param, double *out) {
    size_t open = r->at++, start = r->at;
    for (; r->text[r->at] && r->text[r->at] != '"'; r->at++) {
        if (r->text[r->at] != '\\' || !r->text[r->at + 1])
            continue;
        if (!strchr("\\\"", r->text[r->at + 1]))
            return il_reader_fail(
                r, r->at, "%s: %s=: in quotes write \\\\ for a backslash, and \\\" for a quote",
                r->desc->name, param->name);
        r->at++;
    }
    if (!r->text[r->at])
        return il_reader_fail(r, open, "%s: %s=%s has no closing quote", r->desc->name, param->name,
                              il_show(r, r->text + open, r->at - open));
    il_piece value = {r->text + start, r->at++ - start, start};
    if (!value.n && !(param->word && !*param->word))
        return il_reader_fail(r, open, "%s: %s=\"\" must not be empty (%s)", r->desc->name,
                              param->name, param->doc);
    il_status status = check_printable(r, param, value);
    return status == IL_OK ? keep(r, param, value, true, out) : status;
}

il_status il_read_text(il_reader *r, const il_param *param, double *out) {
    il_skip_blanks(r);
    return r->text[r->at] == '"' ? read_quoted(r, param, out) : read_word(r, param, out);
}
