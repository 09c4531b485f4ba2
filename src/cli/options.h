/* Command-line options, all in one table: parsing, validation and --help follow from it. */
#ifndef IL_CLI_OPTIONS_H
#define IL_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum cli_option {
    CLI_SEEDS,
    CLI_JOBS,
    CLI_OUT,
    CLI_PAGE,
    CLI_STUDY,
    CLI_SVG,
    CLI_CSV,
    CLI_JSONL,
    CLI_CURVES,
    CLI_LAYERS,
    CLI_TENSORBOARD,
    CLI_FAIL_FAST,
    CLI_RETRY_FAILED,
    CLI_SET,
    CLI_ENGINE,
    CLI_FORMAT,
    CLI_COLOR,
    CLI_QUIET,
    CLI_SHAPE,
    CLI_HIDDEN,
    CLI_SEED,
    CLI_SAMPLE_FORMAT,
    CLI_DATA_FORMAT,
    CLI_PLUGIN,
    CLI_KEY_DATA, /* the keys of a study that train takes, in the order of cli_train_keys */
    CLI_KEY_SPLIT,
    CLI_KEY_SCALE,
    CLI_KEY_NETWORK,
    CLI_KEY_HIDDEN,
    CLI_KEY_NORM,
    CLI_KEY_DROPOUT,
    CLI_KEY_LOSS,
    CLI_KEY_BATCH,
    CLI_KEY_OPTIMIZER,
    CLI_KEY_SCHEDULE,
    CLI_KEY_CLIP,
    CLI_KEY_PENALTY,
    CLI_KEY_BIAS,
    CLI_KEY_INIT,
    CLI_KEY_ORDER,
    CLI_KEY_LAST,
    CLI_KEY_EVALUATE,
    CLI_KEY_PATIENCE,
    CLI_KEY_RECORD,
    CLI_KEY_EPOCHS,
    CLI_KEY_UNTIL,
    CLI_TRAIN_SEED,
    CLI_THREADS,
    CLI_SAVE,
    CLI_CHECKPOINT,
    CLI_RESUME,
    CLI_PROBE_INIT,
    CLI_PROBE_DATA,
    CLI_PROBE_BATCH,
    CLI_NETWORKS,
    CLI_SEED_BASE,
    CLI_FAIL_ON,
    CLI_PROBE_FORMAT,
    CLI_BATCHNORM,
    CLI_PHASE_HIDDEN,
    CLI_GRID,
    CLI_DEPTH,
    CLI_SIGMA_B2,
    CLI_WIDTH,
    CLI_PHASE_BATCH,
    CLI_PHASE_SEEDS,
    CLI_PHASE_TRAIN,
    CLI_PHASE_DATA,
    CLI_PHASE_OPTIMIZER,
    CLI_PHASE_EPOCHS,
    CLI_PHASE_FORMAT,
    CLI_JUNIT,
    CLI_TAP,
    CLI_CHECK_SEED_BASE,
    CLI_FULL,
    CLI_UNTIL_DECIDED,
    CLI_CLAIM_FORMAT,
    CLI_VERBOSE,
    CLI_REPETITIONS,
    CLI_BENCH_FORMAT,
    CLI_HELP,
    CLI_VERSION,
    CLI_OPTIONS
} cli_option;

/* Who takes an option. Two options of one name, or letter, belong to different commands: the bare `initlab`, or a command. */
enum {
    CLI_TOP = 1,
    CLI_RUN = 2,
    CLI_INIT = 4,
    CLI_DOCTOR = 8,
    CLI_DATA = 16,
    CLI_TRAIN = 32,
    CLI_REPORT = 64,
    CLI_EXPORT = 128,
    CLI_PROBE = 256,
    CLI_PHASE = 512,
    CLI_CHECK = 1024,
    CLI_BENCH = 2048,
    CLI_ALL = 4095
};

typedef enum cli_kind {
    CLI_FLAG,
    CLI_COUNT,   /* a whole number from 1 to `max` */
    CLI_SEEDING, /* the same, or a call of auto; as text */
    CLI_WORD,    /* one of the words of `argument`, separated by '|' */
    CLI_TEXT     /* anything */
} cli_kind;

typedef struct cli_option_desc {
    const char *name;
    char letter; /* 0: none */
    cli_kind kind;
    const char *argument; /* as --help shows it */
    size_t max;
    const char *initial; /* what holds without the option, or NULL */
    const char *doc;
    unsigned commands;
} cli_option_desc;

extern const cli_option_desc cli_options[CLI_OPTIONS];

typedef struct cli_text {
    cli_option option;
    const char *text;
} cli_text;

typedef struct cli_args {
    bool given[CLI_OPTIONS];
    size_t value[CLI_OPTIONS]; /* CLI_COUNT: the number; CLI_WORD: the word's index. 0 if absent */
    cli_text *text;            /* CLI_TEXT, CLI_SEEDING: the arguments, in order */
    size_t n_text;
    char **operand;
    int n_operands;
    char **argv; /* [argc] the command's name, and all of its words */
    int argc;
} cli_args;

/* Reads argv[1 …] as options of one command. At the top, reading stops at the first operand; for a
 * command, options and operands mix. False after a message to standard error; `out` is to be freed
 * in either case. */
bool cli_parse(unsigned command, const char *name, int argc, char **argv, cli_args *out);
void cli_args_free(cli_args *args);

/* The last argument of a CLI_TEXT or CLI_SEEDING option, or NULL when it is absent. */
const char *cli_last_text(const cli_args *args, cli_option option);

/* One line per option that `command` takes. */
void cli_print_options(unsigned command, FILE *out);

#endif
