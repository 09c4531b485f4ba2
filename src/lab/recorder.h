/* The recorder of a group: what `record:` asks for of the block's first seeds, while they train. */
#ifndef IL_LAB_RECORDER_H
#define IL_LAB_RECORDER_H

#include "initlab/store.h"
#include "lab/monitor.h"

/* The largest snapshot: besides a unit's two running statistics are at least four parameters. */
#define IL_MOST_SNAPSHOT (IL_MAX_SNAPSHOT + IL_MAX_SNAPSHOT / 2)

/* One run's record, in one allocation. */
typedef struct il_record {
    il_run_record run;
    size_t n_layers, n_snapshot;
} il_record;

/* What a group knows of its lanes at the end of an epoch. */
typedef struct il_lanes {
    size_t R;
    const uint32_t *seed;        /* [the block's runs] */
    const size_t *owner;         /* [R] which of them the lane holds */
    const int32_t *live;         /* [R] 0: none */
    const int32_t *age;          /* [R] */
    const int32_t *verdict;      /* [R] not 0: the run ends here */
    const il_real *loss, *right; /* [R] on the samples that judge */
} il_lanes;

typedef struct il_recorder {
    il_recording wanted;
    const il_samples *train, *judges;
    il_record **
        record; /* [wanted.seeds], filled with those of the block's seeds, for the caller to free */
    il_alarms *alarms; /* [wanted.seeds], or NULL */
    il_trainer *trainer;
    il_monitor monitor;    /* with layers */
    size_t active;         /* recorded runs that have not ended; 0: there is nothing to do */
    size_t *due;           /* [R] lanes to measure */
    il_layer_point *layer; /* [R][layers] */
    il_real *loss, *right; /* [R] on the samples that train */
} il_recorder;

/* Makes room for everything that the block's seeds [n] will have recorded. `out` has its first five fields. To be closed
 * also after an error. */
il_status il_recorder_open(const il_study *study, const uint32_t *seed, size_t n,
                           il_trainer *trainer, il_recorder *out, il_error *err);
void il_recorder_close(il_recorder *recorder);

/* A seed whose run could not begin: nothing is recorded of it. */
void il_recorder_skip(il_recorder *recorder, uint32_t seed);

/* After the lanes were judged, and before they train on. */
void il_recorder_epoch(il_recorder *recorder, const il_lanes *lanes);

/* Before every step, counted from 1, as il_monitor_before; il_monitor_keep. */
void il_recorder_before(il_recorder *recorder, size_t step);
void il_recorder_keep(il_recorder *recorder, const size_t *lanes, size_t n, size_t R);

#endif
