/* Layer-sequential unit variance. From the input upwards, each layer's weights are divided by the standard
 * deviation of its pre-activations, taken over all samples and units together, until it is 1. On a fixed batch
 * with zero bias one division is exact; a bias that varies between units needs several.
 *
 * The variants are the paper and the two programs that its first author published; they differ in what they
 * compare, how often they correct, and in whether they touch the bias. After max_iter corrections a layer stays
 * as it is, as in the paper.
 */
#include "init/fitting.h"

#include <math.h>

enum { BASE, TOL, MAX_ITER, VARIANT };
enum { PAPER, CAFFE, PYTORCH };

static const double own_tol[] = {[PAPER] = 0.1, [CAFFE] = 0.02, [PYTORCH] = 0.1};
/* Both programs make one correction more than their own limits, 20 and 10, say. */
static const double own_max_iter[] = {[PAPER] = 10, [CAFFE] = 21, [PYTORCH] = 11};

static il_status resolve(il_call *init, const il_call *activation, il_error *err) {
    size_t variant = (size_t)init->arg[VARIANT];
    if (isnan(init->arg[TOL]))
        init->arg[TOL] = own_tol[variant];
    if (isnan(init->arg[MAX_ITER]))
        init->arg[MAX_ITER] = own_max_iter[variant];
    return il_fit_resolve_base(init, activation, err);
}

/* b -= mean / std, which moves the layer's mean to 0 when the bias was 0. */
static void shift_bias(const il_init_fit *fit, size_t k, double shift) {
    const il_layer *y = il_network_layer(fit->net, k);
    size_t R = il_network_replicas(fit->net);
    for (size_t j = 0; j < y->fan_out; j++) {
        il_real *b = &y->b[j * R + fit->replica];
        *b = (il_real)((double)*b + shift);
    }
}

static il_status fit_layer(const il_init_fit *fit, size_t k) {
    const double *arg = fit->init->arg;
    size_t units = il_network_layer(fit->net, k)->fan_out;
    bool pytorch = arg[VARIANT] == PYTORCH;
    for (double corrections = 0;; corrections++) {
        il_moments m;
        il_status status = il_fit_measure(fit, k, 0, units, &m);
        if (status != IL_OK)
            return status;
        double std = sqrt(m.variance);
        double deviation = fabs((pytorch ? std : m.variance) - 1);
        if (deviation < arg[TOL] || corrections == arg[MAX_ITER])
            return IL_OK;
        il_fit_scale(fit, k, 0, units, 1 / std);
        if (pytorch)
            shift_bias(fit, k, -m.mean / std);
        il_fit_forward(fit);
    }
}

static il_status fit(const il_init_fit *fit) {
    il_status status = IL_OK;
    il_fit_forward(fit);
    for (size_t k = 0; k < il_network_layers(fit->net) && status == IL_OK; k++)
        status = fit_layer(fit, k);
    return status;
}

#define AUTO __builtin_nan("")

const il_init_type il_init_lsuv = {
    .desc = {.name = "lsuv",
             .formula = "base, then layer by layer W /= std(z) over the batch until Var(z) = 1",
             .source = "Mishkin & Matas 2016, algorithm 1",
             .params = {{.name = "base",
                         .doc = "scheme to start from",
                         .kind = IL_CALL,
                         .family = &il_inits,
                         .inner = "orthogonal"},
                        {.name = "tol",
                         .doc = "tolerance on the variance, in pytorch on the standard deviation; "
                                "auto: 0.1, in caffe 0.02",
                         .initial = AUTO,
                         .min = 0,
                         .max = 1,
                         .above_min = true,
                         .automatic = true},
                        {.name = "max_iter",
                         .doc = "most corrections of a layer; auto: paper 10, caffe 21, pytorch 11",
                         .kind = IL_INTEGER,
                         .initial = AUTO,
                         .min = 1,
                         .max = 1000,
                         .automatic = true},
                        {.name = "variant",
                         .doc = "whose tolerances and limit; pytorch also does b -= mean(z)/std(z)",
                         .kind = IL_CHOICE,
                         .choices = "paper|caffe|pytorch"}},
             .n_params = 4},
    .family = "data-dependent",
    .note = "Var(z) is over samples and units together. With a fixed batch and zero bias one "
            "correction is exact. "
            "Moving the bias is LSUV-pytorch's own; the paper has none.",
    .weights = il_fit_base,
    .resolve = resolve,
    .fit = fit,
};
