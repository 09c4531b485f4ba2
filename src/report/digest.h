/* What the charts of recorded runs draw, worked out of one arm's records at a time: records may be large. */
#ifndef IL_REPORT_DIGEST_H
#define IL_REPORT_DIGEST_H

#include "report/page.h"

#include <initlab/record.h>

#define IL_COLUMNS_MOST 121 /* epochs along a chart */
#define IL_RUNS_SHOWN 3     /* runs that are drawn one by one */
#define IL_RUNS_KEPT 32     /* runs whose parameters are looked at */

/* The curves of a run. */
typedef enum il_curve {
    IL_CURVE_LOSS, /* on the samples that judge */
    IL_CURVE_ACCURACY,
    IL_CURVE_TRAIN_LOSS, /* on those that train, in the same order */
    IL_CURVE_TRAIN_ACCURACY,
    IL_CURVES
} il_curve;

/* Quartiles over the recorded runs at one epoch, of which those that have ended stay where they ended; what is not a
 * number counts as infinite. NaN where no run has numbers. */
typedef struct quartiles {
    float low, median, high;
} quartiles;

/* One statistic of one layer before training, over the recorded runs: the root of the mean square, and the extremes. */
typedef struct strip {
    double value, low, high;
    double theory; /* NaN where it says nothing */
} strip;

/* The statistics of layers that are drawn. */
typedef enum il_strip { IL_STRIP_SIGNAL, IL_STRIP_GRADIENT, IL_STRIPS } il_strip;

typedef struct snapshot {
    float *start, *end; /* [n_parameters] as il_snapshot_put takes them; NULL: there is none */
} snapshot;

typedef struct digest {
    size_t arm;
    size_t n;                    /* recorded runs */
    size_t columns;              /* epochs along the curves … */
    uint32_t *epoch;             /* [columns] */
    quartiles *curve[IL_CURVES]; /* [columns] */
    size_t shown;                /* runs drawn one by one: the seeds … */
    uint32_t seed[IL_RUNS_SHOWN];
    float *run[IL_RUNS_SHOWN];     /* [IL_CURVES][columns] */
    uint32_t ended[IL_RUNS_SHOWN]; /* the epochs at which they ended */
    size_t n_layers;               /* 0: no layers were recorded */
    strip *strip[IL_STRIPS];       /* [n_layers] at epoch 0 */
    size_t times;                  /* epochs at which layers were recorded */
    uint32_t *time;                /* [times] */
    float *course[IL_STRIPS];      /* [n_layers][times] medians over the runs */
    size_t alarmed[IL_ALARMS];     /* runs in which each alarm was raised */
    il_alarm first[IL_ALARMS];     /* and the earliest of them */
    size_t kept;                   /* runs whose parameters are there */
    size_t n_parameters;           /* of each */
    uint32_t kept_seed[IL_RUNS_KEPT];
    snapshot parameters[IL_RUNS_KEPT];
    void *block; /* what the pointers point into, but for `parameters`: */
    float *snapshots;
} digest;

/* Of the recorded runs of one arm, which has some. Errors: those of il_archive_record. */
il_status il_digest_make(const il_archive *archive, size_t arm, digest *out, il_error *err);
void il_digest_free(digest *d);

/* The network of an arm, for passes of up to `batch` samples, with 16 replicas to hold parameters of runs: NULL when it
 * cannot be made or has not as many parameters as were kept. */
il_network *il_digest_network(const il_archive *archive, const digest *d, size_t batch);

/* Layers of an arm's network, 0 when its text is none. */
size_t il_digest_layers(const il_archive *archive, size_t arm);

/* Fills what mean-field theory says of the strips, from the first layer's measured length on and from the output's
 * measured deltas back. It is about random weights of mean 0 without norm, dropout or bias. */
void il_digest_theory(const il_archive *archive, const il_arm_record *record, digest *d);

#endif
