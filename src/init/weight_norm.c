/* Weight normalization's data-dependent start. With w = g v/|v|, one batch gives the mean mu and deviation
 * sigma of t = v·x/|v| for every unit, then g = 1/sigma and b = -mu/sigma. Folded into plain weights, w is v
 * divided by the deviation of v·x: the length of v, and so the base's scale, cancels.
 */
#include "init/fitting.h"

static il_status fit(const il_init_fit *fit) {
    return il_fit_normalize_units(fit, 0);
}

const il_init_type il_init_weight_norm_dd = {
    .desc = {.name = "weight_norm_dd",
             .formula = "base, then per unit W /= sigma, b = -mu/sigma: mean 0, variance 1 over "
                        "the batch",
             .source = "Salimans & Kingma 2016, section 3",
             .params = {{.name = "base",
                         .doc = "scheme that gives the directions v",
                         .kind = IL_CALL,
                         .family = &il_inits,
                         .inner = "normal(std=0.05)"}},
             .n_params = 1},
    .family = "data-dependent",
    .weights = il_fit_base,
    .bias = il_fit_zero_bias,
    .brings_bias = true,
    .resolve = il_fit_resolve_base,
    .fit = fit,
};
