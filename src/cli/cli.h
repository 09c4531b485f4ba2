/* The command `initlab`: commands, exit codes and messages. Results go to standard output, all else
 * to standard error. setlocale is never called, so numbers have a point in every environment. */
#ifndef IL_CLI_CLI_H
#define IL_CLI_CLI_H

#include "cli/options.h"
#include "report/report.h"

/* Exit codes. */
enum {
    CLI_OK = 0,
    CLI_FAILED = 1, /* a claim is not as expected, or what --fail-on names is there */
    CLI_USAGE = 2,  /* the command line or the study */
    CLI_INCOMPLETE =
        3,      /* interrupted; what has finished is in a store, and the same command resumes */
    CLI_IO = 4, /* the system: writing, memory */
    CLI_INTERRUPTED = 130
};

typedef struct cli_command {
    const char *name;
    unsigned id;          /* its bit in cli_option_desc.commands */
    const char *operands; /* as in the usage line */
    int least, most;      /* operands taken */
    const char *summary;  /* one line, for the list of commands */
    const char *details;  /* for its own --help */
    int (*run)(const cli_args *args);
    const char *needs; /* what the least operand is, in messages; NULL without one */
} cli_command;

int cli_run(const cli_args *args);
int cli_train(const cli_args *args);
int cli_init(const cli_args *args);
int cli_report(const cli_args *args);
int cli_export(const cli_args *args);
int cli_check(const cli_args *args);
int cli_data(const cli_args *args);
int cli_probe(const cli_args *args);
int cli_phase(const cli_args *args);
int cli_bench(const cli_args *args);
int cli_doctor(const cli_args *args);

/* Prints "initlab: …", one line, to standard error and returns `code`. */
int cli_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints a message of the library and returns the exit code that its status has. */
int cli_fail_library(const il_error *err);

/* The option's last text as a call; absent: `otherwise`, or nothing where that is NULL. */
int cli_read_call(const cli_args *args, cli_option option, const il_family *family,
                  const char *otherwise, il_call *out);

/* Of tables on standard output, by --color, NO_COLOR and the terminal. */
il_table_style cli_table_style(const cli_args *args);

/* What this process computes with; doctor prints it and JSON reports carry it. */
il_fingerprint cli_fingerprint(void);

#endif
