/* GradInit: scale the layers so that the first optimizer step is as good as it can be, while the gradient is no
 * longer than gamma:
 *
 *     minimize over one factor per layer  L(theta - eta d(g)),   subject to |g| <= gamma.
 *
 * For SGD the step d is g and the norm Euclidean; for Adam, whose first step is nearly the sign, d is sign(g)
 * and the norm is the sum of absolute values. While the gradient is too long its norm is lowered, else the
 * loss after the step; both by Adam on slopes clipped to [-1, 1], with moments of their own.
 *
 * Where this differs from the paper: one factor per layer's weights, none for biases; gradient and loss are of the
 * same batch, the study's; slopes are central differences, which see how the gradient itself changes; the
 * factors' logarithms move, so no least factor is needed; and the result is the best point that was met: of
 * those within gamma the one with the least loss after the step, else the one with the shortest gradient. A
 * step costs two gradients per layer, and two passes more.
 */
#include "init/fitting.h"

#include <math.h>
#include <string.h>

enum { BASE, STEPS, LR, ETA, GAMMA, OPTIMIZER };
enum { SGD, ADAM };

#define BETA1 0.9
#define BETA2 0.999

static double norm_of(const il_search *s) {
    bool adam = s->fit->init->arg[OPTIMIZER] == ADAM;
    double sum = 0;
    for (size_t p = 0; p < s->size; p++) {
        double g = (double)s->gradient[p];
        sum += adam ? fabs(g) : g * g;
    }
    return adam ? sum : sqrt(sum);
}

static double gradient_norm(const il_search *s) {
    il_search_loss(s, s->gradient);
    return norm_of(s);
}

static double loss_after_step(const il_search *s) {
    il_search_loss(s, s->gradient);
    for (size_t p = 0; p < s->size; p++) {
        il_real g = s->gradient[p];
        s->other[p] = s->fit->init->arg[OPTIMIZER] == SGD ? g : (il_real)((g > 0) - (g < 0));
    }
    il_search_move(s, s->other, -s->fit->init->arg[ETA]);
    double loss = il_search_loss(s, NULL);
    il_search_place(s);
    return loss;
}

/* Adam's moments of the slopes of one objective. */
typedef struct moments {
    double m[IL_MAX_LAYERS], v[IL_MAX_LAYERS];
    double power1, power2; /* beta^t */
} moments;

static void descend(il_search *s, il_objective *objective, moments *state) {
    double lr = s->fit->init->arg[LR], slope[IL_MAX_LAYERS];
    for (size_t k = 0; k < s->layers; k++)
        slope[k] = fmin(fmax(il_search_slope(s, k, objective), -1), 1);
    state->power1 *= BETA1;
    state->power2 *= BETA2;
    for (size_t k = 0; k < s->layers; k++) {
        state->m[k] = BETA1 * state->m[k] + (1 - BETA1) * slope[k];
        state->v[k] = BETA2 * state->v[k] + (1 - BETA2) * slope[k] * slope[k];
        s->log_scale[k] -= lr * (state->m[k] / (1 - state->power1)) /
                           (sqrt(state->v[k] / (1 - state->power2)) + 1e-8);
    }
    il_search_place(s);
}

static void search(il_search *s) {
    const double *arg = s->fit->init->arg;
    moments norm_moments = {.power1 = 1, .power2 = 1}, loss_moments = norm_moments;
    double least = HUGE_VAL;
    bool within = false;
    for (double step = 0;; step++) {
        double loss = loss_after_step(s), norm = norm_of(s);
        bool feasible = norm <= arg[GAMMA];
        double value = feasible ? loss : norm;
        if (feasible > within || (feasible == within && value < least)) {
            within = feasible;
            least = value;
            memcpy(s->best, s->log_scale, sizeof s->best);
        }
        if (step == arg[STEPS])
            break;
        descend(s, feasible ? loss_after_step : gradient_norm,
                feasible ? &loss_moments : &norm_moments);
    }
    memcpy(s->log_scale, s->best, sizeof s->best);
    il_search_place(s);
}

static il_status fit(const il_init_fit *fit) {
    il_search s;
    il_status status = il_search_open(fit, &s);
    if (status != IL_OK)
        return status;
    search(&s);
    il_search_close(&s);
    return IL_OK;
}

const il_init_type il_init_grad_init = {
    .desc = {.name = "grad_init",
             .formula = "base, then one factor per layer that minimizes L(theta - eta*d(g)), |g| "
                        "<= gamma",
             .source = "Zhu et al. 2021, eq. 1 and algorithm 1",
             .params = {{.name = "base",
                         .doc = "scheme to start from",
                         .kind = IL_CALL,
                         .family = &il_inits,
                         .inner = "he_normal"},
                        {.name = "steps",
                         .doc = "steps of the search, each of two gradients per layer and more",
                         .kind = IL_INTEGER,
                         .initial = 100,
                         .min = 1,
                         .max = 100000},
                        {.name = "lr",
                         .doc = "learning rate on the factors' logarithms",
                         .initial = 0.05,
                         .min = 0,
                         .max = 1,
                         .above_min = true},
                        {.name = "eta",
                         .doc = "learning rate of the step that is looked ahead",
                         .initial = 0.1,
                         .min = 0,
                         .max = 1e6,
                         .above_min = true},
                        {.name = "gamma",
                         .doc = "greatest norm of the gradient",
                         .initial = 1,
                         .min = 0,
                         .max = 1e6,
                         .above_min = true},
                        {.name = "optimizer",
                         .doc = "whose first step: sgd d(g) = g, 2-norm; adam d(g) = sign(g), "
                                "1-norm",
                         .kind = IL_CHOICE,
                         .choices = "sgd|adam"}},
             .n_params = 6},
    .family = "data-dependent",
    .note = "Unlike the paper: no factors for biases; one batch for gradient and loss; central "
            "differences; steps "
            "on the factors' logarithms; the best point that was met, not the last.",
    .weights = il_fit_base,
    .resolve = il_fit_resolve_base,
    .fit = fit,
};
