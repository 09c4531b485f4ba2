#include "report/claims.h"
#include "base/text.h"
#include "report/table.h"

#include <math.h>
#include <string.h>

size_t il_claims_as_expected(const il_checks *c) {
    size_t count = 0;
    for (size_t i = 0; i < c->n; i++)
        count += c->item[i].finding.as_expected;
    return count;
}

static bool is_tested(const il_checked *item) {
    return item->claim->tier == IL_STATISTICAL && !item->claim->absent;
}

double il_claims_risk(const il_checks *c) {
    double risk = 0;
    for (size_t i = 0; i < c->n; i++)
        if (is_tested(&c->item[i]))
            risk += (c->item[i].claim->n_rates > 0 ? 2 : 1) * c->item[i].claim->alpha /
                    (double)c->item[i].claim->tests;
    return fmin(risk, 1);
}

double il_claims_miss(const il_checks *c) {
    double miss = 0;
    for (size_t i = 0; i < c->n; i++)
        if (is_tested(&c->item[i]) && c->item[i].finding.verdict != IL_INCONCLUSIVE)
            miss += c->item[i].finding.miss;
    return fmin(miss, 1);
}

void il_claims_put_risk(const il_checks *c, FILE *out) {
    double risk = il_claims_risk(c), miss = il_claims_miss(c);
    if (risk == 0)
        return;
    fprintf(out, "The probability that any of them was decided wrongly by chance is below %.2g %%",
            100 * risk);
    if (miss > 0)
        fprintf(out, ";\nthat fresh seeds leave any open that these have decided, about %.2g %%",
                100 * miss);
    fputs(".\n", out);
}

char *il_claim_verdict(const il_checked *item, char out[64]) {
    const il_finding *f = &item->finding;
    const il_expectation *expect = &item->claim->expect;
    size_t used = 0;
    il_append(out, 64, &used, "%s", il_verdict_name(f->verdict, f->tag));
    if (!f->as_expected)
        il_append(out, 64, &used, ", expected %s", il_verdict_name(expect->verdict, expect->tag));
    return out;
}

char *il_claim_effect(const il_finding *f, char out[96]) {
    size_t used = 0;
    out[0] = '\0';
    if (!isnan(f->effect))
        il_append(out, 96, &used, "%.4g", f->effect);
    if (!isnan(f->interval.low))
        il_append(out, 96, &used, " [%.4g, %.4g]", f->interval.low, f->interval.high);
    return out;
}

static paint paint_of(const il_finding *f) {
    bool open = f->verdict == IL_INCONCLUSIVE || f->verdict == IL_SKIPPED;
    return !f->as_expected ? RED : open ? YELLOW : GREEN;
}

/* Text in a column of its own width, or wider, and a blank. */
static void put_cell(const char *s, size_t width, FILE *out) {
    size_t n = il_text_width(s);
    fprintf(out, "%s%*s ", s, n < width ? (int)(width - n) : 0, "");
}

static void put_claim(const table *t, const il_checks *c, const il_checked *item, size_t width,
                      FILE *out) {
    char verdict[64], effect[96], test[IL_TEST_TEXT];
    const il_claim *claim = item->claim;
    const il_finding *f = &item->finding;
    text line;
    fprintf(out, "%s%s%s ", il_paint_begin(t, paint_of(f)),
            f->verdict == IL_SKIPPED ? "-- "
            : f->as_expected         ? "ok "
                                     : "NOT",
            il_paint_end(t, paint_of(f)));
    put_cell(claim->id, width + 1, out);
    put_cell(il_claim_verdict(item, verdict), 13, out);
    put_cell(il_claim_effect(f, effect), 27, out);
    fprintf(out, "n %-6zu %s\n", f->n,
            claim->tier == IL_EXACT ? "bits" : il_test_format(&claim->test, test));
    if (!c->verbose && f->as_expected && f->verdict != IL_SKIPPED)
        return;
    il_text_clear(&line);
    il_text_add(&line, "%s%s%s%s", claim->sentence, claim->source ? " (" : "",
                claim->source ? claim->source : "", claim->source ? ")" : "");
    il_put_wrapped(t, DIM, line.bytes, out);
    il_put_wrapped(t, PLAIN, f->reason, out);
    if (claim->insight)
        il_put_wrapped(t, PLAIN, claim->insight, out);
    putc('\n', out);
}

static void put_sum(const il_checks *c, FILE *out) {
    size_t count[IL_SKIPPED + 1] = {0};
    for (size_t i = 0; i < c->n; i++)
        count[c->item[i].finding.verdict]++;
    fprintf(out, "%zu claim%s in %.1f s: %zu supported, %zu refuted, %zu inconclusive; ", c->n,
            c->n == 1 ? "" : "s", c->wall_s, count[IL_SUPPORTED], count[IL_REFUTED],
            count[IL_INCONCLUSIVE]);
    if (count[IL_SETUP_DEPENDENT] > 0)
        fprintf(out, "%zu setup-dependent; ", count[IL_SETUP_DEPENDENT]);
    if (count[IL_SKIPPED] > 0)
        fprintf(out, "%zu skipped, whose data is not here; ", count[IL_SKIPPED]);
    if (il_claims_as_expected(c) == c->n)
        fprintf(out, "all as expected.\n");
    else
        fprintf(out, "%zu not as expected.\n", c->n - il_claims_as_expected(c));
    il_claims_put_risk(c, out);
}

il_status il_claims_table(const il_checks *c, const il_table_style *style, FILE *out,
                          il_error *err) {
    const table t = {.columns = style->columns < 80 ? 80 : style->columns, .color = style->color};
    size_t width = 0;
    for (size_t i = 0; i < c->n; i++) {
        size_t n = strlen(c->item[i].claim->id);
        width = n > width ? n : width;
    }
    for (size_t i = 0; i < c->n; i++) {
        text line;
        if (i == 0 || strcmp(c->item[i].file, c->item[i - 1].file) != 0) {
            il_text_add_name(il_text_clear(&line), c->item[i].file);
            fprintf(out, "%s%s%s%s%s%s\n", i ? "\n" : "", il_paint_begin(&t, BOLD), line.bytes,
                    il_paint_end(&t, BOLD), c->item[i].claim->group ? ": " : "",
                    c->item[i].claim->group ? c->item[i].claim->group : "");
        }
        put_claim(&t, c, &c->item[i], width, out);
    }
    putc('\n', out);
    put_sum(c, out);
    return ferror(out) ? il_fail(err, IL_IO, "the table could not be written") : IL_OK;
}
