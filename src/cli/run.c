/* initlab run: a study from file to report. */
#include "cli/cli.h"
#include "cli/folders.h"
#include "cli/origin.h"
#include "cli/plugin.h"
#include "cli/progress.h"
#include "cli/signals.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

/* The options that replace keys of the study, as the library takes them; NULL without memory. */
static const char **make_overrides(const cli_args *args, char seeds[256], char engine[40],
                                   size_t *n) {
    static const char *const engines[] = {"auto", "lockstep", "blas"};
    const char **overrides = calloc(args->n_text + 2, sizeof *overrides);
    if (!overrides)
        return NULL;
    *n = 0;
    for (size_t i = 0; i < args->n_text; i++)
        if (args->text[i].option == CLI_SET)
            overrides[(*n)++] = args->text[i].text;
    snprintf(seeds, 256, "seeds=%s", cli_last_text(args, CLI_SEEDS));
    snprintf(engine, 40, "engine=%s", engines[args->value[CLI_ENGINE]]);
    if (args->given[CLI_SEEDS])
        overrides[(*n)++] = seeds;
    if (args->given[CLI_ENGINE])
        overrides[(*n)++] = engine;
    return overrides;
}

/* A study that cannot be read is the caller's mistake, as one that cannot be understood is. */
static int load(const cli_args *args, const il_sources *sources, il_study **study) {
    char seeds[256], engine[40];
    il_error err;
    size_t n = 0;
    const char **overrides = make_overrides(args, seeds, engine, &n);
    if (!overrides)
        return cli_fail(CLI_IO, "no memory for %zu options", args->n_text);
    il_status status = il_study_load_with(sources, args->operand[0], overrides, n, study, &err);
    free(overrides);
    if (status == IL_OK)
        return CLI_OK;
    int code = cli_fail_library(&err);
    return status == IL_IO ? CLI_USAGE : code;
}

static int train(const cli_args *args, const il_study *study, il_store *store,
                 il_results **results) {
    cli_progress p = cli_progress_begin(cli_last_text(args, CLI_OUT), store);
    il_run_options options = {.store = store,
                              .fail_fast = args->given[CLI_FAIL_FAST],
                              .retry_failed = args->given[CLI_RETRY_FAILED],
                              .jobs = args->value[CLI_JOBS],
                              .cancel = &cli_interrupted,
                              .progress = args->given[CLI_QUIET] ? NULL : cli_progress_show,
                              .context = &p};
    il_error err;
    il_status status = il_study_run(study, &options, results, &err);
    cli_progress_clear(&p);
    if (status == IL_OK)
        cli_progress_say_joined(&p, (*results)->n_arms * (*results)->seeds);
    if (status == IL_INTERRUPTED)
        return CLI_INTERRUPTED; /* cli_run says so */
    return status == IL_OK ? CLI_OK : cli_fail_library(&err);
}

static void keep_results_in(const char *path) {
    char line[512];
    snprintf(line, sizeof line,
             "initlab: interrupted: finished runs are in %.300s: the same command resumes\n", path);
    cli_signals_mean(CLI_INCOMPLETE, line);
}

static int open_store(const cli_args *args, il_store **store) {
    const char *path = cli_last_text(args, CLI_OUT);
    cli_origin origin;
    il_error err;
    if (!path && args->given[CLI_RETRY_FAILED])
        return cli_fail(CLI_USAGE, "--retry-failed needs the file that has them: --out FILE.db");
    if (!path)
        return CLI_OK;
    int code = cli_origin_find(args, args->operand[0], &origin);
    if (code == CLI_OK && il_store_open(path, &origin.texts, store, &err) != IL_OK)
        code = cli_fail_library(&err);
    if (code == CLI_OK)
        keep_results_in(path);
    cli_origin_free(&origin);
    return code;
}

/* The whole report as text, since an interruption must leave none of it on standard output. */
static int compose(const cli_args *args, const il_study *study, const il_results *results,
                   char **text, size_t *size) {
    enum { TABLE, JSON };
    il_table_style style = cli_table_style(args);
    il_fingerprint fingerprint = cli_fingerprint();
    il_error err = {.status = IL_NO_MEMORY, .message = "no memory for the report"};
    FILE *out = open_memstream(text, size);
    if (!out)
        return cli_fail_library(&err);
    il_status status =
        args->value[CLI_FORMAT] == TABLE  ? il_report_table(study, results, &style, out, &err)
        : args->value[CLI_FORMAT] == JSON ? il_report_json(study, results, &fingerprint, out, &err)
                                          : il_report_csv(study, results, out, &err);
    if (fclose(out) != 0 && status == IL_OK)
        status = il_fail(&err, IL_NO_MEMORY, "no memory for the report");
    return status == IL_OK ? CLI_OK : cli_fail_library(&err);
}

/* The study is not complete: the code says so too. */
static int say_failed(const cli_args *args, const il_results *results) {
    const char *path = cli_last_text(args, CLI_OUT);
    if (results->failure.status != IL_OK)
        return cli_fail(CLI_INCOMPLETE, "%zu run%s failed; %s", results->failed,
                        results->failed == 1 ? "" : "s", results->failure.message);
    return cli_fail(CLI_INCOMPLETE, "%zu run%s failed when %s was written: see --retry-failed",
                    results->failed, results->failed == 1 ? "" : "s", path);
}

int cli_run(const cli_args *args) {
    il_study *study = NULL;
    il_store *store = NULL;
    il_results *results = NULL;
    cli_plugins plugins;
    cli_folders folders;
    int code = cli_plugins_load(args, &plugins);
    const il_sources sources = {.inits = plugins.inits, .folders = &folders.list};
    cli_folders_find(&folders);
    if (code == CLI_OK)
        code = load(args, &sources, &study);
    openblas_set_num_threads(1); /* global; each worker calls OpenBLAS by itself */
    if (code == CLI_OK)
        code = open_store(args, &store);
    char *text = NULL;
    size_t size = 0;
    cli_signals_catch(true);
    if (code == CLI_OK)
        code = train(args, study, store, &results);
    if (code == CLI_OK)
        code = compose(args, study, results, &text, &size);
    cli_signals_catch(false);
    if (cli_interrupted)
        code = cli_signals_end();
    il_store_close(store);
    if (code == CLI_OK)
        fwrite(text, 1, size, stdout); /* main says why it failed, if it did */
    free(text);
    if (code == CLI_OK && results->failed > 0)
        code = say_failed(args, results);
    il_results_free(results);
    il_study_free(study);
    cli_plugins_unload(&plugins);
    return code;
}
