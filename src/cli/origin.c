#include "cli/origin.h"

#include "io/file.h"
#include "lab/spec.h"
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static void put_openblas(FILE *out, const cli_args *args) {
    (void)args;
    il_fingerprint f = cli_fingerprint();
    fprintf(out, "%s, core %s, threads %zu", f.openblas_config, f.openblas_core,
            f.openblas_threads);
}

/* A word that a shell reads back as it is. */
static void put_word(FILE *out, const char *word) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./=:,+%@";
    if (word[0] && word[strspn(word, plain)] == '\0') {
        fputs(word, out);
        return;
    }
    putc('\'', out);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", out);
        else
            putc(*word, out);
    putc('\'', out);
}

static void put_command(FILE *out, const cli_args *args) {
    fputs("initlab", out);
    for (int i = 0; i < args->argc; i++) {
        putc(' ', out);
        put_word(out, args->argv[i]);
    }
}

/* The content of each plug-in as a hash, in their order. */
static int hash_plugins(const cli_args *args, FILE *out) {
    static const il_file_kind plugin = {.noun = "plug-in", .most = 1 << 30};
    il_error err;
    for (size_t i = 0; i < args->n_text; i++) {
        char *content;
        size_t size;
        if (args->text[i].option != CLI_PLUGIN)
            continue;
        if (il_file_load(args->text[i].text, &plugin, &content, &size, &err) != IL_OK)
            return cli_fail_library(&err);
        XXH128_hash_t hash = XXH3_128bits(content, size);
        fprintf(out, "%016llx%016llx ", (unsigned long long)hash.high64,
                (unsigned long long)hash.low64);
        free(content);
    }
    return CLI_OK;
}

/* One text, by the function that writes it. */
static char *text_by(void (*put)(FILE *out, const cli_args *args), const cli_args *args) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    put(out, args);
    return fclose(out) == 0 ? text : NULL;
}

int cli_origin_find(const cli_args *args, const char *spec, cli_origin *out) {
    static const il_file_kind study = {.noun = "study", .most = IL_SPEC_BYTES};
    size_t size = 0;
    il_error err;
    *out = (cli_origin){.openblas = text_by(put_openblas, args),
                        .command = text_by(put_command, args)};
    if (spec && il_file_load(spec, &study, &out->spec, &size, &err) != IL_OK)
        return cli_fail_library(&err);
    FILE *hashes = open_memstream(&out->plugins, &size);
    int code = hashes ? hash_plugins(args, hashes) : CLI_OK;
    if (hashes)
        fclose(hashes);
    if (code == CLI_OK && (!out->openblas || !out->command || !out->plugins))
        code = cli_fail(CLI_IO, "no memory to describe the command");
    out->texts = (il_origin){out->openblas, out->plugins, out->command, out->spec};
    return code;
}

void cli_origin_free(cli_origin *origin) {
    free(origin->openblas);
    free(origin->plugins);
    free(origin->command);
    free(origin->spec);
}
