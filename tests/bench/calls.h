/* Many calls at once. */
#ifndef BENCH_CALLS_H
#define BENCH_CALLS_H

#include "initlab.h"

typedef struct bench_call {
    const il_family *family;
    const char *text;
    il_call *out;
} bench_call;

static inline il_status bench_parse(const bench_call *calls, size_t n, il_error *err) {
    il_status status = IL_OK;
    for (size_t i = 0; i < n && status == IL_OK; i++)
        status = il_call_parse(calls[i].family, calls[i].text, NULL, calls[i].out, err);
    return status;
}

#define BENCH_PARSE(calls, err) bench_parse(calls, sizeof(calls) / sizeof *(calls), err)

#endif
