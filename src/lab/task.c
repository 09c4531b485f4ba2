#include "lab/task.h"

#include <stdlib.h>

static size_t outputs_of(const il_arm *arm) {
    return arm->network.width[arm->network.n - 1];
}

bool il_task_shared(const il_arm *a, const il_arm *b) {
    return il_call_equal(&a->data.data, &b->data.data) &&
           il_call_equal(&a->data.split, &b->data.split) &&
           il_call_equal(&a->data.scale, &b->data.scale) && outputs_of(a) == outputs_of(b);
}

static il_part judges_of(const il_study *study, const il_dataset *data) {
    static const il_part asked[] = {[IL_JUDGES_TRAIN] = IL_TRAIN,
                                    [IL_JUDGES_VALIDATION] = IL_VALIDATION,
                                    [IL_JUDGES_TEST] = IL_TEST};
    return study->judges == IL_JUDGES_AUTO ? il_dataset_judges(data) : asked[study->judges];
}

il_status il_task_open(const il_study *study, const il_arm *arm, il_task *out, il_error *err) {
    size_t outputs = outputs_of(arm);
    *out = (il_task){0};
    il_status status =
        arm->built ? IL_OK : il_dataset_new(&arm->data, study->folders, &out->own, err);
    if (status != IL_OK)
        return status;
    out->data = arm->built ? arm->built : out->own;
    out->Y = malloc(out->data->n * outputs * sizeof *out->Y);
    if (!out->Y)
        return il_fail(err, IL_NO_MEMORY, "no memory for the targets of %zu samples", out->data->n);
    for (il_part part = 0; part < IL_PARTS; part++)
        out->part[part] = il_dataset_part(out->data, part, out->Y, outputs);
    out->judges = judges_of(study, out->data);
    return il_dataset_targets(out->data, outputs, out->Y, err);
}

void il_task_close(il_task *task) {
    il_dataset_free(task->own);
    free(task->Y);
    *task = (il_task){0};
}

il_network_config il_arm_network(const il_arm *arm, size_t R) {
    return (il_network_config){
        .widths = arm->network,
        .hidden = arm->hidden,
        .loss = arm->loss,
        .norm = arm->norm,
        .dropout = arm->dropout,
        .engine = arm->engine,
        .replicas = R,
    };
}

il_training il_arm_training(const il_study *study, const il_arm *arm) {
    return (il_training){
        .optimizer = arm->optimizer,
        .schedule = arm->schedule,
        .clip = arm->clip,
        .penalty = arm->penalty,
        .batch = il_batch_size(&arm->batch),
        .order = study->order,
        .drop_last = study->drop_last,
        .epochs = study->budget,
        .patience = study->patience,
    };
}
