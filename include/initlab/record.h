/* Recording: what is kept of the first runs of every arm of a study beside how they ended, and the harm seen in it.
 *
 * A run is recorded before its first epoch, at the end of every k-th, and at that of its last. Recording changes no
 * result. Records go to a store (store.h has them read); alarms are in il_results too.
 *
 *     #include <initlab.h>
 *     #include <stdio.h>
 *     int main(void) {
 *         static const char text[] = "data: xor\nnetwork: 2-[8]x9-1\nhidden: sigmoid\nbudget: 20\nseeds: 16\n"
 *                                    "init: normal(std=0.01)\nrecord: layers(every=10)\n";
 *         il_error err;
 *         il_study *study = NULL;
 *         il_results *results = NULL;
 *         if (il_study_parse(text, sizeof text - 1, "deep", NULL, 0, &study, &err) == IL_OK)
 *             il_study_run(study, NULL, &results, &err);
 *         for (il_alarm_kind kind = 0; results && kind < IL_ALARMS; kind++)
 *             if (results->alarms[0].first[kind].raised)
 *                 printf("%s at layer %u\n", il_alarm_name(kind), results->alarms[0].first[kind].layer);
 *         int failed = results == NULL || !results->alarms[0].first[IL_ALARM_VANISHED].raised;
 *         il_results_free(results);
 *         il_study_free(study);
 *         return failed;
 *     }
 */
#ifndef INITLAB_RECORD_H
#define INITLAB_RECORD_H

#include "expr.h"
#include "probe.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* The key `record:` of a study: none, curves(every, seeds), layers(every, seeds). */
extern const il_family il_recordings;

/* What a call of it asks for. */
typedef struct il_recording {
    uint32_t curves, layers; /* every how many epochs; 0: not at all. Layers bring curves */
    size_t seeds;            /* of the seeds 1 … seeds of every arm */
} il_recording;
il_recording il_recording_of(const il_call *record);

/* The most epochs of one run that can be recorded, and the most numbers of layers. */
#define IL_MAX_POINTS 1000000
#define IL_MAX_LAYER_NUMBERS 10000000

/* The largest network of which parameters are kept, at epoch 0 and at the end. */
#define IL_MAX_SNAPSHOT 8192

/* Where a run stood at the end of an epoch (0: before the first): means over all samples that train and over all that
 * judge, in evaluation mode. Accuracies are NaN when targets are numbers. */
typedef struct il_point {
    uint32_t epoch;
    float train_loss, train_accuracy;
    float loss, accuracy;
} il_point;

/* One layer at such a time: the statistics of probe.h, of up to 256 training samples evenly spaced in the set, in
 * training mode, with gradients of their mean loss; the next step's masks of dropout. They are those of il_probe_new on the
 * same samples at epoch 0, but for IL_PROBE_UPDATE_RATIO: here it is measured, the rms of what the last step of the epoch
 * changed the weights by over the weights' rms before that step; NaN at epoch 0. */
typedef struct il_layer_point {
    float statistic[IL_PROBE_STATISTICS];
} il_layer_point;

/* What may go wrong with a signal, by the criteria of il_probe_diagnose for one network at one epoch: */
typedef enum il_alarm_kind {
    IL_ALARM_NONFINITE, /* a pre-activation or a delta is infinite or NaN */
    IL_ALARM_EXPLODED, /* a layer's activations (rms) are more than IL_EXPLODING times those of the first hidden
                           layer, or its deltas more than IL_EXPLODING times those at the output */
    IL_ALARM_VANISHED, /* … less than IL_VANISHING times; activations that are 0 in the first layer too vanished */
    IL_ALARM_DIED, /* more than IL_DYING of a hidden layer's units are dead */
    IL_ALARMS
} il_alarm_kind;

/* "non-finite", "exploded", "vanished", "died" */
const char *il_alarm_name(il_alarm_kind kind);

/* When and where it was first seen: in the first layer from the input, or when nothing is amiss forward, in the
 * deltas, the first one from the output. */
typedef struct il_alarm {
    bool raised, backward;
    uint16_t layer; /* from 1 */
    uint32_t epoch;
} il_alarm;
typedef struct il_alarms {
    il_alarm first[IL_ALARMS];
} il_alarms;

/* Raises what the layers [n] of a network say at an epoch and was not raised before. */
void il_alarms_watch(il_alarms *alarms, uint32_t epoch, const il_layer_point *layer, size_t n);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
