/* Files of data that are known by name and looked for in folders. */
#ifndef IL_DATA_FIND_H
#define IL_DATA_FIND_H

#include "data/source.h"

#define IL_PARTNERS 4

/* Files that belong together. */
typedef struct il_partners {
    const char *name; /* of their folder, and what data/fetch.sh is asked for */
    bool anywhere; /* their names are theirs alone, so that they may lie outside that folder too */
    char file[IL_PARTNERS][64];
} il_partners;

typedef struct il_found {
    char folder[IL_PATH];
    char path[IL_PARTNERS][IL_PATH];
} il_found;

/* In each folder FOLDER/NAME is looked at first, and then (see `anywhere`) FOLDER, each file with .gz after its name or
 * without: the first place that has one of the files must have them all. IL_INVALID when no place has any, or one is
 * missing. `folders` may be NULL. */
il_status il_find_files(const il_partners *files, const il_folders *folders, il_found *out,
                        il_error *err);

#endif
