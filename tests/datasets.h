/* Datasets from text, and what statistics say of their draws. Seeds are fixed, so a test that passes goes on passing;
 * the rates stated are those at which a correct generator with other draws would fail it.
 */
#ifndef TESTS_DATASETS_H
#define TESTS_DATASETS_H

#include "cmocka_all.h"

#include "initlab/data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static inline il_status dataset_status(const char *text, il_dataset **out, il_error *err) {
    il_data_request request = {0};
    *out = NULL;
    il_status status = il_call_parse(&il_datasets, text, NULL, &request.data, err);
    return status == IL_OK ? il_dataset_new(&request, NULL, out, err) : status;
}

static inline il_dataset *dataset_of(const char *text) {
    il_error err;
    il_dataset *data;
    if (dataset_status(text, &data, &err) != IL_OK)
        fail_msg("%s", err.message);
    return data;
}

static inline void assert_dataset_refused(const char *text, const char *message) {
    il_error err = {.message = ""};
    il_dataset *data;
    assert_int_equal(dataset_status(text, &data, &err), IL_INVALID);
    assert_string_equal(err.message, message);
    assert_null(data);
}

/* The first samples of `many` are those of `few`, bit by bit. */
static inline void assert_begins_with(const char *many_text, const char *few_text) {
    il_dataset *many = dataset_of(many_text), *few = dataset_of(few_text);
    size_t n = few->n, values = n * few->inputs;
    assert_true(many->n > n && many->inputs == few->inputs);
    if (few->pixels)
        assert_memory_equal(many->pixels, few->pixels, values);
    else
        assert_memory_equal(many->X, few->X, values * sizeof *few->X);
    if (few->label)
        assert_memory_equal(many->label, few->label, n * sizeof *few->label);
    else
        assert_memory_equal(many->target, few->target, n * few->outputs * sizeof *few->target);
    il_dataset_free(many);
    il_dataset_free(few);
}

/* Mean and variance of n normal draws, each within 4.5 standard errors: fails 1 time in 70000. */
static inline void assert_normal(size_t n, const double *z, double std) {
    double sum = 0, squares = 0, count = (double)n;
    for (size_t i = 0; i < n; i++) {
        sum += z[i];
        squares += z[i] * z[i];
    }
    double variance = std * std;
    if (!(fabs(sum / count) < 4.5 * std / sqrt(count)) ||
        !(fabs(squares / count - variance) < 4.5 * variance * sqrt(2 / count)))
        fail_msg("mean %g, mean square %g of %zu draws of N(0, %g)", sum / count, squares / count,
                 n, variance);
}

/* Whether u falls into ten equal parts of (low, high) alike: chi-square beyond its 1 - 1e-5 quantile fails. */
static inline void assert_uniform(size_t n, const double *u, double low, double high) {
    double chi = 0, expected = (double)n / 10;
    size_t count[10] = {0};
    for (size_t i = 0; i < n; i++) {
        double part = 10 * (u[i] - low) / (high - low);
        assert_true(part > -1e-5 && part < 10 + 1e-5);
        count[part < 0 ? 0 : part >= 10 ? 9 : (size_t)part]++;
    }
    for (size_t k = 0; k < 10; k++)
        chi += pow((double)count[k] - expected, 2) / expected;
    assert_true(chi < 39.34);
}

/* The differences between two lists, which are noise of that deviation. */
static inline void assert_noise(size_t n, const il_real *noisy, const il_real *clean, double std) {
    double *z = malloc(n * sizeof *z);
    for (size_t i = 0; i < n; i++)
        z[i] = (double)noisy[i] - (double)clean[i];
    assert_normal(n, z, std);
    free(z);
}

#endif
