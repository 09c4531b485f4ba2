#include "studies.h"

#include <signal.h>

static const char text[] = "data: xor\nnetwork: [2-2-1, 2-4-1]\nhidden: [relu, tanh]\n"
                           "optimizer: adam(lr=0.05)\ninit: [zeros, he_normal, xavier_uniform]\n"
                           "seeds: 96\nbudget: 300\nbaseline: he_normal\n";

typedef struct watch {
    size_t calls, last, total;
    volatile sig_atomic_t cancel;
    size_t cancel_at;
} watch;

static void progress(void *context, size_t done, size_t total) {
    watch *w = context;
    assert_true(done > w->last && done <= total);
    w->calls++;
    w->last = done;
    w->total = total;
    if (done >= w->cancel_at)
        w->cancel = 1;
}

static void reports_progress(void **state) {
    (void)state;
    il_error err;
    il_study *study = study_of(text);
    il_results *results = NULL;
    watch w = {.cancel_at = SIZE_MAX};
    il_run_options options = {.jobs = 2, .progress = progress, .context = &w, .cancel = &w.cancel};
    assert_int_equal(il_study_run(study, &options, &results, &err), IL_OK);
    assert_int_equal(w.last, 12 * 96);
    assert_int_equal(w.total, 12 * 96);
    assert_true(w.calls > 12 && results->wall_s > 0);
    assert_int_equal(results->n_arms, 12);
    assert_int_equal(results->seeds, 96);
    il_results_free(results);
    il_study_free(study);
}

static void cancels(void **state) {
    (void)state;
    il_error err;
    il_study *study = study_of(text);
    for (size_t jobs = 1; jobs <= 2; jobs++) {
        il_results *results = NULL;
        watch w = {.cancel_at = 200};
        il_run_options options = {
            .jobs = jobs, .progress = progress, .context = &w, .cancel = &w.cancel};
        assert_int_equal(il_study_run(study, &options, &results, &err), IL_INTERRUPTED);
        assert_string_equal(err.message, "interrupted");
        assert_null(results);
        assert_true(w.last < 12 * 96);
    }
    il_study_free(study);
}

/* Initializing takes long where a scheme fits itself to data: the flag is looked at before each replica, so that
 * nothing is learned here of the base that cannot be fitted. */
static void cancels_initialization(void **state) {
    (void)state;
    il_error err;
    il_study *study = study_of("data: xor\nnetwork: 2-2-1\ninit: lsuv(base=zeros)\nseeds: 16\n");
    il_results *results = NULL;
    const volatile sig_atomic_t cancel = 1;
    il_run_options options = {.jobs = 1, .cancel = &cancel, .fail_fast = true};
    assert_int_equal(il_study_run(study, &options, &results, &err), IL_INTERRUPTED);
    options.cancel = NULL;
    assert_int_equal(il_study_run(study, &options, &results, &err), IL_INVALID);
    il_study_free(study);
}

/* Workers that have no run of their own share one: of a layer of 256 units, two threads take half each. */
static void workers_share_a_large_network(void **state) {
    (void)state;
    il_study *study = study_of("data: digits\nnetwork: 64-256-10\ninit: he_normal\nengine: blas\n"
                               "batch: 256\nseeds: 1\nbudget: 2\nconverged: never\n");
    il_results *alone = run_study(study, 1, 0);
    for (size_t jobs = 2; jobs <= 5; jobs++) {
        il_results *shared = run_study(study, jobs, 0);
        assert_same_runs(alone->runs, shared->runs, 1);
        il_results_free(shared);
    }
    il_results_free(alone);
    il_study_free(study);
}

/* Every arm of a cross product trains what its own keys say: the same as a study of that arm alone. */
static void arms_are_independent(void **state) {
    (void)state;
    static const char mixed[] =
        "data: [xor, or, parity(2)]\nnetwork: [2-3-1, 2-3-2]\nloss: [bce, mse]\n"
        "optimizer: [adam(lr=0.05), sgd(lr=1)]\ninit: [he_normal, normal(std=1)]\n"
        "bias: [zeros, constant(0.1)]\nseeds: 96\nbudget: 60\n";
    const char *const studies[] = {text, mixed};
    for (size_t t = 0; t < 2; t++) {
        il_study *study = study_of(studies[t]);
        il_results *all = run_study(study, 2, 0);
        for (size_t i = 0; i < study->n_arms; i++) {
            il_study one = *study;
            il_arm arm = study->arms[i];
            arm.baseline = SIZE_MAX;
            one.arms = &arm;
            one.n_arms = 1;
            il_results *alone = run_study(&one, 1, 0);
            assert_same_runs(all->runs + i * 96, alone->runs, 96);
            il_results_free(alone);
        }
        il_results_free(all);
        il_study_free(study);
    }
}

/* Zero and constant weights never solve XOR, at 1000 seeds, in either engine: every unit of a layer stays
 * the same as every other, so the network computes a function of x1 + x2 through one kink. */
static void symmetry_is_not_broken(void **state) {
    (void)state;
    il_study *study =
        study_of("data: xor\nnetwork: [2-2-1, 2-8-1]\nhidden: [relu, tanh, sigmoid]\n"
                 "optimizer: adam(lr=0.01)\ninit: [zeros, constant(0.5)]\nseeds: 1000\n"
                 "budget: 3000\n");
    for (int engine = 0; engine < 2; engine++) {
        /* All seeds of a constant are the same run, so a few on OpenBLAS say as much. */
        study->seeds = engine == IL_BLAS ? 4 : 1000;
        for (size_t i = 0; i < study->n_arms; i++)
            study->arms[i].engine = (il_engine)engine;
        il_results *results = run_study(study, 2, 0);
        for (size_t i = 0; i < study->n_arms; i++) {
            assert_int_equal(results->arms[i].converged, 0);
            assert_int_equal(results->arms[i].runs, study->seeds);
        }
        il_results_free(results);
    }
    il_study_free(study);
}

static void refuses(void **state) {
    (void)state;
    static const struct {
        il_run_options options;
        const char *message;
    } cases[] = {{{.lanes = 20}, "lanes=20 is not a multiple of 16"},
                 {{.jobs = 257}, "jobs=257 is more than 256"}};
    il_study *study = study_of(text);
    for (size_t i = 0; i < 2; i++) {
        il_error err;
        il_results *results = NULL;
        assert_int_equal(il_study_run(study, &cases[i].options, &results, &err), IL_INVALID);
        assert_string_equal(err.message, cases[i].message);
    }
    il_study_free(study);
}

/* More lanes than seeds, however many more, are as many as are needed. */
static void huge_groups(void **state) {
    (void)state;
    il_study *study = study_of(text);
    il_results *a = run_study(study, 1, (size_t)1 << 40), *b = run_study(study, 2, 16);
    assert_same_runs(a->runs, b->runs, 12 * 96);
    il_results_free(a);
    il_results_free(b);
    il_study_free(study);
}

/* A scheme that cannot fill a layer ends the study with the layer's name. */
static void reports_impossible_init(void **state) {
    (void)state;
    il_error err;
    il_study *study = study_of("data: xor\nnetwork: 2-2-1\ninit: uniform(low=-1, high=0)\n");
    il_results *results = NULL;
    study->arms[0].init.arg[0] = 1; /* past the parser, which refuses this */
    assert_int_equal(il_study_run(study, &(il_run_options){.fail_fast = true}, &results, &err),
                     IL_INVALID);
    assert_string_equal(err.message, "layer 1: uniform needs low < high, got low=1, high=0");
    assert_null(results);
    il_study_free(study);
}

/* More seeds of a study train only these, and the results are those of one run. */
static void continues_what_has_begun(void **state) {
    (void)state;
    il_error err;
    il_study *study = study_of(text);
    il_results *begun = NULL, *more = NULL, *once = NULL;
    watch w = {.cancel_at = SIZE_MAX};
    study->seeds = 40;
    assert_int_equal(il_study_run(study, NULL, &begun, &err), IL_OK);
    study->seeds = 96;
    il_run_options options = {.begun = begun, .progress = progress, .context = &w};
    w.last = 12 * 40; /* progress goes on from there */
    assert_int_equal(il_study_run(study, &options, &more, &err), IL_OK);
    assert_int_equal(w.last, 12 * 96);
    assert_int_equal(il_study_run(study, NULL, &once, &err), IL_OK);
    for (size_t i = 0; i < 12 * 96; i++)
        assert_true(more->runs[i].epoch == once->runs[i].epoch &&
                    more->runs[i].outcome == once->runs[i].outcome &&
                    memcmp(&more->runs[i].loss, &once->runs[i].loss, sizeof(float)) == 0);
    il_results *none = NULL;
    study->seeds = 39;
    assert_int_equal(il_study_run(study, &options, &none, &err), IL_INVALID);
    assert_string_equal(err.message, "the runs begun are of another study, or of more seeds");
    il_results_free(begun);
    il_results_free(more);
    il_results_free(once);
    il_study_free(study);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_progress),
        cmocka_unit_test(cancels),
        cmocka_unit_test(cancels_initialization),
        cmocka_unit_test(workers_share_a_large_network),
        cmocka_unit_test(arms_are_independent),
        cmocka_unit_test(symmetry_is_not_broken),
        cmocka_unit_test(refuses),
        cmocka_unit_test(huge_groups),
        cmocka_unit_test(reports_impossible_init),
        cmocka_unit_test(continues_what_has_begun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
