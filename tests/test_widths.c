/* Width notation: what is read, what is printed, and every message. */
#include "cmocka_all.h"

#include "initlab/network.h"
#include <stdio.h>
#include <string.h>

static void assert_message(const char *text, const char *message) {
    const il_place place = {"x.yaml", 3, 10};
    il_widths widths;
    il_error err = {.message = ""};
    assert_int_equal(il_widths_parse(text, &place, &widths, &err), IL_INVALID);
    assert_int_equal(err.status, IL_INVALID);
    assert_string_equal(err.message, message);
    assert_int_equal(il_widths_parse(text, NULL, &widths, NULL), IL_INVALID);
}

static void accepted(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t n, width[8];
        const char *canonical;
    } cases[] = {
        {"2-8-1", 3, {2, 8, 1}, "2-8-1"},
        {" 2 - 8\t-\n1 ", 3, {2, 8, 1}, "2-8-1"},
        {"2-1", 2, {2, 1}, "2-1"},
        {"784-[256]x3-10", 5, {784, 256, 256, 256, 10}, "784-[256]x3-10"},
        {"784-256-256-256-10", 5, {784, 256, 256, 256, 10}, "784-[256]x3-10"},
        {"784-[256]x2-10", 4, {784, 256, 256, 10}, "784-256-256-10"},
        {"784-[ 256 ] x 1-10", 3, {784, 256, 10}, "784-256-10"},
        // Inputs and outputs are never part of a run of hidden widths.
        {"[4]x5", 5, {4, 4, 4, 4, 4}, "4-[4]x3-4"},
        {"[4]x4", 4, {4, 4, 4, 4}, "4-4-4-4"},
        {"[2]x3-[5]x4", 7, {2, 2, 2, 5, 5, 5, 5}, "2-2-2-[5]x3-5"},
        {"1-[3]x3-[2]x3-1", 8, {1, 3, 3, 3, 2, 2, 2, 1}, "1-[3]x3-[2]x3-1"},
        {"1000000-007-1", 3, {1000000, 7, 1}, "1000000-7-1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        il_widths widths, again;
        il_error err = {.message = ""};
        char text[IL_WIDTHS_TEXT];
        if (il_widths_parse(cases[i].text, NULL, &widths, &err) != IL_OK)
            fail_msg("'%s': %s", cases[i].text, err.message);
        assert_int_equal(widths.n, cases[i].n);
        assert_memory_equal(widths.width, cases[i].width, cases[i].n * sizeof(size_t));
        assert_ptr_equal(il_widths_format(&widths, text), text);
        assert_string_equal(text, cases[i].canonical);
        assert_int_equal(il_widths_parse(text, NULL, &again, &err), IL_OK);
        assert_int_equal(again.n, widths.n);
        assert_memory_equal(again.width, widths.width, widths.n * sizeof(size_t));
    }
}

// No canonical spelling is longer than one in which runs are just too short to fold.
static void longest(void **state) {
    (void)state;
    il_widths widths = {.n = IL_MAX_LAYERS + 1}, again;
    char text[IL_WIDTHS_TEXT];
    il_error err;
    for (size_t i = 0; i < widths.n; i++)
        widths.width[i] = i % 3 == 2 ? 999999 : 1000000;
    assert_int_equal(strlen(il_widths_format(&widths, text)), 342 * 7 + 171 * 6 + 512);
    assert_int_equal(il_widths_parse(text, NULL, &again, &err), IL_OK);
    assert_int_equal(again.n, widths.n);
    assert_memory_equal(again.width, widths.width, widths.n * sizeof(size_t));
    assert_int_equal(il_widths_parse("3-[7]x511-2", NULL, &again, &err), IL_OK);
    assert_int_equal(again.n, IL_MAX_LAYERS + 1);
    assert_string_equal(il_widths_format(&again, text), "3-[7]x511-2");
}

static void refused(void **state) {
    (void)state;
    assert_message("", "x.yaml:3:10: expected a width at the end of the widths");
    assert_message(
        "5", "x.yaml:3:10: one width is no network: give inputs and outputs too, as in 2-8-1");
    assert_message(
        "[5]x1", "x.yaml:3:10: one width is no network: give inputs and outputs too, as in 2-8-1");
    assert_message("2-8-", "x.yaml:3:14: expected a width at the end of the widths");
    assert_message("2--1", "x.yaml:3:12: expected a width, found '-1'");
    assert_message("relu", "x.yaml:3:10: expected a width, found 'relu'");
    assert_message("2-8x1", "x.yaml:3:13: expected '-' between widths, found 'x1'");
    assert_message("2 8 1", "x.yaml:3:12: expected '-' between widths, found '8 1'");
    assert_message("2-8.5-1", "x.yaml:3:13: expected '-' between widths, found '.5-1'");
    assert_message("2-[8-1", "x.yaml:3:14: expected ']', found '-1'");
    assert_message("2-[8", "x.yaml:3:14: expected ']' at the end of the widths");
    assert_message("2-[8]-1", "x.yaml:3:15: expected 'x' and a count as in [256]x30, found '-1'");
    assert_message("2-[]x3-1", "x.yaml:3:13: expected a width, found ']x3-1'");
    assert_message("2-[8]x-1", "x.yaml:3:16: expected a count of layers, found '-1'");
    assert_message("2-0-1", "x.yaml:3:12: 0 is outside [1, 1000000]");
    assert_message("2-1000001-1", "x.yaml:3:12: 1000001 is outside [1, 1000000]");
    assert_message("2-18446744073709551618-1",
                   "x.yaml:3:12: 18446744073709551618 is outside [1, 1000000]");
    assert_message("2-[8]x0-1", "x.yaml:3:16: 0 is outside [1, 512]");
    assert_message("2-[8]x18446744073709551617-1",
                   "x.yaml:3:16: 18446744073709551617 is outside [1, 512]");
    assert_message("2-[8]x512-1", "x.yaml:3:20: more than 512 layers: use fewer widths");
    assert_message("[8]x300-[8]x300", "x.yaml:3:18: more than 512 layers: use fewer widths");
}

static void very_long(void **state) {
    (void)state;
    static char text[100001];
    il_widths widths;
    il_error err;
    for (size_t i = 0; i < sizeof text - 1; i += 2)
        memcpy(text + i, "2-", 2);
    assert_int_equal(il_widths_parse(text, NULL, &widths, &err), IL_INVALID);
    assert_string_equal(err.message, "more than 512 layers: use fewer widths");
    memset(text, '9', sizeof text - 1);
    assert_int_equal(il_widths_parse(text, NULL, &widths, &err), IL_INVALID);
    assert_string_equal(err.message,
                        "9999999999999999999999999999999999999999... is outside [1, 1000000]");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),
        cmocka_unit_test(longest),
        cmocka_unit_test(refused),
        cmocka_unit_test(very_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
