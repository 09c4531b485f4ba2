#include "cli/cli.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

il_table_style cli_table_style(const cli_args *args) {
    struct winsize window;
    bool terminal = isatty(STDOUT_FILENO);
    const char *no_color = getenv("NO_COLOR");
    il_table_style style = {.columns = 100};
    if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col)
        style.columns = window.ws_col < 120 ? window.ws_col : 120;
    enum { AUTO, ALWAYS };
    style.color = args->value[CLI_COLOR] == ALWAYS ||
                  (args->value[CLI_COLOR] == AUTO && terminal && !(no_color && *no_color));
    return style;
}
