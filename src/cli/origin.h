/* Where the results of a command come from, for the store. */
#ifndef IL_CLI_ORIGIN_H
#define IL_CLI_ORIGIN_H

#include "cli/cli.h"
#include <initlab/store.h>

typedef struct cli_origin {
    il_origin texts;
    char *openblas, *plugins, *command, *spec; /* what `texts` points to */
} cli_origin;

/* Describes OpenBLAS, hashes the plug-ins, and copies the command line and the study's file, unless `spec` is NULL.
 * Returns an exit code, after a message when it is not CLI_OK; `out` is to be freed in either case. */
int cli_origin_find(const cli_args *args, const char *spec, cli_origin *out);
void cli_origin_free(cli_origin *origin);

#endif
