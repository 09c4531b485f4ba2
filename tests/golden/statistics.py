"""Writes statistics.h: reference values for tests/test_statistics.c.

    pip install mpmath numpy scipy statsmodels
    python3 statistics.py

Sources: mpmath (normal quantile, Wilson's closed form), NumPy (quantiles, standard error), SciPy
(Clopper and Pearson, Mann-Whitney U), statsmodels (Wilson, Holm). The exact permutation p-values come from the whole
null distribution, counted in Python's integers, and are checked against SciPy's enumeration.
"""

import random
from collections import Counter
from fractions import Fraction

import mpmath
import numpy as np
import scipy.stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from tables import array, lines, table, write

mpmath.mp.dps = 60
draw = random.Random(20240607)


def normal_quantile(p):
    """Bisection on the exact double p in 60 digits, from the side without cancellation."""
    p = mpmath.mpf(p)
    if p > 0.5:
        return -normal_quantile(1 - p)
    low, high = mpmath.mpf(-40), mpmath.mpf(0)
    for _ in range(220):
        middle = (low + high) / 2
        if mpmath.erfc(-middle / mpmath.sqrt(2)) / 2 < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def normal_quantiles():
    p = [
        5e-324,
        1e-320,
        2.3e-308,
        1e-300,
        1e-100,
        1e-20,
        1e-9,
        1e-5,
        0.0005,
        0.005,
        0.01,
        0.025,
        0.05,
    ]
    p += [0.1, 0.2, 0.25, np.nextafter(0.25, 1).item(), 0.3, 0.4, 0.49, 0.5 - 1e-6, 0.5 - 2**-52]
    p += [
        0.5 + 2**-52,
        0.5 + 1e-12,
        0.6,
        0.75,
        0.8,
        0.9,
        0.975,
        0.995,
        0.9999,
        1 - 1e-10,
        1 - 2**-53,
    ]
    rows = [(x, float(normal_quantile(x))) for x in p]
    for x, z in rows:
        assert abs(scipy.stats.norm.ppf(x) - z) <= 1e-12 * abs(z) or x < 1e-300
    table("double p, z;", "golden_normal", rows)


def wilson():
    rows = []
    for k, n, level in [
        (0, 1, 0.95),
        (1, 1, 0.95),
        (0, 1000, 0.95),
        (1, 1000, 0.95),
        (412, 1000, 0.95),
        (500, 1000, 0.99),
        (999, 1000, 0.95),
        (1000, 1000, 0.95),
        (3, 7, 0.9),
        (1, 1000000, 0.999),
        (562500, 1000000, 0.95),
    ]:
        z = -normal_quantile((1 - mpmath.mpf(level)) / 2)
        p = mpmath.mpf(k) / n
        half = z * mpmath.sqrt(p * (1 - p) / n + z**2 / (4 * mpmath.mpf(n) ** 2))
        low, high = [float((p + z**2 / (2 * n) + s * half) / (1 + z**2 / n)) for s in (-1, 1)]
        low, high = (0.0 if k == 0 else low), (1.0 if k == n else high)
        assert np.allclose((low, high), proportion_confint(k, n, 1 - level, "wilson"), 1e-9, 1e-15)
        rows.append((k, n, level, low, high))
    table("size_t k, n; double level, low, high;", "golden_wilson", rows)


def epochs(n, budget, fail):
    return [budget if draw.random() < fail else draw.randrange(1, budget) for _ in range(n)]


def clopper_pearson():
    rows = []
    for k, n, level in [
        (0, 1, 0.95),
        (0, 50, 0.9995),
        (1, 50, 0.95),
        (25, 50, 0.95),
        (50, 50, 0.99),
        (3, 7, 0.9),
        (412, 1000, 0.95),
        (2400, 5000, 0.982),
        (4999, 5000, 0.975),
        (1, 100000, 0.975),
        (56250, 100000, 0.999),
    ]:
        ci = scipy.stats.binomtest(k, n).proportion_ci(level, "exact")
        rows.append((k, n, level, float(ci.low), float(ci.high)))
    table("size_t k, n; double level, low, high;", "golden_clopper_pearson", rows)


def rmst():
    rows = []
    for i, (n, budget, fail, level) in enumerate(
        [(2, 100, 0, 0.95), (25, 3000, 0.4, 0.95), (60, 10**8, 0.5, 0.99)]
    ):
        T = epochs(n, budget, fail)
        array("uint32_t", f"golden_rmst_{i}", T)
        half = -float(normal_quantile((1 - mpmath.mpf(level)) / 2)) * float(scipy.stats.sem(T))
        mean = float(np.mean(T))
        rows.append(
            (
                f"golden_rmst_{i}",
                n,
                budget,
                level,
                mean,
                max(mean - half, 0.0),
                min(mean + half, float(budget)),
            )
        )
    table(
        "const uint32_t *T; size_t n; uint32_t budget; double level, mean, low, high;",
        "golden_rmst",
        rows,
    )


def quantiles():
    budget, T = 300, epochs(40, 300, 0.35)
    T[:3] = [7, 7, 7]
    reached = [t if t < budget else np.inf for t in T]
    array("uint32_t", "golden_epoch", T)
    rows = []
    for q in (0.01, 0.075, 0.1, 0.25, 0.3, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.9):
        value = float(np.quantile(reached, q, method="inverted_cdf"))
        rows.append((q, value if np.isfinite(value) else float("nan")))
    lines.append(f"#define GOLDEN_EPOCH_BUDGET {budget}")
    table("double q, epoch;", "golden_quantile", rows)


def a12():
    """Two arms that tie heavily at the budget; Mann-Whitney's U of (b, a) counts the pairs b > a."""
    rows = []
    for i, (na, nb, budget, fa, fb) in enumerate(
        [
            (1, 1, 10, 0, 0),
            (30, 45, 20, 0.5, 0.7),
            (50, 50, 3000, 0.2, 0.9),
            (12, 40, 10**8, 0, 0),
            (20, 20, 5, 1, 1),
        ]
    ):
        a, b = epochs(na, budget, fa), epochs(nb, budget, fb)
        array("uint32_t", f"golden_a12_a{i}", a)
        array("uint32_t", f"golden_a12_b{i}", b)
        u = scipy.stats.mannwhitneyu(b, a).statistic
        rows.append(
            (f"golden_a12_a{i}", na, f"golden_a12_b{i}", nb, float(Fraction(u) / (na * nb)))
        )
    table(
        "const uint32_t *a; size_t na; const uint32_t *b; size_t nb; double a12;",
        "golden_a12",
        rows,
    )


def exact_p(a, b):
    """The share of all 2^n sign patterns whose |sum| is at least the observed one."""
    sums = Counter({0: 1})
    for d in (x - y for x, y in zip(a, b)):
        longer = Counter()
        for s, ways in sums.items():
            longer[s + d] += ways
            longer[s - d] += ways
        sums = longer
    observed = abs(sum(a) - sum(b))
    return Fraction(sum(w for s, w in sums.items() if abs(s) >= observed), 2 ** len(a))


def permutation():
    cases = []
    for n, budget, fa, fb in [
        (6, 50, 0, 0),
        (10, 8, 0.4, 0.6),
        (12, 3000, 0.2, 0.5),
        (11, 10**8, 0.3, 0.3),
    ]:
        cases.append((epochs(n, budget, fa), epochs(n, budget, fb)))
    cases.append(
        (
            [2**32 - 1, 0, 2**32 - 2, 5, 2**32 - 1, 9, 0, 2**31, 12],
            [0, 2**32 - 1, 1, 2**32 - 1, 4, 2**31, 77, 0, 2**32 - 1],
        )
    )
    # A thousand pairs: the differences stay small, so that their whole distribution can be counted.
    cases.append((epochs(1000, 40, 0.30), epochs(1000, 40, 0.33)))
    cases.append((epochs(700, 20, 0.5), epochs(700, 20, 0.57)))
    rows = []
    for i, (a, b) in enumerate(cases):
        p = exact_p(a, b)
        if len(a) <= 12:
            d = np.array(a, dtype=np.int64) - np.array(b, dtype=np.int64)
            check = scipy.stats.permutation_test(
                (d,),
                lambda x, axis: abs(x.sum(axis)),
                vectorized=True,
                permutation_type="samples",
                n_resamples=np.inf,
                alternative="greater",
            )
            assert abs(check.pvalue - p) < 1e-12
        array("uint32_t", f"golden_pairs_a{i}", a)
        array("uint32_t", f"golden_pairs_b{i}", b)
        rows.append((f"golden_pairs_a{i}", f"golden_pairs_b{i}", len(a), float(p)))
    table("const uint32_t *a, *b; size_t n; double p;", "golden_permutation", rows)


def holm():
    nan = float("nan")
    rows = []
    for i, p in enumerate(
        [
            [0.04],
            [0.01, 0.04, 0.03, 0.005],
            [0.02, nan, 0.02, 0.9, nan, 0.0, 0.02],
            [1.0, 0.6, 0.5, 1e-4, 1e-4, 1e-4, 0.0123, nan],
            [nan, nan],
        ]
    ):
        tested = [x for x in p if not np.isnan(x)]
        adjusted = iter(multipletests(tested, method="holm")[1].tolist() if tested else [])
        array("double", f"golden_holm_p{i}", p)
        array(
            "double", f"golden_holm_adjusted{i}", [x if np.isnan(x) else next(adjusted) for x in p]
        )
        rows.append((f"golden_holm_p{i}", f"golden_holm_adjusted{i}", len(p)))
    table("const double *p, *adjusted; size_t n;", "golden_holm", rows)


write(__file__, (normal_quantiles, wilson, clopper_pearson, rmst, quantiles, a12, permutation, holm))
