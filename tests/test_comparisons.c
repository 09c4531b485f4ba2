/* Values come from golden/comparisons.h; error rates, coverage and power from samples of a known law. */
#include "draws.h"
#include "golden/comparisons.h"
#include "initlab/statistics.h"

static void mcnemar_agrees_with_statsmodels(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_mcnemar); i++) {
        size_t a = golden_mcnemar[i].only_a, b = golden_mcnemar[i].only_b;
        assert_close(il_mcnemar(a, b), golden_mcnemar[i].exact, 1e-8);
        assert_close(il_mcnemar_mid(a, b), golden_mcnemar[i].mid, 1e-8);
        assert_true(il_mcnemar(a, b) == il_mcnemar(b, a));
    }
}

static void fisher_agrees_with_scipy(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_fisher); i++) {
        size_t ka = golden_fisher[i].ka, na = golden_fisher[i].na, kb = golden_fisher[i].kb,
               nb = golden_fisher[i].nb;
        double p = golden_fisher[i].p;
        assert_close(il_fisher(ka, na, kb, nb), p, 1e-8);
        assert_close(il_fisher(kb, nb, ka, na), p, 1e-8);
        assert_close(il_fisher(na - ka, na, nb - kb, nb), p, 1e-8);
    }
}

static void mann_whitney_agrees_with_scipy_and_enumeration(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_u); i++) {
        double p = il_mann_whitney(golden_u[i].a, golden_u[i].na, golden_u[i].b, golden_u[i].nb);
        assert_close(p, golden_u[i].p, 1e-8);
        assert_close(il_mann_whitney(golden_u[i].b, golden_u[i].nb, golden_u[i].a, golden_u[i].na),
                     p, 1e-12);
    }
}

/* Exactly valid up to 50 runs, with ties too; the normal above. */
static void mann_whitney_keeps_its_level(void **state) {
    (void)state;
    enum { SETS = 3000 };
    static const struct {
        uint32_t limit;
        size_t na, nb;
    } cases[] = {{1000000, 7, 9}, {3, 12, 12}, {1000000, 60, 50}, {3, 60, 50}};
    uint32_t a[60], b[60];
    for (size_t k = 0; k < COUNT(cases); k++) {
        size_t kept = 0;
        for (size_t set = 0; set < SETS; set++) {
            draw_epochs(cases[k].limit, cases[k].na, a);
            draw_epochs(cases[k].limit, cases[k].nb, b);
            kept += il_mann_whitney(a, cases[k].na, b, cases[k].nb) > 0.05;
        }
        assert_share_at_least(kept, SETS, 0.95);
    }
}

static void a12_intervals_follow_their_definition(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_a12_interval); i++) {
        il_interval ci;
        double a12 =
            il_a12_interval(golden_a12_interval[i].a, golden_a12_interval[i].na,
                            golden_a12_interval[i].b, golden_a12_interval[i].nb,
                            golden_a12_interval[i].paired, golden_a12_interval[i].level, &ci);
        assert_close(a12, golden_a12_interval[i].a12, 1e-12);
        assert_close(ci.low, golden_a12_interval[i].low, 1e-8);
        assert_close(ci.high, golden_a12_interval[i].high, 1e-8);
        assert_true(a12 == il_a12(golden_a12_interval[i].a, golden_a12_interval[i].na,
                                  golden_a12_interval[i].b, golden_a12_interval[i].nb));
    }
}

/* P(Ta < Tb) + P(Ta = Tb)/2, a uniform on 1 … la and b on 1 … lb >= la. */
static double a12_of_uniforms(uint32_t la, uint32_t lb) {
    return 1 - (la + 1.0) / 2 / lb + 0.5 / lb;
}

/* Independent arms, and arms that share their seed's luck: b is a's draw, raised in every other pair. Few values, hence
 * many ties; one case where nearly every pair is a win. A percent is left to the approximation. */
static void a12_intervals_cover(void **state) {
    (void)state;
    enum { SETS = 3000, N = 40 };
    static const uint32_t limits[][2] = {{1000, 1000}, {4, 5}, {10, 15}, {2, 40}};
    uint32_t a[N], b[N], c[N];
    il_interval ci;
    for (size_t k = 0; k < COUNT(limits); k++) {
        uint32_t la = limits[k][0], lb = limits[k][1];
        size_t hits = 0, paired = 0;
        for (size_t set = 0; set < SETS; set++) {
            draw_epochs(la, N, a);
            draw_epochs(lb, N, b);
            il_a12_interval(a, N, b, N, false, 0.95, &ci);
            double truth = a12_of_uniforms(la, lb);
            hits += ci.low <= truth && truth <= ci.high;
            draw_epochs(2, N, c);
            for (size_t i = 0; i < N; i++)
                b[i] = a[i] + (c[i] == 2 ? la : 0);
            /* Between different seeds: half the time a law like a's, else beyond all of it. */
            const double of_pair = 0.75;
            il_a12_interval(a, N, b, N, true, 0.95, &ci);
            paired += ci.low <= of_pair && of_pair <= ci.high;
        }
        assert_share_at_least(hits, SETS, 0.94);
        assert_share_at_least(paired, SETS, 0.94);
    }
}

static void sprt_agrees_with_its_definition(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_sprt); i++) {
        il_sprt test = {golden_sprt[i].p0, golden_sprt[i].p1, golden_sprt[i].alpha,
                        golden_sprt[i].beta};
        size_t used = 99;
        assert_int_equal(
            il_sprt_paired(golden_sprt[i].a, golden_sprt[i].b, golden_sprt[i].n, &test, &used),
            golden_sprt[i].decision);
        assert_int_equal(used, golden_sprt[i].used);
    }
}

/* Under p0 and p1, errors stay below Wald's bounds alpha/(1 - beta) and beta/(1 - alpha), and the mean number of pairs is
 * his: within 15 %, which is what stepping over the bounds costs here. */
static void sprt_keeps_its_errors(void **state) {
    (void)state;
    enum { SETS = 3000, N = 3000 };
    static uint32_t a[N], b[N], c[N];
    il_sprt test = {0.5, 0.6, 0.05, 0.1};
    for (int truth = 0; truth < 2; truth++) {
        double p = truth ? test.p1 : test.p0, mean = 0;
        size_t right = 0;
        for (size_t set = 0; set < SETS; set++) {
            draw_epochs(1000, N, c);
            for (size_t i = 0; i < N; i++) {
                a[i] = c[i] <= 1000 * p ? 1 : 2;
                b[i] = 3 - a[i];
            }
            size_t used;
            il_sprt_decision decision = il_sprt_paired(a, b, N, &test, &used);
            right += decision == (truth ? IL_SPRT_P1 : IL_SPRT_P0);
            mean += (double)used / SETS;
        }
        assert_share_at_least(right, SETS,
                              truth ? 1 - test.beta / (1 - test.alpha)
                                    : 1 - test.alpha / (1 - test.beta));
        double error = truth ? test.beta : 1 - test.alpha; /* that the lower bound is reached */
        double drift = p * log(test.p1 / test.p0) + (1 - p) * log((1 - test.p1) / (1 - test.p0));
        double wald = ((1 - error) * log((1 - test.beta) / test.alpha) +
                       error * log(test.beta / (1 - test.alpha))) /
                      drift;
        assert_true(mean > wald && mean < 1.15 * wald);
    }
}

static void intervals_of_shares_agree_with_scipy(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_share); i++) {
        size_t k = golden_share[i].k, n = golden_share[i].n;
        il_interval exact = il_clopper_pearson(k, n, golden_share[i].level);
        il_interval wald = il_sprt_interval(k, n, golden_share[i].level);
        assert_close(exact.low, golden_share[i].low, 1e-9);
        assert_close(exact.high, golden_share[i].high, 1e-9);
        assert_close(wald.low, golden_share[i].first, 1e-9);
        assert_close(wald.high, golden_share[i].last, 1e-9);
    }
    il_interval none = il_sprt_interval(0, 0, 0.95);
    assert_true(none.low == 0 && none.high == 1);
}

/* Exactly: the probability that the interval of k of n misses the share, summed over k. Wilson's interval misses it up to
 * 2,000 times as often as announced where the share is small. */
static void exact_intervals_keep_their_level(void **state) {
    (void)state;
    static const double shares[] = {0.0001, 0.001, 0.01, 0.1, 0.5, 0.97}, level = 0.9999;
    enum { N = 400 };
    double most = 0;
    for (size_t i = 0; i < COUNT(shares); i++) {
        double p = shares[i], missed[2] = {0}, at = pow(1 - p, N);
        for (size_t k = 0; k <= N; k++) {
            il_interval exact = il_clopper_pearson(k, N, level), wilson = il_wilson(k, N, level);
            missed[0] += exact.low <= p && p <= exact.high ? 0 : at;
            missed[1] += wilson.low <= p && p <= wilson.high ? 0 : at;
            at *= (double)(N - k) / (double)(k + 1) * p / (1 - p);
        }
        assert_true(missed[0] <= 1 - level);
        most = fmax(most, missed[1]);
    }
    assert_true(most > 100 * (1 - level));
}

/* Coins looked at after every 20th toss: over 2,000 sequences of 2,000 tosses the true share is ever outside the interval in a
 * share of at most 1 - level, to 4.5 standard errors (false-failure rate 3e-6); an interval for a single look is outside
 * at some look far more often. */
static void looking_at_every_run_keeps_the_level(void **state) {
    (void)state;
    enum { SETS = 2000, N = 2000 };
    static uint32_t toss[N];
    const double level = 0.95;
    size_t outside[2] = {0};
    for (size_t set = 0; set < SETS; set++) {
        bool missed[2] = {0};
        size_t k = 0;
        draw_epochs(10, N, toss);
        for (size_t n = 1; n <= N; n++) {
            k += toss[n - 1] <= 4;
            if (n % 20 == 0) {
                il_interval at = il_sprt_interval(k, n, level), once = il_wilson(k, n, level);
                missed[0] |= at.low > 0.4 || at.high < 0.4;
                missed[1] |= once.low > 0.4 || once.high < 0.4;
            }
        }
        outside[0] += missed[0];
        outside[1] += missed[1];
    }
    assert_true((double)outside[0] / SETS < 0.05 + 4.5 * sqrt(0.05 * 0.95 / SETS));
    assert_true((double)outside[1] / SETS > 0.2);
}

static void sample_sizes_agree_with_statsmodels(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_runs_success); i++)
        assert_int_equal(il_runs_for_success(golden_runs_success[i].a, golden_runs_success[i].b,
                                             golden_runs_success[i].level,
                                             golden_runs_success[i].power),
                         golden_runs_success[i].n);
    for (size_t i = 0; i < COUNT(golden_runs_difference); i++)
        assert_int_equal(il_runs_for_difference(
                             golden_runs_difference[i].difference, golden_runs_difference[i].sd,
                             golden_runs_difference[i].level, golden_runs_difference[i].power),
                         golden_runs_difference[i].n);
    for (size_t i = 0; i < COUNT(golden_runs_a12); i++)
        assert_int_equal(il_runs_for_a12(golden_runs_a12[i].a12, golden_runs_a12[i].level,
                                         golden_runs_a12[i].power),
                         golden_runs_a12[i].n);
    assert_true(il_runs_for_success(0.3, 0.3, 0.95, 0.8) == SIZE_MAX);
    assert_true(il_runs_for_a12(0.5, 0.95, 0.8) == SIZE_MAX);
    assert_true(il_runs_for_difference(0, 3, 0.95, 0.8) == SIZE_MAX);
}

/* With the stated number of runs the Mann-Whitney test finds A12 = 0.65 in 80 % of samples, and McNemar's kin for
 * independent arms, Fisher's exact test, 0.5 against 0.7, less what exactness costs it. */
static void sample_sizes_give_their_power(void **state) {
    (void)state;
    enum { SETS = 2000, MOST = 200 };
    uint32_t a[MOST], b[MOST];
    size_t n = il_runs_for_a12(0.65, 0.95, 0.8), m = il_runs_for_success(0.5, 0.7, 0.95, 0.8);
    assert_true(n <= MOST && m <= MOST);
    size_t found = 0, told = 0;
    /* b is uniform on 1 … 10000, a on 1 … 7000: A12 = 1 - 0.35 */
    for (size_t set = 0; set < SETS; set++) {
        draw_epochs(7000, n, a);
        draw_epochs(10000, n, b);
        found += il_mann_whitney(a, n, b, n) <= 0.05;
        size_t ka = 0, kb = 0;
        draw_epochs(10, m, a);
        draw_epochs(10, m, b);
        for (size_t i = 0; i < m; i++) {
            ka += a[i] <= 5;
            kb += b[i] <= 7;
        }
        told += il_fisher(ka, m, kb, m) <= 0.05;
    }
    assert_share_at_least(found, SETS, 0.79);
    assert_share_at_least(told, SETS, 0.74);
    assert_share_at_least(SETS - found, SETS, 0.16);
    assert_share_at_least(SETS - told, SETS, 0.18);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mcnemar_agrees_with_statsmodels),
        cmocka_unit_test(fisher_agrees_with_scipy),
        cmocka_unit_test(mann_whitney_agrees_with_scipy_and_enumeration),
        cmocka_unit_test(mann_whitney_keeps_its_level),
        cmocka_unit_test(a12_intervals_follow_their_definition),
        cmocka_unit_test(a12_intervals_cover),
        cmocka_unit_test(sprt_agrees_with_its_definition),
        cmocka_unit_test(sprt_keeps_its_errors),
        cmocka_unit_test(intervals_of_shares_agree_with_scipy),
        cmocka_unit_test(exact_intervals_keep_their_level),
        cmocka_unit_test(looking_at_every_run_keeps_the_level),
        cmocka_unit_test(sample_sizes_agree_with_statsmodels),
        cmocka_unit_test(sample_sizes_give_their_power),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
