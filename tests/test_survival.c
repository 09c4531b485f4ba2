/* Values come from golden/comparisons.h, coverage from samples of a known law. */
#include "draws.h"
#include "golden/comparisons.h"
#include "initlab/statistics.h"

#define BUDGET 1000

/* T uniform on 1 … 1429, cut at the budget: 70 % converge, the q-quantile is 1429 q. */
static void draw_runs(size_t n, uint32_t *T, unsigned char *converged) {
    draw_epochs(1429, n, T);
    for (size_t i = 0; i < n; i++) {
        converged[i] = T[i] <= BUDGET;
        T[i] = converged[i] ? T[i] : BUDGET;
    }
}

static void quantile_intervals_agree_with_scipy(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_interval); i++) {
        il_interval ci = il_epoch_quantile_interval(golden_interval_T, golden_interval_converged,
                                                    golden_interval[i].n, golden_interval[i].q,
                                                    golden_interval[i].level);
        assert_close(ci.low, golden_interval[i].low, 0);
        assert_close(ci.high, golden_interval[i].high, 0);
    }
}

/* At least the level for every law and n: 20 and 150 runs, both in the middle and where the budget cuts. */
static void quantile_intervals_cover(void **state) {
    (void)state;
    enum { SETS = 4000 };
    static const double q[] = {0.25, 0.5, 0.68};
    uint32_t T[150];
    unsigned char converged[150];
    for (size_t k = 0; k < COUNT(q); k++)
        for (size_t n = 20; n <= 150; n += 130) {
            size_t hits = 0;
            for (size_t set = 0; set < SETS; set++) {
                draw_runs(n, T, converged);
                il_interval ci = il_epoch_quantile_interval(T, converged, n, q[k], 0.95);
                double truth = ceil(1429 * q[k]);
                hits += ci.low <= truth && truth <= ci.high;
            }
            assert_share_at_least(hits, SETS, 0.95);
        }
}

/* E[min(T, B)] for T uniform on 1 … L. The interval is a limit for many runs: 200 lose less than half a percent. */
static void rmst_intervals_cover(void **state) {
    (void)state;
    enum { SETS = 4000, N = 200 };
    double L = 1429, B = BUDGET, truth = (B * (B + 1) / 2 + (L - B) * B) / L;
    uint32_t T[N];
    unsigned char converged[N];
    size_t hits = 0;
    for (size_t set = 0; set < SETS; set++) {
        il_interval ci;
        draw_runs(N, T, converged);
        il_rmst(T, N, BUDGET, 0.95, &ci);
        hits += ci.low <= truth && truth <= ci.high;
    }
    assert_share_at_least(hits, SETS, 0.945);
}

static void the_curve_is_one_less_kaplan_meier(void **state) {
    (void)state;
    enum { N = COUNT(golden_curve_T) };
    uint32_t epoch[N];
    size_t count[N];
    size_t steps = il_ecdf(golden_curve_T, golden_curve_converged, N, epoch, count);
    assert_int_equal(steps, COUNT(golden_curve));
    for (size_t i = 0; i < steps; i++) {
        assert_int_equal(epoch[i], golden_curve[i].epoch);
        assert_close((double)count[i] / N, golden_curve[i].share, 1e-8);
    }
    static const unsigned char none[N];
    assert_int_equal(il_ecdf(golden_curve_T, none, N, epoch, count), 0);
}

/* sqrt(ln(2/0.05)/(2 n)), and the whole curve within it in 95 % of all samples at least. */
static void the_band_holds_the_whole_curve(void **state) {
    (void)state;
    enum { SETS = 4000, N = 60 };
    assert_close(il_ecdf_band(100, 0.95), 0.13581015157406195, 1e-14);
    assert_true(il_ecdf_band(1, 0.95) == 1);
    uint32_t T[N], epoch[N];
    unsigned char converged[N];
    size_t count[N], hits = 0;
    double half = il_ecdf_band(N, 0.95);
    for (size_t set = 0; set < SETS; set++) {
        draw_runs(N, T, converged);
        size_t steps = il_ecdf(T, converged, N, epoch, count);
        bool inside = true;
        /* The distance is largest at a step: just before it, and on it. */
        for (size_t i = 0; i < steps; i++) {
            double before = i > 0 ? (double)count[i - 1] / N : 0, on = (double)count[i] / N;
            inside &= fabs(before - (epoch[i] - 1) / 1429.0) <= half;
            inside &= fabs(on - epoch[i] / 1429.0) <= half;
        }
        double last = steps > 0 ? (double)count[steps - 1] / N : 0;
        inside &= fabs(last - BUDGET / 1429.0) <= half;
        hits += inside;
    }
    assert_share_at_least(hits, SETS, 0.95);
}

static void log_rank_agrees_with_lifelines(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_log_rank); i++) {
        double p = il_log_rank(golden_log_rank[i].a, golden_log_rank[i].da, golden_log_rank[i].na,
                               golden_log_rank[i].b, golden_log_rank[i].db, golden_log_rank[i].nb);
        assert_close(p, golden_log_rank[i].p, 1e-8);
        assert_close(il_log_rank(golden_log_rank[i].b, golden_log_rank[i].db, golden_log_rank[i].nb,
                                 golden_log_rank[i].a, golden_log_rank[i].da,
                                 golden_log_rank[i].na),
                     p, 1e-12);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantile_intervals_agree_with_scipy),
        cmocka_unit_test(quantile_intervals_cover),
        cmocka_unit_test(rmst_intervals_cover),
        cmocka_unit_test(the_curve_is_one_less_kaplan_meier),
        cmocka_unit_test(the_band_holds_the_whole_curve),
        cmocka_unit_test(log_rank_agrees_with_lifelines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
