/* Where the command looks for files of data. */
#ifndef IL_CLI_FOLDERS_H
#define IL_CLI_FOLDERS_H

#include <initlab/data.h>

/* $INITLAB_DATA if set, data, and the folder of the user's cache: $XDG_CACHE_HOME/initlab or ~/.cache/initlab. */
typedef struct cli_folders {
    il_folders list; /* points to `path`: not to be copied */
    const char *path[3];
    char cache[4096];
} cli_folders;

void cli_folders_find(cli_folders *out);

#endif
