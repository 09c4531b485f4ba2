/* What was recorded of runs, as lines: one for each epoch, or for each layer at an epoch. */
#include "report/lines.h"

/* Where lines go, and how. */
typedef struct lines {
    const il_archive *a;
    bool layers, json;
    FILE *out;
} lines;

static const char *const point_names[] = {"train_loss", "train_accuracy", "loss", "accuracy"};
enum { POINTS = sizeof point_names / sizeof *point_names };

static void put_heading(const lines *l) {
    il_put_csv_heading(l->out);
    fputs(l->layers ? ",seed,epoch,layer" : ",seed,epoch", l->out);
    for (il_probe_statistic i = 0; i < IL_PROBE_STATISTICS && l->layers; i++)
        fprintf(l->out, ",%s", il_probe_statistic_name(i));
    for (size_t i = 0; i < POINTS && !l->layers; i++)
        fprintf(l->out, ",%s", point_names[i]);
    putc('\n', l->out);
}

static void begin_line(const lines *l, size_t arm, uint32_t seed, uint32_t epoch) {
    if (!l->json) {
        il_put_csv_settings(l->a->value[arm], l->a->engine[arm], l->out);
        fprintf(l->out, ",%u,%u", seed, epoch);
        return;
    }
    putc('{', l->out);
    il_put_json_settings(l->a->value[arm], l->a->engine[arm], l->out);
    fprintf(l->out, ",\"seed\":%u,\"epoch\":%u", seed, epoch);
}

static void put_number(const lines *l, const char *name, float value) {
    if (l->json)
        il_put_json_number(name, value, l->out);
    else
        il_put_csv_number(value, l->out);
}

static void end_line(const lines *l) {
    fputs(l->json ? "}\n" : "\n", l->out);
}

static void put_points(const lines *l, size_t arm, const il_run_record *run) {
    for (size_t i = 0; i < run->n_points; i++) {
        const il_point *p = &run->point[i];
        const float value[POINTS] = {p->train_loss, p->train_accuracy, p->loss, p->accuracy};
        begin_line(l, arm, run->seed, p->epoch);
        for (size_t k = 0; k < POINTS; k++)
            put_number(l, point_names[k], value[k]);
        end_line(l);
    }
}

static void put_layers(const lines *l, size_t arm, const il_run_record *run, size_t layers) {
    for (size_t i = 0; i < run->n_layer_points * layers; i++) {
        begin_line(l, arm, run->seed, run->layer_epoch[i / layers]);
        fprintf(l->out, l->json ? ",\"layer\":%zu" : ",%zu", i % layers + 1);
        for (il_probe_statistic k = 0; k < IL_PROBE_STATISTICS; k++)
            put_number(l, il_probe_statistic_name(k), run->layer[i].statistic[k]);
        end_line(l);
    }
}

static il_status put_arm(const lines *l, size_t arm, il_error *err) {
    il_arm_record *record;
    il_status status = il_archive_record(l->a, arm, &record, err);
    if (status != IL_OK)
        return status;
    for (size_t i = 0; i < record->n; i++)
        if (l->layers)
            put_layers(l, arm, &record->run[i], record->n_layers);
        else
            put_points(l, arm, &record->run[i]);
    il_arm_record_free(record);
    return IL_OK;
}

il_status il_export_records(const il_archive *a, bool layers, bool json, FILE *out, il_error *err) {
    const lines l = {a, layers, json, out};
    size_t recorded = 0;
    il_status status = IL_OK;
    for (size_t i = 0; i < a->n_arms; i++)
        recorded += a->recorded[i];
    if (recorded == 0)
        return il_fail(err, IL_INVALID, IL_NOTHING_RECORDED, a->name);
    if (!json)
        put_heading(&l);
    for (size_t i = 0; i < a->n_arms && status == IL_OK && !ferror(out); i++)
        status = put_arm(&l, i, err);
    return status == IL_OK && ferror(out) ? il_fail(err, IL_IO, "the lines could not be written")
                                          : status;
}
