/* A monitor measures the layers of some replicas while a trainer trains them, and leaves no trace in the training. */
#ifndef IL_LAB_MONITOR_H
#define IL_LAB_MONITOR_H

#include "initlab/record.h"
#include "lab/probe.h"
#include "lab/trainer.h"

#define IL_MONITOR_SAMPLES 256 /* at most; il_training.room must be as large */

typedef struct il_monitor {
    il_trainer *trainer;
    size_t n, layers;
    il_real *X, *Y;          /* [n][inputs], [n][outputs] */
    il_real *loss, *right;   /* [R] */
    il_real *running;        /* [running size][R] as they were before the measuring pass */
    il_real *before;         /* [size][R] parameters before the last step of the last epoch */
    bool noted;              /* there was such a step */
    il_probe_sample *sample; /* [R][layers] */
} il_monitor;

/* Takes its samples from the trainer's. To be closed also after an error. */
il_status il_monitor_open(il_trainer *trainer, il_monitor *out, il_error *err);
void il_monitor_close(il_monitor *monitor);

/* Before every step of an epoch, counted from 1: remembers the parameters if it is the last. */
void il_monitor_before(il_monitor *monitor, size_t step);

/* il_trainer_keep has kept n replicas of R: before[…][R] follows. */
void il_monitor_keep(il_monitor *monitor, const size_t *lanes, size_t n, size_t R);

/* Measures n replicas in one pass forward and back, into out [n][layers]. */
void il_monitor_measure(il_monitor *monitor, const size_t *lanes, size_t n, il_layer_point *out);

#endif
