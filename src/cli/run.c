/* initlab run: a study from file to report. */
#include "cli/cli.h"
#include "cli/plugin.h"

#include "base/clock.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define BAR 24            /* cells */
#define BAR_SECONDS 0.1   /* between two drawings on a terminal */
#define LINE_SECONDS 10.0 /* between two lines elsewhere */

static volatile sig_atomic_t interrupted;

#define INTERRUPTED "initlab: interrupted: no results were written\n"

/* Half a second after the signal the process ends whatever it is doing: an epoch of a large network, or the
 * statistics, may take longer, and nothing has been written that could be left half done. */
static void abandon(int signal) {
    (void)signal;
    ssize_t ignored = write(STDERR_FILENO, INTERRUPTED, sizeof INTERRUPTED - 1);
    (void)ignored;
    _exit(CLI_INTERRUPTED);
}

/* A second signal ends the process at once; `timeout` sends two, the other to the process group. */
static void interrupt(int signal) {
    if (interrupted)
        abandon(signal);
    const struct itimerval soon = {.it_value = {.tv_usec = 500000}};
    __atomic_store_n(&interrupted, 1, __ATOMIC_RELAXED);
    setitimer(ITIMER_REAL, &soon, NULL);
}

/* A signal that the parent chose to ignore stays ignored. */
static void catch_signals(bool on) {
    static const int signals[] = {SIGINT, SIGTERM};
    struct sigaction alarm = {.sa_handler = on ? abandon : SIG_IGN}; /* the timer may still run */
    sigemptyset(&alarm.sa_mask);
    sigaction(SIGALRM, &alarm, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction now, wanted = {.sa_handler = on ? interrupt : SIG_DFL};
        sigemptyset(&wanted.sa_mask);
        if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaction(signals[i], &wanted, NULL);
    }
}

typedef struct progress {
    bool terminal, drawn;
    double start, shown; /* seconds of the monotonic clock */
} progress;

static void format_seconds(double s, char text[32]) {
    if (s < 100)
        snprintf(text, 32, "%.0f s", s);
    else if (s < 6000)
        snprintf(text, 32, "%.0f min", s / 60);
    else
        snprintf(text, 32, "%.1f h", s / 3600);
}

static void clear_bar(progress *p) {
    if (p->drawn)
        fputs("\r\033[K", stderr);
    p->drawn = false;
}

static void show_progress(void *context, size_t done, size_t total) {
    progress *p = context;
    double t = il_seconds(), rate = (double)done / (t - p->start);
    if (t - p->shown < (p->terminal ? BAR_SECONDS : LINE_SECONDS) || done == 0)
        return;
    p->shown = t;
    char left[32];
    format_seconds((double)(total - done) / rate, left);
    if (!p->terminal) {
        fprintf(stderr, "initlab: %zu of %zu runs done, %.*f a second, about %s left\n", done,
                total, rate < 10 ? 1 : 0, rate, left);
        return;
    }
    clear_bar(p);
    size_t full = done * BAR / total;
    for (size_t i = 0; i < BAR; i++)
        fputs(i < full ? "█" : "░", stderr);
    fprintf(stderr, " %zu/%zu runs, %.*f/s, %s left", done, total, rate < 10 ? 1 : 0, rate, left);
    fflush(stderr);
    p->drawn = true;
}

/* The options that replace keys of the study, as the library takes them; NULL without memory. */
static const char **make_overrides(const cli_args *args, char seeds[40], char engine[40],
                                   size_t *n) {
    static const char *const engines[] = {"auto", "lockstep", "blas"};
    const char **overrides = calloc(args->n_text + 2, sizeof *overrides);
    if (!overrides)
        return NULL;
    *n = 0;
    for (size_t i = 0; i < args->n_text; i++)
        if (args->text[i].option == CLI_SET)
            overrides[(*n)++] = args->text[i].text;
    snprintf(seeds, 40, "seeds=%zu", args->value[CLI_SEEDS]);
    snprintf(engine, 40, "engine=%s", engines[args->value[CLI_ENGINE]]);
    if (args->given[CLI_SEEDS])
        overrides[(*n)++] = seeds;
    if (args->given[CLI_ENGINE])
        overrides[(*n)++] = engine;
    return overrides;
}

/* A study that cannot be read is the caller's mistake, as one that cannot be understood is. */
static int load(const cli_args *args, const cli_plugins *plugins, il_study **study) {
    char seeds[40], engine[40];
    il_error err;
    size_t n = 0;
    const char **overrides = make_overrides(args, seeds, engine, &n);
    if (!overrides)
        return cli_fail(CLI_IO, "no memory for %zu options", args->n_text);
    il_status status =
        il_study_load_with(plugins->inits, args->operand[0], overrides, n, study, &err);
    free(overrides);
    if (status == IL_OK)
        return CLI_OK;
    int code = cli_fail_library(&err);
    return status == IL_IO ? CLI_USAGE : code;
}

static int train(const cli_args *args, const il_study *study, il_results **results) {
    const char *term = getenv("TERM");
    progress p = {.terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0,
                  .start = il_seconds()};
    p.shown = p.start;
    il_run_options options = {.jobs = args->value[CLI_JOBS],
                              .cancel = &interrupted,
                              .progress = args->given[CLI_QUIET] ? NULL : show_progress,
                              .context = &p};
    il_error err;
    openblas_set_num_threads(1); /* global; each worker calls OpenBLAS by itself */
    il_status status = il_study_run(study, &options, results, &err);
    clear_bar(&p);
    if (status == IL_INTERRUPTED)
        return CLI_INTERRUPTED; /* cli_run says so */
    return status == IL_OK ? CLI_OK : cli_fail_library(&err);
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

int cli_run(const cli_args *args) {
    il_study *study = NULL;
    il_results *results = NULL;
    cli_plugins plugins;
    int code = cli_plugins_load(args, &plugins);
    if (code == CLI_OK)
        code = load(args, &plugins, &study);
    char *text = NULL;
    size_t size = 0;
    catch_signals(true);
    if (code == CLI_OK)
        code = train(args, study, &results);
    if (code == CLI_OK)
        code = compose(args, study, results, &text, &size);
    catch_signals(false);
    if (interrupted)
        code = cli_fail(CLI_INTERRUPTED, "interrupted: no results were written");
    if (code == CLI_OK)
        fwrite(text, 1, size, stdout); /* main says why it failed, if it did */
    free(text);
    il_results_free(results);
    il_study_free(study);
    cli_plugins_unload(&plugins);
    return code;
}
