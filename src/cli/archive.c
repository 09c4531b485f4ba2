/* initlab report and initlab export: a stored study as a page, or as lines. */
#include "cli/cli.h"

#include "io/replace.h"

#include <stdlib.h>

/* The file's old content stays until the new one is whole. */
static int write_page(const char *path, const char *text, size_t size) {
    il_replacement *page;
    il_error err;
    il_status status = il_replace_begin(path, "report", &page, &err);
    if (status != IL_OK)
        return cli_fail_library(&err);
    status = il_replace_write(page, text, size, &err);
    if (status == IL_OK)
        status = il_replace_commit(page, IL_REPLACE, &err);
    else
        il_replace_abandon(page);
    return status == IL_OK ? CLI_OK : cli_fail_library(&err);
}

static int read_archive(const cli_args *args, il_archive **archive) {
    il_error err;
    return il_archive_read(args->operand[0], cli_last_text(args, CLI_STUDY), archive, &err) == IL_OK
               ? CLI_OK
               : cli_fail_library(&err);
}

int cli_report(const cli_args *args) {
    const char *path = cli_last_text(args, CLI_PAGE);
    char *text = NULL;
    size_t size = 0;
    il_error err;
    il_archive *archive = NULL;
    int code = read_archive(args, &archive);
    FILE *out = code == CLI_OK ? open_memstream(&text, &size) : NULL;
    if (code == CLI_OK && !out)
        code = cli_fail(CLI_IO, "no memory for the report");
    if (out) {
        il_status status = args->given[CLI_SVG]
                               ? il_report_svg(archive, (il_chart)args->value[CLI_SVG], out, &err)
                               : il_report_html(archive, out, &err);
        if (fclose(out) != 0 && status == IL_OK)
            status = il_fail(&err, IL_NO_MEMORY, "no memory for the report");
        if (status != IL_OK)
            code = cli_fail_library(&err);
    }
    if (code == CLI_OK && path)
        code = write_page(path, text, size);
    else if (code == CLI_OK)
        fwrite(text, 1, size, stdout); /* main says why it failed, if it did */
    free(text);
    il_archive_free(archive);
    return code;
}

static il_status write_lines(const cli_args *args, const il_archive *archive, il_error *err) {
    bool json = args->given[CLI_JSONL], layers = args->given[CLI_LAYERS];
    if (layers || args->given[CLI_CURVES])
        return il_export_records(archive, layers, json, stdout, err);
    (json ? il_export_jsonl : il_export_csv)(archive, stdout, err);
    return IL_OK; /* a refusal to write is told by main */
}

static il_status write_events(const cli_args *args, const il_archive *archive, il_error *err) {
    const char *folder = cli_last_text(args, CLI_TENSORBOARD);
    size_t runs;
    il_status status = il_export_tensorboard(archive, folder, &runs, err);
    if (status == IL_OK)
        fprintf(stderr, "initlab: %zu run%s in %s: tensorboard --logdir %s shows them\n", runs,
                runs == 1 ? "" : "s", folder, folder);
    return status;
}

int cli_export(const cli_args *args) {
    il_error err;
    il_archive *archive = NULL;
    static const cli_option forms[][2] = {
        {CLI_CSV, CLI_JSONL},         {CLI_CURVES, CLI_LAYERS},      {CLI_TENSORBOARD, CLI_CSV},
        {CLI_TENSORBOARD, CLI_JSONL}, {CLI_TENSORBOARD, CLI_CURVES}, {CLI_TENSORBOARD, CLI_LAYERS}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (args->given[forms[i][0]] && args->given[forms[i][1]])
            return cli_fail(CLI_USAGE, "--%s and --%s exclude each other",
                            cli_options[forms[i][0]].name, cli_options[forms[i][1]].name);
    int code = read_archive(args, &archive);
    if (code == CLI_OK &&
        (args->given[CLI_TENSORBOARD] ? write_events(args, archive, &err)
                                      : write_lines(args, archive, &err)) != IL_OK)
        code = cli_fail_library(&err);
    il_archive_free(archive);
    return code;
}
