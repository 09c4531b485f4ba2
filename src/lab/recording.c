/* What `record:` may say, and the alarms that recorded layers raise. */
#include "initlab/record.h"

#include "initlab/study.h"

#include <math.h>

#define EVERY(initial_)                                                                            \
    {                                                                                              \
        .name = "every", .doc = "epochs from one record to the next", .kind = IL_INTEGER,          \
        .initial = initial_, .min = 1, .max = IL_MAX_BUDGET                                        \
    }
#define SEEDS                                                                                      \
    {                                                                                              \
        .name = "seeds", .doc = "runs of each arm that are recorded, the first ones",              \
        .kind = IL_INTEGER, .initial = 16, .min = 1, .max = 10000                                  \
    }

static const il_desc none = {.name = "none", .formula = "how runs end, and nothing else"};
static const il_desc curves = {.name = "curves",
                               .formula = "loss and accuracy; small networks' parameters",
                               .params = {EVERY(1), SEEDS},
                               .n_params = 2};
static const il_desc layers = {.name = "layers",
                               .formula = "that, and signals and gradients of each layer",
                               .params = {EVERY(10), SEEDS},
                               .n_params = 2};
static const il_desc *const items[] = {&none, &curves, &layers};

const il_family il_recordings = {
    .kind = "record", .items = items, .n = sizeof items / sizeof *items};

il_recording il_recording_of(const il_call *record) {
    if (!record->desc || record->desc == &none)
        return (il_recording){0};
    uint32_t every = (uint32_t)record->arg[0];
    return (il_recording){.curves = every,
                          .layers = record->desc == &layers ? every : 0,
                          .seeds = (size_t)record->arg[1]};
}

const char *il_alarm_name(il_alarm_kind kind) {
    static const char *const names[IL_ALARMS] = {[IL_ALARM_NONFINITE] = "non-finite",
                                                 [IL_ALARM_EXPLODED] = "exploded",
                                                 [IL_ALARM_VANISHED] = "vanished",
                                                 [IL_ALARM_DIED] = "died"};
    return names[kind];
}

typedef struct watch {
    const il_layer_point *layer; /* [n] */
    size_t n;
} watch;

static double of(const watch *w, size_t k, il_probe_statistic statistic) {
    return (double)w->layer[k].statistic[statistic];
}

/* Nothing out of nothing is no change, but activations that are 0 from the first layer on have vanished. */
static double left(double from, double to, bool forward) {
    return from == to && !(forward && to == 0) ? 1 : to / from;
}

/* Whether layer k, from 0, shows it in the given direction. */
static bool shows(const watch *w, il_alarm_kind kind, bool backward, size_t k) {
    bool hidden = k + 1 < w->n;
    double now = of(w, k, backward ? IL_PROBE_DELTA_RMS : IL_PROBE_A_RMS);
    double from = backward ? of(w, w->n - 1, IL_PROBE_DELTA_RMS) : of(w, 0, IL_PROBE_A_RMS);
    switch (kind) {
    case IL_ALARM_NONFINITE:
        return !isfinite(backward ? now : of(w, k, IL_PROBE_U_RMS));
    case IL_ALARM_EXPLODED:
        return hidden && left(from, now, !backward) > IL_EXPLODING;
    case IL_ALARM_VANISHED:
        return hidden && (now == 0 && !backward ? true : left(from, now, !backward) < IL_VANISHING);
    default:
        return hidden && !backward && of(w, k, IL_PROBE_DEAD) > IL_DYING;
    }
}

/* Forward from the input, then backward from the output. */
static il_alarm look(const watch *w, il_alarm_kind kind, uint32_t epoch) {
    for (size_t i = 0; i < 2 * w->n; i++) {
        bool backward = i >= w->n;
        size_t k = backward ? 2 * w->n - 1 - i : i;
        if (shows(w, kind, backward, k))
            return (il_alarm){true, backward, (uint16_t)(k + 1), epoch};
    }
    return (il_alarm){0};
}

void il_alarms_watch(il_alarms *alarms, uint32_t epoch, const il_layer_point *layer, size_t n) {
    const watch w = {layer, n};
    for (il_alarm_kind kind = 0; kind < IL_ALARMS; kind++)
        if (!alarms->first[kind].raised)
            alarms->first[kind] = look(&w, kind, epoch);
}
