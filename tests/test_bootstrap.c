/* Intervals come from golden/comparisons.h: SciPy's, of the resamples that the stream must give. */
#include "draws.h"
#include "golden/comparisons.h"
#include "initlab/statistics.h"

static double mean_of(const uint32_t *T, const uint32_t *index, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += T[index[i]];
    return sum / (double)n;
}

static double mean(const void *context, const uint32_t *const index[2], const size_t n[2]) {
    return mean_of(context, index[0], n[0]);
}

static double paired_ratio(const void *context, const uint32_t *const index[2], const size_t n[2]) {
    (void)context;
    return mean_of(golden_boot_a, index[0], n[0]) / mean_of(golden_boot_b, index[0], n[0]);
}

static int compare(const void *x, const void *y) {
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static double lower_median(const uint32_t *T, const uint32_t *index, size_t n) {
    uint32_t sorted[64];
    for (size_t i = 0; i < n; i++)
        sorted[i] = T[index[i]];
    qsort(sorted, n, sizeof *sorted, compare);
    return sorted[(n - 1) / 2];
}

static double gap(const void *context, const uint32_t *const index[2], const size_t n[2]) {
    (void)context;
    return lower_median(golden_boot_a, index[0], n[0]) -
           lower_median(golden_boot_far, index[1], n[1]);
}

static void intervals_agree_with_scipy(void **state) {
    (void)state;
    il_statistic *const statistics[] = {mean, paired_ratio, gap};
    for (size_t i = 0; i < COUNT(golden_boot); i++) {
        il_resampling r = {.n = {COUNT(golden_boot_a), i == 2 ? COUNT(golden_boot_far) : 0},
                           .statistic = statistics[golden_boot[i].statistic],
                           .context = golden_boot_a,
                           .rounds = GOLDEN_BOOT_ROUNDS,
                           .seed = golden_boot[i].seed};
        il_interval ci;
        il_error err;
        assert_int_equal(il_bootstrap(&r, IL_BOOTSTRAP_PERCENTILE, golden_boot[i].level, &ci, &err),
                         IL_OK);
        assert_close(ci.low, golden_boot[i].percentile_low, 1e-8);
        assert_close(ci.high, golden_boot[i].percentile_high, 1e-8);
        assert_int_equal(il_bootstrap(&r, IL_BOOTSTRAP_BCA, golden_boot[i].level, &ci, &err),
                         IL_OK);
        assert_close(ci.low, golden_boot[i].bca_low, 1e-8);
        assert_close(ci.high, golden_boot[i].bca_high, 1e-8);
    }
}

/* A skewed law: the square of a uniform on 1 … 100, mean 101 * 201 / 6. Both kinds fall short of the level at 30
 * observations, by two percent at most here. */
static void intervals_cover(void **state) {
    (void)state;
    enum { SETS = 1000, N = 30 };
    uint32_t T[N];
    const double truth = 101 * 201 / 6.0;
    for (int kind = 0; kind < 2; kind++) {
        size_t hits = 0;
        for (uint64_t set = 0; set < SETS; set++) {
            draw_epochs(100, N, T);
            for (size_t i = 0; i < N; i++)
                T[i] *= T[i];
            il_resampling r = {{N, 0}, mean, T, 600, set};
            il_interval ci;
            assert_int_equal(il_bootstrap(&r, (il_bootstrap_kind)kind, 0.95, &ci, NULL), IL_OK);
            hits += ci.low <= truth && truth <= ci.high;
        }
        assert_share_at_least(hits, SETS, 0.93);
    }
}

static double never(const void *context, const uint32_t *const index[2], const size_t n[2]) {
    (void)context, (void)n;
    return index[0][0] == 0 ? 1 : (double)INFINITY;
}

static void degenerate_samples_have_degenerate_intervals(void **state) {
    (void)state;
    static const uint32_t same[] = {7, 7, 7, 7};
    il_interval ci;
    il_error err;
    for (int kind = 0; kind < 2; kind++)
        for (size_t n = 1; n <= 4; n += 3) {
            il_resampling r = {{n, 0}, mean, same, 100, 1};
            assert_int_equal(il_bootstrap(&r, (il_bootstrap_kind)kind, 0.95, &ci, &err), IL_OK);
            assert_true(ci.low == 7 && ci.high == 7);
            r.statistic = never;
            assert_int_equal(il_bootstrap(&r, (il_bootstrap_kind)kind, 0.95, &ci, &err), IL_OK);
            assert_true(ci.low == 1 && ci.high == (n == 1 ? 1 : (double)INFINITY));
        }
    il_resampling none = {{0, 0}, mean, same, 100, 1}, still = {{4, 0}, mean, same, 0, 1};
    assert_int_equal(il_bootstrap(&none, IL_BOOTSTRAP_BCA, 0.95, &ci, &err), IL_INVALID);
    assert_int_equal(il_bootstrap(&still, IL_BOOTSTRAP_BCA, 0.95, &ci, &err), IL_INVALID);
    assert_non_null(strstr(err.message, "must be at least 1"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_agree_with_scipy),
        cmocka_unit_test(intervals_cover),
        cmocka_unit_test(degenerate_samples_have_degenerate_intervals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
