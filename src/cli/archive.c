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

int cli_export(const cli_args *args) {
    il_error err;
    il_archive *archive = NULL;
    if (args->given[CLI_CSV] && args->given[CLI_JSONL])
        return cli_fail(CLI_USAGE, "--csv and --jsonl exclude each other");
    int code = read_archive(args, &archive);
    if (code == CLI_OK) /* a refusal to write is told by main */
        (args->given[CLI_JSONL] ? il_export_jsonl : il_export_csv)(archive, stdout, &err);
    il_archive_free(archive);
    return code;
}
