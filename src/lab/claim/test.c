/* Tests as text: "ratio of rmst <= 0.5", "difference of success == 0 within 0.05". */
#include "base/text.h"
#include "lab/claim/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const relations[] = {[IL_LESS] = "<",
                                        [IL_AT_MOST] = "<=",
                                        [IL_EQUAL] = "==",
                                        [IL_AT_LEAST] = ">=",
                                        [IL_GREATER] = ">"};
static const char *const contrasts[] = {
    [IL_OF_A] = "", [IL_DIFFERENCE] = "difference of ", [IL_RATIO] = "ratio of "};
static const char *const folds[] = {
    [IL_EACH_ARM] = "", [IL_SPREAD] = "spread of ", [IL_CHANGE] = "change of "};

typedef struct reader {
    const char *text, *at;
    const il_place *place;
    il_error *err;
} reader;

static size_t offset(const reader *r) {
    return (size_t)(r->at - r->text);
}

static void skip(reader *r) {
    while (*r->at == ' ')
        r->at++;
}

/* The index of the words[n] with which the text goes on, which are passed over; 0, that of no words, for none. */
static size_t read_words(reader *r, const char *const *words, size_t n) {
    size_t found = 0;
    skip(r);
    for (size_t i = 1; i < n; i++)
        if (strncmp(r->at, words[i], strlen(words[i])) == 0)
            found = i;
    r->at += strlen(words[found]);
    skip(r);
    return found;
}

static il_status read_contrast(reader *r, il_test *test) {
    test->contrast = (il_contrast)read_words(r, contrasts, sizeof contrasts / sizeof *contrasts);
    size_t at = offset(r);
    test->fold = (il_fold)read_words(r, folds, sizeof folds / sizeof *folds);
    if (test->fold != IL_EACH_ARM && test->contrast == IL_OF_A)
        return il_fail_at(r->err, r->place, at,
                          "%sneeds a contrast: write difference of or ratio of before it",
                          folds[test->fold]);
    return IL_OK;
}

static il_status read_measure(reader *r, il_test *test) {
    char call[IL_TEST_TEXT];
    size_t n = strcspn(r->at, "<=>"), open = 0;
    const char *s = r->at;
    /* In brackets = belongs to the call: growth(which=least). */
    for (; *s && (open || !strchr("<=>", *s)); s++)
        open += *s == '(' ? 1 : *s == ')' && open ? (size_t)-1 : 0;
    n = (size_t)(s - r->at);
    if (n >= sizeof call)
        return il_fail_at(r->err, r->place, offset(r), "a measure has at most %zu bytes",
                          sizeof call - 1);
    while (n > 0 && r->at[n - 1] == ' ')
        n--;
    if (n == 0)
        return il_fail_at(r->err, r->place, offset(r),
                          "expected a measure, such as success >= 0.5 or ratio of rmst <= 0.5");
    memcpy(call, r->at, n);
    call[n] = '\0';
    il_place place = r->place ? *r->place : (il_place){0};
    if (place.column > 0)
        place.column += (int)offset(r);
    r->at = s;
    return il_call_parse(&il_measures, call, r->place ? &place : NULL, &test->measure, r->err);
}

static il_status read_relation(reader *r, il_test *test) {
    size_t best = 0, found = sizeof relations / sizeof *relations;
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++) {
        size_t n = strlen(relations[i]);
        if (n > best && strncmp(r->at, relations[i], n) == 0) {
            best = n;
            found = i;
        }
    }
    if (!best)
        return il_fail_at(r->err, r->place, offset(r), "expected one of < <= == >= > after %s",
                          test->measure.desc->name);
    test->relation = (il_relation)found;
    r->at += best;
    return IL_OK;
}

static il_status read_number(reader *r, const char *after, double *out) {
    char number[64], shown[IL_CLIP];
    skip(r);
    size_t n = strcspn(r->at, " ");
    bool good = n > 0 && n < sizeof number;
    if (good) {
        memcpy(number, r->at, n);
        number[n] = '\0';
        good = il_number_parse(number, out);
    }
    if (!good)
        return il_fail_at(r->err, r->place, offset(r), "expected a number after %s%s%s%s", after,
                          n ? ", found '" : "", il_clip(r->at, n, shown), n ? "'" : "");
    r->at += n;
    skip(r);
    return IL_OK;
}

static il_status read_within(reader *r, il_test *test) {
    static const char word[] = "within";
    size_t n = sizeof word - 1;
    char shown[IL_CLIP];
    if (!*r->at)
        return IL_OK;
    if (strncmp(r->at, word, n) != 0)
        return il_fail_at(r->err, r->place, offset(r), "unexpected '%s' after the margin",
                          il_clip(r->at, strlen(r->at), shown));
    if (test->relation != IL_EQUAL)
        return il_fail_at(r->err, r->place, offset(r), "within belongs to ==, not to %s",
                          relations[test->relation]);
    r->at += n;
    il_status status = read_number(r, word, &test->within);
    if (status == IL_OK && *r->at)
        status = il_fail_at(r->err, r->place, offset(r), "unexpected '%s' after within",
                            il_clip(r->at, strlen(r->at), shown));
    if (status == IL_OK && test->within < 0)
        status = il_fail_at(r->err, r->place, 0, "within %g: must be 0 or more", test->within);
    return status;
}

/* What values the effect can have. */
static il_interval range_of(const il_test *test) {
    const il_measure_type *type = il_measure_of(&test->measure);
    double width = type->high - type->low;
    if (test->contrast == IL_DIFFERENCE && test->fold == IL_CHANGE)
        width *= 2;
    if (test->contrast == IL_DIFFERENCE)
        return (il_interval){-width, width};
    if (test->contrast == IL_RATIO)
        return (il_interval){type->low < 0 ? -(double)INFINITY : 0, (double)INFINITY};
    return (il_interval){type->low, type->high};
}

/* A margin that no run could come near, or that every one would keep, is a mistake. */
static il_status check_margin(const reader *r, const il_test *test) {
    il_interval range = range_of(test);
    char text[IL_TEST_TEXT], low[32], high[32];
    double m = test->margin;
    bool never = (test->relation == IL_LESS && m == range.low) ||
                 (test->relation == IL_GREATER && m == range.high);
    bool always = (test->relation == IL_AT_LEAST && m == range.low) ||
                  (test->relation == IL_AT_MOST && m == range.high) ||
                  (test->relation == IL_EQUAL && m - test->within <= range.low &&
                   m + test->within >= range.high);
    if (m < range.low || m > range.high)
        return il_fail_at(r->err, r->place, 0, "%s: the margin is outside [%s, %s], what it can be",
                          il_test_format(test, text), il_number_format(range.low, low),
                          il_number_format(range.high, high));
    if (never || always)
        return il_fail_at(r->err, r->place, 0, "'%s' %s holds", il_test_format(test, text),
                          never ? "never" : "always");
    return IL_OK;
}

static il_status check_contrast(const reader *r, const il_test *test) {
    const il_measure_type *type = il_measure_of(&test->measure);
    if (il_measure_compares(&test->measure) && test->contrast != IL_OF_A)
        return il_fail_at(r->err, r->place, 0, "%s compares two arms by itself: write %s alone",
                          type->desc.name, type->desc.name);
    return IL_OK;
}

il_status il_test_parse(const char *text, const il_place *place, il_test *out, il_error *err) {
    reader r = {.text = text, .at = text, .place = place, .err = err};
    il_test test = {0};
    il_status status = read_contrast(&r, &test);
    if (status == IL_OK)
        status = read_measure(&r, &test);
    if (status == IL_OK)
        status = read_relation(&r, &test);
    if (status == IL_OK)
        status = read_number(&r, relations[test.relation], &test.margin);
    if (status == IL_OK)
        status = read_within(&r, &test);
    if (status == IL_OK)
        status = check_contrast(&r, &test);
    if (status == IL_OK)
        status = check_margin(&r, &test);
    if (status == IL_OK)
        *out = test;
    return status;
}

char *il_test_format(const il_test *test, char text[IL_TEST_TEXT]) {
    char call[IL_CALL_TEXT], number[32];
    size_t used = 0;
    il_append(text, IL_TEST_TEXT, &used, "%s%s%s %s %s", contrasts[test->contrast],
              folds[test->fold], il_call_format(&test->measure, call), relations[test->relation],
              il_number_format(test->margin, number));
    if (test->relation == IL_EQUAL && test->within > 0)
        il_append(text, IL_TEST_TEXT, &used, " within %s", il_number_format(test->within, number));
    return text;
}

double il_test_no_effect(const il_test *test) {
    return il_measure_compares(&test->measure) ? 0.5
           : test->contrast == IL_DIFFERENCE   ? 0
           : test->contrast == IL_RATIO        ? 1
                                               : (double)NAN;
}

bool il_test_trains(const il_test *test) {
    const il_measure_type *type = il_measure_of(&test->measure);
    for (size_t i = 0; i < type->desc.n_params; i++)
        if (strcmp(type->desc.params[i].name, "epochs") == 0 && test->measure.arg[i] == 0)
            return false;
    return type->of_run || type->trains;
}
