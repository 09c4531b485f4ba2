/* Medians under test: their intervals, and how many seeds decide. Oracles go through all pairs of counts
 * (golden/medians.py); rates are simulated, with their false-failure rate stated. */
#include "claims.h"

#include "golden/medians.h"
#include "lab/claim/power.h"

#include <stdlib.h>

static il_medians open_medians(il_contrast contrast, const double *a, const double *b, size_t n) {
    il_medians m;
    il_error err;
    const il_samples_of s = {.a = a, .b = b, .n = n};
    assert_int_equal(il_medians_open(contrast, &s, &m, &err), IL_OK);
    return m;
}

static il_estimate estimate(il_contrast contrast, const double *a, const double *b, size_t n,
                            double level) {
    il_medians m = open_medians(contrast, a, b, n);
    il_estimate e = il_medians_estimate(&m, level);
    il_medians_close(&m);
    return e;
}

static double distance(il_contrast contrast, const double *a, const double *b, size_t n,
                       double bound, bool above) {
    il_medians m = open_medians(contrast, a, b, n);
    double d = il_medians_distance(&m, bound, above);
    il_medians_close(&m);
    return d;
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("%.9g, not %.9g", got, expected);
}

static void pairs_of_counts(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof golden_median / sizeof *golden_median; i++) {
        const double *a = golden_median[i].a, *b = golden_median[i].b;
        double level = golden_median[i].level, bound = golden_median[i].bound;
        double ratio_bound = golden_median[i].ratio_bound;
        size_t n = golden_median[i].n;
        il_medians m = open_medians(IL_DIFFERENCE, a, b, n);
        assert_near(m.rho, golden_median[i].rho, 1e-12);
        il_medians_close(&m);
        il_interval x = estimate(IL_DIFFERENCE, a, b, n, level).interval;
        il_interval y = estimate(IL_RATIO, a, b, n, level).interval;
        assert_near(x.low, golden_median[i].low, 0);
        assert_near(x.high, golden_median[i].high, 0);
        assert_near(y.low, golden_median[i].ratio_low, 1e-12);
        assert_near(y.high, golden_median[i].ratio_high, 1e-12);
        assert_near(distance(IL_DIFFERENCE, a, b, n, bound, true), golden_median[i].distance, 1e-3);
        assert_near(distance(IL_DIFFERENCE, b, a, n, -bound, false), golden_median[i].distance,
                    1e-3);
        assert_near(distance(IL_RATIO, a, b, n, ratio_bound, true), golden_median[i].ratio_distance,
                    1e-3);
        assert_near(distance(IL_RATIO, b, a, n, 1 / ratio_bound, false),
                    golden_median[i].ratio_distance, 1e-3);
    }
}

/* Certainty is not had from few runs, nor from pairs that agree, nor from runs that all stop at the budget. */
static void what_is_not_certain(void **state) {
    (void)state;
    double ascending[100], same[100], none[100];
    for (size_t i = 0; i < 100; i++) {
        ascending[i] = (double)(i + 1);
        same[i] = 500;
        none[i] = i < 40 ? 100 : 500;
    }
    il_estimate e = estimate(IL_DIFFERENCE, ascending, ascending, 100, 0.95);
    assert_true(e.effect == 0 && e.interval.low < -1 && e.interval.high > 1);
    /* As of one arm, of which all runs are the same: an order statistic has no other value. */
    e = estimate(IL_RATIO, same, same, 100, 0.95);
    assert_true(e.effect == 1 && e.interval.low == 1 && e.interval.high == 1);
    /* With 7 runs a level of 0.99 is out of reach: 2/2^7. */
    e = estimate(IL_RATIO, same, same, 7, 0.99);
    assert_true(e.effect == 1 && e.interval.low == 0 && isinf(e.interval.high));
    e = estimate(IL_DIFFERENCE, same, same, 1, 0.5);
    assert_true(e.effect == 0 && e.interval.low == -(double)INFINITY && isinf(e.interval.high));
    /* 40 of 100 are as many as may be a half at a level of 0.95, not at 0.9. */
    e = estimate(IL_DIFFERENCE, none, same, 100, 0.95);
    assert_true(e.effect == 0 && e.interval.low == -400 && e.interval.high == 0);
    e = estimate(IL_DIFFERENCE, same, none, 100, 0.95);
    assert_true(e.effect == 0 && e.interval.low == 0 && e.interval.high == 400);
    e = estimate(IL_OF_A, none, NULL, 100, 0.9);
    assert_true(e.interval.low == 500 && e.interval.high == 500);
}

/* Runs of two laws, by their quantile u: uniform on 1 … 999, with a median of 500; and 54 % on 50 … 92, with a median of
 * 89, the others at a budget of 500. */
static double run_of(bool jumps, double u) {
    return !jumps ? 1 + floor(999 * u) : u < 0.54 ? 50 + floor(79 * u) : 500;
}

static double median_of(bool jumps) {
    return jumps ? 89 : 500;
}

/* Pairs whose quantiles are the same, or mirrored where that is negative, with a probability of |dependence|. */
typedef struct pair_law {
    bool a_jumps, b_jumps;
    double dependence;
} pair_law;

static void draw_pairs(const pair_law *law, il_stream *stream, size_t n, double *a, double *b) {
    for (size_t i = 0; i < n; i++) {
        double u = draw(stream), v = draw(stream);
        if (draw(stream) < fabs(law->dependence))
            v = law->dependence > 0 ? u : 1 - u;
        a[i] = run_of(law->a_jumps, u);
        b[i] = run_of(law->b_jumps, v);
    }
}

/* At 95 % at most 5 % of 2,000 intervals miss what is true, with 4.5 standard errors (false-failure rate below 4e-6 a case);
 * those of laws without jumps, drawn independently, hardly fewer than half of that: 0.8 % is as far below 2.3 %. */
static void intervals_cover(void **state) {
    (void)state;
    enum { SETS = 2000, N = 100 };
    static const pair_law laws[] = {{false, false, 0}, {false, false, 0.8}, {false, false, -0.8},
                                    {true, true, 0},   {true, true, 0.8},   {true, true, -0.8},
                                    {true, false, 0},  {true, false, 0.8},  {true, false, -0.8}};
    for (size_t k = 0; k < sizeof laws / sizeof *laws; k++) {
        double a[N], b[N], m = median_of(laws[k].a_jumps), of_b = median_of(laws[k].b_jumps);
        size_t missed[2] = {0};
        il_stream stream = il_stream_open(1 + k, IL_PURPOSE_DATA, 3);
        for (size_t set = 0; set < SETS; set++) {
            draw_pairs(&laws[k], &stream, N, a, b);
            il_interval x = estimate(IL_DIFFERENCE, a, b, N, 0.95).interval;
            il_interval y = estimate(IL_RATIO, a, b, N, 0.95).interval;
            missed[0] += m - of_b < x.low || m - of_b > x.high;
            missed[1] += m / of_b < y.low || m / of_b > y.high;
        }
        for (size_t i = 0; i < 2; i++)
            if ((double)missed[i] > SETS * 0.05 + 4.5 * sqrt(SETS * 0.05 * 0.95) ||
                (k == 0 && (double)missed[i] < SETS * 0.008))
                fail_msg("law %zu: %zu of %d intervals miss", k, missed[i], SETS);
    }
}

/* All quantiles of a law in n equal steps, those of b in another order. */
static il_medians exact_medians(il_contrast contrast, const pair_law *law, size_t n) {
    double *a = calloc(n, sizeof *a), *b = calloc(n, sizeof *b);
    assert_true(a && b);
    for (size_t i = 0; i < n; i++) {
        a[i] = run_of(law->a_jumps, ((double)i + 0.5) / (double)n);
        b[i] = run_of(law->b_jumps, ((double)(i * 7919 % n) + 0.5) / (double)n);
    }
    il_medians m = open_medians(contrast, a, b, n);
    free(a);
    free(b);
    return m;
}

static il_evidence evidence_of(const il_medians *m, double level) {
    return (il_evidence){il_medians_estimate(m, level), m->n, level, m};
}

static double decided(const il_test *test, const pair_law *law, size_t n, size_t sets,
                      double level) {
    double *a = calloc(n, sizeof *a), *b = calloc(n, sizeof *b);
    il_stream stream = il_stream_open(7, IL_PURPOSE_DATA, 4);
    size_t count = 0;
    assert_true(a && b);
    for (size_t set = 0; set < sets; set++) {
        il_tag tag;
        draw_pairs(law, &stream, n, a, b);
        count += il_decide(test, estimate(test->contrast, a, b, n, level).interval, 0, &tag) ==
                 IL_SUPPORTED;
    }
    free(a);
    free(b);
    return (double)count / (double)sets;
}

/* As many seeds as are announced, from the law itself, decide nine times in ten, and would not once: 800 sets, with 4.5
 * standard errors and two points for the normal law (false-failure rate 7e-6 a case). */
static void announced_seeds_decide(void **state) {
    (void)state;
    enum { SETS = 800 };
    static const struct {
        const char *test;
        pair_law law;
    } cases[] = {
        {"median >= 80", {true, true, 0}},
        {"median < 101", {true, true, 0}}, /* between the last that converge and the budget */
        {"ratio of median >= 0.5", {true, true, 0}},
        {"difference of median > -480", {true, false, 0}}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const il_test test = test_of(cases[k].test);
        il_medians law = exact_medians(test.contrast, &cases[k].law, 10007);
        il_evidence evidence = evidence_of(&law, 0.99);
        size_t n = il_runs_to_decide(&test, &evidence);
        il_medians_close(&law);
        assert_in_range(n, 200, 4000);
        double rate = decided(&test, &cases[k].law, n, SETS, 0.99);
        if (fabs(rate - 0.9) > 4.5 * sqrt(0.09 / SETS) + 0.02)
            fail_msg("%s: %zu seeds decided %.3f of the sets, not 0.9", cases[k].test, n, rate);
        il_medians as_many = exact_medians(test.contrast, &cases[k].law, n);
        evidence = evidence_of(&as_many, 0.99);
        assert_near(il_miss(&test, &evidence, IL_SUPPORTED, IL_UNTAGGED, 0), 0.1, 0.02);
        il_medians_close(&as_many);
    }
}

/* Of one arm by hand: the sign test's. 60 of 100 runs of 1 and 40 of 2 are 2 standard errors from halves. */
static void seeds_of_a_sign_test(void **state) {
    (void)state;
    static const struct {
        const char *test;
        double count; /* of 100 on the median's side of the margin */
    } cases[] = {{"median < 2", 60},
                 {"median <= 1", 60},
                 {"median <= 1.5", 60},
                 {"median >= 2", 60},
                 {"median > 1", 60},
                 {"median >= 1", 100},
                 {"median == 1 within 0.5", 60}};
    double a[100], asked = 2.5758293035489 + 1.2815515655446;
    for (size_t i = 0; i < 100; i++)
        a[i] = i < 60 ? 1 : 2;
    il_medians m = open_medians(IL_OF_A, a, NULL, 100);
    il_evidence evidence = evidence_of(&m, 0.99);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const il_test test = test_of(cases[k].test);
        double away = (cases[k].count - 50) / 5;
        double runs = ceil(100 * asked * asked / (away * away));
        size_t n = il_runs_to_decide(&test, &evidence);
        if (n != (size_t)runs)
            fail_msg("%s: %zu seeds, not %g", cases[k].test, n, runs);
    }
    il_medians_close(&m);
    /* Where the counts are even, by the length of the interval: 1 … 2 at the effect, 1, is 1 too short by the margin. */
    for (size_t i = 0; i < 100; i++)
        a[i] = i < 50 ? 1 : 2;
    m = open_medians(IL_OF_A, a, NULL, 100);
    evidence = evidence_of(&m, 0.99);
    const il_test test = test_of("median <= 1.5");
    double share = 1 / 0.5 * asked / 2.5758293035489;
    assert_int_equal(il_runs_to_decide(&test, &evidence), (size_t)ceil(100 * share * share));
    const il_test never = test_of("median == 1 within 0");
    assert_true(il_runs_to_decide(&never, &evidence) == SIZE_MAX);
    il_medians_close(&m);
}

/* An interval without an end misses nothing there. */
static void a_verdict_with_one_end(void **state) {
    (void)state;
    double a[40], b[40];
    for (size_t i = 0; i < 40; i++) {
        a[i] = 900 + (double)i;
        b[i] = 1 + (double)i;
    }
    il_medians m = open_medians(IL_RATIO, a, b, 40);
    il_evidence evidence = evidence_of(&m, 1 - 1e-13);
    const il_test test = test_of("ratio of median > 1");
    assert_true(isinf(evidence.estimate.interval.high));
    double miss = il_miss(&test, &evidence, IL_SUPPORTED, IL_UNTAGGED, 0);
    assert_true(miss >= 0 && miss <= 1);
    il_medians_close(&m);
}

/* A claim about one arm tells how many seeds a sign test needs of its own runs. */
static void claims_tell_how_many_seeds(void **state) {
    (void)state;
    static const char setup[] = "data: xor, network: 2-8-1, hidden: tanh, seeds: 64, budget: 500, "
                                "optimizer: adam(lr=0.05)";
    char text[256];
    il_study *study;
    il_results *results;
    il_error err;
    int used = snprintf(text, sizeof text, "{%s, init: he_normal}", setup);
    assert_int_equal(il_study_parse(text, (size_t)used, "x", NULL, 0, &study, &err), IL_OK);
    assert_int_equal(il_study_run(study, NULL, &results, &err), IL_OK);
    double count = 0;
    for (size_t i = 0; i < 64; i++)
        count += il_run_time(&results->runs[i], study->budget) <= 35;
    il_results_free(results);
    il_study_free(study);
    il_finding f = check_one(setup, "he_normal", "test: median <= 35");
    double away = (count - 32) / 4, asked = 3.2905267314919 + 1.2815515655446;
    assert_true(away > 0);
    assert_int_equal(f.verdict, IL_INCONCLUSIVE);
    assert_int_equal(f.needed, (size_t)ceil(64 * asked * asked / (away * away)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_of_counts),
        cmocka_unit_test(what_is_not_certain),
        cmocka_unit_test(intervals_cover),
        cmocka_unit_test(announced_seeds_decide),
        cmocka_unit_test(seeds_of_a_sign_test),
        cmocka_unit_test(a_verdict_with_one_end),
        cmocka_unit_test(claims_tell_how_many_seeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
