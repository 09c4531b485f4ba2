/* Claims as one JSON object. A number that does not exist, or is infinite, is null. */
#include "report/claims.h"
#include "report/values.h"

#include <math.h>
#include <stdlib.h>

static json_t *text(const char *s) {
    return s ? json_string(s) : json_null();
}

static json_t *claim_json(const il_checked *item) {
    const il_claim *claim = item->claim;
    const il_finding *f = &item->finding;
    const il_expectation *e = &claim->expect;
    char test[IL_TEST_TEXT];
    return json_pack(
        "{ss ss so so so so so so sI so sf so so so so so so so sf}", "id", claim->id, "verdict",
        il_verdict_name(f->verdict, IL_UNTAGGED), "tag",
        text(f->tag != IL_UNTAGGED ? il_verdict_name(f->verdict, f->tag) : NULL), "expected",
        text(e->given ? il_verdict_name(e->verdict, e->tag) : NULL), "as_expected",
        json_boolean(f->as_expected), "effect", il_json_number(f->effect), "ci",
        isnan(f->interval.low)
            ? json_null()
            : json_pack("[oo]", il_json_number(f->interval.low), il_json_number(f->interval.high)),
        "tier", text(il_tier_name(claim->tier)), "n", (json_int_t)f->n, "needed",
        f->needed > 0 && f->needed < SIZE_MAX ? json_integer((json_int_t)f->needed) : json_null(),
        "miss", f->miss, "test",
        text(claim->tier == IL_EXACT ? NULL : il_test_format(&claim->test, test)), "bits",
        text(claim->tier == IL_EXACT ? f->bits : NULL), "sentence", text(claim->sentence), "source",
        text(claim->source), "group", text(claim->group), "file", text(item->file), "reason",
        text(f->reason), "wall_s", f->wall_s);
}

static json_t *claims_json(const il_checks *c) {
    json_t *list = json_array();
    for (size_t i = 0; list && i < c->n; i++)
        if (json_array_append_new(list, claim_json(&c->item[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

il_status il_claims_json(const il_checks *c, const il_fingerprint *fingerprint, FILE *out,
                         il_error *err) {
    json_t *report = json_pack(
        "{si sI sI sf sf sf so so}", "schema", 1, "checked", (json_int_t)c->n, "as_expected",
        (json_int_t)il_claims_as_expected(c), "risk", il_claims_risk(c), "miss", il_claims_miss(c),
        "wall_s", c->wall_s, "fingerprint", il_json_machine(fingerprint), "claims", claims_json(c));
    char *bytes = report ? json_dumps(report, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(report);
    if (!bytes)
        return il_fail(err, IL_NO_MEMORY, "no memory for the JSON report of %zu claims", c->n);
    fputs(bytes, out);
    putc('\n', out);
    free(bytes);
    return ferror(out) ? il_fail(err, IL_IO, "the JSON report could not be written") : IL_OK;
}
