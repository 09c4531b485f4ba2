/* initlab init: the catalogue, made from the descriptors. */
#include "cli/cli.h"

#include <math.h>
#include <string.h>

static void add(char *text, size_t size, const char *more) {
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", more);
}

/* The i-th of the words that `words` separates by '|'. */
static void choice(const char *words, double i, char out[32]) {
    for (; i >= 1 && words; i--)
        words = strchr(words, '|') ? strchr(words, '|') + 1 : NULL;
    snprintf(out, 32, "%.*s", words ? (int)strcspn(words, "|") : 0, words ? words : "");
}

static const char *format_value(const il_param *p, double value, char out[32]) {
    if (p->kind == IL_CHOICE)
        choice(p->choices, value, out);
    else if (p->kind == IL_BOOL)
        snprintf(out, 32, "%s", value != 0 ? "true" : "false");
    else
        il_number_format(value, out);
    return out;
}

/* "normal(mean=0, std)": a parameter without a default must be given. */
static void signature(const il_desc *d, char *text, size_t size) {
    char value[32];
    snprintf(text, size, "%s", d->name);
    for (size_t i = 0; i < d->n_params; i++) {
        add(text, size, i ? ", " : "(");
        add(text, size, d->params[i].name);
        if (isnan(d->params[i].initial))
            continue;
        add(text, size, "=");
        add(text, size, format_value(&d->params[i], d->params[i].initial, value));
    }
    if (d->n_params)
        add(text, size, ")");
}

static void list(void) {
    char text[IL_CALL_TEXT];
    size_t wide = 0;
    for (size_t i = 0; i < il_inits.n; i++) {
        signature(il_inits.items[i], text, sizeof text);
        wide = strlen(text) > wide ? strlen(text) : wide;
    }
    for (size_t i = 0; i < il_inits.n; i++) {
        const il_desc *d = il_inits.items[i];
        signature(d, text, sizeof text);
        printf("%-*s  %s\n", (int)wide, text, d->formula);
        if (d->aliases)
            printf("%*s  also %s\n", (int)wide, "", d->aliases);
        if (d->source)
            printf("%*s  %s\n", (int)wide, "", d->source);
    }
    puts("\nA parameter without a value must be given: normal(std=0.01). 'initlab init NAME' "
         "explains\n"
         "one initialization.");
}

static void print_param(const il_param *p) {
    char value[32], low[32], high[32];
    bool required = isnan(p->initial);
    printf("  %-10s  %s\n              ", p->name, p->doc);
    if (p->kind == IL_CHOICE)
        printf("one of %s", p->choices);
    else if (p->kind == IL_BOOL)
        printf("true or false");
    else
        printf("%s %s %s and at most %s", p->kind == IL_INTEGER ? "whole number," : "number,",
               p->above_min ? "above" : "at least", il_number_format(p->min, low),
               il_number_format(p->max, high));
    printf("; %s%s\n", required ? "must be given" : "default ",
           required ? "" : format_value(p, p->initial, value));
}

static void describe(const il_desc *d) {
    char text[IL_CALL_TEXT];
    signature(d, text, sizeof text);
    printf("%s\n\nformula     %s\n", text, d->formula);
    if (d->aliases)
        printf("aliases     %s\n", d->aliases);
    if (d->source)
        printf("source      %s\n", d->source);
    if (d->n_params)
        puts("\nparameters");
    for (size_t i = 0; i < d->n_params; i++)
        print_param(&d->params[i]);
}

int cli_init(const cli_args *args) {
    if (args->n_operands == 0) {
        list();
        return CLI_OK;
    }
    il_call call = {.desc = il_family_find(&il_inits, args->operand[0])};
    il_error err;
    /* What is no plain name may still be a call; if not, this says what is wrong with it. */
    if (!call.desc && il_call_parse(&il_inits, args->operand[0], NULL, &call, &err) != IL_OK)
        return cli_fail(CLI_USAGE, "%s", err.message);
    describe(call.desc);
    return CLI_OK;
}
