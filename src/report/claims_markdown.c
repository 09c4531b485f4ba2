/* Claims as Markdown: what a README keeps of a run. */
#include "report/claims.h"
#include "report/table.h"

#include <string.h>

/* Text that stays text in a cell of a table. */
static void put_text(const char *s, FILE *out) {
    for (; *s; s++) {
        if (strchr("\\`*_|<>#[]", *s))
            putc('\\', out);
        putc(*s, out);
    }
}

/* Calls, which hold no backquote outside quoted paths. */
static void put_code(const char *s, FILE *out) {
    putc('`', out);
    for (; *s; s++) {
        if (*s == '|')
            putc('\\', out);
        putc(*s == '`' ? '\'' : *s, out);
    }
    putc('`', out);
}

/* Without the folder of the file of claims, from which paths in it begin. */
static char *format_key(const il_claim *claim, const il_arm *arm, il_key key,
                        char out[IL_WIDTHS_TEXT]) {
    const char *name = claim->place.file, *slash = strrchr(name, '/');
    size_t n = slash ? (size_t)(slash + 1 - name) : 0;
    il_arm_format(arm, key, out);
    for (char *s = out; n > 0 && *s; s++)
        if (strncmp(s, name, n) == 0)
            memmove(s, s + n, strlen(s + n) + 1);
    return out;
}

/* Whether a key has nothing to tell of an arm. Biases have not when they are zeros, or brought by the weights' scheme. */
static bool is_plain(const il_arm *arm, il_key key) {
    return key == IL_KEY_BIAS ? arm->bias.desc == il_family_find(&il_inits, "zeros") ||
                                    il_call_equal(&arm->bias, &arm->init)
                              : il_arm_is_plain(arm, key);
}

/* The keys that say what was trained, where they are not plain; of several arms what the first has. */
static void put_setup(const il_claim *claim, FILE *out) {
    static const il_key keys[] = {IL_KEY_DATA,    IL_KEY_SPLIT, IL_KEY_SCALE,     IL_KEY_NETWORK,
                                  IL_KEY_HIDDEN,  IL_KEY_NORM,  IL_KEY_DROPOUT,   IL_KEY_BATCH,
                                  IL_KEY_PENALTY, IL_KEY_CLIP,  IL_KEY_OPTIMIZER, IL_KEY_BIAS,
                                  IL_KEY_INIT};
    char value[IL_WIDTHS_TEXT], other[IL_WIDTHS_TEXT];
    bool trained = claim->tier == IL_EXACT || il_test_trains(&claim->test);
    text line;
    if (claim->absent) {
        put_code(claim->absent, out);
        return;
    }
    il_text_clear(&line);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const il_arm *a = &claim->a->arms[0], *b = claim->b ? &claim->b->arms[0] : a;
        if ((is_plain(a, keys[i]) && is_plain(b, keys[i])) ||
            (keys[i] == IL_KEY_OPTIMIZER && !trained))
            continue;
        format_key(claim, a, keys[i], value);
        format_key(claim, b, keys[i], other);
        il_text_add(&line, "%s%s", line.used ? ", " : "", value);
        if (claim->a->varied[keys[i]])
            il_text_add(&line, " and more");
        if (strcmp(value, other) != 0)
            il_text_add(&line, " against %s", other);
        if (claim->b && claim->b->varied[keys[i]])
            il_text_add(&line, " and more");
    }
    put_code(line.bytes, out);
}

static void put_row(const il_checked *item, FILE *out) {
    const il_claim *claim = item->claim;
    char test[IL_TEST_TEXT], verdict[64], effect[96];
    fprintf(out, "| %s | ", claim->id);
    put_text(claim->sentence, out);
    if (claim->source) {
        fputs(" (", out);
        put_text(claim->source, out);
        putc(')', out);
    }
    fputs(" | ", out);
    put_setup(claim, out);
    fputs(" | ", out);
    put_code(claim->tier == IL_EXACT ? "bits" : il_test_format(&claim->test, test), out);
    fprintf(out, "%s | %s%s%s | %s | %zu |\n", claim->n_rates > 0 ? ", also tuned" : "",
            item->finding.as_expected ? "" : "**", il_claim_verdict(item, verdict),
            item->finding.as_expected ? "" : "**", il_claim_effect(&item->finding, effect),
            item->finding.n);
}

static size_t put_file(const il_checks *c, size_t first, FILE *out) {
    const il_checked *item = &c->item[first];
    size_t last = first;
    fputs(first ? "\n### " : "### ", out);
    put_text(item->claim->group ? item->claim->group : item->file, out);
    fputs("\n\n| claim | sentence | setup | what must hold | verdict | effect | seeds |\n"
          "|---|---|---|---|---|---|---|\n",
          out);
    for (; last < c->n && strcmp(c->item[last].file, item->file) == 0; last++)
        put_row(&c->item[last], out);
    bool insight = false;
    for (size_t i = first; i < last; i++)
        if (c->item[i].claim->insight) {
            fprintf(out, "%s- **%s** ", insight ? "" : "\n", c->item[i].claim->id);
            put_text(c->item[i].claim->insight, out);
            putc('\n', out);
            insight = true;
        }
    return last;
}

il_status il_claims_markdown(const il_checks *c, FILE *out, il_error *err) {
    for (size_t i = 0; i < c->n;)
        i = put_file(c, i, out);
    putc('\n', out);
    il_claims_put_risk(c, out);
    return ferror(out) ? il_fail(err, IL_IO, "the report could not be written") : IL_OK;
}
