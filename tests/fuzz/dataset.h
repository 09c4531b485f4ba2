/* What must hold of every dataset that is made from a fuzzed file. */
#ifndef TESTS_FUZZ_DATASET_H
#define TESTS_FUZZ_DATASET_H

#include "fuzz.h"
#include "initlab/data.h"

#include <math.h>
#include <string.h>

static inline void demand(bool holds) {
    if (!holds)
        abort();
}

/* Builds what the call says. A dataset is one in all its parts, an error has one line. */
static inline void build_dataset(const char *call) {
    il_data_request request = {0};
    il_error err = {.message = ""};
    il_dataset *data = NULL;
    demand(il_call_parse(&il_datasets, call, NULL, &request.data, &err) == IL_OK);
    il_status status = il_dataset_new(&request, NULL, &data, &err);
    demand((status == IL_OK) == (data != NULL));
    demand(status == IL_OK || (*err.message && !strchr(err.message, '\n')));
    for (size_t i = 0; data && i < data->n; i++)
        demand(!data->label || data->label[i] < data->classes);
    for (size_t i = 0; data && data->X && i < data->n * data->inputs; i++)
        demand(isfinite(data->X[i]));
    for (size_t i = 0; data && data->target && i < data->n * data->outputs; i++)
        demand(isfinite(data->target[i]));
    il_dataset_free(data);
}

#endif
