/* Gaussian clouds around random centers, one a class: center N(0, 1) and sample = center + std·N(0, 1) in every
 * coordinate; sample i belongs to class i mod classes. Centers have a stream of their own, so more samples
 * only add. */
#include "data/synthetic.h"

#include <stdlib.h>

enum { N, INPUTS, CLASSES, STD, SEED };

static il_status make(const il_call *call, const il_folders *folders, il_dataset **out,
                      il_error *err) {
    (void)folders;
    const double *arg = call->arg;
    size_t n = (size_t)arg[N], inputs = (size_t)arg[INPUTS], classes = (size_t)arg[CLASSES];
    const il_dataset_shape shape = {.n = n, .inputs = inputs, .classes = classes};
    il_real *center = malloc(classes * inputs * sizeof *center);
    il_status status = center ? il_dataset_allocate(&shape, out, err)
                              : il_fail(err, IL_NO_MEMORY, "no memory for %zu centers", classes);
    if (status == IL_OK) {
        il_real *X = (*out)->X, std = (il_real)arg[STD];
        il_draw_normal(arg[SEED], 0, classes * inputs, center);
        il_draw_normal(arg[SEED], 1, n * inputs, X);
        for (size_t i = 0; i < n; i++) {
            (*out)->label[i] = (uint32_t)(i % classes);
            for (size_t j = 0; j < inputs; j++)
                X[i * inputs + j] = center[i % classes * inputs + j] + std * X[i * inputs + j];
        }
    }
    free(center);
    return status;
}

const il_dataset_type il_dataset_blobs = {
    .desc = {.name = "blobs",
             .formula = "Gaussian clouds around random centers, one a class",
             .params = {IL_PARAM_N(200, 1),
                        IL_PARAM_INPUTS(2, 1),
                        {.name = "classes",
                         .doc = "clouds",
                         .kind = IL_INTEGER,
                         .initial = 3,
                         .min = 2,
                         .max = 1000},
                        {.name = "std", .doc = "spread of a cloud", .initial = 1, .max = 1e3},
                        IL_PARAM_SEED("centers and samples")},
             .n_params = 5},
    .make = make,
};
