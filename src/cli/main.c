#include "cli/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

static const cli_command commands[] = {
    {"run", CLI_RUN, "SPEC.yaml [options]", 1, 1,
     "train every arm of a study from every seed, and compare them",
     "Trains every arm of the study in SPEC.yaml from every seed, and prints per arm how often "
     "and\n"
     "how fast it converged, with statistics. Results depend on the study alone: more seeds only "
     "add\n"
     "runs. With --out, finished runs survive in a file, and the same command resumes.",
     cli_run, "a study"},
    {"train", CLI_TRAIN, "--data NAME --network WIDTHS --init NAME [options]", 0, 0,
     "train one network from one seed, epoch by epoch",
     "Trains one network, and prints a row for every epoch. It is the run that a study of the "
     "same\n"
     "settings has with this seed: most options are keys of a study. For example:\n\n"
     "    initlab train --data mnist --network 784-256-128-10 --init he_normal --batch 128 \\\n"
     "        --optimizer 'adam(lr=0.001)' --epochs 5 --save mnist.safetensors\n\n"
     "Weights that --save writes load in PyTorch, and here with --init "
     "'pretrained(mnist.safetensors)'.",
     cli_train, NULL},
    {"init", CLI_INIT, "[NAME] [options]", 0, 1,
     "list the initializations, describe one, or draw a layer by it",
     "Lists every initialization: name, parameters with defaults, aliases, formula and source. "
     "With\n"
     "NAME, describes that one and its parameters in full. With NAME and --shape, as in\n\n"
     "    initlab init 'he_normal(mode=fan_out)' --shape 784x256\n\n"
     "also draws a layer by it: mean, standard deviation, extremes, excess kurtosis, the range of\n"
     "singular values, and a histogram beside the density that theory gives.",
     cli_init, NULL},
    {"report", CLI_REPORT, "FILE.db [options]", 1, 1,
     "make a page of a study that was run with --out",
     "Makes one HTML file of a study in FILE.db: question and answer, a table of the arms, charts "
     "with\n"
     "their data, and how to reproduce it. It opens without a network and without scripts.",
     cli_report, "a study"},
    {"export", CLI_EXPORT, "FILE.db [options]", 1, 1,
     "write the runs of a study that was run with --out",
     "Writes every run of a study in FILE.db to standard output, also when the study is "
     "incomplete.\n"
     "With --curves, --layers or --tensorboard, what was recorded of the first runs: see record: "
     "of a "
     "study.",
     cli_export, "a study"},
    {"check", CLI_CHECK, "CLAIMS.yaml... [options]", 1, INT_MAX,
     "decide whether claims hold, and whether as expected",
     "Runs what each claim of the files needs, decides by statistics whether it is supported, "
     "refuted\n"
     "or inconclusive, and exits with 1 when a verdict is not the expected one. A folder stands "
     "for\n"
     "all *.yaml files in it. The least that a file needs:\n\n"
     "    claims:\n"
     "      - id: he-beats-small\n"
     "        sentence: He initialization needs fewer epochs than N(0, 0.01²).\n"
     "        setup: {data: xor, network: 2-8-1, seeds: 200}\n"
     "        a: {init: he_normal}\n"
     "        b: {init: normal(std=0.01)}\n"
     "        test: ratio of rmst < 1\n"
     "        expect: supported",
     cli_check, "a file of claims"},
    {"data", CLI_DATA, "[list | show CALL] [options]", 0, 2,
     "list the datasets and where they are, or show one",
     "Lists every dataset: what is computed or built in, what was found and where, and what can "
     "be\n"
     "fetched. With show and a dataset, as in\n\n"
     "    initlab data show 'mnist(n=1000)'\n\n"
     "builds it, and prints its shape, classes, ranges, parts, and a few samples. Files of data "
     "are\n"
     "looked for in $INITLAB_DATA, in data, and in $XDG_CACHE_HOME/initlab (~/.cache/initlab).",
     cli_data, NULL},
    {"probe", CLI_PROBE, "--network WIDTHS [options]", 0, 0,
     "show what initialization does to signals and gradients, layer by layer",
     "Draws networks by each initialization, passes samples forward and gradients back, and shows\n"
     "per layer how large activations and gradients are, beside what mean-field theory says; with "
     "a\n"
     "diagnosis. Nothing is trained.\n\n"
     "    initlab probe --network 784-[256]x30-10 --hidden tanh --init xavier_normal --init "
     "he_normal\n\n"
     "--fail-on exits 1 when, in any initialization: vanishing: activations or gradients end "
     "below\n"
     "a thousandth of their size; exploding: above a thousand times, or not finite; dead: more "
     "than\n"
     "three quarters of a layer's units get no gradient from any sample.",
     cli_probe, NULL},
    {"phase", CLI_PHASE, "[options]", 0, 0,
     "draw how deep a signal lives, over the variance of the weights",
     "Follows pairs of inputs of correlation 0.6 through deep random networks, one for each value "
     "of\n"
     "sigma_w2 = fan_in*Var(W), and draws how far the pair's correlation still is from where depth "
     "takes\n"
     "it: where nothing is left, no layer can tell inputs apart. The line is mean-field theory's 6 "
     "xi_c.\n"
     "Nothing is trained.\n\n"
     "    initlab phase --hidden tanh --grid sigma_w2=1:4:31 --depth 10:250:10 --format svg "
     ">phase.svg",
     cli_phase, NULL},
    {"doctor", CLI_DOCTOR, "[options]", 0, 0, "show what this build computes with",
     "Shows the version, the compiler, OpenBLAS, the processor's kernels, and how engines are "
     "chosen.",
     cli_doctor, NULL},
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

int cli_fail(int code, const char *format, ...) {
    char text[512];
    il_error line;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    il_fail(&line, IL_INVALID, "%s", text); /* control characters become '?' */
    fprintf(stderr, "initlab: %s\n", line.message);
    return code;
}

int cli_fail_library(const il_error *err) {
    fprintf(stderr, "%s\n", err->message);
    return err->status == IL_INVALID       ? CLI_USAGE
           : err->status == IL_INTERRUPTED ? CLI_INTERRUPTED
                                           : CLI_IO;
}

static void print_exit_codes(void) {
    puts("\nexit codes: 0 done, 1 a claim is not as expected, or what --fail-on names, 2 command "
         "line,\n"
         "study or claims, 3 incomplete but resumable, 4 input/output or memory, 130 interrupted");
}

static void print_help(void) {
    puts(
        "usage: initlab COMMAND [operands] [options]\n\n"
        "Trains small neural networks from many weight initializations, many seeds each, and says\n"
        "with statistics which differences hold.\n\ncommands:");
    for (size_t i = 0; i < N_COMMANDS; i++)
        printf("  %-8s %s\n", commands[i].name, commands[i].summary);
    puts("\noptions:");
    cli_print_options(CLI_TOP, stdout);
    puts("\n'initlab COMMAND --help' says what a command takes.");
    print_exit_codes();
}

static void print_command_help(const cli_command *command) {
    printf("usage: initlab %s %s\n\n%s\n\noptions:\n", command->name, command->operands,
           command->details);
    cli_print_options(command->id, stdout);
    print_exit_codes();
}

static const cli_command *find_command(const char *name) {
    const char *names[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++) {
        names[i] = commands[i].name;
        if (strcmp(name, names[i]) == 0)
            return &commands[i];
    }
    const char *near = il_nearest(name, names, N_COMMANDS);
    if (near)
        cli_fail(CLI_USAGE, "unknown command '%.64s' (did you mean '%s'?)", name, near);
    else
        cli_fail(CLI_USAGE, "unknown command '%.64s': see 'initlab --help'", name);
    return NULL;
}

static int run_command(const cli_command *command, int argc, char **argv) {
    char name[32];
    cli_args args;
    int code = CLI_USAGE;
    snprintf(name, sizeof name, "initlab %s", command->name);
    if (!cli_parse(command->id, name, argc, argv, &args))
        goto done;
    if (args.given[CLI_HELP]) {
        print_command_help(command);
        code = CLI_OK;
    } else if (args.n_operands < command->least)
        cli_fail(CLI_USAGE, "%s needs %s: initlab %s %s", command->name, command->needs,
                 command->name, command->operands);
    else if (args.n_operands > command->most)
        cli_fail(CLI_USAGE, "'%.64s' is one operand too many: initlab %s %s",
                 args.operand[command->most], command->name, command->operands);
    else
        code = command->run(&args);
done:
    cli_args_free(&args);
    return code;
}

static int dispatch(int argc, char **argv) {
    cli_args args;
    int code = CLI_USAGE;
    const cli_command *command;
    if (!cli_parse(CLI_TOP, "initlab", argc, argv, &args))
        goto done;
    code = CLI_OK;
    if (args.given[CLI_HELP])
        print_help();
    else if (args.given[CLI_VERSION])
        printf("initlab %s\n", il_version());
    else if (args.n_operands == 0)
        code = cli_fail(CLI_USAGE, "a command is missing: see 'initlab --help'");
    else if ((command = find_command(args.operand[0])))
        code = run_command(command, args.n_operands, args.operand);
    else
        code = CLI_USAGE;
done:
    cli_args_free(&args);
    return code;
}

int main(int argc, char **argv) {
    int code = dispatch(argc, argv);
    /* A full disk shows no later than here. */
    errno = 0;
    bool failed = ferror(stdout);
    failed |= fclose(stdout) != 0;
    if (failed && code == CLI_OK)
        code = cli_fail(CLI_IO, "cannot write to standard output: %s",
                        errno ? strerror(errno) : "it was refused");
    return code;
}
