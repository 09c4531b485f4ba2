/* initlab report and initlab export: a stored study as a page, or as lines. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fail_writing(const char *path) {
    return cli_fail(CLI_IO, "%s: cannot be written: %s", path, strerror(errno));
}

/* The file's old content stays until the new one is whole. */
static int write_file(const char *path, const char *text, size_t size) {
    char *beside = malloc(strlen(path) + sizeof ".new");
    if (!beside)
        return cli_fail(CLI_IO, "no memory to write %s", path);
    strcpy(stpcpy(beside, path), ".new");
    int code = CLI_OK;
    FILE *out = fopen(beside, "w");
    bool written =
        out && fwrite(text, 1, size, out) == size && fflush(out) == 0 && fsync(fileno(out)) == 0;
    if (!written)
        code = fail_writing(path);
    if (out && fclose(out) != 0 && code == CLI_OK)
        code = fail_writing(path);
    if (code == CLI_OK && rename(beside, path) != 0)
        code = fail_writing(path);
    if (out && code != CLI_OK)
        remove(beside);
    free(beside);
    return code;
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
        il_status status = il_report_html(archive, out, &err);
        if (fclose(out) != 0 && status == IL_OK)
            status = il_fail(&err, IL_NO_MEMORY, "no memory for the report");
        if (status != IL_OK)
            code = cli_fail_library(&err);
    }
    if (code == CLI_OK && path)
        code = write_file(path, text, size);
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
