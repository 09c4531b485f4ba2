#include "lab/probe.h"

#include "base/arena.h"
#include "lab/spec.h"

#include <math.h>
#include <stdlib.h>

#define LANES 16 /* replicas at once in the lockstep engine */

/* One statistic over seeds (Welford 1962). */
typedef struct tally {
    double mean, deviations, min, max;
} tally;

typedef struct probing {
    const il_probe_config *config;
    il_probe *probe;
    il_network *net;
    il_initializer initializer;
    size_t R, inputs, outputs;
    il_real *X, *Y;           /* [batch][inputs], [batch][outputs]: one seed's, or the data's */
    il_real *shared;          /* [inputs] what correlated samples have in common */
    il_real *own;             /* [batch][inputs][R]: all lanes' */
    il_real *loss, *right;    /* [R] */
    uint64_t *seed, *step;    /* [R] */
    il_probe_sample *sample;  /* [n_layers], of one seed */
    tally *tally;             /* [n_layers][IL_PROBE_STATISTICS] */
    double *mean, *bias_mean; /* [n_layers] sums over seeds of the means of weights and biases */
    double *bias_square;      /* [n_layers] of their squares */
    double *length;           /* mean squares of the inputs: [batch] of data, else [seeds][batch] */
    double correlation;       /* sum over seeds of that of the inputs */
} probing;

static bool has_data(const probing *p) {
    return p->config->data.X != NULL;
}

static void add(tally *t, double value, size_t before) {
    double difference = value - t->mean;
    t->mean += difference / (double)(before + 1);
    t->deviations += difference * (value - t->mean);
    t->min = before == 0 || value < t->min ? value : t->min;
    t->max = before == 0 || value > t->max ? value : t->max;
}

/* Mean squares of one set of inputs, [batch]. */
static void measure_inputs(const probing *p, double *length) {
    for (size_t i = 0; i < p->config->batch; i++) {
        double square = 0;
        for (size_t j = 0; j < p->inputs; j++)
            square += (double)p->X[i * p->inputs + j] * (double)p->X[i * p->inputs + j];
        length[i] = square / (double)p->inputs;
    }
}

/* What correlated samples have in common is one more sample, from a stream of its own. */
static void correlate_inputs(probing *p, uint64_t seed) {
    double c = p->config->correlation;
    il_real common = (il_real)sqrt(c), rest = (il_real)sqrt(1 - c);
    il_stream stream = il_stream_open(seed, IL_PURPOSE_DATA, 2);
    il_stream_normal(&stream, p->inputs, p->shared);
    for (size_t i = 0; i < p->config->batch; i++)
        for (size_t j = 0; j < p->inputs; j++) {
            il_real *x = &p->X[i * p->inputs + j];
            *x = rest * *x + common * p->shared[j];
        }
}

/* Inputs and, for schemes that look at data, targets of one seed. */
static void draw_inputs(probing *p, uint64_t seed) {
    size_t n = p->config->batch * p->inputs;
    il_stream stream = il_stream_open(seed, IL_PURPOSE_DATA, 0);
    il_stream_normal(&stream, n, p->X);
    il_stream_normal(&stream, p->config->batch * p->outputs, p->Y);
    if (p->config->correlation > 0)
        correlate_inputs(p, seed);
}

/* Initializes lane r for a seed, with its inputs. */
static il_status begin(probing *p, size_t r, uint64_t seed, il_error *err) {
    size_t batch = p->config->batch, before = seed - p->config->first_seed;
    p->seed[r] = seed;
    if (!has_data(p)) {
        draw_inputs(p, seed);
        for (size_t i = 0; i < batch * p->inputs; i++)
            p->own[i * p->R + r] = p->X[i];
        measure_inputs(p, p->length + before * batch);
        p->correlation += il_probe_correlation(p->X, batch, p->inputs, 1, 0);
    }
    il_status status = il_initializer_fill(&p->initializer, p->net, r, seed, err);
    if (status == IL_OK && il_initializer_needs_data(&p->initializer))
        status = il_initializer_fit(&p->initializer, p->net, r, seed, batch, p->X, p->Y, err);
    return status;
}

/* Standard normal deltas at the output of lane r, in place of a loss's; p->Y is working space. */
static void put_deltas(probing *p, size_t r) {
    il_real *delta = il_network_layer(p->net, p->probe->n_layers - 1)->delta;
    size_t n = p->config->batch * p->outputs;
    il_stream stream = il_stream_open(p->seed[r], IL_PURPOSE_DATA, 1);
    il_stream_normal(&stream, n, p->Y);
    for (size_t i = 0; i < n; i++)
        delta[i * p->R + r] = p->Y[i];
}

static bool has_jacobian(const probing *p) {
    const il_call *norm = &p->config->norm;
    return (!norm->desc || norm->desc == il_family_find(&il_norms, "none")) &&
           p->outputs <= p->config->batch;
}

/* After everything else of the group, for it takes passes of its own. Lanes have inputs of their own unless there are
 * data. */
static il_status measure_jacobians(probing *p, size_t live, il_error *err) {
    il_probe_spectrum *sum = &p->probe->jacobian;
    il_status status = IL_OK;
    for (size_t r = 0; r < live && has_jacobian(p) && status == IL_OK; r++) {
        il_probe_spectrum one;
        for (size_t j = 0; j < p->inputs && !has_data(p); j++)
            p->shared[j] = p->own[j * p->R + r];
        status = il_probe_jacobian(p->net, r, has_data(p) ? p->X : p->shared, &one, err);
        if (status != IL_OK)
            break;
        sum->largest += one.largest;
        sum->smallest += one.smallest;
        sum->rms += one.rms * one.rms;
    }
    return status;
}

static void collect(probing *p, size_t done) {
    for (size_t k = 0; k < p->probe->n_layers; k++) {
        const il_probe_sample *s = &p->sample[k];
        for (size_t i = 0; i < IL_PROBE_STATISTICS; i++)
            add(&p->tally[k * IL_PROBE_STATISTICS + i], s->statistic[i], done);
        p->mean[k] += s->statistic[IL_PROBE_WEIGHT_MEAN];
        p->bias_mean[k] += s->bias_mean;
        p->bias_square[k] += s->bias_square;
        p->probe->layer[k].nonfinite_u += !s->finite_u;
        p->probe->layer[k].nonfinite_delta += !s->finite_delta;
    }
}

/* Measures `live` seeds from `first` on, side by side. */
static il_status run_group(probing *p, size_t done, size_t live, il_probe_sample *samples,
                           il_error *err) {
    const il_probe_config *config = p->config;
    size_t n = config->batch, layers = p->probe->n_layers;
    il_status status = IL_OK;
    for (size_t r = 0; r < live && status == IL_OK; r++)
        status = begin(p, r, config->first_seed + done + r, err);
    if (status != IL_OK)
        return status;
    const il_draws draws = {p->seed, p->step};
    const il_pass pass = {.n = n,
                          .X = has_data(p) ? config->data.X : p->own,
                          .Y = config->data.Y,
                          .own = !has_data(p),
                          .training = &draws};
    il_pass_forward(p->net, &pass);
    for (size_t k = 0; k < layers; k++) {
        il_probe_slopes(p->net, k, n);
        for (size_t r = 0; r < live; r++)
            il_probe_forward(p->net, k, r, n, &samples[r * layers + k]);
    }
    if (has_data(p))
        il_pass_loss(p->net, &pass, p->loss, p->right);
    for (size_t r = 0; r < live && !has_data(p); r++)
        put_deltas(p, r);
    il_pass_backward(p->net, &pass);
    for (size_t r = 0; r < live; r++) {
        p->sample = samples + r * layers;
        for (size_t k = 0; k < layers; k++) {
            il_probe_backward(p->net, k, r, n, &p->sample[k]);
            if (!has_data(p))
                p->sample[k].statistic[IL_PROBE_UPDATE_RATIO] = (double)NAN;
        }
        collect(p, done + r);
    }
    return measure_jacobians(p, live, err);
}

static il_probe_value summarize(const tally *t, il_probe_kind kind, size_t seeds) {
    il_probe_value v = {t->mean, {(double)NAN, (double)NAN}};
    if (kind == IL_PROBE_MIN || kind == IL_PROBE_MAX) {
        v.mean = kind == IL_PROBE_MIN ? t->min : t->max;
        return v;
    }
    double n = (double)seeds;
    if (seeds > 1) {
        double half = il_student(seeds - 1) * sqrt(t->deviations / (n - 1) / n);
        v.interval = (il_interval){t->mean - half, t->mean + half};
    }
    if (kind == IL_PROBE_RMS) {
        v.mean = sqrt(v.mean);
        v.interval.low = v.interval.low < 0 ? 0 : sqrt(v.interval.low);
        v.interval.high = sqrt(v.interval.high);
    }
    return v;
}

static void finish(probing *p) {
    il_probe *probe = p->probe;
    double seeds = (double)probe->seeds;
    size_t n_lengths = p->config->batch * (has_data(p) ? 1 : probe->seeds);
    for (size_t k = 0; k < probe->n_layers; k++) {
        il_probe_layer *y = &probe->layer[k];
        const tally *t = p->tally + k * IL_PROBE_STATISTICS;
        for (il_probe_statistic i = 0; i < IL_PROBE_STATISTICS; i++) {
            y->statistic[i] = summarize(&t[i], il_probe_kind_of(i), probe->seeds);
            y->theory[i] = (double)NAN;
        }
        y->sigma_w2 = (double)y->fan_in * t[IL_PROBE_WEIGHT_RMS].mean;
        y->sigma_b2 = p->bias_square[k] / seeds;
        p->mean[k] /= seeds;
        p->bias_mean[k] /= seeds;
    }
    for (size_t i = 0; i < n_lengths; i++)
        probe->input_square += p->length[i] / (double)n_lengths;
    double there = has_jacobian(p) ? 1 : (double)NAN;
    probe->jacobian.largest *= there / seeds;
    probe->jacobian.smallest *= there / seeds;
    probe->jacobian.rms = sqrt(probe->jacobian.rms * there / seeds);
    probe->input_correlation = p->correlation / (has_data(p) ? 1 : seeds);
}

static il_status check(const il_probe_config *c, il_error *err) {
    if (c->batch == 0 || c->seeds == 0)
        return il_fail(err, IL_INVALID, "a probe needs at least one sample and one seed");
    if (!(c->correlation >= 0 && c->correlation < 1))
        return il_fail(err, IL_INVALID, "inputs of correlation %g: give 0 or more, and less than 1",
                       c->correlation);
    if (c->data.X && c->batch > c->data.n)
        return il_fail(err, IL_INVALID, "a batch of %zu samples: the data has %zu", c->batch,
                       c->data.n);
    return IL_OK;
}

/* The engine that a study would choose, and its network. */
static il_status build(probing *p, il_error *err) {
    const il_probe_config *c = p->config;
    const il_call mse = {.desc = il_family_find(&il_losses, "mse")};
    il_network_config config = {.widths = c->network,
                                .hidden = c->hidden,
                                .loss = c->data.X ? c->loss : mse,
                                .norm = c->norm,
                                .dropout = c->dropout,
                                .engine = il_engine_auto(&c->network, c->batch),
                                .batch = c->batch};
    config.replicas = p->R = config.engine == IL_BLAS ? 1 : LANES;
    p->inputs = c->network.width[0];
    p->outputs = c->network.width[c->network.n - 1];
    return il_network_new(&config, &p->net, err);
}

/* Everything that is not the network's, in one block. */
static void *reserve(probing *p, il_probe_sample **samples, il_error *err) {
    size_t layers = p->config->network.n - 1, batch = p->config->batch, R = p->R;
    size_t seeds = has_data(p) ? 1 : p->config->seeds, draws = has_data(p) ? 0 : batch;
    il_layout layout = {0};
    size_t X = il_layout_reserve(&layout, sizeof(il_real), draws, p->inputs, 1);
    size_t Y = il_layout_reserve(&layout, sizeof(il_real), draws, p->outputs, 1);
    size_t own = il_layout_reserve(&layout, sizeof(il_real), draws, p->inputs, R);
    size_t shared = il_layout_reserve(&layout, sizeof(il_real), p->inputs, 1, 1);
    size_t loss = il_layout_reserve(&layout, sizeof(il_real), 2, R, 1);
    size_t seed = il_layout_reserve(&layout, sizeof(uint64_t), 2, R, 1);
    size_t sample = il_layout_reserve(&layout, sizeof(il_probe_sample), layers, R, 1);
    size_t tallies = il_layout_reserve(&layout, sizeof(tally), layers, IL_PROBE_STATISTICS, 1);
    size_t means = il_layout_reserve(&layout, sizeof(double), 3, layers, 1);
    size_t length = il_layout_reserve(&layout, sizeof(double), batch, seeds, 1);
    char *block = il_layout_allocate(&layout);
    if (!block) {
        il_fail(err, IL_NO_MEMORY, "no memory to probe %zu seeds with %zu samples each",
                p->config->seeds, batch);
        return NULL;
    }
    p->X = (il_real *)(void *)(block + X);
    p->Y = (il_real *)(void *)(block + Y);
    p->own = (il_real *)(void *)(block + own);
    p->shared = (il_real *)(void *)(block + shared);
    p->loss = (il_real *)(void *)(block + loss);
    p->right = p->loss + R;
    p->seed = (uint64_t *)(void *)(block + seed);
    p->step = p->seed + R;
    *samples = (il_probe_sample *)(void *)(block + sample);
    p->tally = (tally *)(void *)(block + tallies);
    p->mean = (double *)(void *)(block + means);
    p->bias_mean = p->mean + layers;
    p->bias_square = p->bias_mean + layers;
    p->length = (double *)(void *)(block + length);
    return block;
}

/* The data are the same for all seeds. They are only read, by schemes too. */
static void use_data(probing *p) {
    p->X = (il_real *)(uintptr_t)p->config->data.X;
    p->Y = (il_real *)(uintptr_t)p->config->data.Y;
    measure_inputs(p, p->length);
    p->correlation = il_probe_correlation(p->X, p->config->batch, p->inputs, 1, 0);
}

static il_status new_probe(probing *p, const il_call *init, il_error *err) {
    size_t layers = p->config->network.n - 1;
    p->probe = calloc(1, sizeof *p->probe + layers * sizeof *p->probe->layer);
    if (!p->probe)
        return il_fail(err, IL_NO_MEMORY, "no memory for a probe of %zu layers", layers);
    p->probe->layer = (il_probe_layer *)(p->probe + 1);
    p->probe->init = *init;
    p->probe->bias = p->initializer.bias;
    p->probe->engine = p->R == 1 ? IL_BLAS : IL_LOCKSTEP;
    p->probe->seeds = p->config->seeds;
    p->probe->batch = p->config->batch;
    p->probe->n_layers = layers;
    for (size_t k = 0; k < layers; k++) {
        p->probe->layer[k].fan_in = p->config->network.width[k];
        p->probe->layer[k].fan_out = p->config->network.width[k + 1];
    }
    return IL_OK;
}

il_status il_probe_measure(const il_probe_config *config, const il_call *init, bool theory,
                           il_probe **out, il_error *err) {
    probing p = {.config = config};
    il_probe_sample *samples = NULL;
    void *room = NULL;
    *out = NULL;
    il_status status = check(config, err);
    if (status == IL_OK)
        status = il_initializer_bind(init, config->bias.desc ? &config->bias : NULL,
                                     &config->hidden, &p.initializer, err);
    if (status == IL_OK)
        status = build(&p, err);
    if (status == IL_OK)
        status = new_probe(&p, init, err);
    if (status == IL_OK)
        status = (room = reserve(&p, &samples, err)) ? IL_OK : IL_NO_MEMORY;
    if (status == IL_OK && has_data(&p))
        use_data(&p);
    for (size_t done = 0; done < config->seeds && status == IL_OK; done += p.R) {
        size_t left = config->seeds - done;
        status = run_group(&p, done, left < p.R ? left : p.R, samples, err);
    }
    if (status == IL_OK) {
        finish(&p);
        size_t n = config->batch * (has_data(&p) ? 1 : config->seeds);
        if (theory)
            status = il_probe_theory(config, &p.initializer, p.mean, p.bias_mean, p.length, n,
                                     p.probe, err);
    }
    il_network_free(p.net);
    free(room);
    if (status == IL_OK)
        *out = p.probe;
    else
        free(p.probe);
    return status;
}

il_status il_probe_new(const il_probe_config *config, const il_call *init, il_probe **out,
                       il_error *err) {
    return il_probe_measure(config, init, true, out, err);
}

void il_probe_free(il_probe *probe) {
    free(probe);
}
