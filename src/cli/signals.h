/* Interruptions: the first signal asks, the second, or half a second, ends the process. */
#ifndef IL_CLI_SIGNALS_H
#define IL_CLI_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* Nonzero, by an atomic store, once a signal has come. */
extern volatile sig_atomic_t cli_interrupted;

/* What an interruption leaves: its exit code, and the line, with its line feed, that says so. */
void cli_signals_mean(int code, const char *line);

/* Catches SIGINT and SIGTERM, or no longer. */
void cli_signals_catch(bool on);

/* Prints the line and returns the exit code. */
int cli_signals_end(void);

#endif
