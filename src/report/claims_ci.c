/* Claims for continuous integration: JUnit's XML and TAP. */
#include "base/text.h"
#include "report/claims.h"

#include <string.h>

/* UTF-8 that XML takes, escaped; any other byte becomes '?'. U+FFFE and U+FFFF are no characters of XML. */
static void put_xml(const char *s, FILE *out) {
    static const struct {
        char byte;
        const char *entity;
    } entities[] = {
        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}};
    for (size_t left = strlen(s); left > 0;) {
        size_t good = il_printable(s, left);
        for (size_t i = 0; i < good; i++) {
            const char *entity = NULL;
            for (size_t k = 0; k < sizeof entities / sizeof *entities; k++)
                if (s[i] == entities[k].byte)
                    entity = entities[k].entity;
            bool none = i + 2 < good && (memcmp(s + i, "\xEF\xBF\xBE", 3) == 0 ||
                                         memcmp(s + i, "\xEF\xBF\xBF", 3) == 0);
            if (entity)
                fputs(entity, out);
            else
                putc(none ? '?' : s[i], out);
            i += none ? 2 : 0;
        }
        if (good < left) {
            putc('?', out);
            good++;
        }
        s += good;
        left -= good;
    }
}

static void put_attribute(const char *name, const char *value, FILE *out) {
    fprintf(out, " %s=\"", name);
    put_xml(value, out);
    putc('"', out);
}

/* The sums of the items first … last - 1. */
static void put_sums(const il_checks *c, size_t first, size_t last, FILE *out) {
    const il_checks part = {.item = c->item + first, .n = last - first};
    double seconds = 0;
    size_t skipped = 0;
    for (size_t i = first; i < last; i++) {
        seconds += c->item[i].finding.wall_s;
        skipped += c->item[i].finding.verdict == IL_SKIPPED;
    }
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.3f\"",
            part.n, part.n - il_claims_as_expected(&part), skipped, seconds);
}

static void put_case(const il_checked *item, FILE *out) {
    char verdict[64];
    const il_finding *f = &item->finding;
    fputs("    <testcase", out);
    put_attribute("classname", item->claim->group ? item->claim->group : item->file, out);
    put_attribute("name", item->claim->id, out);
    fprintf(out, " time=\"%.3f\">\n", f->wall_s);
    if (!f->as_expected) {
        fputs("      <failure", out);
        put_attribute("type", "verdict", out);
        put_attribute("message", il_claim_verdict(item, verdict), out);
        putc('>', out);
        put_xml(item->claim->sentence, out);
        fputs(": ", out);
        put_xml(f->reason, out);
        fputs("</failure>\n", out);
    }
    if (f->verdict == IL_SKIPPED) {
        fputs("      <skipped", out);
        put_attribute("message", f->reason, out);
        fputs("/>\n", out);
    }
    fputs("      <system-out>", out);
    put_xml(il_verdict_name(f->verdict, f->tag), out);
    fputs(": ", out);
    put_xml(f->reason, out);
    fputs("</system-out>\n    </testcase>\n", out);
}

il_status il_claims_junit(const il_checks *c, FILE *out, il_error *err) {
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", out);
    put_attribute("name", "initlab check", out);
    put_sums(c, 0, c->n, out);
    fputs(">\n", out);
    for (size_t i = 0; i < c->n;) {
        size_t last = i;
        while (last < c->n && strcmp(c->item[last].file, c->item[i].file) == 0)
            last++;
        fputs("  <testsuite", out);
        put_attribute("name", c->item[i].file, out);
        put_sums(c, i, last, out);
        fputs(">\n", out);
        for (; i < last; i++)
            put_case(&c->item[i], out);
        fputs("  </testsuite>\n", out);
    }
    fputs("</testsuites>\n", out);
    return ferror(out) ? il_fail(err, IL_IO, "the JUnit report could not be written") : IL_OK;
}

/* A description: # would begin a directive. */
static void put_description(const char *s, FILE *out) {
    for (; *s; s++) {
        if (*s == '#' || *s == '\\')
            putc('\\', out);
        putc(*s, out);
    }
}

/* A double-quoted scalar of YAML. */
static void put_quoted(const char *s, FILE *out) {
    putc('"', out);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            putc('\\', out);
        putc(*s, out);
    }
    fputs("\"\n", out);
}

il_status il_claims_tap(const il_checks *c, FILE *out, il_error *err) {
    fprintf(out, "TAP version 14\n1..%zu\n", c->n);
    for (size_t i = 0; i < c->n; i++) {
        const il_checked *item = &c->item[i];
        char verdict[64];
        fprintf(out, "%sok %zu - %s: ", item->finding.as_expected ? "" : "not ", i + 1,
                item->claim->id);
        put_description(item->claim->sentence, out);
        if (item->finding.verdict == IL_SKIPPED)
            fprintf(out, " # SKIP %s is not here", item->claim->absent);
        fputs("\n  ---\n  verdict: ", out);
        put_quoted(il_claim_verdict(item, verdict), out);
        fputs("  reason: ", out);
        put_quoted(item->finding.reason, out);
        fputs("  ...\n", out);
    }
    return ferror(out) ? il_fail(err, IL_IO, "the TAP report could not be written") : IL_OK;
}
