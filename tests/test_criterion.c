/* Criteria of convergence: what is read, what is printed, and every message. */
#include "cmocka_all.h"

#include "initlab/study.h"
#include <string.h>

static void assert_message(const char *text, const char *message) {
    const il_place place = {"x.yaml", 9, 12};
    il_criterion criterion;
    il_error err = {.message = ""};
    assert_int_equal(il_criterion_parse(text, &place, &criterion, &err), IL_INVALID);
    assert_int_equal(err.status, IL_INVALID);
    assert_string_equal(err.message, message);
    assert_int_equal(il_criterion_parse(text, NULL, &criterion, NULL), IL_INVALID);
}

static void terms(void **state) {
    (void)state;
    il_criterion c;
    il_error err;
    assert_int_equal(
        il_criterion_parse("loss<1/4 and accuracy == 1\tand\nloss >=1e-3 and accuracy > .5", NULL,
                           &c, &err),
        IL_OK);
    static const il_term expected[] = {{IL_LOSS, IL_LESS, 0.25},
                                       {IL_ACCURACY, IL_EQUAL, 1},
                                       {IL_LOSS, IL_AT_LEAST, 0.001},
                                       {IL_ACCURACY, IL_GREATER, 0.5}};
    assert_int_equal(c.n, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(c.term[i].metric, expected[i].metric);
        assert_int_equal(c.term[i].relation, expected[i].relation);
        assert_true(c.term[i].value == expected[i].value);
    }
    char text[IL_CRITERION_TEXT];
    assert_ptr_equal(il_criterion_format(&c, text), text);
    assert_string_equal(text, "loss < 0.25 and accuracy == 1 and loss >= 0.001 and accuracy > 0.5");
    assert_int_equal(il_criterion_parse("accuracy <= 2/3", NULL, &c, &err), IL_OK);
    assert_int_equal(c.term[0].relation, IL_AT_MOST);
    assert_string_equal(il_criterion_format(&c, text), "accuracy <= 0.6666666666666666");
    // The longest canonical spelling.
    static const char *const longest = "accuracy >= 1.2345678901234566e-300";
    char four[4 * 40];
    strcpy(four, longest);
    for (int i = 0; i < 3; i++)
        strcat(strcat(four, " and "), longest);
    assert_int_equal(il_criterion_parse(four, NULL, &c, &err), IL_OK);
    assert_string_equal(il_criterion_format(&c, text), four);
}

static void never(void **state) {
    (void)state;
    il_criterion c = {.n = 3};
    il_error err;
    char text[IL_CRITERION_TEXT];
    assert_int_equal(il_criterion_parse(" never ", NULL, &c, &err), IL_OK);
    assert_int_equal(c.n, 0);
    assert_string_equal(il_criterion_format(&c, text), "never");
    assert_message("never ever", "x.yaml:9:18: unexpected 'ever' after never");
}

static void refused(void **state) {
    (void)state;
    assert_message("", "x.yaml:9:12: expected loss or accuracy at the end of the criterion");
    assert_message("los < 1", "x.yaml:9:12: unknown metric 'los' (did you mean 'loss'?)");
    assert_message("error < 1", "x.yaml:9:12: unknown metric 'error' (known: loss, accuracy)");
    assert_message("loss", "x.yaml:9:16: expected one of < <= == >= > after loss");
    assert_message("loss = 1", "x.yaml:9:17: expected one of < <= == >= > after loss, found '='");
    assert_message("loss != 1", "x.yaml:9:17: expected one of < <= == >= > after loss, found '!='");
    assert_message("loss below 1",
                   "x.yaml:9:17: expected one of < <= == >= > after loss, found 'below'");
    assert_message("loss <", "x.yaml:9:18: expected a number after loss <");
    assert_message("loss < nan", "x.yaml:9:19: expected a number after loss <, found 'nan'");
    assert_message("loss < 0.1and", "x.yaml:9:19: expected a number after loss <, found '0.1and'");
    assert_message("loss < -1", "x.yaml:9:19: loss: -1 is outside [0, inf)");
    assert_message("accuracy == 95", "x.yaml:9:24: accuracy: 95 is outside [0, 1]");
    assert_message("accuracy > -1/2", "x.yaml:9:23: accuracy: -1/2 is outside [0, 1]");
    assert_message("loss < 0", "x.yaml:9:19: loss < 0 never holds");
    assert_message("accuracy > 1", "x.yaml:9:23: accuracy > 1 never holds");
    assert_message("loss < 1 or accuracy == 1",
                   "x.yaml:9:21: expected 'and' between comparisons, found 'or'");
    assert_message("loss < 1 and",
                   "x.yaml:9:24: expected loss or accuracy at the end of the criterion");
    assert_message("loss < 1 and loss < 1 and loss < 1 and loss < 1 and loss < 1",
                   "x.yaml:9:60: more than 4 comparisons");
    assert_message("loss < 1111111111111111111111111111111111111111111111111111111111111111",
                   "x.yaml:9:19: expected a number after loss <, found "
                   "'1111111111111111111111111111111111111111...'");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms),
        cmocka_unit_test(never),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
