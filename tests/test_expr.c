/* Call notation against a family made up here: what is read, what is printed, and every message.
 */
#include "cmocka_all.h"

#include "initlab/expr.h"
#include "initlab/rng.h"
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const il_desc plain = {.name = "plain"};
static const il_desc point = {
    .name = "point",
    .params = {{.name = "value",
                .doc = "level",
                .initial = (double)NAN,
                .min = -1e6,
                .max = 1e6,
                .bare = true}},
    .n_params = 1,
};
static const il_desc step = {
    .name = "step",
    .aliases = "stride step_size",
    .params = {{.name = "lr", .doc = "rate", .initial = 0.01, .max = 1e6, .above_min = true},
               {.name = "beta1", .doc = "decay", .initial = 0.9, .min = 0, .max = 1},
               {.name = "count",
                .doc = "turns",
                .kind = IL_INTEGER,
                .initial = 3,
                .min = 1,
                .max = 1e300},
               {.name = "nesterov", .doc = "look ahead", .kind = IL_BOOL},
               {.name = "inputs", .doc = "coding", .kind = IL_CHOICE, .choices = "01|pm1"},
               {.name = "shift", .doc = "any", .min = -HUGE_VAL, .max = HUGE_VAL}},
    .n_params = 6,
};
static const il_desc late = {
    .name = "late",
    .params = {{.name = "a", .doc = "a", .initial = 1, .max = 9},
               {.name = "b", .doc = "b", .initial = 2, .max = 9, .bare = true}},
    .n_params = 2,
};
static const il_desc *const items[] = {&plain, &point, &step, &late};
static const il_family things = {
    .kind = "thing", .items = items, .n = sizeof items / sizeof *items};

static il_call parse(const char *text) {
    il_call call;
    il_error err = {.message = ""};
    if (il_call_parse(&things, text, NULL, &call, &err) != IL_OK)
        fail_msg("'%s': %s", text, err.message);
    return call;
}

static void assert_message(const char *text, const char *message) {
    const il_place place = {"x.yaml", 12, 9};
    il_call call;
    il_error err = {.message = ""};
    assert_int_equal(il_call_parse(&things, text, &place, &call, &err), IL_INVALID);
    assert_int_equal(err.status, IL_INVALID);
    assert_string_equal(err.message, message);
    assert_int_equal(il_call_parse(&things, text, &place, &call, NULL), IL_INVALID);
}

static void canonical_spelling(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"plain", "plain"},
        {" plain ( ) ", "plain"},
        {"point(0.5)", "point(0.5)"},
        {"point(value=-0)", "point(0)"},
        {"point(\tvalue\n=\r 1e2 )", "point(100)"},
        {"step", "step"},
        {"stride(0.01)", "step"},
        {"step_size(beta1=1/4,lr=5 / 3)", "step(lr=1.6666666666666667, beta1=0.25)"},
        {"step(1, 0.5, count=9007199254740992)", "step(lr=1, beta1=0.5, count=9007199254740992)"},
        {"step(nesterov=true, inputs=pm1)", "step(nesterov=true, inputs=pm1)"},
        {"step(nesterov=false, inputs=01)", "step"},
        {"step(shift=-1.7976931348623157e308)", "step(shift=-1.7976931348623157e+308)"},
        {"step(lr=1e6)", "step(lr=1e+06)"},
        // Without its name, 5 would be read as a.
        {"late(b=5)", "late(b=5)"},
        {"late(4, 5)", "late(a=4, b=5)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[IL_CALL_TEXT], again[IL_CALL_TEXT];
        il_call call = parse(cases[i][0]);
        assert_ptr_equal(il_call_format(&call, text), text);
        assert_string_equal(text, cases[i][1]);
        il_call second = parse(text);
        assert_string_equal(il_call_format(&second, again), text);
        assert_ptr_equal(second.desc, call.desc);
        for (size_t k = 0; k < call.desc->n_params; k++)
            assert_true(second.arg[k] == call.arg[k]);
    }
}

static void values(void **state) {
    (void)state;
    il_call call = parse("step(0.5, beta1=5e-1, count=7, nesterov=true, inputs=pm1, shift=-2.5)");
    static const double expected[] = {0.5, 0.5, 7, 1, 1, -2.5};
    assert_ptr_equal(call.desc, &step);
    for (size_t i = 0; i < 6; i++)
        assert_true(call.arg[i] == expected[i]);
    call = parse("step");
    static const double initial[] = {0.01, 0.9, 3, 0, 0, 0};
    for (size_t i = 0; i < 6; i++)
        assert_true(call.arg[i] == initial[i]);
}

static void messages_of_names(void **state) {
    (void)state;
    assert_message("pont(1)", "x.yaml:12:9: unknown thing 'pont' (did you mean 'point'?)");
    assert_message("  piont", "x.yaml:12:11: unknown thing 'piont' (did you mean 'point'?)");
    assert_message("PLAIN", "x.yaml:12:9: unknown thing 'PLAIN' (did you mean 'plain'?)");
    assert_message("step-size",
                   "x.yaml:12:9: unknown thing 'step-size' (did you mean 'step_size'?)");
    assert_message("wavelet",
                   "x.yaml:12:9: unknown thing 'wavelet' (known: plain, point, step, late)");
    assert_message("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
                   "x.yaml:12:9: unknown thing 'abcdefghijklmnopqrstuvwxyzabcdefghijklmn...' "
                   "(known: plain, point, step, late)");
    assert_message("abcdefghijklmnopqrstuvwxyzabcdefghijklm\xC3\xA9",
                   "x.yaml:12:9: unknown thing 'abcdefghijklmnopqrstuvwxyzabcdefghijklm...' "
                   "(known: plain, point, step, late)");
    assert_message("", "x.yaml:12:9: missing thing name");
    assert_message("   ", "x.yaml:12:12: missing thing name");
    assert_message("(1)", "x.yaml:12:9: missing thing name before '(1)'");
    assert_message("step(beta=1)",
                   "x.yaml:12:14: step: unknown parameter 'beta' (did you mean 'beta1'?)");
    assert_message("step(zeta=1)", "x.yaml:12:14: step: unknown parameter 'zeta' "
                                   "(known: lr, beta1, count, nesterov, inputs, shift)");
    assert_message("plain(x=1)", "x.yaml:12:15: plain takes no parameters, found 'x'");
    assert_message("plain(1)", "x.yaml:12:15: plain takes no parameters, found '1'");
}

static void messages_of_values(void **state) {
    (void)state;
    assert_message("step(lr=-1)", "x.yaml:12:14: step: lr=-1 is outside (0, 1e+06]");
    assert_message("step(lr=0)", "x.yaml:12:14: step: lr=0 is outside (0, 1e+06]");
    assert_message("step(1, 3/2)", "x.yaml:12:17: step: beta1=3/2 is outside [0, 1]");
    assert_message("step(count=0)", "x.yaml:12:14: step: count=0 is outside [1, 9007199254740992]");
    assert_message("step(count=1e17)",
                   "x.yaml:12:14: step: count=1e17 is outside [1, 9007199254740992]");
    assert_message("step(count=2.5)", "x.yaml:12:14: step: count=2.5 is not a whole number");
    assert_message("step(lr=fast)", "x.yaml:12:14: step: lr=fast is not a finite decimal number");
    assert_message("step(shift=1e999)",
                   "x.yaml:12:14: step: shift=1e999 is not a finite decimal number");
    assert_message("step(lr=nan)", "x.yaml:12:14: step: lr=nan is not a finite decimal number");
    assert_message("step(lr=0x1p3)", "x.yaml:12:14: step: lr=0x1p3 is not a finite decimal number");
    assert_message("step(nesterov=1)", "x.yaml:12:14: step: nesterov=1 must be true or false");
    assert_message("step(inputs=pm)", "x.yaml:12:14: step: inputs=pm must be one of 01, pm1");
    assert_message("step(lr=)", "x.yaml:12:14: step: lr= has no value");
    assert_message("point", "x.yaml:12:9: point: value= must be given (level)");
    assert_message("point()", "x.yaml:12:9: point: value= must be given (level)");
    assert_message("step(lr=1, lr=1)", "x.yaml:12:20: step: lr= is given twice");
    assert_message("step(1, lr=1)", "x.yaml:12:17: step: lr= is given twice");
    assert_message("step(lr=1, 2)",
                   "x.yaml:12:20: step: '2' needs its parameter's name, as it follows a named one");
    assert_message("point(1, 2)", "x.yaml:12:18: point: '2' is one argument too many");
}

static void messages_of_syntax(void **state) {
    (void)state;
    assert_message("step(", "x.yaml:12:14: missing ')' in 'step('");
    assert_message("step(lr=1", "x.yaml:12:18: missing ')' in 'step(lr=1'");
    assert_message("step(lr=1,", "x.yaml:12:19: missing ')' in 'step(lr=1,'");
    assert_message("step(,)", "x.yaml:12:14: step: missing argument before ','");
    assert_message("step(lr=1,)", "x.yaml:12:19: step: missing argument before ')'");
    assert_message("step(=1)", "x.yaml:12:14: step: missing parameter name before '='");
    assert_message("step(lr=(1))", "x.yaml:12:17: step: unexpected '('");
    assert_message("step(lr=beta1=1)", "x.yaml:12:22: step: unexpected '='");
    assert_message("step(lr=1))", "x.yaml:12:19: unexpected ')' after step");
    assert_message("step(lr=1) plain", "x.yaml:12:20: unexpected 'plain' after step");
    assert_message("plain, step", "x.yaml:12:14: unexpected ', step' after plain");
    assert_message("plain\x01\n(", "x.yaml:12:9: unknown thing 'plain?' (did you mean 'plain'?)");
}

static void places(void **state) {
    (void)state;
    il_error err;
    char path[600], expected[600];
    assert_int_equal(il_fail_at(&err, NULL, 5, "no %d", 1), IL_INVALID);
    assert_string_equal(err.message, "no 1");
    il_fail_at(&err, &(il_place){NULL, 3, 4}, 5, "x");
    assert_string_equal(err.message, "x");
    il_fail_at(&err, &(il_place){"f", 0, 4}, 5, "x");
    assert_string_equal(err.message, "f: x");
    il_fail_at(&err, &(il_place){"f", 3, 0}, 5, "x");
    assert_string_equal(err.message, "f:3: x");
    il_fail_at(&err, &(il_place){"f", 3, 4}, 5, "x");
    assert_string_equal(err.message, "f:3:9: x");
    // A long path keeps its end, and leaves room for the message.
    memset(path, 'a', 500);
    memcpy(path + 490, "/name.yaml", 11);
    il_fail_at(&err, &(il_place){path, 3, 4}, 0, "x");
    snprintf(expected, sizeof expected, "...%s:3:4: x", path + 340);
    assert_string_equal(err.message, expected);
    // A character of two bytes is kept or dropped whole.
    memcpy(path + 339, "\xC3\xA9", 2);
    il_fail_at(&err, &(il_place){path, 3, 4}, 0, "x");
    snprintf(expected, sizeof expected, "...%s:3:4: x", path + 341);
    assert_string_equal(err.message, expected);
}

static void find(void **state) {
    (void)state;
    assert_ptr_equal(il_family_find(&things, "point"), &point);
    assert_ptr_equal(il_family_find(&things, "stride"), &step);
    assert_ptr_equal(il_family_find(&things, "step_size"), &step);
    assert_null(il_family_find(&things, "stride step_size"));
    assert_null(il_family_find(&things, "ste"));
    assert_null(il_family_find(&things, ""));
}

static void nearest(void **state) {
    (void)state;
    static const char *const words[] = {"he_normal", "he_uniform", "lr", "xor"};
    static const char *const cases[][2] = {
        {"he_norml", "he_normal"},
        {"he_nromal", "he_normal"},
        {"heXnormal", "he_normal"},
        {"he_unifrom", "he_uniform"},
        {"HE_NORMAL", "he_normal"},
        {"xro", "xor"},
        {"xo", "xor"},
        {"lt", "lr"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = il_nearest(cases[i][0], words, 4);
        assert_non_null(found);
        assert_string_equal(found, cases[i][1]);
    }
    // Two of three letters, or a third of a long word, is a different word.
    assert_null(il_nearest("xab", words, 4));
    assert_null(il_nearest("he_abcdef", words, 4));
    assert_null(il_nearest("", words, 4));
    assert_null(il_nearest("x", words, 4));
    static const char *const letters[] = {"k", "n"};
    assert_null(il_nearest("x", letters, 2));
    assert_string_equal(il_nearest("N", letters, 2), "n");
    assert_null(il_nearest("he_normal", words, 0));
}

static void numbers_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {
        {"3", 3},
        {"-0.5", -0.5},
        {"+1e-3", 0.001},
        {".5", 0.5},
        {"5.", 5},
        {"5/3", 5. / 3},
        {"-1/ 4", -0.25},
        {"1E2", 100},
        {"2/-8", -0.25},
        {"007", 7},
        {"0", 0},
        {"4.9e-324", 5e-324},
        {"0e999", 0},
        {"0/5", 0},
        {"179769313486231570000000000000000000000000000000e261", DBL_MAX},
    };
    static const char *const bad[] = {
        "",       " ",   "nan", "inf", "-inf", "0x10",     "1e",           "e5",          ".",
        "-",      "1 ",  " 1",  "1/0", "1/",   "/2",       "1//2",         "1/2/3",       "1e999",
        "1e-999", "1,5", "1_0", "--1", "1e5.", "1/1e-320", "1e-300/1e300", "1e400/1e400", "1/ x",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double value = 42;
        if (!il_number_parse(good[i].text, &value) || value != good[i].value)
            fail_msg("'%s' was read as %.17g", good[i].text, value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double value = 42;
        if (il_number_parse(bad[i], &value) || value != 42)
            fail_msg("'%s' was read as %.17g", bad[i], value);
    }
    double zero = 1;
    assert_true(il_number_parse("-0", &zero));
    assert_false(signbit(zero));
}

static void numbers_written(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {1, "1"},
        {-2.5, "-2.5"},
        {0.1, "0.1"},
        {100, "100"},
        {10000, "10000"},
        {100000, "1e+05"},
        {150000, "150000"},
        {1e6, "1e+06"},
        {1234567, "1234567"},
        {1e22, "1e+22"},
        {1e-5, "1e-05"},
        {0.0001, "0.0001"},
        {5. / 3, "1.6666666666666667"},
        {9007199254740992, "9007199254740992"},
        {5e-324, "5e-324"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {HUGE_VAL, "inf"},
        {-HUGE_VAL, "-inf"},
        {0.1 + 0.2, "0.30000000000000004"},
    };
    char text[32];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(il_number_format(cases[i].value, text), cases[i].text);
    assert_ptr_equal(il_number_format((double)NAN, text), text);
    assert_ptr_equal(uselocale((locale_t)0), LC_GLOBAL_LOCALE); // the thread's locale is untouched
}

// Any double reads back to itself, and with one digit less "%g" would not.
static void numbers_round_trip(void **state) {
    (void)state;
    enum { N = 20000 };
    static uint32_t words[2 * N];
    il_stream stream = il_stream_open(1, IL_PURPOSE_DATA, 0);
    il_stream_words(&stream, 2 * N, words);
    for (size_t i = 0; i < N; i++) {
        uint64_t bits = (uint64_t)words[2 * i] << 32 | words[2 * i + 1];
        double value, back;
        char text[32], shorter[40];
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        assert_true(il_number_parse(il_number_format(value, text), &back));
        assert_true(back == value);
        int digits = 0, zeros = 0; // significant ones, and those at their end
        for (const char *c = text; *c && *c != 'e'; c++) {
            digits += *c >= '0' + !digits && *c <= '9';
            zeros = *c == '0' ? zeros + 1 : *c == '.' ? zeros : 0;
        }
        if (digits - zeros > 1) {
            snprintf(shorter, sizeof shorter, "%.*e", digits - zeros - 2, value);
            assert_false(il_number_parse(shorter, &back) && back == value);
        }
    }
}

static void numbers_in_another_locale(void **state) {
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE",
                                        "fr_FR"};
    bool comma = false;
    uselocale(LC_GLOBAL_LOCALE);
    for (size_t i = 0; i < sizeof names / sizeof *names && !comma; i++)
        comma = setlocale(LC_ALL, names[i]) && *localeconv()->decimal_point == ',';
    if (!comma)
        skip();
    double value = 0;
    char text[32], own[32];
    assert_true(il_number_parse("0.25", &value));
    assert_true(value == 0.25);
    assert_false(il_number_parse("0,25", &value));
    assert_string_equal(il_number_format(0.25, text), "0.25");
    snprintf(own, sizeof own, "%g", 0.25);
    assert_string_equal(own, "0,25"); // the caller's locale is back
    setlocale(LC_ALL, "C");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_spelling),
        cmocka_unit_test(values),
        cmocka_unit_test(messages_of_names),
        cmocka_unit_test(messages_of_values),
        cmocka_unit_test(messages_of_syntax),
        cmocka_unit_test(places),
        cmocka_unit_test(find),
        cmocka_unit_test(nearest),
        cmocka_unit_test(numbers_read),
        cmocka_unit_test(numbers_written),
        cmocka_unit_test(numbers_round_trip),
        cmocka_unit_test(numbers_in_another_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
