/* Values come from golden/statistics.h, from counting by brute force, or from exact properties. */
#include "draws.h"
#include "golden/statistics.h"
#include "initlab/statistics.h"

#define ROUNDS 9999
#define LONGEST 1500

static void normal_quantile_is_accurate_into_both_tails(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_normal); i++)
        assert_close(il_normal_quantile(golden_normal[i].p), golden_normal[i].z, 1e-13);
    assert_true(il_normal_quantile(0.5) == 0);
    for (int i = 1; i < 512; i++)
        assert_true(il_normal_quantile(i / 1024.0) == -il_normal_quantile(1 - i / 1024.0));
}

static void wilson_agrees_with_its_closed_form(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_wilson); i++) {
        il_interval ci = il_wilson(golden_wilson[i].k, golden_wilson[i].n, golden_wilson[i].level);
        assert_close(ci.low, golden_wilson[i].low, 1e-13);
        assert_close(ci.high, golden_wilson[i].high, 1e-13);
    }
}

static void clopper_and_pearson_agree_with_scipy(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_clopper_pearson); i++) {
        il_interval ci =
            il_clopper_pearson(golden_clopper_pearson[i].k, golden_clopper_pearson[i].n,
                               golden_clopper_pearson[i].level);
        assert_close(ci.low, golden_clopper_pearson[i].low, 1e-8);
        assert_close(ci.high, golden_clopper_pearson[i].high, 1e-8);
    }
}

static void rmst_is_the_mean_with_a_normal_interval(void **state) {
    (void)state;
    il_interval ci;
    for (size_t i = 0; i < COUNT(golden_rmst); i++) {
        double mean = il_rmst(golden_rmst[i].T, golden_rmst[i].n, golden_rmst[i].budget,
                              golden_rmst[i].level, &ci);
        assert_close(mean, golden_rmst[i].mean, 1e-14);
        assert_close(ci.low, golden_rmst[i].low, 1e-12);
        assert_close(ci.high, golden_rmst[i].high, 1e-12);
    }
    static const uint32_t one[] = {17}, wide[] = {1, 100}, stuck[] = {500, 500, 500};
    assert_true(il_rmst(one, 1, 500, 0.95, &ci) == 17 && ci.low == 0 && ci.high == 500);
    assert_true(il_rmst(wide, 2, 100, 0.95, &ci) == 50.5 && ci.low == 0 && ci.high == 100);
    assert_true(il_rmst(stuck, 3, 500, 0.95, &ci) == 500 && ci.low == 500 && ci.high == 500);
}

/* Walks the epochs one by one. */
static double epoch_quantile_by_definition(const uint32_t *T, const unsigned char *converged,
                                           size_t n, double q, uint32_t budget) {
    for (uint32_t epoch = 0; epoch <= budget; epoch++) {
        size_t reached = 0;
        for (size_t i = 0; i < n; i++)
            reached += converged[i] && T[i] <= epoch;
        if ((double)reached / (double)n >= q)
            return epoch;
    }
    return (double)NAN;
}

static void epoch_quantile_counts_all_runs(void **state) {
    (void)state;
    unsigned char converged[COUNT(golden_epoch)];
    for (size_t i = 0; i < COUNT(golden_epoch); i++)
        converged[i] = golden_epoch[i] < GOLDEN_EPOCH_BUDGET;
    for (size_t i = 0; i < COUNT(golden_quantile); i++)
        assert_close(
            il_epoch_quantile(golden_epoch, converged, COUNT(golden_epoch), golden_quantile[i].q),
            golden_quantile[i].epoch, 0);

    enum { BUDGET = 12 };
    for (size_t n = 1; n <= 25; n++) {
        uint32_t T[25];
        draw_epochs(BUDGET, n, T); /* a run may converge in the last epoch too */
        for (size_t i = 0; i < n; i++)
            converged[i] = T[i] < BUDGET || i % 2;
        for (int q = 1; q < 100; q++)
            assert_close(il_epoch_quantile(T, converged, n, q / 100.0),
                         epoch_quantile_by_definition(T, converged, n, q / 100.0, BUDGET), 0);
    }
    static const uint32_t end[] = {UINT32_MAX, UINT32_MAX - 1};
    assert_true(il_epoch_quantile(end, (unsigned char[]){1, 1}, 2, 0.75) == UINT32_MAX);
    assert_true(il_epoch_quantile(end, (unsigned char[]){1, 1}, 2, 0.5) == UINT32_MAX - 1);
    /* The rounded product 0.07 * 100 is above 7; 7 of 100 still reach a fraction of 0.07. */
    uint32_t hundred[100];
    unsigned char seven[100] = {1, 1, 1, 1, 1, 1, 1};
    for (uint32_t i = 0; i < 100; i++)
        hundred[i] = i < 7 ? i + 1 : 100;
    assert_true(il_epoch_quantile(hundred, seven, 100, 0.07) == 7);
}

static void a12_agrees_with_mann_whitney(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_a12); i++)
        assert_close(il_a12(golden_a12[i].a, golden_a12[i].na, golden_a12[i].b, golden_a12[i].nb),
                     golden_a12[i].a12, 1e-15);

    uint32_t a[60], b[60];
    for (size_t na = 1; na < 60; na += 7)
        for (size_t nb = 1; nb < 60; nb += 3) {
            draw_epochs(9, na, a);
            draw_epochs(8, nb, b);
            double wins = 0;
            for (size_t i = 0; i < na; i++)
                for (size_t j = 0; j < nb; j++)
                    wins += a[i] < b[j] ? 1 : a[i] == b[j] ? 0.5 : 0;
            assert_close(il_a12(a, na, b, nb), wins / (double)(na * nb), 1e-15);
        }
}

/* The estimate is (1 + Binomial(rounds, p)) / (1 + rounds). The stream is fixed, so the outcome is
 * too; for a new stream, each of the 7 cases would fall outside 4 standard errors with probability
 * 6e-5. */
static void permutation_agrees_with_exact_enumeration(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_permutation); i++) {
        double exact = golden_permutation[i].p;
        double p = il_permutation_paired(golden_permutation[i].a, golden_permutation[i].b,
                                         golden_permutation[i].n, ROUNDS, 1);
        if (!(fabs(p - exact) <= 4 * sqrt(exact * (1 - exact) / ROUNDS) + 1.0 / ROUNDS))
            fail_msg("case %zu: p = %.6g, exactly %.6g", i, p, exact);
    }
}

/* The same test bit by bit in 64-bit integers: bit r of word i of the g-th draw is the sign of the
 * i-th nonzero difference in round 32 g + r. */
static double permutation_by_definition(const uint32_t *a, const uint32_t *b, size_t n,
                                        size_t rounds, uint64_t seed) {
    int64_t d[LONGEST], observed = 0;
    uint32_t words[LONGEST];
    size_t m = 0, extreme = 0;
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i])
            d[m++] = (int64_t)a[i] - (int64_t)b[i];
    for (size_t i = 0; i < m; i++)
        observed += d[i];
    il_stream stream = il_stream_open(seed, IL_PURPOSE_PERMUTATION, 0);
    for (size_t round = 0; round < rounds; round++) {
        if (round % 32 == 0)
            il_stream_words(&stream, m, words);
        int64_t sum = 0;
        for (size_t i = 0; i < m; i++) {
            int64_t size = d[i] < 0 ? -d[i] : d[i];
            sum += words[i] >> (round % 32) & 1 ? size : -size;
        }
        extreme += llabs(sum) >= llabs(observed);
    }
    return (double)(1 + extreme) / (double)(1 + rounds);
}

static void permutation_sums_are_exact_at_every_size(void **state) {
    (void)state;
    static const size_t lengths[] = {1, 2, 31, 64, 511, 512, 513, 1025, LONGEST};
    static const size_t rounds[] = {0, 1, 31, 32, 33, 500};
    static const uint32_t limits[] = {2, 3000, 8388608, 100000000, UINT32_MAX};
    static uint32_t a[LONGEST], b[LONGEST];
    for (size_t i = 0; i < COUNT(lengths); i++)
        for (size_t j = 0; j < COUNT(limits); j++) {
            draw_epochs(limits[j], lengths[i], a);
            draw_epochs(limits[j], lengths[i], b);
            for (size_t k = 0; k < COUNT(rounds); k++)
                assert_close(il_permutation_paired(a, b, lengths[i], rounds[k], 7),
                             permutation_by_definition(a, b, lengths[i], rounds[k], 7), 0);
        }
}

static void permutation_ignores_units_order_of_arms_and_equal_pairs(void **state) {
    (void)state;
    enum { N = 600 };
    uint32_t a[N], b[N], far_a[N], far_b[N], more_a[2 * N], more_b[2 * N];
    draw_epochs(400, N, a);
    draw_epochs(410, N, b);
    for (size_t i = 0; i < N; i++) {
        far_a[i] = 10000000 * a[i];
        far_b[i] = 10000000 * b[i];
        more_a[2 * i] = a[i];
        more_b[2 * i] = b[i];
        more_a[2 * i + 1] = more_b[2 * i + 1] = 410;
    }
    double p = il_permutation_paired(a, b, N, ROUNDS, 3);
    assert_true(p < 1);
    assert_true(il_permutation_paired(b, a, N, ROUNDS, 3) == p);
    assert_true(il_permutation_paired(far_a, far_b, N, ROUNDS, 3) == p);
    assert_true(il_permutation_paired(more_a, more_b, 2 * N, ROUNDS, 3) == p);
    assert_true(il_permutation_paired(a, b, N, ROUNDS, 4) != p);
}

static void permutation_p_has_its_bounds(void **state) {
    (void)state;
    uint32_t a[64], b[64];
    for (size_t i = 0; i < 64; i++) {
        a[i] = 10;
        b[i] = 11;
    }
    assert_true(il_permutation_paired(a, a, 64, ROUNDS, 1) == 1);
    assert_true(il_permutation_paired(a, b, 1, ROUNDS, 1) == 1);
    assert_true(il_permutation_paired(a, b, 0, ROUNDS, 1) == 1);
    /* Only 2 of the 2^64 sign patterns are as extreme: a round hits one with probability 1e-19. */
    assert_true(il_permutation_paired(a, b, 64, ROUNDS, 1) == 1.0 / (1 + ROUNDS));
}

/* Without ties, 100 p is uniform on 1 … 100 under the null: chi-square over 20 bins, threshold at a
 * false-failure rate of 1e-6. With ties the test may only be conservative: P(p <= 0.05) <= 0.05,
 * where more than 275 of 4000 has probability 1e-7. Both outcomes are fixed by the streams. */
static void permutation_is_valid_under_the_null(void **state) {
    (void)state;
    enum { SETS = 4000, N = 24, BINS = 20 };
    uint32_t a[N], b[N], bin[BINS] = {0};
    size_t rejected = 0;
    for (uint64_t set = 0; set < SETS; set++) {
        draw_epochs(UINT32_MAX, N, a);
        draw_epochs(UINT32_MAX, N, b);
        double p = il_permutation_paired(a, b, N, 99, set);
        bin[(lround(100 * p) - 1) / (100 / BINS)]++;
        draw_epochs(3, N / 2, a);
        draw_epochs(3, N / 2, b);
        rejected += il_permutation_paired(a, b, N / 2, 99, set) <= 0.05;
    }
    double chi_square = 0, expected = (double)SETS / BINS;
    for (size_t i = 0; i < BINS; i++)
        chi_square += (bin[i] - expected) * (bin[i] - expected) / expected;
    if (chi_square > 63.7)
        fail_msg("chi-square = %g over %d bins", chi_square, BINS);
    if (rejected > 275)
        fail_msg("%zu of %d p-values at most 0.05", rejected, SETS);
}

static void holm_agrees_with_statsmodels(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_holm); i++) {
        double p[16];
        memcpy(p, golden_holm[i].p, golden_holm[i].n * sizeof *p);
        il_holm(p, golden_holm[i].n);
        for (size_t j = 0; j < golden_holm[i].n; j++)
            assert_close(p[j], golden_holm[i].adjusted[j], 1e-15);
    }
    il_holm(NULL, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_quantile_is_accurate_into_both_tails),
        cmocka_unit_test(wilson_agrees_with_its_closed_form),
        cmocka_unit_test(clopper_and_pearson_agree_with_scipy),
        cmocka_unit_test(rmst_is_the_mean_with_a_normal_interval),
        cmocka_unit_test(epoch_quantile_counts_all_runs),
        cmocka_unit_test(a12_agrees_with_mann_whitney),
        cmocka_unit_test(permutation_agrees_with_exact_enumeration),
        cmocka_unit_test(permutation_sums_are_exact_at_every_size),
        cmocka_unit_test(permutation_ignores_units_order_of_arms_and_equal_pairs),
        cmocka_unit_test(permutation_p_has_its_bounds),
        cmocka_unit_test(permutation_is_valid_under_the_null),
        cmocka_unit_test(holm_agrees_with_statsmodels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
