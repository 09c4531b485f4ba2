/* initlab check: claims from files to verdicts. */
#include "cli/cli.h"
#include "cli/folders.h"
#include "cli/origin.h"
#include "cli/plugin.h"
#include "cli/progress.h"
#include "cli/signals.h"

#include "base/clock.h"
#include "io/replace.h"
#include "report/claims.h"

#include <cblas.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TABLE, JSON, MARKDOWN };

/* The files in order, their claims, and what came out. */
typedef struct check {
    const cli_args *args;
    char **path;        /* [n_files] */
    il_claims **claims; /* [n_files] */
    size_t n_files;
    il_checked *item; /* [n] */
    size_t n;
    il_store *store;
    cli_progress progress;
    size_t now; /* the claim that is being checked */
} check;

static int no_memory(void) {
    return cli_fail(CLI_IO, "no memory for the files of claims");
}

/* Adds "folder/name", or `name` alone. */
static int add_path(check *c, const char *folder, const char *name) {
    char **grown = realloc(c->path, (c->n_files + 1) * sizeof *grown);
    char *path = NULL;
    size_t n = folder ? strlen(folder) : 0;
    bool slash = n > 0 && folder[n - 1] != '/';
    if (grown)
        c->path = grown;
    if (!grown || !(path = malloc(n + strlen(name) + 2)))
        return no_memory();
    sprintf(path, "%s%s%s", folder ? folder : "", slash ? "/" : "", name);
    c->path[c->n_files++] = path;
    return CLI_OK;
}

static int is_yaml(const struct dirent *entry) {
    size_t n = strlen(entry->d_name);
    return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

/* By byte values: the same order in every locale. */
static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_folder(check *c, const char *folder) {
    struct dirent **entry;
    int n = scandir(folder, &entry, is_yaml, by_name), code = CLI_OK;
    if (n < 0)
        return cli_fail(CLI_USAGE, "%s: cannot read the folder: %s", folder, strerror(errno));
    if (n == 0)
        code = cli_fail(CLI_USAGE, "%s: there is no *.yaml file in this folder", folder);
    for (int i = 0; i < n; i++) {
        if (code == CLI_OK)
            code = add_path(c, folder, entry[i]->d_name);
        free(entry[i]);
    }
    free(entry);
    return code;
}

static int find_files(check *c) {
    int code = CLI_OK;
    for (int i = 0; i < c->args->n_operands && code == CLI_OK; i++) {
        struct stat is;
        const char *operand = c->args->operand[i];
        bool folder = stat(operand, &is) == 0 && S_ISDIR(is.st_mode);
        code = folder ? add_folder(c, operand) : add_path(c, NULL, operand);
    }
    return code;
}

/* Files that cannot be read are the caller's mistake, as those that cannot be understood are. */
static int load(check *c, const il_sources *sources) {
    il_error err;
    c->claims = calloc(c->n_files, sizeof(il_claims *));
    if (!c->claims)
        return no_memory();
    for (size_t i = 0; i < c->n_files; i++) {
        il_status status = il_claims_load(sources, c->path[i], &c->claims[i], &err);
        if (status != IL_OK) {
            int code = cli_fail_library(&err);
            return status == IL_IO ? CLI_USAGE : code;
        }
        c->n += c->claims[i]->n;
    }
    c->item = calloc(c->n, sizeof *c->item);
    return c->item ? CLI_OK : no_memory();
}

static int open_store(check *c) {
    const char *path = cli_last_text(c->args, CLI_OUT);
    cli_origin origin;
    il_error err;
    char line[512];
    if (!path)
        return CLI_OK;
    int code = cli_origin_find(c->args, NULL, &origin);
    if (code == CLI_OK && il_store_open(path, &origin.texts, &c->store, &err) != IL_OK)
        code = cli_fail_library(&err);
    cli_origin_free(&origin);
    snprintf(line, sizeof line,
             "initlab: interrupted: finished runs are in %.300s: the same command resumes\n", path);
    if (code == CLI_OK)
        cli_signals_mean(CLI_INCOMPLETE, line);
    return code;
}

static void show_progress(void *context, size_t done, size_t total) {
    check *c = context;
    char text[128];
    double part = (double)done / (double)total;
    snprintf(text, sizeof text, "claim %zu of %zu: %.63s", c->now + 1, c->n,
             c->item[c->now].claim->id);
    if ((c->now > 0 || done > 0) && cli_progress_due(&c->progress))
        cli_progress_line(&c->progress, text, ((double)c->now + part) / (double)c->n);
}

static int check_all(check *c) {
    const il_check_options options = {
        .run = {.store = c->store,
                .jobs = c->args->value[CLI_JOBS],
                .cancel = &cli_interrupted,
                .progress = c->args->given[CLI_QUIET] ? NULL : show_progress,
                .context = c},
        .seed_base = c->args->value[CLI_CHECK_SEED_BASE],
        .until_decided = c->args->given[CLI_UNTIL_DECIDED]};
    il_error err;
    c->progress = cli_progress_begin(NULL, NULL);
    for (size_t i = 0; i < c->n_files; i++)
        for (size_t k = 0; k < c->claims[i]->n; k++, c->now++) {
            il_checked *item = &c->item[c->now];
            *item = (il_checked){.file = c->path[i], .claim = &c->claims[i]->claim[k]};
            il_status status = il_claim_check(item->claim, &options, &item->finding, &err);
            cli_progress_clear(&c->progress);
            if (status == IL_INTERRUPTED)
                return CLI_INTERRUPTED; /* cli_check says so */
            if (status != IL_OK)
                return cli_fail_library(&err);
        }
    return CLI_OK;
}

/* A report as text, since an interruption must leave none of it. */
typedef struct page {
    char *text;
    size_t size;
} page;

static il_status write_report(const check *c, const il_checks *checks, FILE *out, il_error *err) {
    const il_table_style style = cli_table_style(c->args);
    const il_fingerprint fingerprint = cli_fingerprint();
    size_t format = c->args->value[CLI_CLAIM_FORMAT];
    return c->args->given[CLI_TAP] ? il_claims_tap(checks, out, err)
           : format == JSON        ? il_claims_json(checks, &fingerprint, out, err)
           : format == MARKDOWN    ? il_claims_markdown(checks, out, err)
                                   : il_claims_table(checks, &style, out, err);
}

static int compose(const check *c, const il_checks *checks, bool junit, page *p) {
    il_error err = {.status = IL_NO_MEMORY, .message = "no memory for the report"};
    FILE *out = open_memstream(&p->text, &p->size);
    if (!out)
        return cli_fail_library(&err);
    il_status status =
        junit ? il_claims_junit(checks, out, &err) : write_report(c, checks, out, &err);
    if (fclose(out) != 0 && status == IL_OK)
        status = il_fail(&err, IL_NO_MEMORY, "no memory for the report");
    return status == IL_OK ? CLI_OK : cli_fail_library(&err);
}

/* The file's old content stays until the new one is whole. */
static int write_junit(const char *path, const page *p) {
    il_replacement *file;
    il_error err;
    il_status status = il_replace_begin(path, "JUnit report", &file, &err);
    if (status != IL_OK)
        return cli_fail_library(&err);
    status = il_replace_write(file, p->text, p->size, &err);
    if (status == IL_OK)
        status = il_replace_commit(file, IL_REPLACE, &err);
    else
        il_replace_abandon(file);
    return status == IL_OK ? CLI_OK : cli_fail_library(&err);
}

static int report(const check *c, double start) {
    const il_checks checks = {.item = c->item,
                              .n = c->n,
                              .verbose = c->args->given[CLI_VERBOSE],
                              .wall_s = il_seconds() - start};
    const char *path = cli_last_text(c->args, CLI_JUNIT);
    page shown = {0}, junit = {0};
    int code = compose(c, &checks, false, &shown);
    if (code == CLI_OK && path)
        code = compose(c, &checks, true, &junit);
    if (code == CLI_OK && path)
        code = write_junit(path, &junit);
    if (code == CLI_OK)
        fwrite(shown.text, 1, shown.size, stdout); /* main says why it failed, if it did */
    free(shown.text);
    free(junit.text);
    return code != CLI_OK ? code : il_claims_as_expected(&checks) == c->n ? CLI_OK : CLI_FAILED;
}

static void release(check *c) {
    il_store_close(c->store);
    for (size_t i = 0; i < c->n_files; i++) {
        if (c->claims)
            il_claims_free(c->claims[i]);
        free(c->path[i]);
    }
    free(c->path);
    free(c->claims);
    free(c->item);
}

int cli_check(const cli_args *args) {
    check c = {.args = args};
    cli_plugins plugins;
    cli_folders folders;
    double start = il_seconds();
    if (args->given[CLI_TAP] && args->given[CLI_CLAIM_FORMAT])
        return cli_fail(CLI_USAGE, "--tap and --format exclude each other");
    int code = cli_plugins_load(args, &plugins);
    const il_sources sources = {
        .inits = plugins.inits, .folders = &folders.list, .full = args->given[CLI_FULL]};
    cli_folders_find(&folders);
    openblas_set_num_threads(1); /* global; each worker calls OpenBLAS by itself */
    if (code == CLI_OK)
        code = find_files(&c);
    if (code == CLI_OK)
        code = load(&c, &sources);
    if (code == CLI_OK)
        code = open_store(&c);
    cli_signals_catch(true);
    if (code == CLI_OK)
        code = check_all(&c);
    cli_signals_catch(false);
    if (cli_interrupted)
        code = cli_signals_end();
    if (code == CLI_OK)
        code = report(&c, start);
    release(&c);
    cli_plugins_unload(&plugins);
    return code;
}
