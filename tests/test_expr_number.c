/* Bare numbers as calls, and sets of numbers. */
#include "cmocka_all.h"

#include "initlab/expr.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static const il_desc none = {.name = "none"};
static const il_desc dropout = {
    .name = "dropout",
    .params = {{.name = "rate", .doc = "share", .initial = 0.5, .max = 0.9},
               {.name = "seed", .doc = "draws", .kind = IL_INTEGER, .initial = 3, .max = 9}},
    .n_params = 2,
};
static const il_desc needy = {
    .name = "needy",
    .params = {{.name = "rate", .doc = "share", .max = 1},
               {.name = "path", .doc = "a file", .kind = IL_TEXT}},
    .n_params = 2,
};
static const il_desc wordy = {
    .name = "wordy",
    .params = {{.name = "path", .doc = "a file", .kind = IL_TEXT}},
    .n_params = 1,
};
static const il_desc whole = {
    .name = "whole",
    .params = {{.name = "n", .doc = "count", .kind = IL_INTEGER, .initial = 1, .max = 9}},
    .n_params = 1,
};
static const il_desc *const items[] = {&none, &dropout, &needy, &wordy, &whole};

static il_family family(const char *number) {
    return (il_family){.kind = "layer", .items = items, .n = 5, .number = number};
}

static void read_as(const char *number, const char *text, const char *canonical) {
    il_family f = family(number);
    il_call call, again;
    il_error err;
    char shown[IL_CALL_TEXT];
    if (il_call_parse(&f, text, NULL, &call, &err) != IL_OK)
        fail_msg("'%s': %s", text, err.message);
    assert_string_equal(il_call_format(&call, shown), canonical);
    assert_int_equal(il_call_parse(&f, shown, NULL, &again, &err), IL_OK);
    assert_true(il_call_equal(&call, &again));
}

static void refused(const char *number, const char *text, const char *message) {
    il_family f = family(number);
    il_place place = {"f", 3, 10};
    il_call call;
    il_error err;
    assert_int_equal(il_call_parse(&f, text, &place, &call, &err), IL_INVALID);
    assert_string_equal(err.message, message);
}

static void bare_numbers(void **state) {
    (void)state;
    read_as("dropout", "0.25", "dropout(rate=0.25)");
    read_as("dropout", " 1 / 4 ", "dropout(rate=0.25)");
    read_as("dropout", "+.25", "dropout(rate=0.25)");
    read_as("dropout", "0.5", "dropout");
    read_as("dropout", "dropout(0.25, seed=4)", "dropout(rate=0.25, seed=4)");
    read_as("dropout", "none", "none");
    read_as("whole", "7", "whole(n=7)");
    refused("dropout", "0.95", "f:3:10: dropout: rate=0.95 is outside [0, 0.9]");
    refused("dropout", " -1", "f:3:11: dropout: rate=-1 is outside [0, 0.9]");
    refused("dropout", "0.5x", "f:3:10: dropout: rate=0.5x is not a finite decimal number");
    refused("dropout", "-", "f:3:10: dropout: rate=- is not a finite decimal number");
    refused("dropout", "0.5(2)", "f:3:13: unexpected '(2)' after a number");
    refused("dropout", "0.5, 1", "f:3:13: unexpected ', 1' after a number");
    refused("dropout", "nan",
            "f:3:10: unknown layer 'nan' (known: none, dropout, needy, wordy, "
            "whole)");
    refused("whole", "2.5", "f:3:10: whole: n=2.5 is not a whole number");
    refused("needy", "0.5", "f:3:10: needy: path= must be given (a file)");
    /* Nothing takes a number here. */
    static const char unknown[] =
        "f:3:10: unknown layer '0.5' (known: none, dropout, needy, wordy, whole)";
    refused(NULL, "0.5", unknown);
    refused("wordy", "0.5", unknown);
    refused("none", "0.5", unknown);
    refused("absent", "0.5", unknown);
}

static il_desc outer;
static void inside_a_call(void **state) {
    (void)state;
    static il_family inner;
    static const il_desc *const one[] = {&outer};
    inner = family("dropout");
    outer = (il_desc){
        .name = "outer",
        .params = {{.name = "base", .doc = "d", .kind = IL_CALL, .family = &inner, .inner = "0.25"},
                   {.name = "tol", .doc = "d", .initial = 0.1, .max = 1}},
        .n_params = 2};
    const il_family outers = {.kind = "outer", .items = one, .n = 1};
    il_call call;
    il_error err;
    char text[IL_CALL_TEXT];
    assert_int_equal(il_call_parse(&outers, "outer(base=1/8, tol=1)", NULL, &call, &err), IL_OK);
    assert_true(call.inner == &dropout && call.inner_arg[0] == 0.125 && call.inner_arg[1] == 3);
    assert_string_equal(il_call_format(&call, text), "outer(base=dropout(rate=0.125), tol=1)");
    assert_int_equal(il_call_parse(&outers, "outer(0.75)", NULL, &call, &err), IL_OK);
    assert_true(call.inner_arg[0] == 0.75 && call.arg[1] == 0.1);
    assert_int_equal(il_call_parse(&outers, "outer", NULL, &call, &err), IL_OK);
    assert_true(call.inner_arg[0] == 0.25);
    assert_int_equal(il_call_parse(&outers, "outer(base=0.5 x)", NULL, &call, &err), IL_INVALID);
    assert_string_equal(err.message, "dropout: rate=0.5 x is not a finite decimal number");
}

/* `expected` has a 1 for each number that is chosen. */
static void chosen_by(const char *text, const char *expected) {
    bool chosen[12];
    il_error err;
    size_t most = strlen(expected);
    memset(chosen, 1, sizeof chosen);
    if (il_ranges_parse("layers", text, most, chosen, &err) != IL_OK)
        fail_msg("'%s': %s", text, err.message);
    for (size_t i = 0; i < 12; i++)
        if (chosen[i] != (i >= most || expected[i] == '1'))
            fail_msg("'%s': %zu", text, i + 1);
}

static void not_chosen(const char *text, const char *message) {
    bool chosen[5];
    il_error err;
    assert_int_equal(il_ranges_parse("layers", text, 5, chosen, &err), IL_INVALID);
    assert_string_equal(err.message, message);
}

static void ranges(void **state) {
    (void)state;
    chosen_by("all", "11111");
    chosen_by("1", "10000");
    chosen_by("5", "00001");
    chosen_by("1-3", "11100");
    chosen_by("1,3-5", "10111");
    chosen_by(" 3 - 4 , 1 ", "10110");
    chosen_by("2,2,1-2", "11000");
    chosen_by("4-4", "00010");
    chosen_by("007", "0000001");
    chosen_by("10-11", "000000000110");
#define LIST ": write all, or a list such as \"1,3-5\""
#define COUNT " is outside 1-5: count from 1, or write all"
    not_chosen("", "layers=\"\": '' is no number or range" LIST);
    not_chosen("ALL", "layers=\"ALL\": 'ALL' is no number or range" LIST);
    not_chosen("1,", "layers=\"1,\": '' is no number or range" LIST);
    not_chosen("1,,2", "layers=\"1,,2\": '' is no number or range" LIST);
    not_chosen("1, x,2", "layers=\"1, x,2\": 'x' is no number or range" LIST);
    not_chosen("1-", "layers=\"1-\": '1-' is no number or range" LIST);
    not_chosen("-1", "layers=\"-1\": '-1' is no number or range" LIST);
    not_chosen("1-2-3", "layers=\"1-2-3\": '1-2-3' is no number or range" LIST);
    not_chosen("1 2", "layers=\"1 2\": '1 2' is no number or range" LIST);
    not_chosen("1-,2", "layers=\"1-,2\": '1-' is no number or range" LIST);
    not_chosen("1.5", "layers=\"1.5\": '1.5' is no number or range" LIST);
    not_chosen("2,4-3", "layers=\"2,4-3\": the range 4-3 runs backwards: write 3-4");
    not_chosen("0", "layers=\"0\": 0" COUNT);
    not_chosen("0-2", "layers=\"0-2\": 0-2" COUNT);
    not_chosen("1, 6", "layers=\"1, 6\": 6" COUNT);
    not_chosen("4-6", "layers=\"4-6\": 4-6" COUNT);
    not_chosen("18446744073709551617",
               "layers=\"18446744073709551617\": 18446744073709551617" COUNT);
    not_chosen("1-99999999999999999999999",
               "layers=\"1-99999999999999999999999\": 1-99999999999999999999999" COUNT);
}

static void ranges_from_zero(void **state) {
    (void)state;
    static const bool expected[5] = {true, false, false, true, true};
    bool chosen[5];
    il_error err;
    assert_int_equal(il_ranges_parse_from(0, "classes", "0,3-4", 5, chosen, &err), IL_OK);
    assert_memory_equal(chosen, expected, sizeof expected);
    assert_int_equal(il_ranges_parse_from(7, "years", "7, 10-11", 5, chosen, &err), IL_OK);
    assert_memory_equal(chosen, expected, sizeof expected);
    assert_int_equal(il_ranges_parse_from(0, "classes", "0-5", 5, chosen, &err), IL_INVALID);
    assert_string_equal(err.message,
                        "classes=\"0-5\": 0-5 is outside 0-4: count from 0, or write all");
    assert_int_equal(il_ranges_parse_from(7, "years", "6", 5, chosen, &err), IL_INVALID);
    assert_string_equal(err.message, "years=\"6\": 6 is outside 7-11: count from 7, or write all");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bare_numbers),
                                       cmocka_unit_test(inside_a_call), cmocka_unit_test(ranges),
                                       cmocka_unit_test(ranges_from_zero)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
