#include "report/table.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

void il_text_add(text *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->bytes + t->used, sizeof t->bytes - t->used, format, args);
    va_end(args);
    if (n > 0)
        t->used += (size_t)n;
    if (t->used >= sizeof t->bytes)
        t->used = sizeof t->bytes - 1;
}

text *il_text_clear(text *t) {
    t->bytes[t->used = 0] = '\0';
    return t;
}

size_t il_text_width(const char *s) {
    size_t n = 0;
    for (; *s; s++) {
        if (*s == '\033')
            s += strcspn(s, "m");
        else
            n += ((unsigned char)*s & 0xC0) != 0x80;
    }
    return n;
}

const char *il_paint_begin(const table *t, paint p) {
    static const char *const code[] = {"",         "\033[1m",  "\033[2m", "\033[31m",
                                       "\033[32m", "\033[33m", "\033[36m"};
    return t->color ? code[p] : "";
}

const char *il_paint_end(const table *t, paint p) {
    return t->color && p != PLAIN ? "\033[0m" : "";
}

void il_put_wrapped(const table *t, paint p, const char *s, FILE *out) {
    size_t at = 0;
    fputs(il_paint_begin(t, p), out);
    while (*s) {
        char word[IL_WIDTHS_TEXT];
        size_t n = strcspn(s, " ");
        snprintf(word, sizeof word, "%.*s", (int)n, s);
        if (at && at + 1 + il_text_width(word) > t->columns) {
            putc('\n', out);
            at = 0;
        }
        fprintf(out, "%s%s", at ? " " : "", word);
        at += (at > 0) + il_text_width(word);
        s += n;
        s += strspn(s, " ");
    }
    fprintf(out, "%s\n", il_paint_end(t, p));
}

void il_text_add_name(text *t, const char *name) {
    for (; *name; name++) {
        bool c1 = (unsigned char)name[0] == 0xC2 && ((unsigned char)name[1] & 0xE0) == 0x80;
        bool control = (unsigned char)*name < ' ' || *name == 127 || c1;
        il_text_add(t, "%c", control ? '?' : *name);
        name += c1;
    }
}

const char *il_epochs_text(const table *t, double value, char out[32]) {
    snprintf(out, 32, t->study->budget < 10000 ? "%.1f" : "%.0f", value);
    return out;
}

const char *il_p_text(double p, char out[32]) {
    if (p < 0.001)
        snprintf(out, 32, "< 0.001");
    else
        snprintf(out, 32, "%.3f", p);
    return out;
}

int il_against_baseline(const table *t, size_t arm) {
    const il_summary *s = &t->results->arms[arm];
    size_t baseline = t->study->arms[arm].baseline;
    if (isnan(s->p_value) || !(s->p_value <= IL_SIGNIFICANT) || baseline == SIZE_MAX)
        return 0;
    return s->rmst < t->results->arms[baseline].rmst ? -1 : 1;
}

void il_text_add_arm(const table *t, size_t arm, text *line) {
    char value[IL_WIDTHS_TEXT];
    il_text_add(line, "%s", il_arm_format(&t->study->arms[arm], IL_KEY_INIT, value));
    for (il_key key = 0; key < IL_KEYS; key++)
        if (key != IL_KEY_INIT && t->study->varied[key])
            il_text_add(line, " / %s", il_arm_format(&t->study->arms[arm], key, value));
}
