#include "cli/catalogue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAMES = 40, LINE = 100 }; /* columns: of the list's left side at most; of wrapped text */

static const il_init_type *type_of(const il_desc *d) {
    return (const il_init_type *)(const void *)d;
}

static void add(char *text, size_t size, const char *more) {
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", more);
}

/* The i-th of the words that `words` separates by '|'. */
static void choice(const char *words, double i, char out[IL_CALL_TEXT]) {
    for (; i >= 1 && words; i--)
        words = strchr(words, '|') ? strchr(words, '|') + 1 : NULL;
    snprintf(out, IL_CALL_TEXT, "%.*s", words ? (int)strcspn(words, "|") : 0, words ? words : "");
}

/* Whether a call must give the parameter. */
static bool is_required(const il_param *p) {
    return p->kind == IL_TEXT ? !p->word : p->kind != IL_CALL && isnan(p->initial) && !p->automatic;
}

static const char *format_default(const il_param *p, char out[IL_CALL_TEXT]) {
    if (p->kind == IL_CALL)
        return p->inner;
    if (p->kind == IL_TEXT)
        return *p->word ? p->word : "\"\"";
    if (isnan(p->initial))
        return "auto";
    if (p->kind == IL_CHOICE)
        choice(p->choices, p->initial, out);
    else if (p->kind == IL_BOOL)
        snprintf(out, IL_CALL_TEXT, "%s", p->initial != 0 ? "true" : "false");
    else
        il_number_format(p->initial, out);
    return out;
}

/* "normal(mean=0, std)": a parameter without a default must be given. */
static void signature(const il_desc *d, char *text, size_t size) {
    char value[IL_CALL_TEXT];
    snprintf(text, size, "%s", d->name);
    for (size_t i = 0; i < d->n_params; i++) {
        add(text, size, i ? ", " : "(");
        add(text, size, d->params[i].name);
        if (is_required(&d->params[i]))
            continue;
        add(text, size, "=");
        add(text, size, format_default(&d->params[i], value));
    }
    if (d->n_params)
        add(text, size, ")");
}

/* Breaks `text`, printed from column `at` on, before it passes LINE. */
static void put_wrapped(const char *text, int at) {
    int column = at;
    while (*text) {
        int n = (int)strcspn(text, " ");
        if (column > at && column + 1 + n > LINE) {
            printf("\n%*s", at, "");
            column = at;
        }
        printf("%s%.*s", column > at ? " " : "", n, text);
        column += n + (column > at);
        text += n;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void list_one(const il_desc *d, int wide) {
    char text[512];
    signature(d, text, sizeof text);
    if ((int)strlen(text) > wide)
        printf("  %s\n  %*s  ", text, wide, "");
    else
        printf("  %-*s  ", wide, text);
    put_wrapped(d->formula, wide + 4);
    if (d->aliases)
        printf("  %*s  also %s\n", wide, "", d->aliases);
    if (d->source)
        printf("  %*s  %s\n", wide, "", d->source);
}

/* Whether an earlier scheme has the family of the i-th. */
static bool is_listed(const il_family *inits, size_t i) {
    for (size_t k = 0; k < i; k++)
        if (strcmp(type_of(inits->items[k])->family, type_of(inits->items[i])->family) == 0)
            return true;
    return false;
}

static size_t widest(const il_desc *const *descs, size_t n) {
    char text[512];
    size_t wide = 0;
    for (size_t i = 0; i < n; i++) {
        signature(descs[i], text, sizeof text);
        wide = strlen(text) > wide && strlen(text) <= NAMES ? strlen(text) : wide;
    }
    return wide;
}

void cli_list_descs(const il_desc *const *descs, size_t n) {
    int wide = (int)widest(descs, n);
    for (size_t i = 0; i < n; i++)
        list_one(descs[i], wide);
}

void cli_list_inits(const il_family *inits) {
    size_t wide = widest(inits->items, inits->n);
    for (size_t i = 0; i < inits->n; i++) {
        const char *family = type_of(inits->items[i])->family;
        if (is_listed(inits, i))
            continue;
        printf("%s%s\n", i ? "\n" : "", family);
        for (size_t k = i; k < inits->n; k++)
            if (strcmp(type_of(inits->items[k])->family, family) == 0)
                list_one(inits->items[k], (int)wide);
    }
    puts("\nA parameter without a value must be given: normal(std=0.01). 'initlab init NAME' "
         "explains\n"
         "one initialization, and with --shape 784x256 draws a layer by it.");
}

static void put_range(const il_param *p) {
    char low[32], high[32];
    if (p->kind == IL_CHOICE) {
        char word[IL_CALL_TEXT];
        printf("one of");
        for (int i = 0; choice(p->choices, i, word), *word; i++)
            printf("%s %s", i ? "," : "", word);
    } else if (p->kind == IL_BOOL)
        printf("true or false");
    else if (p->kind == IL_TEXT)
        printf("text");
    else if (p->kind == IL_CALL)
        printf("another %s", p->family->kind);
    else
        printf("%s %s %s and at most %s%s", p->kind == IL_INTEGER ? "whole number," : "number,",
               p->above_min ? "above" : "at least", il_number_format(p->min, low),
               il_number_format(p->max, high), p->automatic ? ", or auto" : "");
}

static void put_param(const il_param *p) {
    char value[IL_CALL_TEXT];
    printf("  %-10s  ", p->name);
    put_wrapped(p->doc, 14);
    printf("%14s", "");
    put_range(p);
    if (is_required(p))
        puts("; must be given");
    else
        printf("; default %s\n", format_default(p, value));
}

static void put_line(const char *head, const char *text) {
    if (!text)
        return;
    printf("%-12s", head);
    put_wrapped(text, 12);
}

static void put_head(const il_desc *d) {
    char text[512];
    signature(d, text, sizeof text);
    printf("%s\n\n", text);
    put_line("formula", d->formula);
    put_line("aliases", d->aliases);
}

static void put_params(const il_desc *d) {
    if (d->n_params)
        puts("\nparameters");
    for (size_t i = 0; i < d->n_params; i++)
        put_param(&d->params[i]);
}

void cli_describe_init(const il_init_type *type) {
    put_head(&type->desc);
    put_line("family", type->family);
    put_line("source", type->desc.source);
    put_line("note", type->note);
    put_params(&type->desc);
}

void cli_describe(const il_desc *desc) {
    put_head(desc);
    put_line("source", desc->source);
    put_params(desc);
}
