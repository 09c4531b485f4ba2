/* Reports of claims: what each came to, for people, programs and continuous integration.
 *
 * Functions write to `out` and leave flushing to the caller. Errors: IL_NO_MEMORY; IL_IO when `out` refused. */
#ifndef IL_REPORT_CLAIMS_H
#define IL_REPORT_CLAIMS_H

#include "report/report.h"
#include <initlab/claim.h>

/* One claim that was checked, and the file that it is in. */
typedef struct il_checked {
    const char *file;
    const il_claim *claim;
    il_finding finding;
} il_checked;

typedef struct il_checks {
    const il_checked *item; /* [n], those of a file together */
    size_t n;
    bool verbose; /* the table: with sentences and reasons */
    double wall_s;
} il_checks;

/* A line for each claim, and what it all comes to. UTF-8. */
il_status il_claims_table(const il_checks *checks, const il_table_style *style, FILE *out,
                          il_error *err);

/* A section and a table for each file, and under it what there is to say of single claims. */
il_status il_claims_markdown(const il_checks *checks, FILE *out, il_error *err);

/* One object, "schema" 1. */
il_status il_claims_json(const il_checks *checks, const il_fingerprint *fingerprint, FILE *out,
                         il_error *err);

/* JUnit's XML: a suite for each file, a case for each claim, a failure for each verdict that is not as expected. */
il_status il_claims_junit(const il_checks *checks, FILE *out, il_error *err);

/* TAP 14. */
il_status il_claims_tap(const il_checks *checks, FILE *out, il_error *err);

/* How many claims came out as expected, those that were skipped among them. */
size_t il_claims_as_expected(const il_checks *checks);

/* How likely at most it is that any test decides wrongly: the sum of the alphas that they were given. And how likely it is
 * that fresh seeds do not decide again what is decided, by the effects found: the sum of il_finding.miss. Both in words:
 * nothing without tests. */
double il_claims_risk(const il_checks *checks);
double il_claims_miss(const il_checks *checks);
void il_claims_put_risk(const il_checks *checks, FILE *out);

/* "supported, expected refuted", or the verdict alone. */
char *il_claim_verdict(const il_checked *item, char text[64]);

/* "1.021 [0.983, 1.061]", or the effect alone. */
char *il_claim_effect(const il_finding *finding, char text[96]);

#endif
