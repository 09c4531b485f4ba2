/* Calls inside calls, and the word auto. */
#include "cmocka_all.h"

#include "initlab/expr.h"

#include <math.h>
#include <string.h>

static const il_desc plain = {.name = "plain"};
static const il_desc scaled = {
    .name = "scaled",
    .params = {{.name = "gain", .doc = "factor", .initial = 1, .max = 10, .automatic = true},
               {.name = "shift",
                .doc = "offset",
                .initial = (double)NAN,
                .min = -1,
                .max = 1,
                .automatic = true}},
    .n_params = 2,
};
extern const il_family family;
static const il_desc outer = {
    .name = "outer",
    .params = {{.name = "base",
                .doc = "what to start from",
                .kind = IL_CALL,
                .family = &family,
                .inner = "plain"},
               {.name = "tol", .doc = "tolerance", .initial = 0.1, .max = 1}},
    .n_params = 2,
};
static const il_desc *const items[] = {&plain, &scaled, &outer};
const il_family family = {.kind = "thing", .items = items, .n = 3};

static void reads(const char *text, const char *canonical) {
    il_call call, again;
    il_error err;
    char shown[IL_CALL_TEXT], shown_again[IL_CALL_TEXT];
    if (il_call_parse(&family, text, NULL, &call, &err) != IL_OK)
        fail_msg("%s: %s", text, err.message);
    assert_string_equal(il_call_format(&call, shown), canonical);
    assert_int_equal(il_call_parse(&family, shown, NULL, &again, &err), IL_OK);
    assert_string_equal(il_call_format(&again, shown_again), canonical);
}

static void refuses(const char *text, const char *message) {
    il_call call;
    il_error err;
    il_place place = {"f", 3, 10};
    assert_int_equal(il_call_parse(&family, text, &place, &call, &err), IL_INVALID);
    assert_string_equal(err.message, message);
}

static void canonical(void **state) {
    (void)state;
    reads("outer", "outer");
    reads("outer(base=plain)", "outer");
    reads("outer( base = plain() , tol = 0.1)", "outer");
    reads("outer(base=scaled(gain=2, shift=-1/2), tol=0.5)",
          "outer(base=scaled(gain=2, shift=-0.5), tol=0.5)");
    reads("outer(tol=0.5, base=scaled( gain = 2 ) )", "outer(base=scaled(gain=2), tol=0.5)");
    reads("scaled", "scaled");
    reads("scaled(gain=auto)", "scaled(gain=auto)");
    reads("scaled(gain=auto, shift=auto)", "scaled(gain=auto)");
    reads("scaled(shift=0)", "scaled(shift=0)");
}

static void values(void **state) {
    (void)state;
    il_call call, inner;
    il_error err;
    assert_int_equal(
        il_call_parse(&family, "outer(base=scaled(gain=auto), tol=1)", NULL, &call, &err), IL_OK);
    inner = il_call_inner(&call);
    assert_ptr_equal(inner.desc, &scaled);
    assert_true(isnan(inner.arg[0]) && isnan(inner.arg[1]) && call.arg[1] == 1);
    assert_int_equal(il_call_parse(&family, "outer", NULL, &call, &err), IL_OK);
    assert_ptr_equal(call.inner, &plain);
}

static void errors(void **state) {
    (void)state;
    refuses("outer(base=scaled(gain=11))", "f:3:28: scaled: gain=11 is outside [0, 10]");
    refuses("outer(base=outer)", "f:3:21: outer: base=outer cannot stand inside another call");
    refuses("outer(base=plan)", "f:3:21: unknown thing 'plan' (did you mean 'plain'?)");
    refuses("outer(base=)", "f:3:21: missing thing name");
    refuses("outer(base=scaled(gain=1)", "f:3:35: missing ')' in 'outer(base=scaled(gain=1)'");
    refuses("outer(base=plain, base=plain)", "f:3:28: outer: base= is given twice");
    refuses("outer(tol=auto)", "f:3:16: outer: tol=auto is not a finite decimal number");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(canonical), cmocka_unit_test(values),
                                       cmocka_unit_test(errors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
