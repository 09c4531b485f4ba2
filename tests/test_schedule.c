/* Schedules: every learning rate of whole trainings against PyTorch's schedulers (golden/schedules.py), limits, and what
 * cannot work. */
#include "cmocka_all.h"

#include "initlab.h"

#include <math.h>
#include <string.h>

#include "golden/schedules.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static il_call call(const char *text) {
    il_call out;
    il_error err;
    if (il_call_parse(&il_schedules, text, NULL, &out, &err) != IL_OK)
        fail_msg("%s", err.message);
    return out;
}

/* The factor of one step of a training without memory. */
static double factor(const char *text, uint64_t step, uint64_t epoch_steps, uint64_t epochs) {
    il_call schedule = call(text);
    double state[IL_SCHEDULE_STATE];
    il_schedule_reset(&schedule, state);
    return il_schedule_factor(
        &schedule,
        &(il_progress){.step = step, .epoch_steps = epoch_steps, .steps = epoch_steps * epochs},
        state);
}

static void close_to(double a, double b) {
    if (!(fabs(a - b) <= 1e-14 * fmax(1, fabs(b))))
        fail_msg("%.17g is not %.17g", a, b);
}

/* PyTorch computes some schedules step from step, whose rounding grows: 1e-12 of the base learning rate. */
static void follow_pytorch(void **ignored) {
    (void)ignored;
    for (size_t i = 0; i < COUNT(golden_schedules); i++) {
        const struct golden_schedule *row = &golden_schedules[i];
        il_call schedule = call(row->text);
        double state[IL_SCHEDULE_STATE];
        il_schedule_reset(&schedule, state);
        for (uint64_t step = 0; step < row->epoch_steps * row->epochs; step++) {
            il_progress at = {.step = step,
                              .epoch_steps = row->epoch_steps,
                              .steps = row->epoch_steps * row->epochs};
            double ours = il_schedule_factor(&schedule, &at, state);
            if (!(fabs(ours - row->factor[step]) <= 1e-12))
                fail_msg("%s: %.17g for %.17g in step %llu", row->text, ours, row->factor[step],
                         (unsigned long long)step);
            if ((step + 1) % row->epoch_steps == 0)
                il_schedule_observe(&schedule, golden_losses[step / row->epoch_steps], state);
        }
    }
}

static void every_schedule_is_compared(void **ignored) {
    (void)ignored;
    for (size_t i = 0; i < il_schedules.n; i++) {
        bool found = false;
        for (size_t k = 0; k < COUNT(golden_schedules); k++)
            found |= call(golden_schedules[k].text).desc == il_schedules.items[i];
        if (!found)
            fail_msg("no golden training has %s", il_schedules.items[i]->name);
    }
}

/* Where PyTorch has nothing to compare with: warm-ups that end within an epoch, the ends, very long trainings. */
static void closed_forms(void **ignored) {
    (void)ignored;
    close_to(factor("warmup(epochs=0.5, start=0)", 0, 10, 3), 0);
    close_to(factor("warmup(epochs=0.5, start=0)", 2, 10, 3), 0.4);
    close_to(factor("warmup(epochs=0.5, start=0)", 5, 10, 3), 1);
    close_to(factor("warmup(epochs=0)", 0, 10, 3), 1);
    close_to(factor("cosine(warmup=0.25, start=0.5)", 1, 10, 1), 0.7);
    close_to(factor("cosine(warmup=0.2)", 2, 10, 1), 1);
    close_to(factor("cosine(warmup=0.2)", 6, 10, 1), 0.5);
    close_to(factor("cosine(min=0.3)", 10, 10, 1), 0.3);
    close_to(factor("cosine(min=0.3)", 11, 10, 1), 0.3);
    close_to(factor("one_cycle(pct_start=0)", 0, 1, 1), 1 / 25e4);
    close_to(factor("one_cycle(pct_start=1)", 9, 10, 1), 1);
    close_to(factor("one_cycle(pct_start=1)", 0, 1, 1), 1);
    close_to(factor("one_cycle", 1000, 10, 1), 1 / 25e4);
    close_to(factor("exponential(gamma=0.5)", 40, 1, 100) * 0x1p40, 1);
    assert_true(factor("exponential(gamma=0.5)", UINT64_MAX / 2, 1, 1) == 0);
    assert_true(factor("exponential(gamma=1)", UINT64_MAX / 2, 1, 1) == 1);
    assert_true(factor("step(every=1, gamma=1e-300)", 2, 1, 10) == 0);
}

/* No factor is subnormal, where arithmetic is slow, or outside [0, 1]. */
static void factors_are_normal(void **ignored) {
    (void)ignored;
    static const char *const texts[] = {
        "constant",         "step(every=1)", "exponential(gamma=0.9)", "cosine", "warmup",
        "cosine(warmup=5)", "one_cycle",     "plateau(patience=0)"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        il_call schedule = call(texts[i]);
        double state[IL_SCHEDULE_STATE];
        il_schedule_reset(&schedule, state);
        assert_int_equal(il_schedule_watches(&schedule), strncmp(texts[i], "plateau", 7) == 0);
        for (uint64_t step = 0; step < 20000; step++) {
            il_progress at = {.step = step, .epoch_steps = 1, .steps = 20000};
            double x = il_schedule_factor(&schedule, &at, state);
            assert_true(x >= 0 && x <= 1 && (x == 0 || x > 1e-30));
            il_schedule_observe(&schedule, 1, state);
        }
    }
}

static void assert_refused(const char *text, uint64_t epochs, const char *message) {
    il_error err = {0};
    il_call schedule = call(text);
    assert_int_equal(il_schedule_check(&schedule, epochs, &err), IL_INVALID);
    assert_string_equal(err.message, message);
}

static void impossible_schedules(void **ignored) {
    (void)ignored;
    static const char *const good[] = {"constant",  "step(every=100)",  "exponential(gamma=0.9)",
                                       "cosine",    "cosine(warmup=9)", "warmup(epochs=9.5)",
                                       "one_cycle", "plateau"};
    for (size_t i = 0; i < COUNT(good); i++) {
        il_call schedule = call(good[i]);
        assert_int_equal(il_schedule_check(&schedule, 10, NULL), IL_OK);
    }
    assert_refused("cosine(warmup=10)", 10,
                   "schedule cosine: warmup=10 epochs of warm-up are not fewer than the 10 of the "
                   "training: lower them or train longer");
    assert_refused("warmup(epochs=12.5)", 10,
                   "schedule warmup: epochs=12.5 epochs of warm-up are not fewer than the 10 of "
                   "the training: lower them or train longer");
    assert_refused("one_cycle", 0, "schedule one_cycle needs a training of at least 1 epoch");
    assert_refused("cosine", 0, "schedule cosine needs a training of at least 1 epoch");
}

static void bad_calls(void **ignored) {
    (void)ignored;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"step", "step: every= must be given (epochs from one fall to the next)"},
        {"step(every=0)", "step: every=0 is outside [1, 1e+09]"},
        {"exponential(gamma=0)", "exponential: gamma=0 is outside (0, 1]"},
        {"cosine(warmup=-1)", "cosine: warmup=-1 is outside [0, 1e+09]"},
        {"plateau(factor=1)", "plateau: factor=1 is outside [0, 0.999999999]"},
        {"cosin", "unknown schedule 'cosin' (did you mean 'cosine'?)"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        il_call out;
        il_error err = {0};
        assert_int_equal(il_call_parse(&il_schedules, cases[i].text, NULL, &out, &err), IL_INVALID);
        assert_string_equal(err.message, cases[i].message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follow_pytorch),       cmocka_unit_test(every_schedule_is_compared),
        cmocka_unit_test(closed_forms),         cmocka_unit_test(factors_are_normal),
        cmocka_unit_test(impossible_schedules), cmocka_unit_test(bad_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
