#include "base/text.h"
#include "initlab/study.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const metrics[] = {[IL_LOSS] = "loss", [IL_ACCURACY] = "accuracy"};
enum { METRICS = sizeof metrics / sizeof metrics[0] };

static const char *const relations[] = {[IL_LESS] = "<",
                                        [IL_AT_MOST] = "<=",
                                        [IL_EQUAL] = "==",
                                        [IL_AT_LEAST] = ">=",
                                        [IL_GREATER] = ">"};
enum { RELATIONS = sizeof relations / sizeof relations[0] };

static const char blanks[] = " \t\r\n", marks[] = "<>=!";

typedef struct reader {
    const char *text, *at;
    const il_place *place;
    il_error *err;
    char shown[IL_CLIP];
} reader;

static size_t offset(const reader *r, const char *at) {
    return (size_t)(at - r->text);
}

/* The next run of marks, or of anything else that is not blank. An empty run is the text's end. */
static size_t read_word(reader *r, const char **word) {
    r->at += strspn(r->at, blanks);
    *word = r->at;
    size_t n = strspn(r->at, marks);
    if (!n)
        n = strcspn(r->at, " \t\r\n<>=!");
    r->at += n;
    il_clip(*word, n, r->shown);
    return n;
}

static bool same(const char *word, size_t n, const char *name) {
    return strlen(name) == n && memcmp(word, name, n) == 0;
}

static il_status read_metric(reader *r, il_metric *out) {
    const char *word;
    size_t n = read_word(r, &word);
    il_match best = {0};
    il_names known = {0};
    if (!n)
        return il_fail_at(r->err, r->place, offset(r, word),
                          "expected loss or accuracy at the end of the criterion");
    for (size_t i = 0; i < METRICS; i++) {
        if (same(word, n, metrics[i])) {
            *out = (il_metric)i;
            return IL_OK;
        }
        il_match_offer(&best, word, n, metrics[i], strlen(metrics[i]));
        il_names_add(&known, metrics[i]);
    }
    return il_fail_unknown(r->err, r->place, offset(r, word), "unknown metric", word, n, &best,
                           &known);
}

static il_status read_relation(reader *r, il_metric metric, il_relation *out) {
    const char *word;
    size_t n = read_word(r, &word);
    for (size_t i = 0; i < RELATIONS; i++)
        if (same(word, n, relations[i])) {
            *out = (il_relation)i;
            return IL_OK;
        }
    return il_fail_at(r->err, r->place, offset(r, word),
                      "expected one of < <= == >= > after %s%s%s%s", metrics[metric],
                      n ? ", found '" : "", r->shown, n ? "'" : "");
}

static il_status read_bound(reader *r, il_term *term) {
    const char *word, *metric = metrics[term->metric];
    size_t n = read_word(r, &word);
    char text[64];
    bool good = n > 0 && n < sizeof text;
    if (good) {
        memcpy(text, word, n);
        text[n] = '\0';
        good = il_number_parse(text, &term->value);
    }
    if (!good)
        return il_fail_at(r->err, r->place, offset(r, word), "expected a number after %s %s%s%s%s",
                          metric, relations[term->relation], n ? ", found '" : "", r->shown,
                          n ? "'" : "");
    double max = term->metric == IL_ACCURACY ? 1 : HUGE_VAL;
    if (term->value < 0 || term->value > max)
        return il_fail_at(r->err, r->place, offset(r, word), "%s: %s is outside %s", metric,
                          r->shown, isinf(max) ? "[0, inf)" : "[0, 1]");
    if ((term->relation == IL_LESS && term->value == 0) ||
        (term->relation == IL_GREATER && term->value == max))
        return il_fail_at(r->err, r->place, offset(r, word), "%s %s %s never holds", metric,
                          relations[term->relation], r->shown);
    return IL_OK;
}

static il_status read_term(reader *r, il_term *term) {
    il_status status = read_metric(r, &term->metric);
    if (status == IL_OK)
        status = read_relation(r, term->metric, &term->relation);
    if (status == IL_OK)
        status = read_bound(r, term);
    return status;
}

static il_status check_end(reader *r) {
    const char *word;
    if (read_word(r, &word) == 0)
        return IL_OK;
    return il_fail_at(r->err, r->place, offset(r, word), "unexpected '%s' after never", r->shown);
}

il_status il_criterion_parse(const char *text, const il_place *place, il_criterion *out,
                             il_error *err) {
    reader r = {.text = text, .at = text, .place = place, .err = err};
    il_criterion criterion = {0};
    const char *first;
    size_t length = read_word(&r, &first);
    if (same(first, length, "never")) {
        *out = criterion;
        return check_end(&r);
    }
    r.at = text;
    for (;;) {
        il_status status = read_term(&r, &criterion.term[criterion.n]);
        if (status != IL_OK)
            return status;
        criterion.n++;
        const char *word;
        size_t n = read_word(&r, &word);
        if (!n)
            break;
        if (!same(word, n, "and"))
            return il_fail_at(err, place, offset(&r, word),
                              "expected 'and' between comparisons, found '%s'", r.shown);
        if (criterion.n == IL_MAX_TERMS)
            return il_fail_at(err, place, offset(&r, word), "more than %d comparisons",
                              IL_MAX_TERMS);
    }
    *out = criterion;
    return IL_OK;
}

char *il_criterion_format(const il_criterion *criterion, char text[IL_CRITERION_TEXT]) {
    size_t used = 0;
    snprintf(text, IL_CRITERION_TEXT, "%s", criterion->n ? "" : "never");
    for (size_t i = 0; i < criterion->n; i++) {
        const il_term *term = &criterion->term[i];
        char number[32];
        il_append(text, IL_CRITERION_TEXT, &used, "%s%s %s %s", i ? " and " : "",
                  metrics[term->metric], relations[term->relation],
                  il_number_format(term->value, number));
    }
    return text;
}
