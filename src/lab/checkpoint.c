/* Checkpoints: everything that training depends on, as named tensors, with notes on what kind of training it is. Random
 * numbers need no state of their own: they are a function of seed, step and epoch. */
#include "lab/trainer.h"
#include "optim/optimizer.h"
#include "optim/schedule.h"

#include <stdio.h>
#include <string.h>

/* One array of the trainer. */
typedef struct part {
    const char *name;
    il_dtype dtype;
    size_t rows, columns;
    void *at;
} part;

enum { FIXED = 9, MOST_PARTS = FIXED + IL_MAX_SLOTS };

static size_t parts_of(const il_trainer *t, part *parts) {
    static const char *const slots[IL_MAX_SLOTS] = {"slot.0", "slot.1", "slot.2", "slot.3"};
    il_network *net = t->net;
    size_t R = il_network_replicas(net), n = FIXED, size = il_network_size(net);
    const part fixed[FIXED] = {
        {"parameters", IL_DTYPE_REAL, size, R, il_network_parameters(net)},
        {"running", IL_DTYPE_REAL, il_network_running_size(net), R, il_network_running(net)},
        {"lane_slots", IL_DTYPE_F64, il_optimizer_lane_slots(&t->training.optimizer), R,
         il_network_lane_slots(net)},
        {"schedule", IL_DTYPE_F64, R, IL_SCHEDULE_STATE, t->schedule},
        {"best", IL_DTYPE_F64, 1, R, t->best},
        {"stale", IL_DTYPE_U64, 1, R, t->stale},
        {"seed", IL_DTYPE_U64, 1, R, t->seed},
        {"step", IL_DTYPE_U64, 1, R, t->step},
        {"epoch", IL_DTYPE_U64, 1, R, t->epoch},
    };
    memcpy(parts, fixed, sizeof fixed);
    for (size_t i = 0; i < il_optimizer_slots(&t->training.optimizer); i++)
        parts[n++] = (part){slots[i], IL_DTYPE_REAL, size, R, il_network_slot(net, i)};
    return n;
}

/* What two trainings must have in common for one to go on as the other. */
enum { KINDS = 15 };
typedef struct kind {
    const char *key;
    char text[IL_WIDTHS_TEXT];
} kind;

static void describe(const il_trainer *t, kind kinds[KINDS]) {
    const il_network_config *c = &t->config;
    const struct {
        const char *key;
        const il_call *call;
    } calls[] = {{"hidden", &c->hidden},
                 {"loss", &c->loss},
                 {"norm", &c->norm},
                 {"dropout", &c->dropout},
                 {"optimizer", &t->training.optimizer},
                 {"schedule", &t->training.schedule},
                 {"clip", &t->training.clip},
                 {"penalty", &t->training.penalty}};
    enum { CALLS = sizeof calls / sizeof *calls };
    for (size_t i = 0; i < CALLS; i++) {
        kinds[i].key = calls[i].key;
        strcpy(kinds[i].text, "none");
        if (calls[i].call->desc)
            il_call_format(calls[i].call, kinds[i].text);
    }
    kind *k = kinds + CALLS;
    k->key = "network";
    il_widths_format(&c->widths, k++->text);
    k->key = "engine";
    strcpy(k++->text, c->engine == IL_BLAS ? "blas" : "lockstep");
    k->key = "samples";
    snprintf(k++->text, sizeof k->text, "%zu", t->train.n);
    k->key = "batch";
    snprintf(k++->text, sizeof k->text, "%zu", t->batch);
    k->key = "order";
    strcpy(k++->text, t->training.order == IL_ORDER_SHARED ? "shared" : "per_seed");
    k->key = "last";
    strcpy(k++->text, t->training.drop_last ? "drop" : "keep");
    k->key = "epochs"; /* which may grow unless the schedule has been following them */
    strcpy(k->text, "any");
    if (il_schedule_of(&t->training.schedule)->whole)
        snprintf(k->text, sizeof k->text, "%u", t->training.epochs);
}

static il_status write_notes(const il_trainer *t, il_tensors *set, const il_remark *remarks,
                             size_t n, il_error *err) {
    kind kinds[KINDS];
    describe(t, kinds);
    il_status status = il_tensors_note(set, "format", "initlab checkpoint 1", err);
    for (size_t i = 0; i < KINDS && status == IL_OK; i++)
        status = il_tensors_note(set, kinds[i].key, kinds[i].text, err);
    for (size_t i = 0; i < n && status == IL_OK; i++)
        status = il_tensors_note(set, remarks[i].key, remarks[i].text, err);
    return status;
}

il_status il_trainer_save(const il_trainer *t, const il_remark *remarks, size_t n, const char *path,
                          il_error *err) {
    part parts[MOST_PARTS];
    size_t n_parts = parts_of(t, parts);
    il_tensors *set;
    il_status status = il_tensors_new(&set, err);
    if (status != IL_OK)
        return status;
    status = write_notes(t, set, remarks, n, err);
    for (size_t i = 0; i < n_parts && status == IL_OK; i++) {
        const part *p = &parts[i];
        void *data;
        status = il_tensors_add(set, p->name, p->dtype, 2, (const size_t[]){p->rows, p->columns},
                                &data, err);
        if (status == IL_OK && p->rows)
            memcpy(data, p->at, p->rows * p->columns * il_dtype_size(p->dtype));
    }
    if (status == IL_OK)
        status = il_tensors_write(set, path, IL_KEEP_ONE, err);
    il_tensors_free(set);
    return status;
}

static il_status check_note(const il_tensors *set, const char *key, const char *text,
                            il_error *err) {
    const char *was = il_tensors_text(set, key);
    if (was && strcmp(was, text) == 0)
        return IL_OK;
    return il_fail(
        err, IL_INVALID,
        "%s: was made with %s %s, but this training has %s: give the same, or another file",
        set->path, key, was ? was : "unknown", text);
}

static il_status check_notes(const il_trainer *t, const il_tensors *set, const il_remark *remarks,
                             size_t n, il_error *err) {
    kind kinds[KINDS];
    const char *format = il_tensors_text(set, "format");
    if (!format || strncmp(format, "initlab checkpoint", 18) != 0)
        return il_fail(err, IL_INVALID,
                       "%s: is no checkpoint: weights are read with pretrained(path=…)", set->path);
    il_status status = check_note(set, "format", "initlab checkpoint 1", err);
    describe(t, kinds);
    for (size_t i = 0; i < n && status == IL_OK; i++)
        status = check_note(set, remarks[i].key, remarks[i].text, err);
    for (size_t i = 0; i < KINDS && status == IL_OK; i++)
        status = check_note(set, kinds[i].key, kinds[i].text, err);
    return status;
}

static il_status check_parts(const il_tensors *set, const part *parts, size_t n, il_error *err) {
    for (size_t i = 0; i < n; i++) {
        const part *p = &parts[i];
        const il_tensor *t = il_tensors_find(set, p->name);
        if (!t || t->dtype != p->dtype || t->n_dims != 2 || t->shape[0] != p->rows ||
            t->shape[1] != p->columns)
            return il_fail(err, IL_INVALID, "%s: tensor '%s' is not %s [%zu, %zu]", set->path,
                           p->name, il_dtype_name(p->dtype), p->rows, p->columns);
    }
    return IL_OK;
}

/* PATH, or PATH.1 where that is damaged or gone. */
static il_status read_either(const char *path, il_tensors **set, bool *older, il_error *err) {
    char before[4096];
    *older = false;
    il_status status = il_tensors_read(path, IL_TENSORS_BYTES, set, err);
    if (status == IL_OK || status == IL_NO_MEMORY)
        return status;
    int n = snprintf(before, sizeof before, "%s.1", path);
    if (n < 0 || (size_t)n >= sizeof before ||
        il_tensors_read(before, IL_TENSORS_BYTES, set, NULL) != IL_OK)
        return status;
    *older = true;
    return IL_OK;
}

il_status il_trainer_load(il_trainer *t, const il_remark *remarks, size_t n, const char *path,
                          bool *older, il_error *err) {
    part parts[MOST_PARTS];
    size_t n_parts = parts_of(t, parts);
    il_tensors *set;
    il_status status = read_either(path, &set, older, err);
    if (status != IL_OK)
        return status;
    status = check_notes(t, set, remarks, n, err);
    if (status == IL_OK)
        status = check_parts(set, parts, n_parts, err);
    for (size_t i = 0; i < n_parts && status == IL_OK; i++) {
        const part *p = &parts[i];
        if (p->rows)
            memcpy(p->at, il_tensors_find(set, p->name)->data,
                   p->rows * p->columns * il_dtype_size(p->dtype));
    }
    t->evaluated = false;
    il_tensors_free(set);
    return status;
}
