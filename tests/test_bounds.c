#include "cmocka_all.h"

#include "lab/criterion.h"

#include <math.h>

static il_bounds bounds(const char *text) {
    il_error err;
    il_criterion criterion;
    if (il_criterion_parse(text, NULL, &criterion, &err) != IL_OK)
        fail_msg("%s", err.message);
    return il_criterion_bounds(&criterion);
}

static void relations(void **state) {
    (void)state;
    const il_real v = (il_real)0.1, inf = (il_real)INFINITY;
    il_bounds b = bounds("loss < 0.1");
    assert_true(b.loss_high < v && b.loss_low == -inf);
    assert_true(nextafterf((float)b.loss_high, 1) == (float)v);
    assert_true(b.accuracy_low == -inf && b.accuracy_high == inf);
    b = bounds("loss <= 0.1");
    assert_true(b.loss_high == v && b.loss_low == -inf);
    b = bounds("loss > 0.1");
    assert_true(b.loss_low > v && nextafterf((float)b.loss_low, 0) == (float)v &&
                b.loss_high == inf);
    b = bounds("loss >= 0.1");
    assert_true(b.loss_low == v && b.loss_high == inf);
    b = bounds("accuracy == 1");
    assert_true(b.accuracy_low == 1 && b.accuracy_high == 1 && b.loss_low == -inf &&
                b.loss_high == inf);
}

static void conjunctions(void **state) {
    (void)state;
    il_bounds b = bounds("loss < 0.5 and loss <= 0.25 and loss >= 0.125 and accuracy >= 0.75");
    assert_true(b.loss_low == (il_real)0.125 && b.loss_high == (il_real)0.25);
    assert_true(b.accuracy_low == (il_real)0.75);
    b = bounds("loss < 0.25 and loss <= 0.5 and loss > 0.125 and loss >= 0.0625");
    assert_true(b.loss_high < (il_real)0.25 && b.loss_high > (il_real)0.2499);
    assert_true(b.loss_low > (il_real)0.125 && b.loss_low < (il_real)0.1251);
    b = bounds("accuracy == 0.75 and accuracy <= 1 and accuracy >= 0.5");
    assert_true(b.accuracy_low == (il_real)0.75 && b.accuracy_high == (il_real)0.75);
    b = bounds("never"); /* holds for no finite loss */
    assert_true(b.loss_low == (il_real)INFINITY);
    b = bounds("loss > 1 and loss < 1"); /* holds for nothing */
    assert_true(b.loss_low > b.loss_high);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(relations), cmocka_unit_test(conjunctions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
