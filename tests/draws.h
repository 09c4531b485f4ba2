/* Reproducible draws for tests of statistics. */
#ifndef TESTS_DRAWS_H
#define TESTS_DRAWS_H

#include "initlab/rng.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static inline void assert_close(double got, double expected, double tolerance) {
    if (isnan(expected) ? !isnan(got)
                        : !(got == expected || fabs(got - expected) <= tolerance * fabs(expected)))
        fail_msg("got %.17g instead of %.17g", got, expected);
}

/* n draws, uniform on 1 … limit up to a negligible bias; every call gives others. */
static inline void draw_epochs(uint32_t limit, size_t n, uint32_t *T) {
    static il_stream stream;
    if (stream.block == 0)
        stream = il_stream_open(99, IL_PURPOSE_DATA, 0);
    il_stream_words(&stream, n, T);
    for (size_t i = 0; i < n; i++)
        T[i] = 1 + (uint32_t)(((uint64_t)T[i] * limit) >> 32);
}

/* The share of `sets` trials that came true must not be below `least` by chance: 4 standard errors, which a trial that
 * is true with probability `least` falls short of in 3e-5 of all cases. */
static inline void assert_share_at_least(size_t hits, size_t sets, double least) {
    double n = (double)sets, share = (double)hits / n;
    if (share < least - 4 * sqrt(least * (1 - least) / n))
        fail_msg("%zu of %zu: %.4f is below %.4f", hits, sets, share, least);
}

#endif
