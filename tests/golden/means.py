"""Writes means.h: reference values for tests/test_claim.c.

    pip install numpy scipy
    python3 means.py

The ends of an interval for a mean, or a ratio of paired means, are where both the t-statistic of the data themselves and
Hall's transformation of it, J. R. Stat. Soc. B 54 (1992) 221, have reached the quantile of SciPy's t: found by Brent's
method.
"""

import random

import numpy as np
import scipy.optimize
import scipy.stats

from tables import array, table, write

draw = random.Random(20261126)


def statistics(d):
    n, s2 = len(d), np.mean((d - d.mean()) ** 2)
    t = d.mean() / (np.std(d, ddof=1) / np.sqrt(n))
    g = np.mean((d - d.mean()) ** 3) / s2**1.5 / np.sqrt(n)
    return t, t + g * t**2 / 3 + g**2 * t**3 / 27 + g / 6


def ends(of, centre, step, level, n):
    q = scipy.stats.t.ppf((1 + level) / 2, n - 1)
    low, high = centre, centre
    while min(statistics(of(low))) < q:
        low -= step
    while max(statistics(of(high))) > -q:
        high += step
    find = scipy.optimize.brentq
    return (
        find(lambda r: min(statistics(of(r))) - q, low, low + step, xtol=1e-13),
        find(lambda r: max(statistics(of(r))) + q, high - step, high, xtol=1e-13),
    )


def means():
    rows = []
    for i, (n, level) in enumerate([(12, 0.95), (40, 0.9999), (100, 0.999)]):
        a = [round(draw.expovariate(0.01)) if draw.random() < 0.4 else 900 for _ in range(n)]
        b = [round(x * 0.5 + draw.expovariate(0.004)) + 1 for x in a]
        array("double", f"golden_mean_a{i}", a)
        array("double", f"golden_mean_b{i}", b)
        x, y = np.array(a, float), np.array(b, float)
        of_mean = ends(lambda m: x - m, x.mean(), 5, level, n)
        of_ratio = ends(lambda r: x - r * y, x.mean() / y.mean(), 0.02, level, n)
        rows.append((f"golden_mean_a{i}", f"golden_mean_b{i}", n, level, *map(float, of_mean + of_ratio)))
    table(
        "const double *a, *b; size_t n; double level, low, high, ratio_low, ratio_high;", "golden_mean", rows
    )


write(__file__, (means,))
