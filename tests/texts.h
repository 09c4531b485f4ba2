/* A family whose calls hold text, and one that holds a call that does. */
#ifndef TEXTS_H
#define TEXTS_H

#include "cmocka_all.h"

#include "initlab/expr.h"

static const il_desc plain = {.name = "plain"};
static const il_desc load = {
    .name = "load",
    .params = {{.name = "path", .doc = "a file", .kind = IL_TEXT, .bare = true},
               {.name = "layers", .doc = "which", .kind = IL_TEXT, .word = "all"},
               {.name = "prefix", .doc = "of names", .kind = IL_TEXT, .word = ""},
               {.name = "scale", .doc = "factor", .initial = 1, .max = 10},
               {.name = "strict", .doc = "all of it", .kind = IL_BOOL},
               {.name = "order", .doc = "of axes", .kind = IL_CHOICE, .choices = "io|oi"}},
    .n_params = 6,
};
extern const il_family things;
static const il_desc hold = {
    .name = "hold",
    .params = {{.name = "note", .doc = "a word", .kind = IL_TEXT, .word = "none"},
               {.name = "base",
                .doc = "a thing",
                .kind = IL_CALL,
                .family = &things,
                .inner = "load(default.bin)"},
               {.name = "tol", .doc = "tolerance", .initial = 0.1, .max = 1}},
    .n_params = 3,
};
static const il_desc *const items[] = {&plain, &load, &hold};
const il_family things = {.kind = "thing", .items = items, .n = 3};

static inline il_call parse(const char *text) {
    il_call call;
    il_error err;
    if (il_call_parse(&things, text, NULL, &call, &err) != IL_OK)
        fail_msg("'%s': %s", text, err.message);
    return call;
}

#endif
