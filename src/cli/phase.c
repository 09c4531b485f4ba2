/* initlab phase: how deep a signal lives, or a network trains, over the variance of the weights. */
#include "cli/cli.h"
#include "cli/folders.h"
#include "cli/progress.h"
#include "cli/signals.h"

#include "report/phase.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

enum {
    WIDTH = 128,
    BATCH = 64,
    SEEDS = 4,
    EPOCHS = 5
}; /* unless the options say otherwise; --help says so too */

/* Three numbers separated by colons. */
static bool read_three(const char *text, double out[3]) {
    char part[3][64];
    for (size_t i = 0; i < 3; i++) {
        size_t n = strcspn(text, ":");
        if (n >= sizeof part[i] || (text[n] == ':') != (i < 2))
            return false;
        snprintf(part[i], sizeof part[i], "%.*s", (int)n, text);
        if (!il_number_parse(part[i], &out[i]))
            return false;
        text += n + 1;
    }
    return true;
}

static bool is_count(double value, double most) {
    return value >= 1 && value <= most && value == (double)(size_t)value;
}

static const char *text_of(const cli_args *args, cli_option option) {
    const char *text = cli_last_text(args, option);
    return text ? text : cli_options[option].initial;
}

static int read_grid(const cli_args *args, il_phase_config *config) {
    static const char key[] = "sigma_w2=";
    const char *text = text_of(args, CLI_GRID);
    double value[3];
    if (strncmp(text, key, strlen(key)) != 0 || !read_three(text + strlen(key), value) ||
        !is_count(value[2], IL_PHASE_POINTS))
        return cli_fail(CLI_USAGE,
                        "--grid takes sigma_w2=first:last:count with at most %d values, as in "
                        "sigma_w2=1:4:31, not '%.40s'",
                        IL_PHASE_POINTS, text);
    config->first = value[0];
    config->last = value[1];
    config->points = (size_t)value[2];
    return CLI_OK;
}

static int read_depths(const cli_args *args, il_phase_config *config) {
    const char *text = text_of(args, CLI_DEPTH);
    const double most = IL_MAX_LAYERS - 1;
    double value[3];
    if (!read_three(text, value) || !is_count(value[0], most) || !is_count(value[1], most) ||
        !is_count(value[2], most) || value[1] < value[0])
        return cli_fail(CLI_USAGE,
                        "--depth takes first:last:step of at most %d hidden layers, as in "
                        "10:300:30, not '%.40s'",
                        IL_MAX_LAYERS - 1, text);
    config->depths = (il_depths){(size_t)value[0], (size_t)value[1], (size_t)value[2]};
    return CLI_OK;
}

static int read_config(const cli_args *args, il_phase_config *config) {
    const char *b = text_of(args, CLI_SIGMA_B2);
    *config = (il_phase_config){
        .width = args->given[CLI_WIDTH] ? args->value[CLI_WIDTH] : WIDTH,
        .batch = args->given[CLI_PHASE_BATCH] ? args->value[CLI_PHASE_BATCH] : BATCH,
        .seeds = args->given[CLI_PHASE_SEEDS] ? args->value[CLI_PHASE_SEEDS] : SEEDS,
        .first_seed = args->given[CLI_SEED_BASE] ? args->value[CLI_SEED_BASE] : 1};
    int code = cli_read_call(args, CLI_PHASE_HIDDEN, &il_activations,
                             cli_options[CLI_PHASE_HIDDEN].initial, &config->hidden);
    if (code == CLI_OK)
        code = cli_read_call(args, CLI_KEY_DROPOUT, &il_dropouts, NULL, &config->dropout);
    if (code != CLI_OK)
        return code;
    if (!il_number_parse(b, &config->sigma_b2) || config->sigma_b2 < 0)
        return cli_fail(CLI_USAGE, "--sigma-b2 takes a number, 0 or more, not '%.40s'", b);
    code = read_grid(args, config);
    return code == CLI_OK ? read_depths(args, config) : code;
}

static int read_training(const cli_args *args, il_phase_training *training) {
    static const cli_option own[] = {CLI_PHASE_DATA, CLI_PHASE_OPTIMIZER, CLI_PHASE_EPOCHS,
                                     CLI_JOBS, CLI_QUIET};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (args->given[own[i]] && !args->given[CLI_PHASE_TRAIN])
            return cli_fail(CLI_USAGE, "--%s belongs to training: add --train, or leave it out",
                            cli_options[own[i]].name);
    size_t epochs = args->given[CLI_PHASE_EPOCHS] ? args->value[CLI_PHASE_EPOCHS] : EPOCHS;
    training->epochs = (uint32_t)epochs;
    int code = cli_read_call(args, CLI_PHASE_DATA, &il_datasets,
                             cli_options[CLI_PHASE_DATA].initial, &training->data);
    if (code == CLI_OK)
        code = cli_read_call(args, CLI_PHASE_OPTIMIZER, &il_optimizers,
                             cli_options[CLI_PHASE_OPTIMIZER].initial, &training->optimizer);
    return code;
}

/* An interruption leaves nothing of the diagram. */
static int draw(const il_phase_config *config, il_phase **phase) {
    il_error err;
    cli_signals_catch(config->training != NULL);
    il_status status = il_phase_new(config, phase, &err);
    cli_signals_catch(false);
    if (cli_interrupted)
        return cli_signals_end();
    if (status == IL_OK)
        return CLI_OK;
    return cli_fail(err.status == IL_INVALID ? CLI_USAGE : CLI_IO, "%s", err.message);
}

static int print(const cli_args *args, const il_phase_config *config, const il_phase *phase) {
    enum { TABLE, JSON };
    il_error err;
    const il_table_style style = cli_table_style(args);
    il_status status =
        args->value[CLI_PHASE_FORMAT] == TABLE ? il_phase_table(config, phase, &style, stdout, &err)
        : args->value[CLI_PHASE_FORMAT] == JSON ? il_phase_json(config, phase, stdout, &err)
                                                : il_phase_svg(config, phase, stdout, &err);
    /* main says why standard output failed. */
    return status == IL_OK || status == IL_IO ? CLI_OK : cli_fail_library(&err);
}

int cli_phase(const cli_args *args) {
    cli_folders folders;
    cli_progress progress = cli_progress_begin(NULL, NULL);
    const il_run_options run = {.jobs = args->value[CLI_JOBS],
                                .cancel = &cli_interrupted,
                                .progress = args->given[CLI_QUIET] ? NULL : cli_progress_show,
                                .context = &progress};
    il_phase_training training = {.folders = &folders.list, .run = &run};
    il_phase_config config;
    il_phase *phase = NULL;
    cli_folders_find(&folders);
    int code = read_config(args, &config);
    if (code == CLI_OK)
        code = read_training(args, &training);
    if (code == CLI_OK && args->given[CLI_PHASE_TRAIN]) {
        config.training = &training;
        openblas_set_num_threads(1); /* global; each worker calls OpenBLAS by itself */
    }
    if (code == CLI_OK)
        code = draw(&config, &phase);
    cli_progress_clear(&progress);
    if (code == CLI_OK)
        code = print(args, &config, phase);
    il_phase_free(phase);
    return code;
}
