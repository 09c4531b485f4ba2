#include "cli/options.h"
#include "base/pool.h"
#include "bench/bench.h"
#include "cli/cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

const cli_option_desc cli_options[CLI_OPTIONS] = {
    [CLI_SEEDS] = {"seeds", 's', CLI_SEEDING, "N", IL_MAX_SEEDS, "the study's",
                   "runs of each arm, with seeds 1 to N; or auto, as many as it takes", CLI_RUN},
    [CLI_JOBS] = {"jobs", 'j', CLI_COUNT, "N", IL_MAX_JOBS, "one per processor",
                  "worker threads; results do not depend on it", CLI_RUN | CLI_CHECK | CLI_PHASE},
    [CLI_OUT] = {"out", 'o', CLI_TEXT, "FILE.db", 0, NULL,
                 "keep runs in FILE.db; those that are there are not run again",
                 CLI_RUN | CLI_CHECK},
    [CLI_PAGE] = {"out", 'o', CLI_TEXT, "FILE", 0, "standard output", "write the page there",
                  CLI_REPORT},
    [CLI_STUDY] = {"study", 0, CLI_TEXT, "NAME", 0, "the one run last", "which study of the file",
                   CLI_REPORT | CLI_EXPORT},
    [CLI_SVG] = {"svg", 0, CLI_WORD,
                 "curves|success|success-map|rmst-map|loss|accuracy|signal|gradient|"
                 "signal-epochs|gradient-epochs|weights|regions|lines",
                 0, NULL, "one chart alone, as SVG, instead of the page", CLI_REPORT},
    [CLI_CSV] = {"csv", 0, CLI_FLAG, NULL, 0, NULL,
                 "a heading and a line per run, as run --format csv gives them; the default",
                 CLI_EXPORT},
    [CLI_JSONL] = {"jsonl", 0, CLI_FLAG, NULL, 0, NULL, "one JSON object a line", CLI_EXPORT},
    [CLI_CURVES] = {"curves", 0, CLI_FLAG, NULL, 0, NULL,
                    "a line per recorded epoch: loss and accuracy", CLI_EXPORT},
    [CLI_LAYERS] = {"layers", 0, CLI_FLAG, NULL, 0, NULL,
                    "a line per layer and recorded epoch: signals and gradients", CLI_EXPORT},
    [CLI_TENSORBOARD] = {"tensorboard", 0, CLI_TEXT, "DIR", 0, NULL,
                         "event files of all that was recorded, a folder per run", CLI_EXPORT},
    [CLI_FAIL_FAST] = {"fail-fast", 0, CLI_FLAG, NULL, 0, NULL,
                       "end at the first run whose scheme cannot begin", CLI_RUN},
    [CLI_RETRY_FAILED] = {"retry-failed", 0, CLI_FLAG, NULL, 0, NULL,
                          "run again what FILE.db has as failed", CLI_RUN},
    [CLI_SET] = {"set", 0, CLI_TEXT, "KEY=VALUE", 0, NULL, "replace a key of the study; repeatable",
                 CLI_RUN},
    [CLI_ENGINE] = {"engine", 0, CLI_WORD, "auto|lockstep|blas", 0, "the study's",
                    "what multiplies matrices; see initlab doctor", CLI_RUN | CLI_TRAIN},
    [CLI_FORMAT] = {"format", 'f', CLI_WORD, "table|json|csv", 0, "table",
                    "form of the results on standard output", CLI_RUN | CLI_TRAIN},
    [CLI_COLOR] = {"color", 0, CLI_WORD, "auto|always|never", 0, "auto",
                   "auto: on a terminal unless NO_COLOR is set",
                   CLI_RUN | CLI_DATA | CLI_TRAIN | CLI_PROBE | CLI_PHASE | CLI_CHECK | CLI_BENCH},
    [CLI_QUIET] = {"quiet", 'q', CLI_FLAG, NULL, 0, NULL, "no progress on standard error",
                   CLI_RUN | CLI_TRAIN | CLI_CHECK | CLI_PHASE},
    [CLI_SHAPE] = {"shape", 0, CLI_TEXT, "AxB", 0, NULL,
                   "draw a layer of fan_in A, fan_out B, and measure it", CLI_INIT},
    [CLI_HIDDEN] = {"hidden", 0, CLI_TEXT, "ACT", 0, "relu",
                    "the activation after it, which decides gain=auto", CLI_INIT},
    [CLI_SEED] = {"seed", 's', CLI_COUNT, "N", IL_MAX_SEEDS, "1", "the seed of the drawn layer",
                  CLI_INIT},
    [CLI_SAMPLE_FORMAT] = {"format", 'f', CLI_WORD, "table|json", 0, "table",
                           "form of the measurements on standard output", CLI_INIT},
    [CLI_DATA_FORMAT] = {"format", 'f', CLI_WORD, "table|json", 0, "table",
                         "form of the list, or of what is shown, on standard output", CLI_DATA},
    [CLI_PLUGIN] = {"plugin", 0, CLI_TEXT, "FILE.so", 0, NULL,
                    "more initializations, from a shared object; repeatable",
                    CLI_RUN | CLI_INIT | CLI_TRAIN | CLI_PROBE | CLI_CHECK},
    [CLI_KEY_DATA] = {"data", 0, CLI_TEXT, "NAME", 0, NULL, "the dataset; see initlab data",
                      CLI_TRAIN},
    [CLI_KEY_SPLIT] = {"split", 0, CLI_TEXT, "HOW", 0, "given", "such as random(test=0.2)",
                       CLI_TRAIN},
    [CLI_KEY_SCALE] = {"scale", 0, CLI_TEXT, "HOW", 0, "auto",
                       "auto, none, center, scale01, standardize", CLI_TRAIN},
    [CLI_KEY_NETWORK] = {"network", 'n', CLI_TEXT, "WIDTHS", 0, NULL,
                         "such as 784-256-128-10, or 2-[8]x5-1", CLI_TRAIN | CLI_PROBE},
    [CLI_KEY_HIDDEN] = {"hidden", 0, CLI_TEXT, "ACT", 0, "relu", "activation of the hidden layers",
                        CLI_TRAIN | CLI_PROBE},
    [CLI_KEY_NORM] = {"norm", 0, CLI_TEXT, "NORM", 0, "none", "batchnorm or layernorm",
                      CLI_TRAIN | CLI_PROBE},
    [CLI_KEY_DROPOUT] = {"dropout", 0, CLI_TEXT, "P", 0, "none",
                         "on the hidden layers, such as 0.5", CLI_TRAIN | CLI_PROBE | CLI_PHASE},
    [CLI_KEY_LOSS] = {"loss", 0, CLI_TEXT, "LOSS", 0, "by the outputs",
                      "from logits: bce, softmax_ce, mse", CLI_TRAIN | CLI_PROBE},
    [CLI_KEY_BATCH] = {"batch", 0, CLI_TEXT, "N", 0, "full", "samples in a step", CLI_TRAIN},
    [CLI_KEY_OPTIMIZER] = {"optimizer", 0, CLI_TEXT, "OPT", 0, "adam", "such as momentum(lr=0.1)",
                           CLI_TRAIN},
    [CLI_KEY_SCHEDULE] = {"schedule", 0, CLI_TEXT, "HOW", 0, "constant", "of the learning rate",
                          CLI_TRAIN},
    [CLI_KEY_CLIP] = {"clip", 0, CLI_TEXT, "HOW", 0, "none", "limit of the gradients", CLI_TRAIN},
    [CLI_KEY_PENALTY] = {"penalty", 0, CLI_TEXT, "HOW", 0, "none", "on the weights", CLI_TRAIN},
    [CLI_KEY_BIAS] = {"bias", 0, CLI_TEXT, "INIT", 0, "what the init brings",
                      "initialization of the biases", CLI_TRAIN | CLI_PROBE},
    [CLI_KEY_INIT] = {"init", 0, CLI_TEXT, "INIT", 0, NULL,
                      "initialization of the weights; see initlab init", CLI_TRAIN},
    [CLI_KEY_ORDER] = {"order", 0, CLI_TEXT, "WORD", 0, "per_seed",
                       "of the samples: per_seed or shared", CLI_TRAIN},
    [CLI_KEY_LAST] = {"last", 0, CLI_TEXT, "WORD", 0, "keep",
                      "keep or drop a last batch that is not full", CLI_TRAIN},
    [CLI_KEY_EVALUATE] = {"evaluate", 0, CLI_TEXT, "PART", 0, "auto",
                          "on train, validation or test samples", CLI_TRAIN},
    [CLI_KEY_PATIENCE] = {"patience", 0, CLI_TEXT, "N", 0, NULL,
                          "stop after N epochs without a lower loss", CLI_TRAIN},
    [CLI_KEY_RECORD] = {"record", 0, CLI_TEXT, "LAYERS", 0, "none",
                        "layers, or layers(every=5): measure signals and gradients", CLI_TRAIN},
    [CLI_KEY_EPOCHS] = {"epochs", 'e', CLI_TEXT, "N", 0, "10", "most epochs", CLI_TRAIN},
    [CLI_KEY_UNTIL] = {"until", 0, CLI_TEXT, "CRITERION", 0, "never",
                       "stop when it holds, such as 'accuracy >= 0.98'", CLI_TRAIN},
    [CLI_TRAIN_SEED] = {"seed", 's', CLI_COUNT, "N", IL_MAX_SEEDS, "1",
                        "of the weights, the order and the dropout", CLI_TRAIN},
    [CLI_THREADS] = {"threads", 't', CLI_COUNT, "N", IL_MAX_JOBS, "1",
                     "that share a large network's steps; results do not depend on it", CLI_TRAIN},
    [CLI_SAVE] = {"save", 0, CLI_TEXT, "FILE", 0, NULL,
                  "write the weights at the end: .safetensors or .npz", CLI_TRAIN},
    [CLI_CHECKPOINT] = {"checkpoint", 0, CLI_TEXT, "FILE", 0, NULL,
                        "keep the whole state in a .safetensors file after every epoch", CLI_TRAIN},
    [CLI_RESUME] = {"resume", 0, CLI_FLAG, NULL, 0, NULL, "go on from the checkpoint", CLI_TRAIN},
    [CLI_PROBE_INIT] = {"init", 'i', CLI_TEXT, "INIT", 0, "he_normal",
                        "an initialization to probe; repeatable, to compare", CLI_PROBE},
    [CLI_PROBE_DATA] = {"data", 0, CLI_TEXT, "DATA", 0, "gaussian",
                        "inputs: a dataset, or gaussian, which draws inputs and output deltas",
                        CLI_PROBE},
    [CLI_PROBE_BATCH] = {"batch", 'b', CLI_COUNT, "N", 1000000, "64",
                         "samples, the first ones of a dataset", CLI_PROBE},
    [CLI_NETWORKS] = {"seeds", 's', CLI_COUNT, "N", IL_MAX_SEEDS, "8",
                      "networks drawn of each initialization", CLI_PROBE},
    [CLI_SEED_BASE] = {"seed-base", 0, CLI_COUNT, "N", IL_MAX_SEEDS, "1", "their first seed",
                       CLI_PROBE | CLI_PHASE},
    [CLI_FAIL_ON] = {"fail-on", 0, CLI_TEXT, "WORDS", 0, NULL,
                     "exit 1 on any of vanishing,exploding,dead", CLI_PROBE},
    [CLI_PROBE_FORMAT] = {"format", 'f', CLI_WORD, "table|json|csv|svg", 0, "table",
                          "form of the report on standard output", CLI_PROBE},
    [CLI_BATCHNORM] = {"batchnorm", 0, CLI_FLAG, NULL, 0, NULL, "the same as --norm batchnorm",
                       CLI_PROBE},
    [CLI_PHASE_HIDDEN] = {"hidden", 0, CLI_TEXT, "ACT", 0, "tanh",
                          "activation of the hidden layers", CLI_PHASE},
    [CLI_GRID] = {"grid", 0, CLI_TEXT, "sigma_w2=A:B:N", 0, "sigma_w2=1:4:31",
                  "N values of fan_in*Var(W), from A to B", CLI_PHASE},
    [CLI_DEPTH] = {"depth", 0, CLI_TEXT, "A:B:STEP", 0, "5:100:5",
                   "depths that the map shows, in hidden layers", CLI_PHASE},
    [CLI_SIGMA_B2] = {"sigma-b2", 0, CLI_TEXT, "X", 0, "0.05", "variance of the biases", CLI_PHASE},
    [CLI_WIDTH] = {"width", 0, CLI_COUNT, "N", IL_MAX_WIDTH, "128", "units in a layer", CLI_PHASE},
    [CLI_PHASE_BATCH] = {"batch", 'b', CLI_COUNT, "N", 1000000, "64",
                         "samples, neighbours of which are pairs; with --train those of a step",
                         CLI_PHASE},
    [CLI_PHASE_SEEDS] = {"seeds", 's', CLI_COUNT, "N", IL_MAX_SEEDS, "4",
                         "networks for each value of sigma_w2, or with --train each cell",
                         CLI_PHASE},
    [CLI_PHASE_TRAIN] =
        {"train", 0, CLI_FLAG, NULL, 0, NULL,
         "train a network in every cell, and draw what share of the samples it learns", CLI_PHASE},
    [CLI_PHASE_DATA] = {"data", 0, CLI_TEXT, "DATA", 0, "digits",
                        "with --train: a dataset with classes; see initlab data", CLI_PHASE},
    [CLI_PHASE_OPTIMIZER] = {"optimizer", 0, CLI_TEXT, "OPT", 0, "sgd(lr=0.01)",
                             "with --train: such as momentum(lr=0.01)", CLI_PHASE},
    [CLI_PHASE_EPOCHS] = {"epochs", 'e', CLI_COUNT, "N", IL_MAX_BUDGET, "5",
                          "with --train: of each network", CLI_PHASE},
    [CLI_PHASE_FORMAT] = {"format", 'f', CLI_WORD, "table|json|svg", 0, "table",
                          "form of the diagram on standard output", CLI_PHASE},
    [CLI_JUNIT] = {"junit", 0, CLI_TEXT, "FILE.xml", 0, NULL, "also write JUnit's XML there",
                   CLI_CHECK},
    [CLI_TAP] = {"tap", 0, CLI_FLAG, NULL, 0, NULL, "TAP 14 on standard output", CLI_CHECK},
    [CLI_CHECK_SEED_BASE] = {"seed-base", 0, CLI_COUNT, "N", IL_MAX_SEED_BASE, NULL,
                             "fresh seeds: N + 1 and on in place of 1 and on", CLI_CHECK},
    [CLI_FULL] = {"full", 0, CLI_FLAG, NULL, 0, NULL,
                  "each claim with what its full: has in place of its setup", CLI_CHECK},
    [CLI_UNTIL_DECIDED] = {"until-decided", 0, CLI_FLAG, NULL, 0, NULL,
                           "inconclusive tests go on with more seeds, as a sequential test",
                           CLI_CHECK},
    [CLI_CLAIM_FORMAT] = {"format", 'f', CLI_WORD, "table|json|markdown", 0, "table",
                          "form of the verdicts on standard output", CLI_CHECK},
    [CLI_VERBOSE] = {"verbose", 'v', CLI_FLAG, NULL, 0, NULL,
                     "also the sentences, and how each verdict came about", CLI_CHECK},
    [CLI_REPETITIONS] = {"repetitions", 'n', CLI_COUNT, "N", BENCH_MOST_REPETITIONS, "7",
                         "of each benchmark and of its floor, in turn", CLI_BENCH},
    [CLI_BENCH_FORMAT] = {"format", 'f', CLI_WORD, "table|json", 0, "table",
                          "form of the medians on standard output", CLI_BENCH},
    [CLI_HELP] = {"help", 'h', CLI_FLAG, NULL, 0, NULL, "print this help", CLI_ALL},
    [CLI_VERSION] = {"version", 'V', CLI_FLAG, NULL, 0, NULL, "print the version", CLI_TOP},
};

/* getopt_long reports an option by this value, or by its letter. */
#define VALUE 256

/* What getopt_long needs to know of the options that one command takes. */
typedef struct getopt_table {
    struct option longs[CLI_OPTIONS + 1];
    char letters[2 * CLI_OPTIONS + 3];
    const char *names[CLI_OPTIONS];
    size_t n;
} getopt_table;

static void make_table(unsigned command, getopt_table *table) {
    char *letter = table->letters;
    memset(table, 0, sizeof *table);
    if (command == CLI_TOP)
        *letter++ = '+';
    *letter++ = ':';
    for (int i = 0; i < CLI_OPTIONS; i++) {
        const cli_option_desc *o = &cli_options[i];
        if (!(o->commands & command))
            continue;
        int argument = o->kind == CLI_FLAG ? no_argument : required_argument;
        table->longs[table->n] = (struct option){o->name, argument, NULL, VALUE + i};
        table->names[table->n++] = o->name;
        if (!o->letter)
            continue;
        *letter++ = o->letter;
        if (argument == required_argument)
            *letter++ = ':';
    }
}

/* `command` before all others: they may use its letters too. */
static int index_of(unsigned command, int got) {
    int found = -1;
    for (int i = 0; i < CLI_OPTIONS; i++) {
        bool mine = cli_options[i].commands & command;
        if ((got == VALUE + i || (got == cli_options[i].letter && got)) && (mine || found < 0))
            found = i;
    }
    return found;
}

/* `seen` is the word that getopt_long refused, from its dashes on. */
static void fail_unknown(const getopt_table *table, const char *name, const char *seen) {
    char word[64];
    size_t n = strcspn(seen + 2, "="), alike = 0;
    snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word), seen + 2);
    for (size_t i = 0; i < table->n; i++)
        alike += strncmp(table->names[i], word, strlen(word)) == 0;
    for (int i = 0; i < CLI_OPTIONS; i++)
        if (strcmp(cli_options[i].name, word) == 0) {
            cli_fail(CLI_USAGE, "--%s does not belong to '%s': see '%s --help'", word, name, name);
            return;
        }
    const char *near = il_nearest(word, table->names, table->n);
    if (alike > 1)
        cli_fail(CLI_USAGE, "'--%s' could be several options: see '%s --help'", word, name);
    else if (near)
        cli_fail(CLI_USAGE, "unknown option '--%s' (did you mean '--%s'?)", word, near);
    else
        cli_fail(CLI_USAGE, "unknown option '--%s': see '%s --help'", word, name);
}

static void fail_option(unsigned command, const getopt_table *table, const char *name, int got,
                        char **argv) {
    int i = optopt ? index_of(command, optopt) : -1;
    bool taken = false;
    for (size_t k = 0; i >= 0 && k < table->n; k++)
        taken |= table->names[k] == cli_options[i].name;
    if (taken && got == ':')
        cli_fail(CLI_USAGE, "--%s needs an argument: --%s %s", cli_options[i].name,
                 cli_options[i].name, cli_options[i].argument);
    else if (taken)
        cli_fail(CLI_USAGE, "--%s takes no argument", cli_options[i].name);
    else if (i >= 0)
        cli_fail(CLI_USAGE, "-%c (--%s) does not belong to '%s': see '%s --help'", optopt,
                 cli_options[i].name, name, name);
    else if (optopt)
        cli_fail(CLI_USAGE, "unknown option '-%c': see '%s --help'", optopt, name);
    else
        fail_unknown(table, name, argv[optind - 1]);
}

static bool read_count(const cli_option_desc *o, const char *text, size_t *out) {
    size_t n = 0;
    const char *s = text;
    for (; *s >= '0' && *s <= '9' && n <= o->max; s++)
        n = 10 * n + (size_t)(*s - '0');
    *out = n;
    if (*s == '\0' && s > text && n >= 1 && n <= o->max)
        return true;
    cli_fail(CLI_USAGE, "--%s takes a whole number from 1 to %zu, not '%.40s'", o->name, o->max,
             text);
    return false;
}

/* Copies the i-th of the words separated by '|' into word[32]; false when there is none. */
static bool nth_word(const char *words, size_t i, char word[32]) {
    for (; i > 0; i--) {
        words = strchr(words, '|');
        if (!words++)
            return false;
    }
    snprintf(word, 32, "%.*s", (int)strcspn(words, "|"), words);
    return true;
}

/* Words that an option can have at most. */
#define CLI_WORDS 16

static bool read_word(const cli_option_desc *o, const char *text, size_t *out) {
    char word[CLI_WORDS][32];
    const char *names[CLI_WORDS], *near;
    size_t n = 0;
    for (; n < CLI_WORDS && nth_word(o->argument, n, word[n]); n++) {
        names[n] = word[n];
        *out = n;
        if (strcmp(word[n], text) == 0)
            return true;
    }
    near = il_nearest(text, names, n);
    cli_fail(CLI_USAGE, "--%s takes %s, not '%.40s'%s%s%s", o->name, o->argument, text,
             near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    return false;
}

bool cli_parse(unsigned command, const char *name, int argc, char **argv, cli_args *out) {
    getopt_table table;
    make_table(command, &table);
    *out =
        (cli_args){.text = calloc((size_t)argc + 1, sizeof *out->text), .argv = argv, .argc = argc};
    if (!out->text)
        return cli_fail(CLI_IO, "no memory for %d arguments", argc) == CLI_OK;
    opterr = 0;
    optind = 0; /* glibc and musl: forget the scan before */
    for (int got; (got = getopt_long(argc, argv, table.letters, table.longs, NULL)) != -1;) {
        if (got == '?' || got == ':') {
            fail_option(command, &table, name, got, argv);
            return false;
        }
        int i = index_of(command, got);
        const cli_option_desc *o = &cli_options[i];
        out->given[i] = true;
        bool automatic = o->kind == CLI_SEEDING && strncmp(optarg, "auto", strlen("auto")) == 0;
        bool counted = o->kind == CLI_COUNT || (o->kind == CLI_SEEDING && !automatic);
        if (o->kind == CLI_TEXT || o->kind == CLI_SEEDING)
            out->text[out->n_text++] = (cli_text){(cli_option)i, optarg};
        if ((counted && !read_count(o, optarg, &out->value[i])) ||
            (o->kind == CLI_WORD && !read_word(o, optarg, &out->value[i])))
            return false;
    }
    out->operand = argv + optind;
    out->n_operands = argc - optind;
    return true;
}

const char *cli_last_text(const cli_args *args, cli_option option) {
    const char *last = NULL;
    for (size_t i = 0; i < args->n_text; i++)
        last = args->text[i].option == option ? args->text[i].text : last;
    return last;
}

void cli_args_free(cli_args *args) {
    free(args->text);
}

void cli_print_options(unsigned command, FILE *out) {
    for (int i = 0; i < CLI_OPTIONS; i++) {
        const cli_option_desc *o = &cli_options[i];
        char letter[8] = "    ", shown[64];
        if (!(o->commands & command))
            continue;
        if (o->letter)
            snprintf(letter, sizeof letter, "-%c, ", o->letter);
        snprintf(shown, sizeof shown, "%s--%s%s%s", letter, o->name, o->argument ? " " : "",
                 o->argument ? o->argument : "");
        fprintf(out, "  %-32s %s", shown, o->doc);
        if (o->initial)
            fprintf(out, "\n  %-32s (default: %s)", "", o->initial);
        putc('\n', out);
    }
}
