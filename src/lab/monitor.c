#include "lab/monitor.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

il_status il_monitor_open(il_trainer *trainer, il_monitor *out, il_error *err) {
    const il_network *net = trainer->net;
    size_t R = il_network_replicas(net), inputs = trainer->inputs, outputs = trainer->outputs;
    *out = (il_monitor){.trainer = trainer,
                        .n = trainer->train.n < IL_MONITOR_SAMPLES ? trainer->train.n
                                                                   : IL_MONITOR_SAMPLES,
                        .layers = il_network_layers(net)};
    il_layout layout = {0};
    size_t X = il_layout_reserve(&layout, sizeof(il_real), out->n, inputs, 1);
    size_t Y = il_layout_reserve(&layout, sizeof(il_real), out->n, outputs, 1);
    size_t loss = il_layout_reserve(&layout, sizeof(il_real), 2, R, 1);
    size_t running =
        il_layout_reserve(&layout, sizeof(il_real), il_network_running_size(net), R, 1);
    size_t before = il_layout_reserve(&layout, sizeof(il_real), il_network_size(net), R, 1);
    size_t sample = il_layout_reserve(&layout, sizeof(il_probe_sample), out->layers, R, 1);
    char *block = il_layout_allocate(&layout);
    if (!block)
        return il_fail(err, IL_NO_MEMORY, "no memory to record the layers of %zu replicas", R);
    out->X = (il_real *)(void *)(block + X);
    out->Y = (il_real *)(void *)(block + Y);
    out->loss = (il_real *)(void *)(block + loss);
    out->right = out->loss + R;
    out->running = (il_real *)(void *)(block + running);
    out->before = (il_real *)(void *)(block + before);
    out->sample = (il_probe_sample *)(void *)(block + sample);
    il_gather_spread(out->n, inputs, outputs, &trainer->train, out->X, out->Y);
    return IL_OK;
}

void il_monitor_close(il_monitor *monitor) {
    free(monitor->X); /* the first of one block */
    monitor->X = NULL;
}

void il_monitor_before(il_monitor *m, size_t step) {
    il_network *net = m->trainer->net;
    if (step != m->trainer->steps)
        return;
    memcpy(m->before, il_network_parameters(net),
           il_network_size(net) * il_network_replicas(net) * sizeof *m->before);
    m->noted = true;
}

/* In place: no number moves to the right. */
void il_monitor_keep(il_monitor *m, const size_t *lanes, size_t n, size_t R) {
    size_t size = il_network_size(m->trainer->net), now = il_network_replicas(m->trainer->net);
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < n; j++)
            m->before[i * now + j] = m->before[i * R + lanes[j]];
}

/* The rms of what the last step changed of layer k's weights, over theirs. */
static double update_ratio(const il_monitor *m, size_t k, size_t r) {
    il_network *net = m->trainer->net;
    const il_layer *y = il_network_layer(net, k);
    const il_real *before = m->before + (y->W - il_network_parameters(net));
    double change = 0, size = 0;
    size_t R = il_network_replicas(net);
    if (!m->noted || il_trainer_finished(m->trainer, r) == 0)
        return (double)NAN;
    for (size_t i = r; i < y->fan_in * y->fan_out * R; i += R) {
        double was = (double)before[i], moved = (double)y->W[i] - was;
        change += moved * moved;
        size += was * was;
    }
    double ratio = sqrt(change / size);
    return isfinite(ratio) ? ratio : (double)NAN;
}

/* A root where a sample has a square; one NaN for all processors. */
static void convert(const il_probe_sample *sample, il_layer_point *out) {
    for (il_probe_statistic i = 0; i < IL_PROBE_STATISTICS; i++) {
        double value = sample->statistic[i];
        value = il_probe_kind_of(i) == IL_PROBE_RMS ? sqrt(value) : value;
        out->statistic[i] = isnan(value) ? NAN : (float)value;
    }
}

void il_monitor_measure(il_monitor *m, const size_t *lanes, size_t n, il_layer_point *out) {
    il_trainer *t = m->trainer;
    const il_draws draws = {t->seed, t->step};
    const il_pass pass = {.n = m->n, .X = m->X, .Y = m->Y, .training = &draws};
    size_t running = il_network_running_size(t->net) * il_network_replicas(t->net);
    memcpy(m->running, il_network_running(t->net), running * sizeof *m->running);
    il_pass_forward(t->net, &pass);
    for (size_t k = 0; k < m->layers; k++) {
        il_probe_slopes(t->net, k, m->n);
        for (size_t i = 0; i < n; i++)
            il_probe_forward(t->net, k, lanes[i], m->n, &m->sample[i * m->layers + k]);
    }
    il_pass_loss(t->net, &pass, m->loss, m->right);
    il_pass_backward(t->net, &pass);
    for (size_t i = 0; i < n * m->layers; i++) {
        size_t k = i % m->layers, r = lanes[i / m->layers];
        il_probe_backward(t->net, k, r, m->n, &m->sample[i]);
        m->sample[i].statistic[IL_PROBE_UPDATE_RATIO] = update_ratio(m, k, r);
        convert(&m->sample[i], &out[i]);
    }
    memcpy(il_network_running(t->net), m->running, running * sizeof *m->running);
    t->evaluated = false;
}
