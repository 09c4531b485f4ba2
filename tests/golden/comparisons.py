"""Writes comparisons.h: reference values for tests/test_comparisons.c and tests/test_survival.c.

    pip install lifelines numpy scipy statsmodels
    python3 comparisons.py

Sources: SciPy (binomial, Fisher, Mann-Whitney, quantile_test, the BCa interval), statsmodels (McNemar,
Wilson, sample sizes), lifelines (Kaplan-Meier, log-rank). Exact tests with ties are counted in Python's
integers; DeLong's variance and Wald's test are written out from their definitions.
"""

import math
import random
from collections import Counter
from fractions import Fraction
from itertools import combinations

import lifelines
import numpy as np
import scipy.optimize
import scipy.stats
from lifelines.statistics import logrank_test
from scipy.stats._resampling import _bca_interval
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_test
from statsmodels.stats.power import normal_sample_size_one_tail
from statsmodels.stats.proportion import proportion_confint, samplesize_proportions_2indep_onetail

from tables import array, lines, table, write

draw = random.Random(20261125)


def epochs(n, budget, fail, scale=1.0):
    """n epochs of convergence, or the budget; and whether each run converged."""
    T, converged = [], []
    for _ in range(n):
        failed = draw.random() < fail
        t = 1 + int((budget - 1) * min(1, scale * draw.random() ** 2))
        T.append(budget if failed else t)
        converged.append(0 if failed else 1)
    return T, converged


def mcnemar():
    rows = []
    for b, w in [(0, 0), (0, 1), (1, 0), (3, 3), (2, 9), (40, 17), (0, 60), (500, 590), (499000, 501000), (10, 1990)]:
        exact = mcnemar_test([[0, b], [w, 0]], exact=True).pvalue if b + w else 1.0
        mid = 2 * scipy.stats.binom.cdf(min(b, w), b + w, 0.5) - scipy.stats.binom.pmf(min(b, w), b + w, 0.5)
        if b + w <= 2000:  # in integers, where SciPy loses digits of the tail
            n, k = b + w, min(b, w)
            below = sum(math.comb(n, i) for i in range(k + 1))
            e, m = min(Fraction(1), Fraction(2 * below, 2**n)), Fraction(2 * below - math.comb(n, k), 2**n)
            assert math.isclose(e, exact, rel_tol=1e-9) and math.isclose(m, mid, rel_tol=1e-9)
            exact, mid = float(e), float(m)
        rows.append((b, w, float(exact), float(mid)))
    table("size_t only_a, only_b; double exact, mid;", "golden_mcnemar", rows)


def fisher():
    rows = []
    for ka, na, kb, nb in [
        (0, 1, 0, 1),
        (3, 3, 0, 3),
        (1, 9, 11, 14),
        (8, 10, 2, 10),
        (412, 1000, 455, 1000),
        (0, 1000, 12, 1000),
        (1000, 1000, 1000, 1000),
        (7, 20, 130, 350),
        (90000, 100000, 90400, 100000),
        (950, 1000, 20, 1000),
    ]:
        p = float(scipy.stats.fisher_exact([[ka, na - ka], [kb, nb - kb]]).pvalue)
        if na + nb <= 2000:
            ways = [
                math.comb(na, i) * math.comb(nb, ka + kb - i) if 0 <= ka + kb - i <= nb else 0
                for i in range(na + 1)
            ]
            exact = float(Fraction(sum(w for w in ways if w <= ways[ka]), sum(ways)))
            assert math.isclose(exact, p, rel_tol=1e-8), (exact, p)
            p = exact
        rows.append((ka, na, kb, nb, p))
    table("size_t ka, na, kb, nb; double p;", "golden_fisher", rows)


def u_exact(a, b):
    """Two-sided p of U given the ties, over all ways to choose a from the pooled runs."""
    ranks = [int(2 * r) for r in scipy.stats.rankdata(a + b)]
    if len(ranks) <= 14:
        sums = Counter(sum(ranks[i] for i in w) for w in combinations(range(len(ranks)), len(a)))
    else:
        ways = [Counter() for _ in range(len(a) + 1)]
        ways[0][0] = 1
        for r in ranks:
            for k in range(len(a), 0, -1):
                for s, w in ways[k - 1].items():
                    ways[k][s + r] += w
        sums = ways[len(a)]
    total, at = sum(sums.values()), sum(ranks[: len(a)])
    low = sum(w for s, w in sums.items() if s <= at)
    high = sum(w for s, w in sums.items() if s >= at)
    return float(min(Fraction(1), Fraction(2 * min(low, high), total)))


def mann_whitney():
    rows = []
    for i, (na, nb, budget, fa, fb, scale) in enumerate(
        [
            (1, 1, 100, 0, 0, 1),
            (4, 5, 10**8, 0, 0, 1),
            (25, 25, 10**8, 0, 0, 0.5),
            (3, 40, 10**8, 0, 0, 1),
            (6, 8, 4, 0.2, 0.4, 1),
            (20, 30, 12, 0.3, 0.5, 1),
            (25, 26, 50, 0.2, 0.3, 0.6),
            (60, 90, 3000, 0.4, 0.5, 0.7),
            (100, 40, 5, 0.5, 0.5, 1),
            (40, 40, 7, 1, 1, 1),
        ]
    ):
        a, b = epochs(na, budget, fa, scale)[0], epochs(nb, budget, fb)[0]
        if na + nb > 50:
            all_tied = len(set(a + b)) == 1
            p = 1.0 if all_tied else scipy.stats.mannwhitneyu(a, b, method="asymptotic").pvalue
        else:
            p = u_exact(a, b)
            if len(set(a + b)) == na + nb:
                assert math.isclose(p, scipy.stats.mannwhitneyu(a, b, method="exact").pvalue, rel_tol=1e-9)
        array("uint32_t", f"golden_u_a{i}", a)
        array("uint32_t", f"golden_u_b{i}", b)
        rows.append((f"golden_u_a{i}", na, f"golden_u_b{i}", nb, float(p)))
    table("const uint32_t *a; size_t na; const uint32_t *b; size_t nb; double p;", "golden_u", rows)


def a12_interval():
    rows = []
    for i, (na, nb, budget, fa, fb, paired, level) in enumerate(
        [
            (20, 35, 10**6, 0, 0, 0, 0.95),
            (60, 60, 3000, 0.2, 0.4, 0, 0.9),
            (60, 60, 3000, 0.2, 0.4, 1, 0.95),
            (40, 40, 50, 1, 1, 1, 0.95),
            (12, 9, 50, 1, 0, 0, 0.95),
            (1, 1, 50, 0, 0, 0, 0.95),
            (20, 20, 0, 0, 0, 0, 0.95),
            (20, 20, 0, 0, 0, 1, 0.95),
        ]
    ):
        if budget > 0:
            a, b = epochs(na, budget, fa)[0], epochs(nb, budget, fb)[0]
        else:  # all pairs but two are wins
            a, b = [24] + list(range(2, na + 1)), list(range(22, 22 + nb))
        if paired and budget > 0:  # the same luck for both
            b = [max(x, y) if draw.random() < 0.5 else x for x, y in zip(a, b)]
        wins = [[1.0 if x < y else 0.5 if x == y else 0.0 for y in b] for x in a]
        theta, m = float(np.mean(wins)), min(na, nb)
        of_a, of_b = np.mean(wins, 1), np.mean(wins, 0)
        if na == 1 or nb == 1:
            variance = 0.0
        elif paired:
            variance = np.var(of_a + of_b, ddof=1) / na
        else:
            variance = np.var(of_a, ddof=1) / na + np.var(of_b, ddof=1) / nb
        spread = theta * (1 - theta)
        n = max(spread / max(variance, 1 / m**2), m / 2 if paired else m) if spread > 0 else m
        low, high = proportion_confint(theta * n, n, 1 - level, "wilson")
        array("uint32_t", f"golden_a12i_a{i}", a)
        array("uint32_t", f"golden_a12i_b{i}", b)
        rows.append((f"golden_a12i_a{i}", na, f"golden_a12i_b{i}", nb, paired, level, theta, float(low), float(high)))
    table(
        "const uint32_t *a; size_t na; const uint32_t *b; size_t nb; int paired; double level, a12, low, high;",
        "golden_a12_interval",
        rows,
    )


def resamples(seed, sizes, rounds):
    """The places that il_bootstrap draws, from Philox4x32-10 in Python's integers."""

    def block(n):
        x, key = [n & 0xFFFFFFFF, n >> 32, 1, 6], [seed & 0xFFFFFFFF, seed >> 32]
        for _ in range(10):
            p0, p1 = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
            x = [(p1 >> 32) ^ x[1] ^ key[0], p1 & 0xFFFFFFFF, (p0 >> 32) ^ x[3] ^ key[1], p0 & 0xFFFFFFFF]
            key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
        return x

    at, out = 0, []
    for _ in range(rounds):
        places = []
        for n in sizes:
            words = []
            while len(words) < n:
                words += block(at)
                at += 1
            places.append([(w * n) >> 32 for w in words[:n]])
        out.append(places)
    return out


def bootstrap():
    """Three statistics: the mean of one sample, a paired ratio of means, a difference of two medians."""

    def mean(x, axis=-1):
        return np.mean(x, axis)

    def ratio(x, y, axis=-1):
        return np.sum(x, axis) / np.sum(y, axis)

    def gap(x, y, axis=-1):
        def median(v):  # the lower one, as the test's
            return np.sort(v, axis).take((v.shape[axis] - 1) // 2, axis)
        return median(x) - median(y)

    rows, rounds = [], 400
    a, b = epochs(30, 3000, 0.2)[0], epochs(30, 3000, 0.3)[0]
    far = epochs(23, 2000, 0.1)[0]
    array("uint32_t", "golden_boot_a", a)
    array("uint32_t", "golden_boot_b", b)
    array("uint32_t", "golden_boot_far", far)
    x, y, z = (np.array(v, dtype=float) for v in (a, b, far))
    for kind, sizes, seed, level in [(0, [30], 5, 0.95), (1, [30], 2**40 + 3, 0.9), (2, [30, 23], 7, 0.95)]:
        places = resamples(seed, sizes, rounds)
        if kind == 0:
            value = np.array([mean(x[p[0]]) for p in places])
            data, statistic = (x,), mean
        elif kind == 1:
            value = np.array([ratio(x[p[0]], y[p[0]]) for p in places])
            pair = np.arange(30)

            def paired(i, axis=-1):
                return ratio(x[i], y[i], axis)

            data, statistic = (pair,), paired
        else:
            value = np.array([gap(x[p[0]], z[p[1]]) for p in places])
            data, statistic = (x, z), gap
        alpha = (1 - level) / 2
        percentile = np.percentile(value, [100 * alpha, 100 * (1 - alpha)])
        low, high, _ = _bca_interval(data, statistic, -1, alpha, value, None, np)
        bca = np.percentile(value, [100 * float(np.squeeze(low)), 100 * float(np.squeeze(high))])
        rows.append((kind, seed, level, *map(float, percentile), *map(float, bca)))
    lines.append(f"#define GOLDEN_BOOT_ROUNDS {rounds}")
    table(
        "int statistic; uint64_t seed; double level, percentile_low, percentile_high, bca_low, bca_high;",
        "golden_boot",
        rows,
    )


def sprt():
    """Wald's test of pairs, term by term."""
    rows = []
    for i, (n, pa, pb, p0, p1, alpha, beta) in enumerate(
        [
            (200, 0.5, 1.0, 0.5, 0.6, 0.05, 0.1),
            (200, 1.0, 0.5, 0.5, 0.6, 0.001, 0.1),
            (200, 1.0, 1.0, 0.5, 0.75, 0.01, 0.01),
            (3, 0.5, 1.0, 0.5, 0.6, 0.05, 0.1),
            (0, 1, 1, 0.5, 0.6, 0.05, 0.1),
        ]
    ):
        a, b = epochs(n, 12, 0, pa)[0], epochs(n, 12, 0, pb)[0]
        total, used, decision = 0.0, n, 0
        for k, (x, y) in enumerate(zip(a, b)):
            if x != y:
                total += math.log(p1 / p0) if x < y else math.log((1 - p1) / (1 - p0))
            if total >= math.log((1 - beta) / alpha) or total <= math.log(beta / (1 - alpha)):
                used, decision = k + 1, 2 if total > 0 else 1
                break
        array("uint32_t", f"golden_sprt_a{i}", a or [0])
        array("uint32_t", f"golden_sprt_b{i}", b or [0])
        rows.append((f"golden_sprt_a{i}", f"golden_sprt_b{i}", n, p0, p1, alpha, beta, decision, used))
    table(
        "const uint32_t *a, *b; size_t n; double p0, p1, alpha, beta; int decision; size_t used;",
        "golden_sprt",
        rows,
    )


def share_intervals():
    """Clopper and Pearson's from quantiles of the beta distribution; Wald's from the mixture's equation, by Brent."""
    rows = []
    for k, n, level in [(0, 1, 0.95), (1, 1, 0.95), (0, 300, 0.9999), (3, 1000, 0.9999), (182, 1000, 0.9998), (17, 30, 0.99), (999, 1000, 0.999), (400000, 1000000, 0.9999)]:
        tail = (1 - level) / 2
        low = scipy.stats.beta.ppf(tail, k, n - k + 1) if k else 0.0
        high = scipy.stats.beta.isf(tail, k + 1, n - k) if k < n else 1.0

        def excess(p):
            return math.log(n + 1) + scipy.stats.binom.logpmf(k, n, p) - math.log(1 - level)

        first = scipy.optimize.brentq(excess, 1e-300, k / n, xtol=1e-16) if k else 0.0
        last = scipy.optimize.brentq(excess, k / n, 1 - 1e-16, xtol=1e-16) if k < n else 1.0
        rows.append((k, n, level, float(low), float(high), float(first), float(last)))
    table("size_t k, n; double level, low, high, first, last;", "golden_share", rows)


def sample_sizes():
    rows = []
    for a, b, level, power in [(0.5, 0.6, 0.95, 0.8), (0.1, 0.02, 0.999, 0.9), (0.563, 0.562, 0.95, 0.8), (0, 1, 0.95, 0.8)]:
        n = samplesize_proportions_2indep_onetail(a - b, b, power, 1, (1 - level) / 2, alternative="larger")
        rows.append((a, b, level, power, max(1, math.ceil(n))))
    table("double a, b, level, power; size_t n;", "golden_runs_success", rows)
    rows = []
    for difference, sd, level, power in [(10.0, 300.0, 0.95, 0.8), (-1.0, 300.0, 0.999, 0.99), (5.0, 0.0, 0.95, 0.8)]:
        n = normal_sample_size_one_tail(difference, power, (1 - level) / 2, std_null=sd, std_alternative=sd)
        rows.append((difference, sd, level, power, max(1, math.ceil(n))))
    table("double difference, sd, level, power; size_t n;", "golden_runs_difference", rows)
    rows = []
    for p, level, power in [(0.6, 0.95, 0.8), (0.5001, 0.999, 0.9), (0.2, 0.95, 0.9), (1.0, 0.95, 0.8)]:
        z = scipy.stats.norm.ppf((1 + level) / 2) + scipy.stats.norm.ppf(power)
        rows.append((p, level, power, max(1, math.ceil(z**2 / (12 * 0.25 * (p - 0.5) ** 2) / 2))))
    table("double a12, level, power; size_t n;", "golden_runs_a12", rows)


def survival_curve():
    T, converged = epochs(80, 40, 0.3)
    curve = lifelines.KaplanMeierFitter().fit(T, converged).survival_function_
    array("uint32_t", "golden_curve_T", T)
    array("unsigned char", "golden_curve_converged", converged)
    at = [t for t in curve.index if t > 0 and any(x == t and d for x, d in zip(T, converged))]
    table(
        "uint32_t epoch; double share;",
        "golden_curve",
        [(int(t), float(1 - curve.loc[t].iloc[0])) for t in at],
    )


def quantile_intervals():
    T, converged = epochs(400, 3000, 0.3)
    array("uint32_t", "golden_interval_T", T)
    array("unsigned char", "golden_interval_converged", converged)
    rows = []
    for n, q, level in [
        (1, 0.5, 0.95),
        (5, 0.5, 0.95),
        (6, 0.5, 0.95),
        (80, 0.25, 0.95),
        (80, 0.5, 0.99),
        (80, 0.75, 0.9),
        (400, 0.5, 0.95),
        (400, 0.66, 0.95),
        (400, 0.001, 0.95),
    ]:
        reached = [t if d else np.inf for t, d in zip(T[:n], converged[:n])]
        ci = scipy.stats.quantile_test(reached, q=0, p=q).confidence_interval(level)
        low = 0.0 if np.isnan(ci.low) else float(ci.low)
        high = float("inf") if np.isnan(ci.high) else float(ci.high)
        rows.append((n, q, level, low, high))
    table("size_t n; double q, level, low, high;", "golden_interval", rows)


def log_rank():
    rows = []
    for i, (na, nb, budget, fa, fb, scale) in enumerate(
        [(1, 1, 9, 0, 0, 1), (30, 40, 3000, 0.2, 0.4, 1), (50, 20, 12, 0.1, 0.1, 0.5), (80, 90, 200, 0.5, 0.9, 1), (5, 5, 9, 1, 1, 1)]
    ):
        a, da = epochs(na, budget, fa, scale)
        b, db = epochs(nb, budget, fb)
        p = 1.0 if not any(da + db) else float(logrank_test(a, b, da, db).p_value)
        for side, T, d in (("a", a, da), ("b", b, db)):
            array("uint32_t", f"golden_rank_{side}{i}", T)
            array("unsigned char", f"golden_rank_d{side}{i}", d)
        rows.append((f"golden_rank_a{i}", f"golden_rank_da{i}", na, f"golden_rank_b{i}", f"golden_rank_db{i}", nb, p))
    table(
        "const uint32_t *a; const unsigned char *da; size_t na; const uint32_t *b; const unsigned char *db; size_t nb; double p;",
        "golden_log_rank",
        rows,
    )


write(
    __file__,
    (mcnemar, fisher, mann_whitney, a12_interval, bootstrap, sprt, share_intervals, sample_sizes, survival_curve, quantile_intervals, log_rank),
)
