/* initlab train: one run, epoch by epoch. */
#include "cli/cli.h"
#include "cli/folders.h"
#include "cli/plugin.h"
#include "cli/progress.h"
#include "cli/signals.h"

#include "base/clock.h"
#include "lab/session.h"
#include "report/epochs.h"

#include <cblas.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TABLE, JSON, CSV };

typedef struct trainer {
    const cli_args *args;
    il_session session;
    il_table_style style;
    cli_progress progress;
    il_epoch *rows; /* [most] */
    double *wall_s;
    size_t n, most;
    il_layer_point *layer; /* [most_points][layers] */
    uint64_t *layer_epoch; /* [most_points] */
    size_t n_points, most_points;
    double start;
    bool resumed;
} trainer;

/* The options as "key=value"; a study of one arm follows. NULL without memory. */
static char **make_overrides(const cli_args *args, size_t *n) {
    static const char *const engines[] = {"auto", "lockstep", "blas"};
    char **overrides = calloc(args->n_text + 4, sizeof *overrides);
    *n = 0;
    if (!overrides)
        return NULL;
    const char *const fixed[] = {"seeds=1", "converged=never", "budget=10"};
    for (size_t i = 0; i < 3; i++)
        overrides[(*n)++] = strdup(fixed[i]);
    if (asprintf(&overrides[(*n)++], "engine=%s",
                 engines[args->given[CLI_ENGINE] ? args->value[CLI_ENGINE] : 0]) < 0)
        overrides[*n - 1] = NULL;
    for (size_t i = 0; i < args->n_text; i++) {
        cli_option option = args->text[i].option;
        if (option < CLI_KEY_DATA || option > CLI_KEY_UNTIL)
            continue;
        if (asprintf(&overrides[(*n)++], "%s=%s", cli_options[option].name, args->text[i].text) < 0)
            overrides[*n - 1] = NULL;
    }
    return overrides;
}

static int load(const cli_args *args, const il_sources *sources, il_study **study) {
    static const cli_option needed[] = {CLI_KEY_DATA, CLI_KEY_NETWORK, CLI_KEY_INIT};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!args->given[needed[i]])
            return cli_fail(CLI_USAGE, "--%s must be given (%s)", cli_options[needed[i]].name,
                            cli_options[needed[i]].doc);
    size_t n;
    il_error err = {.status = IL_NO_MEMORY, .message = "no memory for the options"};
    char **overrides = make_overrides(args, &n);
    bool whole = overrides != NULL;
    for (size_t i = 0; whole && i < n; i++)
        whole = overrides[i] != NULL;
    static const char name[] = "study: train\n";
    if (whole)
        il_study_parse_with(sources, name, sizeof name - 1, "initlab train",
                            (const char *const *)overrides, n, study, &err);
    for (size_t i = 0; overrides && i < n; i++)
        free(overrides[i]);
    free(overrides);
    if (!*study)
        return cli_fail_library(&err);
    const il_recording recording = il_recording_of(&(*study)->record);
    if (recording.curves && !recording.layers)
        return cli_fail(CLI_USAGE, "--record curves: every epoch is shown anyway: give layers");
    if ((*study)->n_arms == 1)
        return CLI_OK;
    return cli_fail(CLI_USAGE, "a list makes several arms, and train has one: use initlab run");
}

static void stepped(void *context, const il_trainer *il, size_t step) {
    trainer *t = context;
    double loss, accuracy;
    size_t steps = il_trainer_steps(il), n = t->session.task.part[IL_TRAIN].n;
    uint64_t epoch = il_trainer_finished(il, 0), last = t->session.study->budget;
    char text[128];
    if (__atomic_load_n(&cli_interrupted, __ATOMIC_RELAXED) || !cli_progress_due(&t->progress))
        return;
    il_trainer_so_far(il, 0, &loss, &accuracy);
    double done = (double)(epoch - t->rows[0].epoch) + (double)step / (double)steps;
    double rate = done * (double)n / (il_seconds() - t->start);
    int used = snprintf(text, sizeof text, "epoch %llu of %llu, loss %.4g",
                        (unsigned long long)epoch + 1, (unsigned long long)last, loss);
    if (!t->session.task.data->target)
        used +=
            snprintf(text + used, sizeof text - (size_t)used, ", accuracy %.2f %%", 100 * accuracy);
    snprintf(text + used, sizeof text - (size_t)used, ", %.0f samples/s", rate);
    cli_progress_line(&t->progress, text, done / (double)(last - t->rows[0].epoch));
}

static int add_layers(trainer *t, const il_epoch *row) {
    size_t layers = t->session.monitor.layers;
    if (t->n_points == t->most_points) {
        size_t most = t->most_points ? 2 * t->most_points : 16;
        il_layer_point *layer = realloc(t->layer, most * layers * sizeof *layer);
        t->layer = layer ? layer : t->layer;
        uint64_t *epoch = realloc(t->layer_epoch, most * sizeof *epoch);
        t->layer_epoch = epoch ? epoch : t->layer_epoch;
        if (!layer || !epoch)
            return cli_fail(CLI_IO, "no memory for the layers of %zu epochs", most);
        t->most_points = most;
    }
    t->layer_epoch[t->n_points] = row->epoch;
    memcpy(t->layer + t->n_points++ * layers, t->session.layer, layers * sizeof *t->layer);
    return CLI_OK;
}

static int add_row(trainer *t, il_epoch row) {
    if (t->n == t->most) {
        size_t most = t->most ? 2 * t->most : 64;
        il_epoch *rows = realloc(t->rows, most * sizeof *rows);
        if (rows)
            t->rows = rows;
        double *wall = realloc(t->wall_s, most * sizeof *wall);
        if (wall)
            t->wall_s = wall;
        if (!rows || !wall)
            return cli_fail(CLI_IO, "no memory for %zu epochs", most);
        t->most = most;
    }
    t->rows[t->n] = row;
    t->wall_s[t->n++] = il_seconds() - t->start;
    cli_progress_clear(&t->progress);
    if (t->args->value[CLI_FORMAT] == TABLE) {
        il_epochs_row(&t->session, &row, t->wall_s[t->n - 1], stdout);
        il_epochs_alarms(&t->session, &row, stdout);
        fflush(stdout);
    }
    return row.measured ? add_layers(t, &row) : CLI_OK;
}

/* The file that a path names, or would, without links. */
static bool find_file(const char *path, char out[PATH_MAX]) {
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    if (realpath(path, out))
        return true;
    int n = slash ? snprintf(folder, PATH_MAX, "%.*s", (int)(slash - path) + 1, path)
                  : snprintf(folder, PATH_MAX, ".");
    if (n >= PATH_MAX || !realpath(folder, out))
        return false;
    size_t used = strlen(out);
    return snprintf(out + used, PATH_MAX - used, "/%s", name) < (int)(PATH_MAX - used);
}

static bool same_file(const char *a, const char *b) {
    char x[PATH_MAX], y[PATH_MAX];
    return find_file(a, x) && find_file(b, y) && strcmp(x, y) == 0;
}

/* What stands in the way of the files that are asked for, before anything is computed. */
static int check_files(const cli_args *args) {
    const char *checkpoint = cli_last_text(args, CLI_CHECKPOINT),
               *save = cli_last_text(args, CLI_SAVE);
    il_error err;
    if (args->given[CLI_RESUME] && !checkpoint)
        return cli_fail(CLI_USAGE, "--resume needs the file: --checkpoint FILE");
    if (checkpoint && save && same_file(checkpoint, save))
        return cli_fail(CLI_USAGE, "--save %s: is the --checkpoint too: name another file", save);
    if (checkpoint && !args->given[CLI_RESUME] && access(checkpoint, F_OK) == 0)
        return cli_fail(CLI_USAGE,
                        "%s is there already: go on from it with --resume, or name another file",
                        checkpoint);
    if ((checkpoint && il_tensors_try(checkpoint, true, &err) != IL_OK) ||
        (save && il_tensors_try(save, false, &err) != IL_OK))
        return cli_fail_library(&err);
    return CLI_OK;
}

static int save_checkpoint(trainer *t) {
    const char *path = cli_last_text(t->args, CLI_CHECKPOINT);
    il_error err;
    if (!path || il_session_checkpoint(&t->session, path, &err) == IL_OK)
        return CLI_OK;
    return cli_fail_library(&err);
}

/* What an interruption leaves once there is a checkpoint. */
static void mean_checkpoint(const cli_args *args) {
    const char *path = cli_last_text(args, CLI_CHECKPOINT);
    char line[512];
    if (!path)
        return;
    snprintf(line, sizeof line,
             "initlab: interrupted: finished epochs are in %.300s: --resume goes on\n", path);
    cli_signals_mean(CLI_INCOMPLETE, line);
}

static int begin(trainer *t) {
    il_error err;
    bool older;
    il_epoch first;
    int code = CLI_OK;
    const char *path = cli_last_text(t->args, CLI_CHECKPOINT);
    t->progress = cli_progress_begin(NULL, NULL);
    t->start = il_seconds();
    t->resumed = t->args->given[CLI_RESUME];
    if (!t->resumed) {
        first = il_session_begin(&t->session);
        code = save_checkpoint(t);
    } else if (il_session_resume(&t->session, path, &older, &first, &err) != IL_OK)
        code = cli_fail_library(&err);
    else if (older)
        fprintf(stderr, "initlab: %s cannot be read: going on from %s.1\n", path, path);
    if (code != CLI_OK)
        return code;
    if (t->args->value[CLI_FORMAT] == TABLE)
        il_epochs_begin(&t->session, &t->style, stdout);
    return add_row(t, first);
}

/* Until the run ends, or a signal comes; then the epoch that is under way is lost. */
static int train(trainer *t) {
    int code = begin(t);
    mean_checkpoint(t->args);
    while (code == CLI_OK && !t->rows[t->n - 1].ended && !cli_interrupted) {
        il_epoch row = il_session_epoch(&t->session);
        code = save_checkpoint(t);
        if (code == CLI_OK)
            code = add_row(t, row);
    }
    cli_progress_clear(&t->progress);
    return code;
}

/* When the weights cannot be saved, the rest is not lost with them. */
static int finish(trainer *t) {
    const char *path = cli_last_text(t->args, CLI_SAVE);
    il_fingerprint fingerprint = cli_fingerprint();
    const il_training_report report = {.session = &t->session,
                                       .rows = t->rows,
                                       .wall_s = t->wall_s,
                                       .n = t->n,
                                       .resumed = t->resumed,
                                       .layer = t->layer,
                                       .layer_epoch = t->layer_epoch,
                                       .n_layer_points = t->n_points};
    il_error err;
    int code = CLI_OK;
    if (path && il_session_save(&t->session, path, &err) != IL_OK)
        code = cli_fail_library(&err);
    if (t->args->value[CLI_FORMAT] == TABLE) {
        il_epochs_layers(&report, stdout);
        il_epochs_end(&report, stdout);
    }
    if (t->args->value[CLI_FORMAT] == CSV)
        il_epochs_csv(&report, stdout);
    if (t->args->value[CLI_FORMAT] == JSON &&
        il_epochs_json(&report, &fingerprint, stdout, &err) != IL_OK)
        code = cli_fail_library(&err);
    return code;
}

int cli_train(const cli_args *args) {
    trainer t = {.args = args};
    il_study *study = NULL;
    il_error err;
    cli_plugins plugins;
    cli_folders folders;
    int code = cli_plugins_load(args, &plugins);
    const il_sources sources = {.inits = plugins.inits, .folders = &folders.list, .prefix = "--"};
    cli_folders_find(&folders);
    if (code == CLI_OK)
        code = check_files(args);
    if (code == CLI_OK)
        code = load(args, &sources, &study);
    openblas_set_num_threads(args->given[CLI_THREADS] ? (int)args->value[CLI_THREADS] : 1);
    t.style = cli_table_style(args);
    cli_signals_mean(CLI_INTERRUPTED, "initlab: interrupted: nothing was saved\n");
    cli_signals_catch(true);
    if (code == CLI_OK &&
        il_session_open(study, args->given[CLI_TRAIN_SEED] ? args->value[CLI_TRAIN_SEED] : 1,
                        args->given[CLI_QUIET] ? NULL : stepped, &t, &t.session, &err) != IL_OK)
        code = cli_fail_library(&err);
    if (code == CLI_OK)
        code = train(&t);
    cli_signals_catch(false);
    if (cli_interrupted)
        code = cli_signals_end();
    else if (code == CLI_OK)
        code = finish(&t);
    il_session_close(&t.session);
    free(t.rows);
    free(t.wall_s);
    free(t.layer);
    free(t.layer_epoch);
    il_study_free(study);
    cli_plugins_unload(&plugins);
    return code;
}
