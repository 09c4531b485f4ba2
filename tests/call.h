/* Calls from text, for tests that need one. */
#ifndef TESTS_CALL_H
#define TESTS_CALL_H

#include "cmocka_all.h"

#include "initlab.h"

static inline il_call parse_call(const il_family *family, const char *text) {
    il_error err;
    il_call call;
    if (il_call_parse(family, text, NULL, &call, &err) != IL_OK)
        fail_msg("'%s': %s", text, err.message);
    return call;
}

#endif
