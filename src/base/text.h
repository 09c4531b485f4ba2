/* Text in error messages: nearest matches, lists of known names, shortened quotations. */
#ifndef IL_BASE_TEXT_H
#define IL_BASE_TEXT_H

#include "initlab/expr.h"

#define IL_CLIP 48

/* Copies text[n], or its beginning and "..." when it is longer than a message should quote. A
 * character of several bytes is never cut. Returns `out`. */
char *il_clip(const char *text, size_t n, char out[IL_CLIP]);

/* How many of the bytes text[n] are UTF-8 without control characters (C0, DEL and C1). */
size_t il_printable(const char *text, size_t n);

/* How many of them may stand in a call as text without quotes. */
size_t il_bare_text(const char *text, size_t n);

/* n, or less when text[n] ends inside a character. */
size_t il_whole(const char *text, size_t n);

/* The nearest of the candidates offered so far; start from {0}. `text` stays NULL while none is
 * near enough to be what `word` misspells. */
typedef struct il_match {
    const char *text;
    size_t length, distance;
} il_match;

void il_match_offer(il_match *best, const char *word, size_t n, const char *candidate,
                    size_t length);

/* "a, b, c", or with more than IL_NAMES_SHOWN names "a, b, … and 3 more"; start from {0}. */
#define IL_NAMES_SHOWN 12
typedef struct il_names {
    char text[320];
    size_t used, n;
} il_names;

void il_names_add(il_names *names, const char *name);

/* Appends to a string of `*used` bytes in buffer[size]; text that does not fit is cut. */
void il_append(char *buffer, size_t size, size_t *used, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "<what> '<word>'", such as "unknown init 'he_norml'", with the nearest match, or with the known
 * names when there is none. */
il_status il_fail_unknown(il_error *err, const il_place *place, size_t offset, const char *what,
                          const char *word, size_t n, const il_match *best, il_names *known);

// The first word of a list of words, or NULL at its end.
const char *il_next_word(const char *list, char separator, size_t *length);

#endif
