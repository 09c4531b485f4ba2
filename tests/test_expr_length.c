/* How much text a call may hold, and a message show. */
#include "texts.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define NAME48 "n23456789_123456789_123456789_123456789_12345678"

/* `n` letters a, or as many escaped quotes, between `before` and `after`. */
static const char *spell(const char *before, size_t n, bool escaped, const char *after) {
    static char text[2048];
    int used = snprintf(text, sizeof text, "%s", before);
    for (size_t i = 0; i < n; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%s", escaped ? "\\\"" : "a");
    snprintf(text + used, sizeof text - (size_t)used, "%s", after);
    return text;
}

static void too_long(const char *text, const char *param) {
    il_call call;
    il_error err;
    assert_int_equal(il_call_parse(&things, text, NULL, &call, &err), IL_INVALID);
    if (!strstr(err.message, param) ||
        !strstr(err.message, "is too long: the texts of a call, with "
                             "one byte more for each, may take 255"))
        fail_msg("%s", err.message);
}

/* The texts of load(…) are the given ones, and "all" with its end: 4 bytes. Those of hold(…) are "none" and,
 * of its default base, "default.bin" and "all": 5 + 12 + 4. */
static void length(void **state) {
    (void)state;
    il_call call = parse(spell("load(", 250, false, ")"));
    assert_int_equal(strlen(il_call_string(&call, 0)), 250);
    assert_string_equal(il_call_string(&call, 1), "all");
    too_long(spell("load(", 251, false, ")"), "load: layers=all");
    too_long(spell("load(", 255, false, ", layers=b)"), "load: path=aaaa");
    too_long(spell("load(", 600, false, ")"), "load: path=aaaa");
    call = parse(spell("load(\"", 250, true, "\")"));
    assert_int_equal(strlen(il_call_string(&call, 0)), 250);
    too_long(spell("load(\"", 251, true, "\")"), "load: layers=all");
    /* A default that is replaced takes no room. */
    call = parse(spell("load(", 252, false, ", layers=b)"));
    assert_string_equal(il_call_string(&call, 1), "b");
    too_long(spell("load(", 253, false, ", layers=b)"), "load: layers=b");
    call = parse(spell("hold(", 254, false, ", base=plain)"));
    assert_int_equal(strlen(il_call_string(&call, 0)), 254);
    too_long(spell("hold(", 255, false, ", base=plain)"), "hold: note=aaa");
    call = parse(spell("hold(", 238, false, ")"));
    il_call inner = il_call_inner(&call);
    assert_string_equal(il_call_string(&inner, 0), "default.bin");
    too_long(spell("hold(", 239, false, ")"), "load: layers=all");
    parse(spell("hold(x, base=load(", 248, false, "))"));
    too_long(spell("hold(x, base=load(", 249, false, "))"), "load: layers=all");
    il_error err;
    il_place place = {"f", 3, 10};
    il_call_parse(&things, spell(" hold(", 239, false, ")"), &place, &call, &err);
    assert_memory_equal(err.message, "f:3:11: load: layers=all", 24);
    il_call_parse(&things, spell("load(\"", 255, true, "\")"), &place, &call, &err);
    assert_memory_equal(err.message, "f:3:16: load: path=", 19);
}

/* The longest call that il_init_register admits: eight parameters of 48 letters, and eight more inside. */
static void longest(void **state) {
    (void)state;
    static char names[8][49];
    static il_desc inner = {.name = NAME48, .n_params = 8}, outer = {.name = NAME48, .n_params = 8};
    static const il_desc *const both[] = {&inner, &outer};
    static const char word[] = "abcdefghijklmnopqrstuvwx";
    for (size_t i = 0; i < 8; i++) {
        snprintf(names[i], sizeof names[i], "%s", NAME48);
        names[i][1] = (char)('a' + i);
        inner.params[i] = outer.params[i] = (il_param){
            .name = names[i], .kind = IL_CHOICE, .choices = "x|abcdefghijklmnopqrstuvwx"};
    }
    const il_family family = {.kind = "thing", .items = both, .n = 2};
    outer.params[0] =
        (il_param){.name = names[0], .kind = IL_CALL, .family = &family, .inner = NAME48};
    inner.params[7] = (il_param){.name = names[7], .kind = IL_TEXT, .word = ""};
    il_call call = {.desc = &outer, .inner = &inner};
    for (size_t i = 0; i < 8; i++)
        call.arg[i] = call.inner_arg[i] = 1;
    memset(call.text + 1, '"', 254);
    char text[IL_CALL_TEXT];
    size_t n = strlen(il_call_format(&call, text));
    /* names, brackets, ", name=" each, 14 words, 254 escaped quotes and those around them */
    assert_int_equal(n, 2 * (48 + 2) + 16 * 51 - 2 * 2 + 14 * (sizeof word - 1) + 2 * 254 + 2);
    assert_true(n < 1842 && n < IL_CALL_TEXT);
}

/* What does not fit a message is cut between characters. */
static void cut(void **state) {
    (void)state;
    static const char *const character[] = {"x", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
    for (size_t size = 1; size <= 4; size++)
        for (size_t before = 0; before < 4; before++) {
            il_error err;
            char text[1024] = "", small[20];
            size_t used = 0;
            memset(text, 'a', before);
            while (strlen(text) < 600)
                strcat(text, character[size - 1]);
            il_fail(&err, IL_INVALID, "%s", text);
            assert_int_equal(strlen(err.message), before + (511 - before) / size * size);
            assert_memory_equal(err.message, text, strlen(err.message));
            il_append(small, sizeof small, &used, "%s", "-");
            il_append(small, sizeof small, &used, "%s", text);
            assert_int_equal(used, 1 + before + (18 - before) / size * size);
            assert_int_equal(strlen(small), used);
            assert_memory_equal(small + 1, text, used - 1);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(length), cmocka_unit_test(longest),
                                       cmocka_unit_test(cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
