/* One layer drawn by a scheme, measured and shown beside what theory says of it. */
#ifndef IL_REPORT_SAMPLE_H
#define IL_REPORT_SAMPLE_H

#include "linalg/svd.h"

#include <initlab/init.h>
#include <stdio.h>

#define IL_SAMPLE_SIDE 16384               /* the largest fan_in and fan_out */
#define IL_SAMPLE_FITTED ((size_t)1 << 24) /* most weights of a layer that is fitted to data */
#define IL_SAMPLE_BATCH 256                /* samples that it is fitted to */
#define IL_SAMPLE_BINS 25

typedef struct il_sample {
    il_call init;  /* as asked for */
    il_call drawn; /* its automatic parameters resolved */
    il_init_layer layer;
    uint64_t seed;
    double mean, std, min, max; /* over all weights; std divides by their number */
    double kurtosis;            /* excess; NaN when all weights are equal */
    il_singular_range singular; /* NaN: not computed */
    size_t bin[IL_SAMPLE_BINS]; /* weights in equal parts of [min, max] */
} il_sample;

/* Draws the first of two layers, fan_in-fan_out-1 with `hidden` between them. A scheme that looks at data is fitted to
 * IL_SAMPLE_BATCH samples of standard normal inputs and targets from the stream (seed, IL_PURPOSE_DATA). IL_INVALID for
 * what the scheme refuses, for a fit above IL_SAMPLE_FITTED and for weights that are not finite. */
il_status il_sample_draw(const il_call *init, const il_call *hidden, size_t fan_in, size_t fan_out,
                         uint64_t seed, il_sample *out, il_error *err);

/* What the scheme states of each weight; false where it states nothing, or nothing with a density. */
bool il_sample_law(const il_sample *sample, il_init_law *law);

/* The share of weights that the law expects between two values. */
double il_sample_share(const il_init_law *law, double low, double high);

/* Moments, singular values, and a histogram with the density that the scheme states. UTF-8. */
il_status il_sample_table(const il_sample *sample, FILE *out, il_error *err);

/* One object, "schema" 1: the scheme's formula and source, the moments, theory's mean and std, the histogram (equal parts
 * of [low, high]: counts, and the shares that theory expects). What does not exist is null. */
il_status il_sample_json(const il_sample *sample, FILE *out, il_error *err);

#endif
