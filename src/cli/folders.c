#include "cli/folders.h"

#include <stdio.h>
#include <stdlib.h>

static void add(cli_folders *out, const char *path) {
    out->path[out->list.n++] = path;
}

/* The XDG base directory specification has relative paths ignored. */
static const char *absolute(const char *name) {
    const char *path = getenv(name);
    return path && *path == '/' ? path : NULL;
}

void cli_folders_find(cli_folders *out) {
    const char *own = getenv("INITLAB_DATA"), *cache = absolute("XDG_CACHE_HOME"),
               *home = absolute("HOME");
    int n = 0;
    out->list = (il_folders){.path = out->path};
    if (own && *own)
        add(out, own);
    add(out, "data");
    if (cache)
        n = snprintf(out->cache, sizeof out->cache, "%s/initlab", cache);
    else if (home)
        n = snprintf(out->cache, sizeof out->cache, "%s/.cache/initlab", home);
    if (n > 0 && (size_t)n < sizeof out->cache)
        add(out, out->cache);
}
