#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

il_status il_fail(il_error *err, il_status status, const char *format, ...) {
    if (!err)
        return status;
    va_list args;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    /* A message that was cut may quote text of the user's. */
    err->message[il_whole(err->message, strlen(err->message))] = '\0';
    err->status = status;
    for (char *c = err->message; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = '?';
    return status;
}

const char *il_version(void) {
    return IL_VERSION;
}
