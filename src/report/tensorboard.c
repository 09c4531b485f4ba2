/* What was recorded of runs as a folder that TensorBoard shows: DIR/ARM/seed-N/events.out.tfevents.…, a run each. */
#include "report/events.h"
#include "report/report.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER 128 /* bytes of an arm's name */

/* "3-he_normal,sgd(lr=0.1)": what no file system minds. The number makes it the arm's alone. */
static void name_arm(const il_archive *a, size_t arm, char out[FOLDER]) {
    size_t used = (size_t)snprintf(out, FOLDER, "%zu", arm + 1);
    char separator = '-';
    for (il_key key = IL_KEYS; key-- > 0;) {
        const char *value = a->value[arm][key];
        if (!a->varied[key] && key != IL_KEY_INIT)
            continue;
        if (used + 2 < FOLDER)
            out[used++] = separator;
        for (; *value && used + 1 < FOLDER; value++)
            out[used++] =
                isalnum((unsigned char)*value) || strchr("._=()-+", *value) ? *value : '_';
        separator = ',';
    }
    out[used] = '\0';
}

static il_status fail_io(const char *path, const char *doing, il_error *err) {
    return il_fail(err, IL_IO, "%s: cannot be %s: %s", path, doing, strerror(errno));
}

static il_status make_folder(const char *path, il_error *err) {
    return mkdir(path, 0777) == 0 || errno == EEXIST ? IL_OK : fail_io(path, "made", err);
}

/* A number that does not exist is left out. */
static void add(il_scalar *scalar, size_t *n, const char *tag, float value) {
    if (!isnan(value))
        scalar[(*n)++] = (il_scalar){tag, value};
}

/* TensorBoard wants a time: epochs count as seconds, so that the same runs give the same files. */
static void put_point(const il_point *point, FILE *out) {
    il_scalar scalar[4];
    size_t n = 0;
    add(scalar, &n, "loss/train", point->train_loss);
    add(scalar, &n, "loss/evaluation", point->loss);
    add(scalar, &n, "accuracy/train", point->train_accuracy);
    add(scalar, &n, "accuracy/evaluation", point->accuracy);
    if (n > 0)
        il_events_scalars(point->epoch, point->epoch, scalar, n, out);
}

static void put_layer(uint32_t epoch, size_t k, const il_layer_point *layer, FILE *out) {
    char tag[IL_PROBE_STATISTICS][IL_TAG];
    il_scalar scalar[IL_PROBE_STATISTICS];
    size_t n = 0;
    for (il_probe_statistic i = 0; i < IL_PROBE_STATISTICS; i++) {
        snprintf(tag[i], IL_TAG, "layer%zu/%s", k + 1, il_probe_statistic_name(i));
        add(scalar, &n, tag[i], layer->statistic[i]);
    }
    if (n > 0)
        il_events_scalars(epoch, epoch, scalar, n, out);
}

/* Everything measured of the layers before an epoch, from *time on. */
static void put_layers(const il_run_record *run, size_t layers, size_t *time, uint64_t before,
                       FILE *out) {
    for (; *time < run->n_layer_points && run->layer_epoch[*time] < before; ++*time)
        for (size_t k = 0; k < layers; k++)
            put_layer(run->layer_epoch[*time], k, &run->layer[*time * layers + k], out);
}

/* In the order of epochs, or TensorBoard takes an earlier one for a restart. */
static void put_run(const il_run_record *run, size_t layers, FILE *out) {
    size_t time = 0;
    il_events_begin(0, out);
    for (size_t i = 0; i < run->n_points; i++) {
        put_layers(run, layers, &time, run->point[i].epoch, out);
        put_point(&run->point[i], out);
    }
    put_layers(run, layers, &time, UINT64_MAX, out);
}

static il_status write_run(const il_run_record *run, size_t layers, const char *folder,
                           il_error *err) {
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/seed-%u", folder, run->seed);
    il_status status = make_folder(path, err);
    if (status != IL_OK)
        return status;
    snprintf(path + n, sizeof path - (size_t)n, "/events.out.tfevents.0000000000.initlab");
    FILE *out = fopen(path, "wb");
    if (!out)
        return fail_io(path, "made", err);
    put_run(run, layers, out);
    bool failed = ferror(out);
    failed |= fclose(out) != 0;
    return failed ? fail_io(path, "written", err) : IL_OK;
}

static il_status write_arm(const il_archive *a, size_t arm, const char *folder, il_error *err) {
    char name[FOLDER], path[PATH_MAX];
    il_arm_record *record;
    il_status status = il_archive_record(a, arm, &record, err);
    if (status != IL_OK)
        return status;
    name_arm(a, arm, name);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    status = make_folder(path, err);
    for (size_t i = 0; i < record->n && status == IL_OK; i++)
        status = write_run(&record->run[i], record->n_layers, path, err);
    il_arm_record_free(record);
    return status;
}

il_status il_export_tensorboard(const il_archive *a, const char *folder, size_t *runs,
                                il_error *err) {
    *runs = 0;
    if (strlen(folder) > PATH_MAX - FOLDER - 64)
        return il_fail(err, IL_INVALID, "the folder's name has more than %d bytes",
                       PATH_MAX - FOLDER - 64);
    for (size_t i = 0; i < a->n_arms; i++)
        *runs += a->recorded[i];
    if (*runs == 0)
        return il_fail(err, IL_INVALID, IL_NOTHING_RECORDED, a->name);
    il_status status = make_folder(folder, err);
    for (size_t i = 0; i < a->n_arms && status == IL_OK; i++)
        if (a->recorded[i] > 0)
            status = write_arm(a, i, folder, err);
    return status;
}
