/* The layers of a run while it trains: alarms as they are raised, and a table of the last measurement. */
#include "report/alarms.h"
#include "report/epochs.h"

#include <math.h>

void il_epochs_alarms(const il_session *s, const il_epoch *row, FILE *out) {
    char where[IL_ALARM_TEXT];
    for (il_alarm_kind kind = 0; kind < IL_ALARMS; kind++) {
        const il_alarm *alarm = &s->alarms.first[kind];
        if (row->measured && alarm->raised && alarm->epoch == row->epoch)
            fprintf(out, "alarm: %s %s\n", il_alarm_name(kind), il_alarm_text(alarm, where));
    }
}

static const struct {
    const char *head;
    il_probe_statistic statistic;
    bool share;
} columns[] = {{"u rms", IL_PROBE_U_RMS, false},
               {"a rms", IL_PROBE_A_RMS, false},
               {"weight rms", IL_PROBE_WEIGHT_RMS, false},
               {"delta rms", IL_PROBE_DELTA_RMS, false},
               {"gradient", IL_PROBE_GRADIENT_RMS, false},
               {"update", IL_PROBE_UPDATE_RATIO, false},
               {"zero", IL_PROBE_ZERO, true},
               {"saturated", IL_PROBE_SATURATED, true},
               {"dead", IL_PROBE_DEAD, true}};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void put_cell(size_t c, double value, FILE *out) {
    if (isnan(value))
        fprintf(out, "%11s", "-");
    else if (columns[c].share)
        fprintf(out, "%9.1f %%", 100 * value);
    else
        fprintf(out, "%11.3g", value);
}

void il_epochs_layers(const il_training_report *r, FILE *out) {
    size_t layers = r->session->monitor.layers;
    if (r->n_layer_points == 0)
        return;
    const il_layer_point *last = r->layer + (r->n_layer_points - 1) * layers;
    fprintf(out,
            "\nlayers at epoch %llu (update: rms of the last step over the weights' rms)\nlayer",
            (unsigned long long)r->layer_epoch[r->n_layer_points - 1]);
    for (size_t c = 0; c < COLUMNS; c++)
        fprintf(out, "%11s", columns[c].head);
    putc('\n', out);
    for (size_t k = 0; k < layers; k++) {
        fprintf(out, "%5zu", k + 1);
        for (size_t c = 0; c < COLUMNS; c++)
            put_cell(c, (double)last[k].statistic[columns[c].statistic], out);
        putc('\n', out);
    }
}
