#include "initlab/phase.h"

#include "lab/probe.h"
#include "nn/dropout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static il_status check(const il_phase_config *c, il_error *err) {
    if (c->points < 1 || c->points > IL_PHASE_POINTS)
        return il_fail(err, IL_INVALID, "%zu values of sigma_w2: give 1 to %d", c->points,
                       IL_PHASE_POINTS);
    if (!(c->first > 0 && c->last >= c->first && isfinite(c->last)))
        return il_fail(err, IL_INVALID, "sigma_w2 from %g to %g: give rising values above 0",
                       c->first, c->last);
    if (c->layers < 1 || c->layers >= IL_MAX_LAYERS)
        return il_fail(err, IL_INVALID, "%zu hidden layers: give 1 to %d", c->layers,
                       IL_MAX_LAYERS - 1);
    if (c->batch < 2)
        return il_fail(err, IL_INVALID, "a correlation needs a batch of at least 2 samples");
    return IL_OK;
}

static double sigma_w2_at(const il_phase_config *c, size_t i) {
    double steps = c->points > 1 ? (double)(c->points - 1) : 1;
    return c->first + (c->last - c->first) * (double)i / steps;
}

/* The initialization of one column: `critical` with both variances given. */
static il_status name_init(const il_phase_config *c, double sigma_w2, il_call *out, il_error *err) {
    char w[32], b[32], text[128];
    snprintf(text, sizeof text, "critical(sigma_b2=%s, sigma_w2=%s)",
             il_number_format(c->sigma_b2, b), il_number_format(sigma_w2, w));
    return il_call_parse(&il_inits, text, NULL, out, err);
}

static il_status measure(const il_phase_config *c, il_phase_column *column, il_error *err) {
    il_probe_config config = {.network = {.n = c->layers + 2},
                              .hidden = c->hidden,
                              .dropout = c->dropout,
                              .correlation = IL_PHASE_CORRELATION,
                              .batch = c->batch,
                              .seeds = c->seeds,
                              .first_seed = c->first_seed};
    for (size_t i = 0; i < config.network.n; i++)
        config.network.width[i] = c->width;
    il_call init;
    il_probe *probe = NULL;
    il_status status = name_init(c, column->sigma_w2, &init, err);
    if (status == IL_OK)
        status = il_probe_measure(&config, &init, false, &probe, err);
    for (size_t k = 0; k < c->layers && status == IL_OK; k++) {
        const il_probe_layer *last = &probe->layer[c->layers - 1];
        const il_probe_value *u = probe->layer[k].statistic, *before = (last - k)->statistic;
        column->distance[k] = fabs(u[IL_PROBE_CORRELATION].mean - column->field.c);
        column->gradient[k] =
            before[IL_PROBE_DELTA_RMS].mean / last->statistic[IL_PROBE_DELTA_RMS].mean;
    }
    il_probe_free(probe);
    return status;
}

il_status il_phase_new(const il_phase_config *config, il_phase **out, il_error *err) {
    *out = NULL;
    il_status status = check(config, err);
    if (status != IL_OK)
        return status;
    il_phase *phase = calloc(1, sizeof *phase + config->points * sizeof *phase->column);
    if (!phase)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu values of sigma_w2", config->points);
    phase->column = (il_phase_column *)(phase + 1);
    phase->points = config->points;
    phase->layers = config->layers;
    bool dropout = config->dropout.desc && il_dropout_of(&config->dropout)->law;
    for (size_t i = 0; i < config->points && status == IL_OK; i++) {
        il_phase_column *column = &phase->column[i];
        column->sigma_w2 = sigma_w2_at(config, i);
        const il_random_layer layer = {config->hidden, column->sigma_w2, config->sigma_b2,
                                       dropout ? config->dropout.arg[0] : 0};
        status = il_mean_field_of(&layer, 1, &column->field, err);
        if (status == IL_OK)
            status = measure(config, column, err);
    }
    if (status == IL_OK)
        *out = phase;
    else
        free(phase);
    return status;
}

void il_phase_free(il_phase *phase) {
    free(phase);
}
