/* Fisher's irises, in centimetres: data/README.md says where they come from. */
#include "data/source.h"

enum { SAMPLES = 150, FEATURES = 4 };

static const uint8_t table[][FEATURES + 1] = {
#include "../../data/iris.inc"
};

_Static_assert(sizeof table == SAMPLES * (FEATURES + 1), "one row a sample");

static il_status make(const il_call *call, const il_folders *folders, il_dataset **out,
                      il_error *err) {
    (void)call;
    (void)folders;
    const il_dataset_shape shape = {.n = SAMPLES, .inputs = FEATURES, .classes = 3};
    il_status status = il_dataset_allocate(&shape, out, err);
    if (status != IL_OK)
        return status;
    for (size_t i = 0; i < SAMPLES; i++) {
        for (size_t j = 0; j < FEATURES; j++)
            (*out)->X[i * FEATURES + j] = (il_real)(table[i][j] / 10.0);
        (*out)->label[i] = table[i][FEATURES];
    }
    return IL_OK;
}

const il_dataset_type il_dataset_iris = {
    .desc = {.name = "iris",
             .formula = "4 lengths of 150 irises of 3 species; no test set: use split: random",
             .source = "Fisher 1936"},
    .make = make,
    .origin = IL_EMBEDDED,
};
