/* MetaInit: start where the gradient changes least along its own direction. The gradient quotient
 *
 *     GQ = mean over parameters of |(g - Hg)/(g + eps) - 1|,   eps with the sign of g,
 *
 * is lowered by signed descent with momentum over one factor per layer's weights. Hg is the gradient difference
 * (g(theta + r g) - g(theta))/r, and each factor's slope a central difference, so a step costs four gradients
 * per layer.
 *
 * Where this differs from the paper: the batch is the study's, not random inputs and labels; the steps are on the
 * logarithm of each factor, so that factors stay positive and lr means the same for every layer; and the result
 * is the best point that was met, not the last, since signed steps do not settle. The defaults are fewer and
 * smaller steps than the authors' 500 of 0.1.
 */
#include "init/fitting.h"

#include <math.h>
#include <string.h>

enum { BASE, STEPS, LR, MOMENTUM, EPS };

/* r moves no layer by more than this part of its length: about the root of the rounding of il_real, which
 * balances the errors of truncation and cancellation. */
#ifdef IL_DOUBLE
#define REACH 0x1p-26
#else
#define REACH 0x1p-11
#endif

static double step_of(const il_search *s) {
    double least = HUGE_VAL;
    for (size_t k = 0; k < s->layers; k++) {
        const il_layer *y = il_network_layer(s->fit->net, k);
        size_t weights = y->fan_in * y->fan_out;
        double g = il_fit_mean_square(s->fit, y->gW, weights);
        double ratio = il_fit_mean_square(s->fit, y->W, weights) / g;
        least = g > 0 && ratio < least ? ratio : least;
    }
    return REACH * sqrt(least);
}

/* At the parameters of log_scale; 1 where the gradient is zero. */
static double gradient_quotient(const il_search *s) {
    double eps = s->fit->init->arg[EPS], sum = 0;
    il_search_loss(s, s->gradient);
    double r = step_of(s);
    if (!isfinite(r))
        return 1;
    il_search_move(s, s->gradient, r);
    il_search_loss(s, s->other);
    il_search_place(s);
    for (size_t p = 0; p < s->size; p++) {
        double g = (double)s->gradient[p], Hg = ((double)s->other[p] - g) / r;
        sum += fabs((g - Hg) / (g + (g < 0 ? -eps : eps)) - 1);
    }
    return sum / (double)s->size;
}

static void descend(il_search *s) {
    const double *arg = s->fit->init->arg;
    double velocity[IL_MAX_LAYERS] = {0}, slope[IL_MAX_LAYERS], least = HUGE_VAL;
    for (double step = 0;; step++) {
        double quotient = gradient_quotient(s);
        if (quotient < least) {
            least = quotient;
            memcpy(s->best, s->log_scale, sizeof s->best);
        }
        if (step == arg[STEPS])
            break;
        for (size_t k = 0; k < s->layers; k++)
            slope[k] = il_search_slope(s, k, gradient_quotient);
        for (size_t k = 0; k < s->layers; k++) {
            double sign = slope[k] > 0 ? 1 : slope[k] < 0 ? -1 : 0;
            velocity[k] = arg[MOMENTUM] * velocity[k] - arg[LR] * sign;
            s->log_scale[k] += velocity[k];
        }
        il_search_place(s);
    }
    memcpy(s->log_scale, s->best, sizeof s->best);
    il_search_place(s);
}

static il_status fit(const il_init_fit *fit) {
    il_search search;
    il_status status = il_search_open(fit, &search);
    if (status != IL_OK)
        return status;
    descend(&search);
    il_search_close(&search);
    return IL_OK;
}

const il_init_type il_init_meta_init = {
    .desc = {.name = "meta_init",
             .formula = "base, then one factor per layer that minimizes mean |(g - Hg)/(g + eps) - "
                        "1|",
             .source = "Dauphin & Schoenholz 2019, eq. 1 and algorithm 1",
             .params = {{.name = "base",
                         .doc = "scheme to start from",
                         .kind = IL_CALL,
                         .family = &il_inits,
                         .inner = "xavier_normal"},
                        {.name = "steps",
                         .doc = "signed steps, each of four gradients per layer",
                         .kind = IL_INTEGER,
                         .initial = 100,
                         .min = 1,
                         .max = 100000},
                        {.name = "lr",
                         .doc = "change of a factor's logarithm in one step",
                         .initial = 0.01,
                         .min = 0,
                         .max = 1,
                         .above_min = true},
                        {.name = "momentum",
                         .doc = "part of the last change that is kept",
                         .initial = 0.9,
                         .min = 0,
                         .max = 0.999},
                        {.name = "eps",
                         .doc = "added to the size of each gradient in the quotient",
                         .initial = 1e-5,
                         .min = 0,
                         .max = 1,
                         .above_min = true}},
             .n_params = 5},
    .family = "data-dependent",
    .note = "Unlike the paper: the study's batch, not random data; steps on the factors' "
            "logarithms; the best "
            "point that was met, not the last.",
    .weights = il_fit_base,
    .resolve = il_fit_resolve_base,
    .fit = fit,
};
