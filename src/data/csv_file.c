#include "data/csv_file.h"
#include "io/file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

il_status il_csv_load(const char *path, char delimiter, il_csv *out, il_error *err) {
    static const il_file_kind kind = {"CSV table", UINT64_C(1) << 29, true};
    *out = (il_csv){.path = path, .delimiter = delimiter};
    il_status status = il_file_load(path, &kind, &out->text, &out->size, err);
    if (status != IL_OK)
        return status;
    const char *nul = memchr(out->text, '\0', out->size);
    if (!nul)
        return IL_OK;
    status = il_file_fail(err, IL_INVALID, path, "byte %zu is 0: this is no text",
                          (size_t)(nul - out->text) + 1);
    il_csv_free(out);
    return status;
}

void il_csv_free(il_csv *csv) {
    free(csv->text);
    csv->text = NULL;
}

/* A tab that delimits is no blank. */
static bool is_blank(const il_csv *csv, char c) {
    return c == ' ' || (c == '\t' && csv->delimiter != '\t');
}

static const char *skip_blanks(const il_csv *csv, const char *s) {
    while (is_blank(csv, *s))
        s++;
    return s;
}

static bool is_end(const char *s) {
    return !*s || *s == '\n' || (*s == '\r' && (s[1] == '\n' || !s[1]));
}

il_csv_cursor il_csv_begin(const il_csv *csv) {
    /* Behind a byte order mark. */
    const char *text = csv->text + (strncmp(csv->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0);
    return (il_csv_cursor){.line = text, .at = text};
}

bool il_csv_row(const il_csv *csv, il_csv_cursor *cursor) {
    for (const char *s = cursor->at;;) {
        if (cursor->number) {
            s += strcspn(s, "\n");
            s += *s == '\n';
        }
        if (!*s)
            return false;
        cursor->line = s;
        cursor->number++;
        cursor->at = s = skip_blanks(csv, s);
        if (!is_end(s))
            return true;
    }
}

il_status il_csv_fail(const il_csv *csv, const il_csv_cursor *cursor, const char *text,
                      il_error *err, const char *format, ...) {
    char message[sizeof err->message];
    il_place place = {csv->path, cursor->number, 1};
    size_t characters = 0;
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    for (const char *s = cursor->line; s < text; s++)
        characters += ((unsigned char)*s & 0xC0) != 0x80;
    return il_fail_at(err, &place, characters, "%s", message);
}

/* `*s` is behind the opening quote; it is moved behind the closing one. */
static il_status read_quoted(const il_csv *csv, const il_csv_cursor *cursor, const char **s,
                             il_field *out, il_error *err) {
    out->text = *s;
    while (!is_end(*s) && (**s != '"' || (*s)[1] == '"'))
        *s += **s == '"' ? 2 : 1;
    if (**s != '"')
        return il_csv_fail(csv, cursor, out->text - 1, err,
                           "no quote closes this field on its line");
    out->n = (size_t)(*s - out->text);
    ++*s;
    return IL_OK;
}

static void read_bare(const il_csv *csv, const char **s, il_field *out) {
    out->text = *s;
    while (!is_end(*s) && **s != csv->delimiter && !(csv->delimiter == ' ' && **s == '\t'))
        ++*s;
    out->n = (size_t)(*s - out->text);
    while (out->n && is_blank(csv, out->text[out->n - 1]))
        out->n--;
}

il_status il_csv_field(const il_csv *csv, il_csv_cursor *cursor, il_field *out, il_error *err) {
    const char *s = skip_blanks(csv, cursor->at), *end;
    il_status status = IL_OK;
    if (*s != '"')
        read_bare(csv, &s, out);
    else {
        s++;
        status = read_quoted(csv, cursor, &s, out, err);
    }
    if (status != IL_OK)
        return status;
    end = s;
    s = skip_blanks(csv, s);
    out->last = is_end(s);
    if (!out->last && (csv->delimiter == ' ' ? s == end : *s != csv->delimiter))
        return il_csv_fail(csv, cursor, s, err, "something follows the closing quote");
    cursor->at = s + (!out->last && csv->delimiter != ' ');
    return IL_OK;
}

/* Numbers of at most 15 digits and a small exponent, of which there are millions: both parts are exact doubles, and so
 * their quotient is the nearest (Clinger 1990). False for all others. */
static bool parse_short(const char *s, size_t n, double *out) {
    static const double power[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const char *end = s + n;
    bool minus = n && *s == '-', point = false;
    uint64_t value = 0;
    size_t digits = 0, decimals = 0;
    for (s += n && (*s == '-' || *s == '+'); s < end; s++)
        if (*s >= '0' && *s <= '9') {
            if (++digits > 15)
                return false;
            value = 10 * value + (uint64_t)(*s - '0');
            decimals += point;
        } else if (*s == '.' && !point)
            point = true;
        else
            return false;
    *out = (double)value / power[decimals];
    *out = minus && value ? -*out : *out;
    return digits > 0;
}

bool il_csv_number(const il_field *field, double *out) {
    char text[512];
    if (parse_short(field->text, field->n, out))
        return true;
    if (field->n >= sizeof text || memchr(field->text, '/', field->n))
        return false;
    memcpy(text, field->text, field->n);
    text[field->n] = '\0';
    return il_number_parse(text, out);
}
