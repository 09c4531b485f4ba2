#include "base/text.h"
#include <math.h>
#include <string.h>

static const char *string_at(const char text[IL_CALL_CHARS], double offset) {
    return text + (offset > 0 && offset < IL_CALL_CHARS ? (size_t)offset : 0);
}

const char *il_call_string(const il_call *call, size_t param) {
    return string_at(call->text, call->arg[param]);
}

static bool equal_args(const il_call *a, const il_call *b) {
    for (size_t i = 0; a->desc && i < a->desc->n_params; i++)
        if (a->desc->params[i].kind == IL_TEXT
                ? strcmp(il_call_string(a, i), il_call_string(b, i)) != 0
                : memcmp(&a->arg[i], &b->arg[i], sizeof a->arg[i]) != 0)
            return false;
    return true;
}

bool il_call_equal(const il_call *a, const il_call *b) {
    if (a->desc != b->desc || a->inner != b->inner || !equal_args(a, b))
        return false;
    il_call inner_a = il_call_inner(a), inner_b = il_call_inner(b);
    return equal_args(&inner_a, &inner_b);
}

il_call il_call_inner(const il_call *call) {
    il_call inner = {.desc = call->inner};
    memcpy(inner.arg, call->inner_arg, sizeof inner.arg);
    memcpy(inner.text, call->text, sizeof inner.text);
    return inner;
}

static void append_text(char *text, size_t *used, const char *value) {
    size_t n = strlen(value);
    if (n && il_bare_text(value, n) == n) {
        il_append(text, IL_CALL_TEXT, used, "%s", value);
        return;
    }
    il_append(text, IL_CALL_TEXT, used, "\"");
    for (; *value; value++)
        il_append(text, IL_CALL_TEXT, used, "%s%c", strchr("\"\\", *value) ? "\\" : "", *value);
    il_append(text, IL_CALL_TEXT, used, "\"");
}

static void append_value(char *text, size_t *used, const il_call *call, size_t i) {
    const il_param *param = &call->desc->params[i];
    const double value = call->arg[i];
    char number[32], inner[IL_CALL_TEXT];
    il_call held;
    const char *word = NULL;
    size_t length = 0, index = 0;
    switch (param->kind) {
    case IL_BOOL:
        il_append(text, IL_CALL_TEXT, used, "%s", value != 0 ? "true" : "false");
        return;
    case IL_CHOICE:
        for (word = param->choices; (word = il_next_word(word, '|', &length)); word += length)
            if ((double)index++ == value)
                break;
        il_append(text, IL_CALL_TEXT, used, "%.*s", word ? (int)length : 0, word ? word : "");
        return;
    case IL_CALL:
        held = il_call_inner(call);
        il_append(text, IL_CALL_TEXT, used, "%s", il_call_format(&held, inner));
        return;
    case IL_TEXT:
        append_text(text, used, il_call_string(call, i));
        return;
    case IL_NUMBER:
    case IL_INTEGER:
        il_append(text, IL_CALL_TEXT, used, "%s",
                  isnan(value) ? "auto" : il_number_format(value, number));
    }
}

// Whether parameter i has its default, which canonical spelling leaves out.
static bool is_default(const il_call *call, size_t i) {
    const il_param *param = &call->desc->params[i];
    char inner[IL_CALL_TEXT];
    if (param->kind == IL_TEXT)
        return param->word && strcmp(il_call_string(call, i), param->word) == 0;
    if (param->kind != IL_CALL)
        return call->arg[i] == param->initial || (isnan(call->arg[i]) && isnan(param->initial));
    il_call held = il_call_inner(call);
    return strcmp(il_call_format(&held, inner), param->inner) == 0;
}

char *il_call_format(const il_call *call, char text[IL_CALL_TEXT]) {
    size_t used = 0, printed = 0;
    bool positional = true;
    il_append(text, IL_CALL_TEXT, &used, "%s", call->desc->name);
    for (size_t i = 0; i < call->desc->n_params; i++) {
        const il_param *param = &call->desc->params[i];
        if (is_default(call, i))
            continue;
        il_append(text, IL_CALL_TEXT, &used, "%s", printed ? ", " : "(");
        // A value without a name is read by its position: that must be its own.
        positional = positional && param->bare && printed == i;
        if (!positional)
            il_append(text, IL_CALL_TEXT, &used, "%s=", param->name);
        append_value(text, &used, call, i);
        printed++;
    }
    if (printed)
        il_append(text, IL_CALL_TEXT, &used, ")");
    return text;
}
