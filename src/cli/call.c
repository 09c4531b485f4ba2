/* Options whose text is a call. */
#include "cli/cli.h"

int cli_read_call(const cli_args *args, cli_option option, const il_family *family,
                  const char *otherwise, il_call *out) {
    il_error err;
    const char *text = cli_last_text(args, option);
    text = text ? text : otherwise;
    if (text && il_call_parse(family, text, NULL, out, &err) != IL_OK)
        return cli_fail(CLI_USAGE, "--%s: %s", cli_options[option].name, err.message);
    return CLI_OK;
}
