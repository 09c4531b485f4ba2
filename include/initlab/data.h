/* Datasets: inputs with class labels or numbers to predict, made from call notation, split and scaled.
 *
 *     #include <initlab.h>
 *     int main(void) {
 *         il_error err;
 *         il_data_request request = {0};
 *         il_dataset *xor = NULL;
 *         if (il_call_parse(&il_datasets, "xor(inputs=pm1)", NULL, &request.data, &err) == IL_OK)
 *             il_dataset_new(&request, NULL, &xor, &err);
 *         size_t n = xor ? xor->n : 0;
 *         il_dataset_free(xor);
 *         return n != 4;
 *     }
 */
#ifndef INITLAB_DATA_H
#define INITLAB_DATA_H

#include "expr.h"
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

extern const il_family il_datasets; /* xor, spirals, moons, sine, digits, mnist, csv … */
extern const il_family il_splits;   /* given random */
extern const il_family il_scalings; /* auto none center scale01 standardize */

typedef enum il_part { IL_TRAIN, IL_VALIDATION, IL_TEST, IL_PARTS } il_part;
const char *il_part_name(il_part part); /* "train", "validation", "test" */

typedef struct il_dataset {
    size_t n;              /* samples */
    size_t part[IL_PARTS]; /* how many of them train, validate and test, in this order */
    size_t inputs;         /* features of a sample */
    size_t classes;        /* labels are 0 … classes - 1; 0: targets are numbers */
    size_t outputs;        /* numbers of a target; 0 with classes */
    size_t rows, columns;  /* of the picture that a sample is; 0: none */
    il_real *X;            /* [n][inputs], or NULL with pixels */
    uint8_t *pixels;       /* [n][inputs]: a feature is scale*byte + offset */
    il_real scale, offset;
    uint8_t white;   /* the largest that a pixel can be */
    uint32_t *label; /* [n], or NULL with targets */
    il_real *target; /* [n][outputs] */
} il_dataset;

/* Where files of data are looked for, in this order. */
typedef struct il_folders {
    size_t n;
    const char *const *path;
} il_folders;

/* A dataset, how it is split and how it is scaled; the last two may have no descriptor: given, auto. */
typedef struct il_data_request {
    il_call data, split, scale;
} il_data_request;

/* Builds the dataset: a function of the request (and the files that it names) alone. `folders` may be NULL. Errors:
 * IL_INVALID for a request or a file that makes no dataset, IL_IO for a file that cannot be read, IL_NO_MEMORY. */
il_status il_dataset_new(const il_data_request *request, const il_folders *folders,
                         il_dataset **out, il_error *err);
void il_dataset_free(il_dataset *data);

/* Targets Y [n][outputs] for a network with that many outputs: the label itself (0 or 1) for one
 * output and two classes, one-hot when outputs equals classes, the numbers themselves when outputs are
 * as many. Anything else is IL_INVALID. */
il_status il_dataset_targets(const il_dataset *data, size_t outputs, il_real *Y, il_error *err);

/* Samples of a width that the reader knows, with targets: X [n][inputs] or, where X is NULL, pixels [n][inputs] of
 * which a feature is scale*byte + offset; Y [n][outputs]. They stay the owner's. */
typedef struct il_samples {
    size_t n;
    const il_real *X, *Y;
    const uint8_t *pixels;
    il_real scale, offset;
    bool numbers; /* Y holds numbers to predict, not classes: none is correct or wrong */
} il_samples;

/* One part of a dataset whose targets are Y [data->n][outputs]. */
il_samples il_dataset_part(const il_dataset *data, il_part part, const il_real *Y, size_t outputs);

/* The samples on which runs are judged: those that validate, else those that test, else those that train. */
il_part il_dataset_judges(const il_dataset *data);

/* Features first … first + n - 1 of the samples, counted over all their values, as numbers. */
void il_samples_read(const il_samples *samples, size_t first, size_t n, il_real *x);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
