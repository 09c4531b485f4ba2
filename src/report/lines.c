#include "report/lines.h"

#include "report/values.h"

#include <math.h>
#include <string.h>

static void put_field(const char *text, FILE *out) {
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

void il_put_csv_heading(FILE *out) {
    for (il_key key = 0; key < IL_KEYS; key++)
        fprintf(out, "%s,", il_key_name(key));
    fputs("engine", out);
}

void il_put_csv_settings(char *const keys[IL_KEYS], const char *engine, FILE *out) {
    for (il_key key = 0; key < IL_KEYS; key++) {
        put_field(keys[key], out);
        putc(',', out);
    }
    fputs(engine, out);
}

static void put_json_text(const char *key, const char *value, FILE *out) {
    fprintf(out, "\"%s\":\"", key);
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            putc('\\', out);
        putc(*value, out);
    }
    putc('"', out);
}

void il_put_json_settings(char *const keys[IL_KEYS], const char *engine, FILE *out) {
    for (il_key key = 0; key < IL_KEYS; key++) {
        put_json_text(il_key_name(key), keys[key], out);
        putc(',', out);
    }
    put_json_text("engine", engine, out);
}

void il_put_csv_number(float value, FILE *out) {
    char text[32];
    fprintf(out, ",%s", isnan(value) ? "" : il_float_format(value, text));
}

void il_put_json_number(const char *key, float value, FILE *out) {
    char text[32];
    fprintf(out, ",\"%s\":%s", key, isfinite(value) ? il_float_format(value, text) : "null");
}
