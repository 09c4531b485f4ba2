#include "report/remedy.h"

#include <math.h>
#include <string.h>

/* "shrink ×0.50 a layer (theory 0.50)" */
static void say_factor(text *line, const char *what, double factor, double theory) {
    if (isnan(factor))
        return;
    const char *verb = factor < 0.995 ? "shrink" : factor > 1.005 ? "grow" : "keep their size";
    il_text_add(line, "%s %s, ×%.3g a layer", what, verb, factor);
    if (!isnan(theory))
        il_text_add(line, " (theory %.3g)", theory);
}

static void say_factors(const il_diagnosis *d, text *line) {
    say_factor(line, "Activations", d->signal, d->signal_theory);
    if (!isnan(d->signal) && !isnan(d->gradient))
        il_text_add(line, "; ");
    say_factor(line, isnan(d->signal) ? "Gradients" : "gradients on their way back", d->gradient,
               d->gradient_theory);
    if (!isnan(d->signal) || !isnan(d->gradient))
        il_text_add(line, ". ");
}

static void say_ends(const il_probe *probe, const il_diagnosis *d, text *line) {
    const il_probe_layer *first = &probe->layer[0];
    if (d->nonfinite)
        il_text_add(line, "Pre-activations are not finite from layer %zu on. ", d->nonfinite);
    else if (d->signal_left == 0)
        il_text_add(line, "No signal arrives: the last hidden layer's activations are 0. ");
    if (d->nonfinite_delta)
        il_text_add(line, "Deltas are not finite from layer %zu back. ", d->nonfinite_delta);
    else if (first->statistic[IL_PROBE_DELTA_RMS].mean == 0)
        il_text_add(line, "No gradient reaches layer 1. ");
    else if (isfinite(d->gradient_left))
        il_text_add(line, "Gradients reach layer 1 at %.2g of those at the output. ",
                    d->gradient_left);
    if (d->dying)
        il_text_add(line,
                    "%.0f %% of the units of layer %zu are dead: no sample gives them a "
                    "gradient. ",
                    100 * d->dead, d->dead_layer);
}

static void say_depth(const il_probe *probe, const il_diagnosis *d, text *line) {
    size_t depth = probe->n_layers;
    if (isnan(d->trainable))
        return;
    if (d->trainable > 1000)
        il_text_add(line, "Mean-field theory sets no limit to the depth that trains. ");
    else
        il_text_add(line, "Such layers train to a depth of about %.0f (6 ξ)%s. ", d->trainable,
                    d->trainable < (double)depth ? ", and this network is deeper" : "");
}

/* The scheme at the edge of chaos of this activation; false when it has none without biases. */
static bool name_critical(const il_probe_config *config, char name[IL_CALL_TEXT]) {
    const il_call relu = {.desc = il_family_find(&il_activations, "relu")};
    double sigma_w2, q;
    snprintf(name, IL_CALL_TEXT, "%s", config->hidden.desc == relu.desc ? "he_normal" : "critical");
    return il_critical(&config->hidden, 0, &sigma_w2, &q, NULL) == IL_OK;
}

static void say_remedy(const il_probe_config *config, const il_probe *probe, const il_diagnosis *d,
                       text *line) {
    char name[IL_CALL_TEXT];
    bool exists = name_critical(config, name);
    bool used = strcmp(probe->init.desc->name, name) == 0;
    bool scale = d->vanishing || d->exploding;
    if (!scale && !d->dying) {
        il_text_add(line, "Nothing vanishes, explodes or dies here.");
        return;
    }
    /* Units that a bias holds below 0 are no matter of scale. */
    bool held = d->dying && strcmp(probe->bias.desc->name, "zeros") != 0;
    if (held || !scale)
        il_text_add(line, "Remedy: a bias nearer to 0, or leaky_relu, whose slope is never 0.");
    else if (exists && !used)
        il_text_add(line,
                    "Remedy: %s keeps gradients at their size here, and lsuv keeps any "
                    "activation's signal.",
                    name);
    else
        il_text_add(line, "Remedy: lsuv, fewer layers, or a norm (--norm batchnorm) that sets the "
                          "scale of every layer.");
}

void il_probe_words(const il_probe_config *config, const il_probe *probe, const il_diagnosis *d,
                    text *line) {
    il_text_clear(line);
    say_factors(d, line);
    say_ends(probe, d, line);
    say_depth(probe, d, line);
    say_remedy(config, probe, d, line);
}
