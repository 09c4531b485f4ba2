"""Writes elementary.h: reference values for tests/test_elementary.c.

    pip install mpmath
    python3 elementary.py

Each value is computed in 1400 bits and stored as the unevaluated sum of two doubles. The points are
spread over each function's range, and stand at the places where an implementation changes its
formula. For sine and cosine they include, for every binary exponent, the double nearest to a multiple
of pi/2, found with the continued fraction of 2^E 2/pi.
"""

import math
import random
from fractions import Fraction
from pathlib import Path

from mpmath import mp, mpf

mp.prec = 1400
TINY = 2.0**-1074
LARGEST = math.ldexp(1 - 2.0**-53, 1024)


def neighbours(x, steps=2):
    out = [x]
    for direction in (-math.inf, math.inf):
        y = x
        for _ in range(steps):
            y = math.nextafter(y, direction)
            out.append(y)
    return out


def around(points):
    return [y for x in points for y in neighbours(float(x))]


def nearest_double(x):
    """The double nearest to an mpf, subnormals included."""
    if abs(x) >= mpf(2) ** -1022:
        return float(x)
    return math.ldexp(int(mp.nint(x * mpf(2) ** 1074)), -1074)


def near_half_pi(exponent):
    """x = M 2^exponent, M < 2^53, with the smallest distance of x 2/pi from an integer."""
    target = Fraction(int(mp.floor(mp.ldexp(2 / mp.pi, 1300))), 2**1300) * Fraction(2) ** exponent
    a, b = target.numerator, target.denominator
    before, M = 1, 0  # denominators of successive convergents
    while b:
        digit = a // b
        if digit * M + before >= 2**53:
            break
        before, M = M, digit * M + before
        a, b = b, a - digit * b
    return math.ldexp(M, exponent)


def spread(rng, n, low, high):
    return [rng.uniform(low, high) for _ in range(n)]


def magnitudes(rng, n, low, high):
    return [math.ldexp(rng.uniform(1, 2), rng.randrange(low, high)) for _ in range(n)]


def signed(points):
    return [s * x for x in points for s in (1, -1)]


def points():
    rng = random.Random(2024)
    ln2 = mp.log(2)
    steps = around((k + 0.5) * ln2 for k in list(range(-8, 8)) + [-1075, -1023, -500, 500, 1022])
    exp = steps + around([1.0, -708.39, -745.13, 709.78]) + signed(magnitudes(rng, 60, -60, 9))
    exp += spread(rng, 60, -745, 709) + spread(rng, 60, -1, 1)

    log = around([mp.sqrt(2) * mpf(2) ** k for k in (-1060, -1022, -2, -1, 0, 1, 512)])
    log += [TINY, 3 * TINY, 2.0**-1022, LARGEST] + neighbours(1.0, 8) + spread(rng, 80, 0.5, 2)
    log += magnitudes(rng, 100, -1074, 1023)

    log1p = around([mp.sqrt(2) * mpf(2) ** k - 1 for k in (-50, -10, -1, 0, 1, 10, 60)])
    log1p += [math.nextafter(-1, 0), TINY, -TINY, LARGEST] + spread(rng, 80, -0.5, 1)
    log1p += signed(magnitudes(rng, 60, -70, -1)) + magnitudes(rng, 80, 0, 1023)

    tanh = signed(around([0.55, 19.06, 20]) + magnitudes(rng, 40, -60, 4) + [TINY])
    tanh += signed(spread(rng, 80, 0, 1)) + spread(rng, 40, -20, 20)

    sigmoid = steps[:80] + signed(around([37.0, 36.7])) + around([-708.39, -745.13])
    sigmoid += signed(magnitudes(rng, 40, -60, 9)) + spread(rng, 80, -40, 40) + spread(rng, 20, -745, 0)

    half_pi = mp.pi / 2
    turns = around(k * half_pi for k in list(range(1, 12)) + [1000, 4**8, 667543, 667544, 10**6])
    turns += around((k + 0.5) * half_pi for k in range(6)) + around([2.0**20, 2.0**54])
    turns += signed(magnitudes(rng, 60, -30, 1023)) + spread(rng, 60, -10, 10) + [LARGEST, TINY]
    hard = [near_half_pi(e) for e in range(-40, 971)]
    hard.sort(key=lambda x: abs(mpf(x) / half_pi - mp.nint(mpf(x) / half_pi)))
    turns += hard[:80]

    normal = signed(around([40.0, 38.6, 38.5, 37.6, 8.3, 5.5]) + magnitudes(rng, 40, -60, 5) + [TINY, 1e4])
    normal += signed(spread(rng, 60, 0, 1)) + spread(rng, 120, -38.6, 8.5)

    return [
        ("exp", mp.exp, exp),
        ("log", mp.log, log),
        ("log1p", lambda x: mp.log(1 + x), log1p),
        ("tanh", mp.tanh, tanh),
        ("sigmoid", lambda x: 1 / (1 + mp.exp(-x)), sigmoid),
        ("sin", mp.sin, turns),
        ("cos", mp.cos, turns),
        ("normal_cdf", mp.ncdf, normal),
    ]


def main():
    lines = [
        "/* Made by elementary.py: {x, high, low} with f(x) = high + low. */",
        "typedef struct golden_value {",
        "    double x, high, low;",
        "} golden_value;",
    ]
    for name, f, xs in points():
        lines += ["", f"static const golden_value golden_{name}[] = {{"]
        for x in sorted(set(xs)):
            exact = f(mpf(x))
            high = nearest_double(exact)
            low = nearest_double(exact - mpf(high))
            lines.append(f"    {{{x.hex()}, {high.hex()}, {low.hex()}}},")
        lines.append("};")
    Path(__file__).with_name("elementary.h").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
