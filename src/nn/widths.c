#include "base/text.h"
#include "initlab/network.h"
#include <stdio.h>
#include <string.h>

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

static void skip_blanks(const char **s) {
    *s += strspn(*s, " \t\r\n");
}

// A whole number that stops growing above any limit of ours, however many digits follow.
static bool read_count(const char **s, size_t *out) {
    skip_blanks(s);
    if (!digit(**s))
        return false;
    for (*out = 0; digit(**s); ++*s)
        if (*out <= 10 * (size_t)IL_MAX_WIDTH)
            *out = 10 * *out + (size_t)(**s - '0');
    return true;
}

typedef struct reader {
    const char *text, *at;
    const il_place *place;
    il_error *err;
} reader;

static il_status fail(const reader *r, const char *expected) {
    char shown[IL_CLIP];
    if (!*r->at)
        return il_fail_at(r->err, r->place, (size_t)(r->at - r->text),
                          "expected %s at the end of the widths", expected);
    return il_fail_at(r->err, r->place, (size_t)(r->at - r->text), "expected %s, found '%s'",
                      expected, il_clip(r->at, strlen(r->at), shown));
}

// A number in [1, max]; `what` names it in messages.
static il_status read_limited(reader *r, const char *what, size_t max, size_t *out) {
    skip_blanks(&r->at);
    const char *start = r->at;
    char shown[IL_CLIP];
    if (!read_count(&r->at, out))
        return fail(r, what);
    if (*out < 1 || *out > max)
        return il_fail_at(r->err, r->place, (size_t)(start - r->text), "%s is outside [1, %zu]",
                          il_clip(start, (size_t)(r->at - start), shown), max);
    return IL_OK;
}

// w, or [w]xk; appends it to `out`.
static il_status read_item(reader *r, il_widths *out) {
    size_t width, repeat = 1;
    skip_blanks(&r->at);
    const char *start = r->at;
    bool bracket = *r->at == '[';
    r->at += bracket;
    il_status status = read_limited(r, "a width", IL_MAX_WIDTH, &width);
    if (status != IL_OK)
        return status;
    if (bracket) {
        skip_blanks(&r->at);
        if (*r->at != ']')
            return fail(r, "']'");
        r->at++;
        skip_blanks(&r->at);
        if (*r->at != 'x')
            return fail(r, "'x' and a count as in [256]x30");
        r->at++;
        status = read_limited(r, "a count of layers", IL_MAX_LAYERS, &repeat);
        if (status != IL_OK)
            return status;
    }
    if (repeat > IL_MAX_LAYERS + 1 - out->n)
        return il_fail_at(r->err, r->place, (size_t)(start - r->text),
                          "more than %d layers: use fewer widths", IL_MAX_LAYERS);
    while (repeat--)
        out->width[out->n++] = width;
    return IL_OK;
}

il_status il_widths_parse(const char *text, const il_place *place, il_widths *out, il_error *err) {
    reader r = {text, text, place, err};
    out->n = 0;
    for (;;) {
        il_status status = read_item(&r, out);
        if (status != IL_OK)
            return status;
        skip_blanks(&r.at);
        if (!*r.at)
            break;
        if (*r.at != '-')
            return fail(&r, "'-' between widths");
        r.at++;
    }
    if (out->n < 2)
        return il_fail_at(err, place, 0,
                          "one width is no network: give inputs and outputs too, "
                          "as in 2-8-1");
    return IL_OK;
}

char *il_widths_format(const il_widths *widths, char text[IL_WIDTHS_TEXT]) {
    size_t used = 0, n = widths->n;
    text[0] = '\0';
    for (size_t i = 0, run; i < n; i += run) {
        const size_t *w = widths->width + i;
        bool hidden = i > 0;
        for (run = 1; hidden && i + run + 1 < n && w[run] == w[0]; run++)
            ;
        const char *dash = i ? "-" : "";
        if (run < 3) {
            run = 1;
            il_append(text, IL_WIDTHS_TEXT, &used, "%s%zu", dash, w[0]);
        } else {
            il_append(text, IL_WIDTHS_TEXT, &used, "%s[%zu]x%zu", dash, w[0], run);
        }
    }
    return text;
}
