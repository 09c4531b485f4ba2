/* Progress on standard error. */
#ifndef IL_CLI_PROGRESS_H
#define IL_CLI_PROGRESS_H

#include "cli/cli.h"
#include <initlab/store.h>

typedef struct cli_progress {
    bool terminal, drawn, joined;
    double start, shown;   /* seconds of the monotonic clock */
    const char *path;      /* of the store … */
    const il_store *store; /* … or NULL */
    size_t found;          /* runs that it had at first: they took no time */
} cli_progress;

cli_progress cli_progress_begin(const char *path, const il_store *store);

/* For il_run_options: `context` is the cli_progress. */
void cli_progress_show(void *context, size_t done, size_t total);

/* The same for anything else, when it is due: `text`, and the share that is done. */
bool cli_progress_due(cli_progress *progress);
void cli_progress_line(cli_progress *progress, const char *text, double share);

/* Takes the bar away. */
void cli_progress_clear(cli_progress *progress);

/* Says once what the store had, and whether the study is another one than before. */
void cli_progress_say_joined(cli_progress *progress, size_t total);

#endif
