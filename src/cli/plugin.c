#include "cli/plugin.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The loader's words without the path, which they begin with and the message has already. */
static const char *reason(const char *path) {
    const char *text = dlerror();
    size_t n = strlen(path);
    if (!text)
        return "the loader gives no reason";
    return strncmp(text, path, n) == 0 && strncmp(text + n, ": ", 2) == 0 ? text + n + 2 : text;
}

/* The loader maps segments without a look at the file's length, and a file cut short would end the process. */
static bool is_cut(const char *file) {
    ElfW(Ehdr) head;
    ElfW(Phdr) segment;
    struct stat info;
    FILE *in = fopen(file, "rb");
    if (!in)
        return false; /* dlopen says why */
    bool cut = false;
    if (fstat(fileno(in), &info) == 0 && fread(&head, sizeof head, 1, in) == 1 &&
        memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 && head.e_phentsize == sizeof segment &&
        fseek(in, (long)head.e_phoff, SEEK_SET) == 0)
        for (size_t i = 0; i < head.e_phnum && !cut; i++)
            cut = fread(&segment, sizeof segment, 1, in) != 1 ||
                  (segment.p_type == PT_LOAD &&
                   segment.p_offset + segment.p_filesz > (ElfW(Off))info.st_size);
    fclose(in);
    return cut;
}

static int open_one(const char *path, cli_plugins *out) {
    il_error err;
    /* A name without a slash would be looked for among the system's libraries. */
    size_t size = strlen(path) + 3;
    char *file = malloc(size);
    if (!file)
        return cli_fail(CLI_IO, "no memory for the plug-in %.200s", path);
    snprintf(file, size, "%s%s", strchr(path, '/') ? "" : "./", path);
    void *handle = NULL;
    int code = CLI_OK;
    if (access(file, R_OK) != 0)
        code = cli_fail(CLI_USAGE, "cannot read the plug-in %.200s: %s", path, strerror(errno));
    else if (is_cut(file))
        code = cli_fail(CLI_USAGE, "cannot load the plug-in %.200s: the file is cut short", path);
    else if (!(handle = dlopen(file, RTLD_NOW | RTLD_LOCAL)))
        code = cli_fail(CLI_USAGE, "cannot load the plug-in %.200s: %.200s", path, reason(file));
    free(file);
    if (code != CLI_OK)
        return code;
    out->handle[out->n++] = handle;
    const il_init_plugin *plugin = dlsym(handle, "il_plugin");
    if (!plugin)
        return cli_fail(CLI_USAGE,
                        "%.200s is no plug-in: it does not define il_plugin (see initlab/init.h)",
                        path);
    if (il_init_register_plugin(out->catalog, plugin, &err) != IL_OK)
        return cli_fail(err.status == IL_INVALID ? CLI_USAGE : CLI_IO, "plug-in %.200s: %s", path,
                        err.message);
    return CLI_OK;
}

int cli_plugins_load(const cli_args *args, cli_plugins *out) {
    il_error err;
    int code = CLI_OK;
    *out = (cli_plugins){.inits = &il_inits};
    if (!args->given[CLI_PLUGIN])
        return CLI_OK;
    if (il_catalog_new(&out->catalog, &err) != IL_OK)
        return cli_fail(CLI_IO, "%s", err.message);
    out->inits = il_catalog_inits(out->catalog);
    out->handle = calloc(args->n_text, sizeof *out->handle);
    if (!out->handle)
        return cli_fail(CLI_IO, "no memory for %zu options", args->n_text);
    for (size_t i = 0; code == CLI_OK && i < args->n_text; i++)
        if (args->text[i].option == CLI_PLUGIN)
            code = open_one(args->text[i].text, out);
    return code;
}

void cli_plugins_unload(cli_plugins *plugins) {
    il_catalog_free(plugins->catalog);
    while (plugins->n)
        dlclose(plugins->handle[--plugins->n]);
    free(plugins->handle);
}
