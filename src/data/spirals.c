/* Interleaved spiral arms, one a class: sample i lies on arm i mod classes, at radius r in (0, 1) and angle
 * 2π(turns·r + class/classes), both coordinates with added noise. */
#include "data/synthetic.h"

#include "base/elementary.h"

enum { N, NOISE, TURNS, CLASSES, SEED };

static il_status make(const il_call *call, const il_folders *folders, il_dataset **out,
                      il_error *err) {
    (void)folders;
    const double *arg = call->arg;
    size_t n = (size_t)arg[N], classes = (size_t)arg[CLASSES];
    if (n < classes)
        return il_fail(err, IL_INVALID,
                       "spirals: n=%zu is less than one sample for each of %zu classes", n,
                       classes);
    const il_dataset_shape shape = {.n = n, .inputs = 2, .classes = classes};
    il_status status = il_dataset_allocate(&shape, out, err);
    if (status != IL_OK)
        return status;
    il_real *X = (*out)->X;
    il_draw_normal(arg[SEED], 0, 2 * n, X);
    size_t arm = (n + classes - 1) / classes;
    for (size_t i = 0; i < n; i++) {
        size_t label = i % classes;
        double r = ((double)(i / classes) + 0.5) / (double)arm;
        double angle = 2 * IL_PI * (arg[TURNS] * r + (double)label / (double)classes);
        X[2 * i] = (il_real)(r * il_cos(angle) + arg[NOISE] * (double)X[2 * i]);
        X[2 * i + 1] = (il_real)(r * il_sin(angle) + arg[NOISE] * (double)X[2 * i + 1]);
        (*out)->label[i] = (uint32_t)label;
    }
    return IL_OK;
}

const il_dataset_type il_dataset_spirals = {
    .desc = {.name = "spirals",
             .formula = "spiral arms in the plane, one a class",
             .source = "after Lang & Witbrock 1988",
             .params = {IL_PARAM_N(192, 2),
                        IL_PARAM_NOISE(0.02, "each coordinate"),
                        {.name = "turns", .doc = "turns of an arm", .initial = 1, .max = 20},
                        {.name = "classes",
                         .doc = "arms",
                         .kind = IL_INTEGER,
                         .initial = 2,
                         .min = 2,
                         .max = 100},
                        IL_PARAM_SEED("the noise")},
             .n_params = 5},
    .make = make,
};
