/* Noise that has nothing to be learned but itself: inputs N(0, 1), each independent of all else. Sample i has label
 * i mod classes, which says as little of its inputs as a random label would, and makes classes of equal size.
 * What a network fits here it memorizes. */
#include "data/synthetic.h"

enum { N, INPUTS, CLASSES, SEED };

static il_status make(const il_call *call, const il_folders *folders, il_dataset **out,
                      il_error *err) {
    (void)folders;
    const il_dataset_shape shape = {.n = (size_t)call->arg[N],
                                    .inputs = (size_t)call->arg[INPUTS],
                                    .classes = (size_t)call->arg[CLASSES]};
    il_status status = il_dataset_allocate(&shape, out, err);
    if (status != IL_OK)
        return status;
    il_draw_normal(call->arg[SEED], 0, shape.n * shape.inputs, (*out)->X);
    for (size_t i = 0; i < shape.n; i++)
        (*out)->label[i] = (uint32_t)(i % shape.classes);
    return IL_OK;
}

const il_dataset_type il_dataset_gaussian = {
    .desc = {.name = "gaussian",
             .formula = "inputs N(0, 1) with labels that they do not tell",
             .source = "after Zhang et al. 2017, section 2",
             .params = {IL_PARAM_N(100, 1),
                        IL_PARAM_INPUTS(10, 1),
                        {.name = "classes",
                         .doc = "labels",
                         .kind = IL_INTEGER,
                         .initial = 2,
                         .min = 2,
                         .max = 1000},
                        IL_PARAM_SEED("the inputs")},
             .n_params = 4},
    .make = make,
};
