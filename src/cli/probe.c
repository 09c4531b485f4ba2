/* initlab probe: signals and gradients at initialization, from options to report. */
#include "cli/cli.h"
#include "cli/folders.h"
#include "cli/plugin.h"

#include "report/probe.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 64, SEEDS = 8 }; /* unless the options say otherwise; --help says so too */

/* Everything that the options ask for. */
typedef struct request {
    il_probe_config config;
    il_call *init; /* [n] */
    size_t n;
    char data[IL_CALL_TEXT];
    il_dataset *set; /* NULL: gaussian */
    il_real *X, *Y;
    bool fail_on[3];
} request;

enum { VANISHING, EXPLODING, DEAD };
static const char *const harms[] = {"vanishing", "exploding", "dead"};

static int read_network(const cli_args *args, il_widths *out) {
    il_error err;
    const char *text = cli_last_text(args, CLI_KEY_NETWORK);
    if (!text)
        return cli_fail(CLI_USAGE, "probe needs a network: initlab probe --network "
                                   "784-[256]x30-10");
    if (il_widths_parse(text, NULL, out, &err) != IL_OK)
        return cli_fail(CLI_USAGE, "--network: %s", err.message);
    return CLI_OK;
}

static int read_inits(const cli_args *args, const il_family *inits, request *r) {
    il_error err;
    r->init = calloc(args->n_text + 1, sizeof *r->init);
    if (!r->init)
        return cli_fail(CLI_IO, "no memory for %zu options", args->n_text);
    for (size_t i = 0; i < args->n_text; i++)
        if (args->text[i].option == CLI_PROBE_INIT &&
            il_call_parse(inits, args->text[i].text, NULL, &r->init[r->n++], &err) != IL_OK)
            return cli_fail(CLI_USAGE, "--init: %s", err.message);
    return r->n ? CLI_OK
                : cli_read_call(args, CLI_PROBE_INIT, inits, cli_options[CLI_PROBE_INIT].initial,
                                &r->init[r->n++]);
}

/* "vanishing,dead" */
static int read_fail_on(const cli_args *args, request *r) {
    enum { N = sizeof harms / sizeof *harms };
    const char *text = cli_last_text(args, CLI_FAIL_ON);
    for (const char *word = text; word; word = strchr(word, ',') ? strchr(word, ',') + 1 : NULL) {
        char name[32];
        size_t n = strcspn(word, ","), i = 0;
        snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name), word);
        while (i < N && strcmp(harms[i], name) != 0)
            i++;
        if (i == N) {
            const char *near = il_nearest(name, harms, N);
            return cli_fail(CLI_USAGE,
                            "--fail-on takes vanishing, exploding and dead, separated by commas, "
                            "not '%s'%s%s%s",
                            name, near ? " (did you mean '" : "", near ? near : "",
                            near ? "'?)" : "");
        }
        r->fail_on[i] = true;
    }
    return CLI_OK;
}

/* The first training samples of a dataset, as many as --batch says, as numbers, with their targets. */
static int take_samples(request *r) {
    const il_widths *widths = &r->config.network;
    size_t inputs = widths->width[0], outputs = widths->width[widths->n - 1];
    il_error err;
    r->Y = malloc(r->set->n * outputs * sizeof *r->Y);
    if (!r->Y)
        return cli_fail(CLI_IO, "no memory for %zu targets", r->set->n);
    if (il_dataset_targets(r->set, outputs, r->Y, &err) != IL_OK)
        return cli_fail_library(&err);
    const il_samples train = il_dataset_part(r->set, IL_TRAIN, r->Y, outputs);
    if (r->config.batch > train.n)
        r->config.batch = train.n;
    r->X = malloc(r->config.batch * inputs * sizeof *r->X);
    if (!r->X)
        return cli_fail(CLI_IO, "no memory for %zu samples", r->config.batch);
    il_samples_read(&train, 0, r->config.batch * inputs, r->X);
    r->config.data = (il_samples){.n = r->config.batch, .X = r->X, .Y = train.Y};
    return CLI_OK;
}

static int load_data(const cli_args *args, request *r) {
    il_error err;
    il_data_request wanted = {0};
    cli_folders folders;
    const il_widths *widths = &r->config.network;
    int code = cli_read_call(args, CLI_PROBE_DATA, &il_datasets, NULL, &wanted.data);
    if (code != CLI_OK)
        return code;
    cli_folders_find(&folders);
    il_call_format(&wanted.data, r->data);
    if (il_dataset_new(&wanted, &folders.list, &r->set, &err) != IL_OK)
        return cli_fail_library(&err);
    if (r->set->inputs != widths->width[0])
        return cli_fail(CLI_USAGE, "--network begins with %zu inputs, and %.200s has %zu",
                        widths->width[0], r->data, r->set->inputs);
    bool single = widths->width[widths->n - 1] == 1;
    code = cli_read_call(args, CLI_KEY_LOSS, &il_losses,
                         r->set->target ? "mse"
                         : single       ? "bce"
                                        : "softmax_ce",
                         &r->config.loss);
    return code == CLI_OK ? take_samples(r) : code;
}

static int read_norm(const cli_args *args, il_call *out) {
    bool batchnorm = args->given[CLI_BATCHNORM];
    if (batchnorm && args->given[CLI_KEY_NORM])
        return cli_fail(CLI_USAGE, "--batchnorm and --norm exclude each other");
    return cli_read_call(args, CLI_KEY_NORM, &il_norms, batchnorm ? "batchnorm" : NULL, out);
}

static int read_request(const cli_args *args, const il_family *inits, request *r) {
    const char *data = cli_last_text(args, CLI_PROBE_DATA);
    bool gaussian = !data || strcmp(data, "gaussian") == 0;
    r->config.batch = args->given[CLI_PROBE_BATCH] ? args->value[CLI_PROBE_BATCH] : BATCH;
    r->config.seeds = args->given[CLI_NETWORKS] ? args->value[CLI_NETWORKS] : SEEDS;
    r->config.first_seed = args->given[CLI_SEED_BASE] ? args->value[CLI_SEED_BASE] : 1;
    snprintf(r->data, sizeof r->data, "gaussian");
    int code = read_network(args, &r->config.network);
    if (code == CLI_OK)
        code = cli_read_call(args, CLI_KEY_HIDDEN, &il_activations,
                             cli_options[CLI_KEY_HIDDEN].initial, &r->config.hidden);
    if (code == CLI_OK)
        code = read_inits(args, inits, r);
    if (code == CLI_OK)
        code = cli_read_call(args, CLI_KEY_BIAS, inits, NULL, &r->config.bias);
    if (code == CLI_OK)
        code = read_norm(args, &r->config.norm);
    if (code == CLI_OK)
        code = cli_read_call(args, CLI_KEY_DROPOUT, &il_dropouts, NULL, &r->config.dropout);
    if (code == CLI_OK)
        code = read_fail_on(args, r);
    if (code == CLI_OK && gaussian && args->given[CLI_KEY_LOSS])
        return cli_fail(CLI_USAGE, "--loss belongs to a dataset's gradients: add --data, or leave "
                                   "it out");
    if (code == CLI_OK && !gaussian)
        code = load_data(args, r);
    return code;
}

/* What --fail-on guards against, in the first scheme that has it. */
static int judge(const request *r, const il_diagnosis *diagnosis) {
    for (size_t i = 0; i < r->n; i++) {
        const il_diagnosis *d = &diagnosis[i];
        const bool found[] = {
            [VANISHING] = d->vanishing, [EXPLODING] = d->exploding, [DEAD] = d->dying};
        char init[IL_CALL_TEXT];
        for (size_t k = 0; k < sizeof found / sizeof *found; k++)
            if (r->fail_on[k] && found[k])
                return cli_fail(CLI_FAILED, "%.200s: %s", il_call_format(&r->init[i], init),
                                harms[k]);
    }
    return CLI_OK;
}

static int print(const cli_args *args, const request *r, il_probe *const *probe,
                 il_diagnosis *diagnosis) {
    enum { TABLE, JSON, CSV };
    const size_t format = args->value[CLI_PROBE_FORMAT];
    il_error err;
    const il_probe_report report = {
        .config = &r->config, .data = r->data, .n = r->n, .probe = probe, .diagnosis = diagnosis};
    const il_table_style style = cli_table_style(args);
    il_status status = format == TABLE  ? il_probe_table(&report, &style, stdout, &err)
                       : format == JSON ? il_probe_json(&report, stdout, &err)
                       : format == CSV  ? il_probe_csv(&report, stdout, &err)
                                        : il_probe_svg(&report, stdout, &err);
    /* main says why standard output failed. */
    return status == IL_OK || status == IL_IO ? judge(r, diagnosis) : cli_fail_library(&err);
}

static int measure(const cli_args *args, const request *r) {
    il_error err;
    int code = CLI_OK;
    il_probe **probe = calloc(r->n, sizeof *probe);
    il_diagnosis *diagnosis = calloc(r->n, sizeof *diagnosis);
    if (!probe || !diagnosis)
        code = cli_fail(CLI_IO, "no memory for %zu initializations", r->n);
    for (size_t i = 0; i < r->n && code == CLI_OK; i++) {
        if (il_probe_new(&r->config, &r->init[i], &probe[i], &err) != IL_OK)
            code = cli_fail(err.status == IL_INVALID ? CLI_USAGE : CLI_IO, "%s", err.message);
        else
            il_probe_diagnose(&r->config, probe[i], &diagnosis[i]);
    }
    if (code == CLI_OK)
        code = print(args, r, probe, diagnosis);
    for (size_t i = 0; probe && i < r->n; i++)
        il_probe_free(probe[i]);
    free(probe);
    free(diagnosis);
    return code;
}

int cli_probe(const cli_args *args) {
    request r = {0};
    cli_plugins plugins;
    int code = cli_plugins_load(args, &plugins);
    if (code == CLI_OK)
        code = read_request(args, plugins.inits, &r);
    if (code == CLI_OK)
        code = measure(args, &r);
    free(r.X);
    il_dataset_free(r.set);
    free(r.Y);
    free(r.init);
    cli_plugins_unload(&plugins);
    return code;
}
