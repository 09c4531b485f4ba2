/* Weight decay apart from the loss: it does not pass through gradients, clipping and the optimizer's moments. */
#include "optim/penalty.h"

#include "base/clones.h"
#include "optim/columns.h"

IL_CLONES static void weight_decay_scale(il_columns w, const il_real *restrict factor) {
    for (size_t i = 0; i < w.rows; i++)
        for (size_t c = 0; c < w.n; c++)
            w.x[i * w.stride + c] *= factor[c];
}

static void decay(const double *arg, const il_penalized *x) {
    il_columns part[2];
    il_real factor[IL_SPAN];
    for (size_t first = 0; first < x->R; first += IL_SPAN) {
        for (size_t c = 0; c < il_columns_width(x->R, first); c++)
            factor[c] = (il_real)(1 - x->lr[x->R == 1 ? 0 : first + c] * arg[0]);
        for (size_t p = il_columns_of(x->fan_in * x->fan_out, x->R, first, x->w, part); p-- > 0;)
            weight_decay_scale(part[p], factor);
    }
}

const il_penalty_type il_penalty_weight_decay = {
    .desc = {.name = "weight_decay",
             .formula = "w *= 1 - lr*lambda before the optimizer's move",
             .source = "Loshchilov & Hutter 2019; PyTorch's AdamW",
             .params = {IL_PARAM_LAMBDA("lambda", "share of lr by which weights shrink in a step",
                                        true),
                        IL_PARAM_ALL},
             .n_params = 2},
    .all = 1,
    .decay = decay,
};
