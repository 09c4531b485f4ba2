/* What a probe's numbers say. */
#include "lab/probe.h"

#include "nn/dropout.h"

#include <math.h>

static double measured(const il_probe *probe, size_t k, il_probe_statistic statistic) {
    return probe->layer[k].statistic[statistic].mean;
}

static double in_theory(const il_probe *probe, size_t k, il_probe_statistic statistic) {
    return probe->layer[k].theory[statistic];
}

/* b/a, where nothing out of nothing is no change. */
static double ratio(double a, double b) {
    return a == b ? 1 : b / a;
}

/* Factor a layer from a to b over n steps; NAN where something is lost on the way. */
static double per_layer(double a, double b, size_t n) {
    bool there = n > 0 && a > 0 && b > 0 && isfinite(a) && isfinite(b);
    return there ? pow(b / a, 1 / (double)n) : (double)NAN;
}

static void follow(const il_probe *probe, il_diagnosis *d) {
    size_t last = probe->n_layers - 1,
           top = last > 0 ? last - 1 : 0; /* output; last hidden layer */
    const il_probe_statistic a = IL_PROBE_A_RMS, delta = IL_PROBE_DELTA_RMS;
    d->signal = per_layer(measured(probe, 0, a), measured(probe, top, a), top);
    d->signal_theory = per_layer(in_theory(probe, 0, a), in_theory(probe, top, a), top);
    d->gradient = per_layer(measured(probe, top, delta), measured(probe, 0, delta), top);
    d->gradient_theory = per_layer(in_theory(probe, top, delta), in_theory(probe, 0, delta), top);
    d->signal_left = ratio(measured(probe, 0, a), measured(probe, top, a));
    d->gradient_left = ratio(measured(probe, last, delta), measured(probe, 0, delta));
    /* Activations that are 0 from the first layer on have not faded: they never were. */
    if (measured(probe, top, a) == 0)
        d->signal_left = 0;
}

static void look_for_harm(const il_probe *probe, il_diagnosis *d) {
    for (size_t k = 0; k < probe->n_layers; k++) {
        const il_probe_layer *y = &probe->layer[k];
        double dead = y->statistic[IL_PROBE_DEAD].mean;
        if (y->nonfinite_u && d->nonfinite == 0)
            d->nonfinite = k + 1;
        if (y->nonfinite_delta)
            d->nonfinite_delta = k + 1;
        if (k + 1 < probe->n_layers && dead > d->dead) {
            d->dead = dead;
            d->dead_layer = k + 1;
        }
    }
}

static double trainable(const il_probe_config *config, const il_probe *probe) {
    size_t middle = probe->n_layers / 2;
    const il_probe_layer *y = &probe->layer[middle];
    bool dropout = config->dropout.desc && il_dropout_of(&config->dropout)->law;
    const il_random_layer layer = {.activation = config->hidden,
                                   .sigma_w2 = y->sigma_w2,
                                   .sigma_b2 = y->sigma_b2,
                                   .dropout = dropout ? config->dropout.arg[0] : 0};
    double u = in_theory(probe, middle, IL_PROBE_U_RMS);
    il_mean_field m;
    if (!probe->mean_field || probe->n_layers < 3 || !(u > 0) ||
        il_mean_field_of(&layer, u * u, &m, NULL) != IL_OK)
        return (double)NAN;
    return isnan(m.trainable) ? 6 * m.xi_gradient : m.trainable;
}

void il_probe_diagnose(const il_probe_config *config, const il_probe *probe, il_diagnosis *out) {
    *out = (il_diagnosis){0};
    follow(probe, out);
    look_for_harm(probe, out);
    out->trainable = trainable(config, probe);
    out->vanishing = out->signal_left < IL_VANISHING || out->gradient_left < IL_VANISHING;
    out->exploding = out->signal_left > IL_EXPLODING || out->gradient_left > IL_EXPLODING ||
                     out->nonfinite || out->nonfinite_delta;
    out->dying = out->dead > IL_DYING;
}
