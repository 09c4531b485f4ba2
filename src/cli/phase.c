/* initlab phase: how deep a signal lives over the variance of the weights. */
#include "cli/cli.h"

#include "report/phase.h"

#include <stdlib.h>
#include <string.h>

enum {
    WIDTH = 128,
    BATCH = 64,
    SEEDS = 4
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

static int read_depths(const cli_args *args, il_phase_config *config, il_depths *depths) {
    const char *text = text_of(args, CLI_DEPTH);
    const double most = IL_MAX_LAYERS - 1;
    double value[3];
    if (!read_three(text, value) || !is_count(value[0], most) || !is_count(value[1], most) ||
        !is_count(value[2], most) || value[1] < value[0])
        return cli_fail(CLI_USAGE,
                        "--depth takes first:last:step of at most %d hidden layers, as in "
                        "10:250:10, not '%.40s'",
                        IL_MAX_LAYERS - 1, text);
    *depths = (il_depths){(size_t)value[0], (size_t)value[1], (size_t)value[2]};
    config->layers = depths->last;
    return CLI_OK;
}

static int read_config(const cli_args *args, il_phase_config *config, il_depths *depths) {
    il_error err;
    const char *dropout = cli_last_text(args, CLI_KEY_DROPOUT), *b = text_of(args, CLI_SIGMA_B2);
    *config = (il_phase_config){
        .width = args->given[CLI_WIDTH] ? args->value[CLI_WIDTH] : WIDTH,
        .batch = args->given[CLI_PHASE_BATCH] ? args->value[CLI_PHASE_BATCH] : BATCH,
        .seeds = args->given[CLI_PHASE_SEEDS] ? args->value[CLI_PHASE_SEEDS] : SEEDS,
        .first_seed = args->given[CLI_SEED_BASE] ? args->value[CLI_SEED_BASE] : 1};
    if (il_call_parse(&il_activations, text_of(args, CLI_PHASE_HIDDEN), NULL, &config->hidden,
                      &err) != IL_OK)
        return cli_fail(CLI_USAGE, "--hidden: %s", err.message);
    if (dropout && il_call_parse(&il_dropouts, dropout, NULL, &config->dropout, &err) != IL_OK)
        return cli_fail(CLI_USAGE, "--dropout: %s", err.message);
    if (!il_number_parse(b, &config->sigma_b2) || config->sigma_b2 < 0)
        return cli_fail(CLI_USAGE, "--sigma-b2 takes a number, 0 or more, not '%.40s'", b);
    int code = read_grid(args, config);
    return code == CLI_OK ? read_depths(args, config, depths) : code;
}

int cli_phase(const cli_args *args) {
    enum { TABLE, JSON };
    il_phase_config config;
    il_depths depths;
    il_phase *phase;
    il_error err;
    int code = read_config(args, &config, &depths);
    if (code != CLI_OK)
        return code;
    if (il_phase_new(&config, &phase, &err) != IL_OK)
        return cli_fail(err.status == IL_INVALID ? CLI_USAGE : CLI_IO, "%s", err.message);
    const il_table_style style = cli_table_style(args);
    il_status status = args->value[CLI_PHASE_FORMAT] == TABLE
                           ? il_phase_table(&config, phase, &depths, &style, stdout, &err)
                       : args->value[CLI_PHASE_FORMAT] == JSON
                           ? il_phase_json(&config, phase, &depths, stdout, &err)
                           : il_phase_svg(&config, phase, &depths, stdout, &err);
    il_phase_free(phase);
    /* main says why standard output failed. */
    return status == IL_OK || status == IL_IO ? CLI_OK : cli_fail_library(&err);
}
