/* Schemes registered by a program. A type that comes from outside is looked over here, once, so that what reads the
 * descriptors may rely on them. */
#include "base/text.h"
#include "initlab/init.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The longest name of a scheme or parameter, and the longest word of a choice, in bytes: eight parameters, a call with
 * eight more and all their texts in quotes then make at most 1842 bytes of call notation (IL_CALL_TEXT). */
enum { NAME = 48, WORD = 24 };

struct il_catalog {
    il_family inits; /* its items are those below */
    const il_desc **items;
};

/* Makes room for `more` items beyond those there are. */
static il_status reserve(il_catalog *catalog, size_t more, il_error *err) {
    size_t n = catalog->inits.n, size;
    const il_desc **items = NULL;
    if (!__builtin_add_overflow(n, more, &size) && size <= SIZE_MAX / sizeof *items)
        items = realloc(catalog->items, size * sizeof *items);
    if (!items)
        return il_fail(err, IL_NO_MEMORY, "no memory for a catalogue of %zu more schemes", more);
    catalog->inits.items = catalog->items = items;
    return IL_OK;
}

il_status il_catalog_new(il_catalog **out, il_error *err) {
    il_catalog *catalog = *out = calloc(1, sizeof *catalog);
    if (!catalog)
        return il_fail(err, IL_NO_MEMORY, "no memory for a catalogue");
    catalog->inits.kind = il_inits.kind;
    catalog->inits.number = il_inits.number;
    il_status status = reserve(catalog, il_inits.n, err);
    if (status != IL_OK) {
        free(catalog);
        *out = NULL;
        return status;
    }
    memcpy(catalog->items, il_inits.items, il_inits.n * sizeof(il_desc *));
    catalog->inits.n = il_inits.n;
    return IL_OK;
}

void il_catalog_free(il_catalog *catalog) {
    if (catalog)
        free(catalog->items);
    free(catalog);
}

const il_family *il_catalog_inits(const il_catalog *catalog) {
    return &catalog->inits;
}

/* [a-z][a-z0-9_]*, of at most NAME bytes. */
static bool is_name(const char *s, size_t n) {
    if (n == 0 || n > NAME || s[0] < 'a' || s[0] > 'z')
        return false;
    for (size_t i = 1; i < n; i++)
        if (!(s[i] >= 'a' && s[i] <= 'z') && !(s[i] >= '0' && s[i] <= '9') && s[i] != '_')
            return false;
    return true;
}

/* One name or alias of a new scheme: well formed, and not yet taken. */
static il_status check_name(const il_catalog *catalog, const char *name, size_t n, il_error *err) {
    char shown[IL_CLIP], word[NAME + 1];
    if (!is_name(name, n))
        return il_fail(
            err, IL_INVALID,
            "'%s' is no name for a scheme: use 1 to %d of a-z, 0-9 and _, a letter first",
            il_clip(name, n, shown), NAME);
    memcpy(word, name, n);
    word[n] = '\0';
    const il_desc *taken = il_family_find(&catalog->inits, word);
    if (!taken)
        return IL_OK;
    return il_fail(err, IL_INVALID, "the name '%s' is taken by the scheme %s: choose another", word,
                   taken->name);
}

static il_status check_aliases(const il_catalog *catalog, const il_desc *d, il_error *err) {
    size_t n, m;
    il_status status = IL_OK;
    for (const char *a = d->aliases; status == IL_OK && (a = il_next_word(a, ' ', &n)); a += n) {
        status = check_name(catalog, a, n, err);
        bool twice = strlen(d->name) == n && memcmp(d->name, a, n) == 0;
        for (const char *b = d->aliases; (b = il_next_word(b, ' ', &m)) && b < a; b += m)
            twice |= m == n && memcmp(a, b, n) == 0;
        if (status == IL_OK && twice)
            status =
                il_fail(err, IL_INVALID, "%s: the alias '%.*s' is given twice", d->name, (int)n, a);
    }
    return status;
}

/* A default that is one of the parameter's own values; numbers may have none. */
static bool is_initial(const il_param *p) {
    size_t length, words = 0;
    if (p->kind == IL_CHOICE)
        for (const char *w = p->choices; (w = il_next_word(w, '|', &length)); w += length)
            words++;
    double count = p->kind == IL_CHOICE ? (double)words : 2;
    if (p->kind == IL_CHOICE || p->kind == IL_BOOL)
        return p->initial >= 0 && p->initial < count && p->initial == floor(p->initial);
    return isnan(p->initial) || (p->initial >= p->min && p->initial <= p->max &&
                                 !(p->above_min && p->initial == p->min) &&
                                 (p->kind == IL_NUMBER || p->initial == floor(p->initial)));
}

static il_status check_inner(const il_desc *d, const il_param *p, il_error *err) {
    il_call call;
    il_error inner;
    if (!p->family || !p->inner)
        return il_fail(err, IL_INVALID, "%s: parameter %s needs a family and a default call",
                       d->name, p->name);
    if (il_call_parse(p->family, p->inner, NULL, &call, &inner) != IL_OK || call.inner)
        return il_fail(err, IL_INVALID, "%s: parameter %s cannot have the default '%.64s'", d->name,
                       p->name, p->inner);
    return IL_OK;
}

static il_status check_choices(const il_desc *d, const il_param *p, il_error *err) {
    size_t n;
    if (!p->choices || !*p->choices)
        return il_fail(err, IL_INVALID, "%s: parameter %s has no choices", d->name, p->name);
    for (const char *w = p->choices; (w = il_next_word(w, '|', &n)); w += n)
        if (n > WORD)
            return il_fail(err, IL_INVALID, "%s: parameter %s has a choice longer than %d bytes",
                           d->name, p->name, WORD);
    return IL_OK;
}

static il_status check_word(const il_desc *d, const il_param *p, il_error *err) {
    size_t n = p->word ? strlen(p->word) : 0;
    if (n + 2 > IL_CALL_CHARS || (n && il_printable(p->word, n) < n))
        return il_fail(err, IL_INVALID,
                       "%s: parameter %s needs a default of at most %d bytes of UTF-8 without "
                       "control characters",
                       d->name, p->name, IL_CALL_CHARS - 2);
    if (p->automatic)
        return il_fail(err, IL_INVALID, "%s: parameter %s is text, which cannot be automatic",
                       d->name, p->name);
    return IL_OK;
}

static il_status check_param(const il_desc *d, size_t i, bool *has_inner, il_error *err) {
    const il_param *p = &d->params[i];
    char shown[IL_CLIP];
    il_status status = IL_OK;
    if (!p->name || !is_name(p->name, strlen(p->name)))
        return il_fail(err, IL_INVALID,
                       "%s: '%s' is no name for a parameter: use 1 to %d of a-z, 0-9 and _, a "
                       "letter first",
                       d->name, p->name ? il_clip(p->name, strlen(p->name), shown) : "", NAME);
    for (size_t k = 0; k < i; k++)
        if (strcmp(d->params[k].name, p->name) == 0)
            return il_fail(err, IL_INVALID, "%s: parameter %s is declared twice", d->name, p->name);
    if (!p->doc)
        return il_fail(err, IL_INVALID, "%s: parameter %s has no doc", d->name, p->name);
    switch (p->kind) {
    case IL_CALL:
        if (*has_inner)
            return il_fail(err, IL_INVALID,
                           "%s: parameter %s is a second call, but a scheme may have one only",
                           d->name, p->name);
        *has_inner = true;
        return check_inner(d, p, err);
    case IL_CHOICE:
        status = check_choices(d, p, err);
        break;
    case IL_NUMBER:
    case IL_INTEGER:
        if (!(p->min < p->max))
            return il_fail(err, IL_INVALID, "%s: parameter %s has no range: set min and max",
                           d->name, p->name);
        break;
    case IL_BOOL:
        break;
    case IL_TEXT:
        return check_word(d, p, err);
    default:
        return il_fail(err, IL_INVALID, "%s: parameter %s has the unknown kind %d", d->name,
                       p->name, (int)p->kind);
    }
    if (status == IL_OK && !is_initial(p))
        return il_fail(err, IL_INVALID, "%s: parameter %s has a default outside its own range",
                       d->name, p->name);
    return status;
}

static il_status check(const il_catalog *catalog, const il_init_type *type, il_error *err) {
    const il_desc *d = &type->desc;
    bool has_inner = false, automatic = false;
    if (!d->name)
        return il_fail(err, IL_INVALID, "a scheme without a name");
    il_status status = check_name(catalog, d->name, strlen(d->name), err);
    if (status == IL_OK)
        status = check_aliases(catalog, d, err);
    if (status != IL_OK)
        return status;
    const char *missing = !type->weights  ? "weights function"
                          : !d->formula   ? "formula"
                          : !type->family ? "family, the heading in the catalogue"
                                          : NULL;
    if (missing)
        return il_fail(err, IL_INVALID, "%s has no %s", d->name, missing);
    if (d->n_params > IL_MAX_PARAMS)
        return il_fail(err, IL_INVALID, "%s has %zu parameters, more than %d", d->name, d->n_params,
                       IL_MAX_PARAMS);
    for (size_t i = 0; status == IL_OK && i < d->n_params; i++) {
        status = check_param(d, i, &has_inner, err);
        automatic |= d->params[i].automatic;
    }
    if (status == IL_OK && automatic && !type->resolve)
        return il_fail(err, IL_INVALID,
                       "%s has an automatic parameter but no resolve function to replace it",
                       d->name);
    return status;
}

il_status il_init_register(il_catalog *catalog, const il_init_type *type, il_error *err) {
    il_status status = check(catalog, type, err);
    if (status == IL_OK)
        status = reserve(catalog, 1, err);
    if (status == IL_OK)
        catalog->items[catalog->inits.n++] = &type->desc;
    return status;
}

il_status il_init_register_plugin(il_catalog *catalog, const il_init_plugin *plugin,
                                  il_error *err) {
    size_t before = catalog->inits.n;
    il_status status = IL_OK;
    if (plugin->abi != IL_INIT_ABI)
        return il_fail(err, IL_INVALID,
                       "made for plug-in interface %u, but this initlab has %u: compile it again "
                       "with the headers of initlab %s",
                       plugin->abi, (unsigned)IL_INIT_ABI, il_version());
    if (plugin->type_size != sizeof(il_init_type))
        return il_fail(err, IL_INVALID,
                       "its il_init_type has %zu bytes, not %zu: compile it again with the headers "
                       "of initlab %s",
                       plugin->type_size, sizeof(il_init_type), il_version());
    if (plugin->n == 0 || !plugin->types)
        return il_fail(err, IL_INVALID, "it holds no scheme");
    for (size_t i = 0; status == IL_OK && i < plugin->n; i++)
        status = il_init_register(catalog, &plugin->types[i], err);
    if (status != IL_OK)
        catalog->inits.n = before;
    return status;
}
