/* initlab init: the catalogue, one scheme of it, or a layer drawn by one. */
#include "cli/catalogue.h"
#include "cli/cli.h"
#include "cli/plugin.h"
#include "report/sample.h"

#include <stdlib.h>
#include <string.h>

static int read_shape(const char *text, size_t *in, size_t *out) {
    size_t first = strspn(text, "0123456789");
    const char *second = text + first + (text[first] == 'x');
    /* A number that does not fit becomes the largest that does. */
    *in = strtoul(text, NULL, 10);
    *out = strtoul(second, NULL, 10);
    if (!first || text[first] != 'x' || !*second || second[strspn(second, "0123456789")])
        return cli_fail(CLI_USAGE, "--shape takes fan_in x fan_out as in 784x256, not '%.40s'",
                        text);
    if (!*in || !*out || *in > IL_SAMPLE_SIDE || *out > IL_SAMPLE_SIDE)
        return cli_fail(CLI_USAGE, "--shape %.40s: each side must be 1 to %d", text,
                        IL_SAMPLE_SIDE);
    return CLI_OK;
}

/* Options that say something of a drawn layer need one. */
static int check_options(const cli_args *args) {
    static const cli_option dependent[] = {CLI_HIDDEN, CLI_SEED, CLI_SAMPLE_FORMAT};
    if (args->given[CLI_SHAPE] && args->n_operands == 0)
        return cli_fail(CLI_USAGE, "--shape needs the name of an initialization: initlab init "
                                   "he_normal --shape 784x256");
    for (size_t i = 0; i < sizeof dependent / sizeof *dependent; i++)
        if (args->given[dependent[i]] && !args->given[CLI_SHAPE])
            return cli_fail(CLI_USAGE,
                            "--%s speaks of a drawn layer: add its shape, such as --shape 784x256",
                            cli_options[dependent[i]].name);
    return CLI_OK;
}

static int draw(const cli_args *args, const il_call *init) {
    enum { TABLE };
    il_error err;
    il_call hidden;
    il_sample sample;
    size_t in, out, seed = args->given[CLI_SEED] ? args->value[CLI_SEED] : 1;
    const char *activation = cli_last_text(args, CLI_HIDDEN);
    int code = read_shape(cli_last_text(args, CLI_SHAPE), &in, &out);
    if (code != CLI_OK)
        return code;
    if (il_call_parse(&il_activations, activation ? activation : cli_options[CLI_HIDDEN].initial,
                      NULL, &hidden, &err) != IL_OK)
        return cli_fail(CLI_USAGE, "--hidden: %s", err.message);
    if (il_sample_draw(init, &hidden, in, out, seed, &sample, &err) != IL_OK)
        return cli_fail(err.status == IL_INVALID ? CLI_USAGE : CLI_IO, "%s", err.message);
    bool table = args->value[CLI_SAMPLE_FORMAT] == TABLE;
    if (table) {
        cli_describe_init(il_init_type_of(init));
        putchar('\n');
    }
    il_status status =
        table ? il_sample_table(&sample, stdout, &err) : il_sample_json(&sample, stdout, &err);
    /* main says why standard output failed. */
    return status == IL_OK || status == IL_IO ? CLI_OK : cli_fail_library(&err);
}

static int explain(const cli_args *args, const il_family *inits) {
    const char *text = args->operand[0];
    il_call call = {.desc = il_family_find(inits, text)};
    il_error err;
    /* A plain name needs no values to be described; what is none may still be a call, and if not, this says what
     * is wrong with it. */
    bool plain = call.desc && !args->given[CLI_SHAPE];
    if (!plain && il_call_parse(inits, text, NULL, &call, &err) != IL_OK)
        return cli_fail(CLI_USAGE, "%s", err.message);
    if (args->given[CLI_SHAPE])
        return draw(args, &call);
    cli_describe_init(il_init_type_of(&call));
    return CLI_OK;
}

int cli_init(const cli_args *args) {
    cli_plugins plugins;
    int code = check_options(args);
    if (code != CLI_OK)
        return code;
    code = cli_plugins_load(args, &plugins);
    if (code == CLI_OK && args->n_operands)
        code = explain(args, plugins.inits);
    else if (code == CLI_OK)
        cli_list_inits(plugins.inits);
    cli_plugins_unload(&plugins);
    return code;
}
