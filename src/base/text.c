#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { WORD = 64 }; // a longer word is no misspelling of ours

size_t il_printable(const char *text, size_t n) {
    const unsigned char *s = (const unsigned char *)text;
    for (size_t i = 0, more; i < n; i += more + 1) {
        more = s[i] < 0x80 ? 0 : s[i] >= 0xF0 ? 3 : s[i] >= 0xE0 ? 2 : 1;
        if (s[i] < 0x20 || s[i] == 0x7F || (s[i] >= 0x80 && s[i] < 0xC2) || s[i] > 0xF4 ||
            (s[i] == 0xC2 && i + 1 < n && s[i + 1] < 0xA0))
            return i;
        // Overlong forms, surrogates, and what lies beyond U+10FFFF.
        if (more > 1 && i + 1 < n &&
            ((s[i] == 0xE0 && s[i + 1] < 0xA0) || (s[i] == 0xED && s[i + 1] > 0x9F) ||
             (s[i] == 0xF0 && s[i + 1] < 0x90) || (s[i] == 0xF4 && s[i + 1] > 0x8F)))
            return i;
        for (size_t k = 1; k <= more; k++)
            if (i + k >= n || (s[i + k] & 0xC0) != 0x80)
                return i;
    }
    return n;
}

size_t il_bare_text(const char *text, size_t n) {
    size_t i = 0;
    while (i < n &&
           ((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') ||
            (text[i] >= '0' && text[i] <= '9') || (text[i] && strchr("_./+@%~:-", text[i]))))
        i++;
    return i;
}

char *il_clip(const char *text, size_t n, char out[IL_CLIP]) {
    const size_t most = 40;
    size_t keep = n;
    if (n > most) {
        keep = most;
        while (keep && ((unsigned char)text[keep] & 0xC0) == 0x80)
            keep--;
        // Forty continuation bytes are not UTF-8: there is no character to keep whole.
        if (!keep)
            keep = most;
    }
    memcpy(out, text, keep);
    memcpy(out + keep, n > keep ? "..." : "", n > keep ? 4 : 1);
    return out;
}

size_t il_whole(const char *text, size_t n) {
    size_t lead = n;
    while (lead > 0 && n - lead < 3 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
        lead--;
    unsigned char first = lead > 0 ? (unsigned char)text[lead - 1] : 0;
    size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
    return n - lead < more ? lead - 1 : n;
}

void il_append(char *buffer, size_t size, size_t *used, const char *format, ...) {
    if (*used >= size)
        return;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(buffer + *used, size - *used, format, args);
    va_end(args);
    if (n <= 0)
        return;
    bool fits = (size_t)n < size - *used;
    *used = fits ? *used + (size_t)n : il_whole(buffer, size - 1);
    buffer[*used] = '\0';
}

void il_names_add(il_names *names, const char *name) {
    if (names->n < IL_NAMES_SHOWN)
        il_append(names->text, sizeof names->text, &names->used, "%s%s", names->n ? ", " : "",
                  name);
    names->n++;
}

static unsigned char lower(char c) {
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

// Optimal string alignment: row i holds the distances of a[0..i) to every prefix of b.
static size_t distance(const char *a, size_t n, const char *b, size_t m) {
    size_t rows[3][WORD + 1];
    size_t *two = rows[0], *one = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++)
        row[j] = two[j] = one[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *spare = two;
        two = one, one = row, row = spare;
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            unsigned char x = lower(a[i - 1]), y = lower(b[j - 1]);
            row[j] = least(least(one[j], row[j - 1]) + 1, one[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y)
                row[j] = least(row[j], two[j - 2] + 1);
        }
    }
    return row[m];
}

void il_match_offer(il_match *best, const char *word, size_t n, const char *candidate,
                    size_t length) {
    if (!n || n > WORD || length > WORD)
        return;
    size_t d = distance(word, n, candidate, length);
    size_t limit = n / 3 > 1 ? n / 3 : 1;
    if (d > limit || d >= n || (best->text && best->distance <= d))
        return;
    *best = (il_match){candidate, length, d};
}

const char *il_nearest(const char *word, const char *const *candidates, size_t n) {
    il_match best = {0};
    for (size_t i = 0; i < n; i++)
        il_match_offer(&best, word, strlen(word), candidates[i], strlen(candidates[i]));
    return best.text;
}

il_status il_fail_unknown(il_error *err, const il_place *place, size_t offset, const char *what,
                          const char *word, size_t n, const il_match *best, il_names *known) {
    char quoted[IL_CLIP];
    il_clip(word, n, quoted);
    if (best->text)
        return il_fail_at(err, place, offset, "%s '%s' (did you mean '%.*s'?)", what, quoted,
                          (int)best->length, best->text);
    if (known->n > IL_NAMES_SHOWN)
        il_append(known->text, sizeof known->text, &known->used, " and %zu more",
                  known->n - IL_NAMES_SHOWN);
    return il_fail_at(err, place, offset, "%s '%s' (known: %s)", what, quoted, known->text);
}

const char *il_next_word(const char *list, char separator, size_t *length) {
    while (list && *list == separator)
        list++;
    if (!list || !*list)
        return NULL;
    const char *end = strchr(list, separator);
    *length = end ? (size_t)(end - list) : strlen(list);
    return list;
}
