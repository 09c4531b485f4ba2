/* --plugin: initializations from shared objects. */
#ifndef IL_CLI_PLUGIN_H
#define IL_CLI_PLUGIN_H

#include "cli/cli.h"

typedef struct cli_plugins {
    const il_family *inits; /* the built-in initializations, and those of the plug-ins */
    il_catalog *catalog;
    void **handle; /* [n], of dlopen */
    size_t n;
} cli_plugins;

/* Loads what --plugin names, in order. Returns an exit code, after a message when it is not CLI_OK; `out` is to be
 * unloaded in either case, after the last call that it knew is gone. */
int cli_plugins_load(const cli_args *args, cli_plugins *out);
void cli_plugins_unload(cli_plugins *plugins);

#endif
