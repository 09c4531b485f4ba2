"""Writes medians.h: reference values for tests/test_claim_medians.c.

    pip install numpy scipy
    python3 medians.py

Intervals for contrasts of medians and distances from a bound, by going through all pairs of counts, those of a bound also
through fractions of a run.
"""

import random

import numpy as np
import scipy.stats

from tables import array, table, write

draw = random.Random(20261127)


def halves(x):
    """Whether each run is in the lower half, by the cut that comes nearest to halves, the later of two."""
    cuts = [c for c in [0, *sorted(set(x))] if c <= sorted(x)[(len(x) - 1) // 2]]
    return x <= min(reversed(cuts), key=lambda c: abs((x <= c).sum() - len(x) / 2))


def correlation(a, b):
    u, v = halves(a), halves(b)
    return 0.0 if u.all() or v.all() or not (u.any() and v.any()) else np.corrcoef(u, v)[0, 1] * len(a) / (len(a) + 4)


def order(x, k):
    return np.concatenate([[0], np.sort(x), [np.inf]])[k]


def ellipse(dx, dy, rho):
    return (dx * dx - 2 * rho * dx * dy + dy * dy) / (1 - rho * rho)


def interval(a, b, level, contrast):
    n, rho = len(a), correlation(a, b)
    counts = np.arange(n + 1)
    kept = counts[np.minimum(scipy.stats.binom.cdf(counts, n, 0.5), scipy.stats.binom.sf(counts - 1, n, 0.5)) >= (1 - level) / 2]
    radius = scipy.stats.t.ppf((1 + level) / 2, n - 1) * np.sqrt(n) / 2
    middle, low, high = n / 2, [], []
    for x in kept:
        for y in kept:
            if ellipse(x - middle, y - middle, rho) <= radius**2:
                low.append((x, y))
                high.append((x, y))
    for own, to in [(kept[0], low), (kept[-1], high)]:  # a's end, and b where it is likeliest, towards the outside
        other = middle + rho * (own - middle)
        to.append((own, np.floor(other) if to is low else np.ceil(other)))
    for own, to in [(kept[-1], low), (kept[0], high)]:
        other = middle + rho * (own - middle)
        to.append((np.floor(other) if to is low else np.ceil(other), own))
    return (
        min(contrast(order(a, int(x)), order(b, int(y) + 1)) for x, y in low),
        max(contrast(order(a, int(x) + 1), order(b, int(y))) for x, y in high),
    )


def distance(a, b, bound, contrast):
    """Of a bound below the contrast: the nearest is where one of the counts is whole."""
    n, rho = len(a), correlation(a, b)
    whole, fine = np.arange(n + 1), np.arange(1000 * n + 1) / 1000
    nearest = np.inf
    for x, y in [(x, fine) for x in whole] + [(fine, y) for y in whole]:
        with np.errstate(invalid="ignore"):
            crosses = contrast(order(a, np.ceil(x).astype(int)), order(b, np.floor(y).astype(int) + 1)) < bound
        nearest = min(nearest, ellipse(x - n / 2, y - n / 2, rho)[crosses].min(initial=np.inf))
    return np.sqrt(nearest) * 2 / np.sqrt(n)


def difference(a, b):
    return a - b


def ratio(a, b):
    with np.errstate(divide="ignore"):
        return np.divide(a, b)


def runs(n, dependence, budget):
    """Ever later runs, which stop at a budget; those of b depend on those of a, or not."""
    u = [draw.random() for _ in range(n)]
    v = [
        (x if dependence > 0 else 1 - x) if draw.random() < abs(dependence) else draw.random()
        for x in u
    ]
    a = [min(budget, 20 + int(300 * x * x / (1 - x * x))) for x in u]
    b = [min(budget, 10 + int(150 * x / (1 - x))) for x in v]
    return a, b


def medians():
    rows = []
    cases = [
        (12, 0, 0.95, 500),
        (25, 0.8, 0.95, 500),
        (40, -0.8, 0.99, 500),
        (60, 0.5, 0.9999, 500),
        (100, 0, 0.999, 500),
        (80, -0.8, 0.99, 80),
    ]
    for i, (n, dependence, level, budget) in enumerate(cases):
        a, b = runs(n, dependence, budget)
        array("double", f"golden_median_a{i}", a)
        array("double", f"golden_median_b{i}", b)
        x, y = np.array(a, float), np.array(b, float)
        ends = interval(x, y, level, difference) + interval(x, y, level, ratio)
        k = (n + 1) // 2
        bound, ratio_bound = order(x, k) - order(y, k) - 80, 0.5 * order(x, k) / order(y, k)
        away = distance(x, y, bound, difference), distance(x, y, ratio_bound, ratio)
        rows.append(
            (f"golden_median_a{i}", f"golden_median_b{i}", n, level, float(correlation(x, y)))
            + tuple(map(float, ends + (bound, ratio_bound) + away))
        )
    table(
        "const double *a, *b; size_t n; double level, rho, low, high, ratio_low, ratio_high, bound, ratio_bound, "
        "distance, ratio_distance;",
        "golden_median",
        rows,
    )


write(__file__, (medians,))
