/* Claims as text, for the tests that read and check them. */
#ifndef TESTS_CLAIMS_H
#define TESTS_CLAIMS_H

#include "cmocka_all.h"

#include "initlab.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SETUP "    setup: {data: xor, network: 2-4-1, seeds: 16, budget: 50}\n"
#define CLAIM "claims:\n  - id: c\n    sentence: s\n"
#define ONE CLAIM SETUP "    a: {init: he_normal}\n"
#define TWO ONE "    b: {init: zeros}\n"

static inline il_claims *claims_with(const il_sources *sources, const char *text) {
    il_claims *claims = NULL;
    il_error err;
    if (il_claims_parse(sources, text, strlen(text), "x.yaml", &claims, &err) != IL_OK)
        fail_msg("%s", err.message);
    return claims;
}

static inline il_claims *claims_of(const char *text) {
    return claims_with(NULL, text);
}

static inline void assert_message(const char *text, const char *message) {
    il_claims *claims = (il_claims *)1;
    il_error err = {.message = ""};
    assert_int_equal(il_claims_parse(NULL, text, strlen(text), "x.yaml", &claims, &err),
                     IL_INVALID);
    assert_string_equal(err.message, message);
    assert_null(claims);
}

static inline il_finding check(const char *text, uint64_t seed_base) {
    il_claims *claims = claims_of(text);
    il_finding finding;
    il_error err;
    const il_check_options options = {.run = {.jobs = 2}, .seed_base = seed_base};
    if (il_claim_check(&claims->claim[0], &options, &finding, &err) != IL_OK)
        fail_msg("%s", err.message);
    il_claims_free(claims);
    return finding;
}

/* A claim about one arm. */
static inline il_finding check_one(const char *setup, const char *init, const char *test) {
    char text[1024];
    snprintf(text, sizeof text, CLAIM "    setup: {%s}\n    a: {init: %s}\n    %s\n", setup, init,
             test);
    return check(text, 0);
}

static inline void assert_value(const char *setup, const char *init, const char *test,
                                double value) {
    il_finding f = check_one(setup, init, test);
    if (!(fabs(f.effect - value) <= 1e-6 * (1 + fabs(value))))
        fail_msg("%s from %s: %.9g, not %.9g", test, init, f.effect, value);
}

static inline il_test test_of(const char *text) {
    il_test test;
    il_error err;
    if (il_test_parse(text, NULL, &test, &err) != IL_OK)
        fail_msg("%s", err.message);
    return test;
}

/* Uniform on 0 … 1. */
static inline double draw(il_stream *stream) {
    il_real x;
    il_stream_uniform(stream, 1, &x);
    return ((double)x + 1) / 2;
}

#endif
