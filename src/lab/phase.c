#include "lab/phase.h"

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
    const il_depths *d = &c->depths;
    if (d->first < 1 || d->last >= IL_MAX_LAYERS)
        return il_fail(err, IL_INVALID, "%zu to %zu hidden layers: give 1 to %d", d->first, d->last,
                       IL_MAX_LAYERS - 1);
    if (d->first > d->last || d->step < 1)
        return il_fail(err, IL_INVALID,
                       "hidden layers from %zu to %zu by %zu: give a step above 0 upwards",
                       d->first, d->last, d->step);
    if (c->first_seed < 1)
        return il_fail(err, IL_INVALID, "seeds from 0 on: give a first seed of 1 or more");
    if (c->batch < 2 && !c->training)
        return il_fail(err, IL_INVALID, "a correlation needs a batch of at least 2 samples");
    return IL_OK;
}

static double sigma_w2_at(const il_phase_config *c, size_t i) {
    double steps = c->points > 1 ? (double)(c->points - 1) : 1;
    return c->first + (c->last - c->first) * (double)i / steps;
}

char *il_phase_init(const il_phase_config *config, double sigma_w2, char text[IL_PHASE_INIT_TEXT]) {
    char w[32], b[32];
    snprintf(text, IL_PHASE_INIT_TEXT, "critical(sigma_b2=%s, sigma_w2=%s)",
             il_number_format(config->sigma_b2, b), il_number_format(sigma_w2, w));
    return text;
}

static il_status measure(const il_phase_config *c, il_phase_column *column, il_error *err) {
    size_t layers = c->depths.last;
    char text[IL_PHASE_INIT_TEXT];
    il_probe_config config = {.network = {.n = layers + 2},
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
    il_status status =
        il_call_parse(&il_inits, il_phase_init(c, column->sigma_w2, text), NULL, &init, err);
    if (status == IL_OK)
        status = il_probe_measure(&config, &init, false, &probe, err);
    for (size_t k = 0; k < layers && status == IL_OK; k++) {
        const il_probe_layer *last = &probe->layer[layers - 1];
        const il_probe_value *u = probe->layer[k].statistic, *before = (last - k)->statistic;
        column->distance[k] = fabs(u[IL_PROBE_CORRELATION].mean - column->field.c);
        column->gradient[k] =
            before[IL_PROBE_DELTA_RMS].mean / last->statistic[IL_PROBE_DELTA_RMS].mean;
    }
    il_probe_free(probe);
    return status;
}

static void begin(const il_phase_config *c, il_phase *phase) {
    phase->column = (il_phase_column *)(phase + 1);
    phase->points = c->points;
    for (size_t i = 0; i < c->points; i++) {
        il_phase_column *column = &phase->column[i];
        column->sigma_w2 = sigma_w2_at(c, i);
        for (size_t k = 0; k < IL_MAX_LAYERS; k++)
            column->distance[k] = column->gradient[k] = column->accuracy[k] = (double)NAN;
    }
}

il_status il_phase_new(const il_phase_config *config, il_phase **out, il_error *err) {
    *out = NULL;
    il_status status = check(config, err);
    if (status != IL_OK)
        return status;
    il_phase *phase = calloc(1, sizeof *phase + config->points * sizeof *phase->column);
    if (!phase)
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu values of sigma_w2", config->points);
    begin(config, phase);
    bool dropout = config->dropout.desc && il_dropout_of(&config->dropout)->law;
    for (size_t i = 0; i < config->points && status == IL_OK; i++) {
        il_phase_column *column = &phase->column[i];
        const il_random_layer layer = {config->hidden, column->sigma_w2, config->sigma_b2,
                                       dropout ? config->dropout.arg[0] : 0};
        status = il_mean_field_of(&layer, 1, &column->field, err);
        if (status == IL_OK && !config->training)
            status = measure(config, column, err);
    }
    if (status == IL_OK && config->training)
        status = il_phase_train(config, phase, err);
    if (status == IL_OK)
        *out = phase;
    else
        free(phase);
    return status;
}

void il_phase_free(il_phase *phase) {
    free(phase);
}
