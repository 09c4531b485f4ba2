/* Call notation: name(key=value, …), the one spelling of everything pluggable.
 *
 * Initializers, activations, losses, optimizers and datasets are each a family of descriptors. A
 * descriptor states its name, aliases, parameters with defaults and ranges, formula and source;
 * parsing, validation, nearest-match suggestions, canonical printing, help and documentation all
 * come from it.
 *
 *     #include <initlab.h>
 *     #include <stdio.h>
 *     int main(void) {
 *         il_call call;
 *         il_error err;
 *         char text[IL_CALL_TEXT];
 *         if (il_call_parse(&il_inits, "xavier_normal(gain=5/3)", NULL, &call, &err) != IL_OK)
 *             return 1;
 *         il_call_format(&call, text);
 *         return puts(text) < 0; // xavier_normal(gain=1.6666666666666667)
 *     }
 */
#ifndef INITLAB_EXPR_H
#define INITLAB_EXPR_H

#include "status.h"
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define IL_MAX_PARAMS 8
#define IL_CALL_CHARS 256 /* bytes for the texts of a call */
#define IL_CALL_TEXT 2048 /* bytes that hold any canonical call */

typedef enum il_kind {
    IL_NUMBER,  /* a real: 0.01, 1e-3, 5/3 */
    IL_INTEGER, /* a whole number, at most 2^53 */
    IL_BOOL,    /* true or false, held as 1 or 0 */
    IL_CHOICE,  /* one of `choices`, held as its index */
    IL_CALL,    /* a call of `family`, held in il_call's `inner`; at most one such parameter */
    IL_TEXT     /* text such as a path, held in il_call's `text`; see il_call_string */
} il_kind;

typedef struct il_family il_family;

typedef struct il_param {
    const char *name;
    const char *doc;
    il_kind kind;
    double initial;  /* the default; NAN when the caller must give a value */
    double min, max; /* the accepted range, both ends included … */
    bool above_min;  /* … except `min` itself when this is set */
    bool bare;       /* printed without its name: constant(0.5) */
    bool
        automatic; /* the word auto is accepted, and held as NAN; the default when initial is NAN */
    const char *choices;     /* IL_CHOICE: words separated by '|', such as "01|pm1" */
    const il_family *family; /* IL_CALL */
    const char *inner;       /* IL_CALL: the default, in call notation */
    const char *word; /* IL_TEXT: the default, "" for none; NULL when the caller must give one */
} il_param;

typedef struct il_desc {
    const char *name;
    const char *aliases; /* words separated by spaces, or NULL */
    const char *formula; /* one line of plain text */
    const char *source;  /* paper and section, or NULL */
    il_param params[IL_MAX_PARAMS];
    size_t n_params;
} il_desc;

/* A family of descriptors, in the order in which help lists them. Types that carry functions begin
 * with their il_desc, so that a descriptor's address is the type's address. */
struct il_family {
    const char *kind; /* the word used in messages: "init", "optimizer" … */
    const il_desc *const *items;
    size_t n;
    const char *
        number; /* the item whose first parameter a bare number is: "dropout" makes 0.5 dropout(0.5); or NULL */
};

/* A descriptor with a value for each parameter: arg[i] belongs to desc->params[i]. The value of an IL_CALL
 * parameter is apart, and has no such parameter itself. */
typedef struct il_call {
    const il_desc *desc;
    double arg[IL_MAX_PARAMS];
    const il_desc *inner; /* NULL when desc has no IL_CALL parameter */
    double inner_arg[IL_MAX_PARAMS];
    char text[IL_CALL_CHARS]; /* of IL_TEXT parameters, whose arg or inner_arg is the offset of a
                                 string here; text[0] is the empty one */
} il_call;

/* Where a text came from, so that an error can name it. `column` is that of the text's first byte.
 */
typedef struct il_place {
    const char *file; /* NULL: no place is printed */
    int line, column; /* from 1; line 0: only `file` is printed; column 0: only file and line */
} il_place;

/* Like il_fail, with "file:line:column: " before the message. `place` may be NULL; `offset` is
 * added to its column. */
il_status il_fail_at(il_error *err, const il_place *place, size_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Parses `text` as a call of `family`. Arguments are given by name or, before the first named one,
 * in the descriptor's order; "name" and "name()" are the same. The value of an IL_TEXT parameter is
 * a word of letters, digits and _./+@%~:-, or stands in double quotes, with \" and \\ for a quote and
 * a backslash; it may be empty only where that is the default. Errors (IL_INVALID): malformed text,
 * unknown name or parameter (with the nearest match), wrong type, value outside its range, missing
 * or repeated parameter, more text than IL_CALL_CHARS, or text that is not UTF-8 or has control
 * characters. `place` may be NULL. */
il_status il_call_parse(const il_family *family, const char *text, const il_place *place,
                        il_call *out, il_error *err);

/* Writes the canonical spelling: the descriptor's own name, then the parameters that differ from
 * their default, in the descriptor's order, each number in the shortest form that reads back to the
 * same value. Parsing the result gives the same call. Returns `text`. */
char *il_call_format(const il_call *call, char text[IL_CALL_TEXT]);

/* The same descriptor and the same values: numbers bit for bit, texts by content. */
bool il_call_equal(const il_call *a, const il_call *b);

/* Whether a call that a program put together is one of `family`. IL_INVALID when its descriptor is another's, or NULL
 * unless `optional`. Values are not looked at. */
il_status il_call_check(const il_family *family, const il_call *call, bool optional, il_error *err);

/* The call held by the IL_CALL parameter of `call`, which must have one. */
il_call il_call_inner(const il_call *call);

/* The value of params[param], of kind IL_TEXT: UTF-8 without control characters. It lies in `call`. */
const char *il_call_string(const il_call *call, size_t param);

/* Reads a set of things that are counted from 1: "all", or numbers and ranges such as "1,3-5", blanks
 * between them allowed. chosen[i] says whether i + 1 is among them, for i < most. Errors (IL_INVALID)
 * begin with what="text"; `chosen` has no meaning then. */
il_status il_ranges_parse(const char *what, const char *text, size_t most, bool *chosen,
                          il_error *err);

/* The same for things that are counted from `first`: chosen[i] says whether i + first is among them. */
il_status il_ranges_parse_from(size_t first, const char *what, const char *text, size_t most,
                               bool *chosen, il_error *err);

/* The descriptor called `name` (canonical or alias), or NULL. */
const il_desc *il_family_find(const il_family *family, const char *name);

/* The candidate nearest to `word` by edit distance (insert, delete, substitute, swap neighbours;
 * case is ignored) when it is near enough to be a likely misspelling, else NULL. */
const char *il_nearest(const char *word, const char *const *candidates, size_t n);

/* A decimal number ("3", "-0.5", "1e-3") or a fraction of two of them ("5/3"), read independently
 * of the locale. The whole text must be the number; NaN, infinities and hexadecimal are refused. */
bool il_number_parse(const char *text, double *out);

/* The shortest decimal text that reads back to `value`, independent of the locale. Returns `text`.
 */
char *il_number_format(double value, char text[32]);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
