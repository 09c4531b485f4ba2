"""Prints the polynomials of src/base/elementary.h, elementary.c and normal.h: minimax by Remez exchange
in 60 digits.

    pip install mpmath
    python3 elementary_minimax.py

For each polynomial: its name, the largest error that it causes in the function (relative, without
rounding of the arithmetic), and its coefficients, lowest order first. They are rounded one after the
other, lowest order first, and the rest is fitted again each time; or all together, where the rest, which
vanishes at 0 inside the range, has no such fit.
"""

import struct
from functools import lru_cache

from mpmath import atanh, cos, erfc, exp, log, lu_solve, matrix, mp, mpf, pi, sin, sqrt, tanh

mp.dps = 60


def to_float(x):
    return mpf(struct.unpack("f", struct.pack("f", float(x)))[0])


def to_double(x):
    return mpf(float(x))


def error_extrema(residual, lo, hi, n):
    """Points of alternating sign and locally largest |residual|, one for each sign run."""
    grid = 40 * n
    points = [(lo + hi) / 2 - (hi - lo) / 2 * mp.cos(pi * (i + mpf(1) / 2) / grid) for i in range(grid)]
    points[0], points[-1] = lo, hi
    runs = []
    for x in points:
        e = residual(x)
        if e == 0:
            continue
        if runs and (runs[-1][1] > 0) == (e > 0):
            if abs(e) > abs(runs[-1][1]):
                runs[-1] = (x, e)
        else:
            runs.append((x, e))
    while len(runs) > n:
        runs.pop(0 if abs(runs[0][1]) < abs(runs[-1][1]) else -1)
    return [x for x, _ in runs]


def remez(f, weight, first, last, lo, hi):
    """c[first..last] that minimise max |weight(x) (f(x) - sum c_i x^i)| on [lo, hi]."""
    n = last - first + 2
    x = [(lo + hi) / 2 - (hi - lo) / 2 * mp.cos(pi * (j + mpf("0.51")) / n) for j in range(n)]
    for _ in range(12):
        # Rows are multiplied by the weight, which may vanish.
        A, b = matrix(n, n), matrix(n, 1)
        for j in range(n):
            for i in range(first, last + 1):
                A[j, i - first] = weight(x[j]) * x[j] ** i
            A[j, n - 1] = (-1) ** j
            b[j] = weight(x[j]) * f(x[j])
        c = lu_solve(A, b)
        residual = lambda t: weight(t) * (f(t) - sum(c[i - first] * t**i for i in range(first, last + 1)))
        found = error_extrema(residual, lo, hi, n)
        if len(found) < n or max(abs(a - b) for a, b in zip(found, x)) < (hi - lo) * mpf(10) ** -6:
            break
        x = found
    return [c[i] for i in range(n - 1)]


def fit(name, f, weight, degree, lo, hi, rounding, together=False):
    lo, hi = mpf(lo), mpf(hi)
    fixed = [rounding(c) for c in remez(f, weight, 0, degree, lo, hi)] if together else []
    for k in range(len(fixed), degree + 1):
        rest = lambda x: f(x) - sum(c * x**i for i, c in enumerate(fixed))
        fixed.append(rounding(remez(rest, weight, k, degree, lo, hi)[0]))
    grid = [lo + (hi - lo) * i / 2000 for i in range(2001)]
    worst = max(abs(weight(x) * (f(x) - sum(c * x**i for i, c in enumerate(fixed)))) for x in grid if x)
    text = ", ".join(float(c).hex() for c in fixed)
    print(f"{name}: 2^{float(log(worst, 2)):.1f}\n    {text}")


TINY = mpf(10) ** -12


def q_exp(r):
    return (exp(r) - 1 - r) / r**2 if abs(r) > TINY else mpf(1) / 2 + r / 6


def p_atanh(z):
    """2 atanh(s) = 2 s + s z p(z), z = s^2."""
    s = sqrt(z)
    return (2 * atanh(s) / s - 2) / z if z > TINY else mpf(2) / 3 + 2 * z / 5


def p_tanh(z):
    x = sqrt(z)
    return (tanh(x) / x - 1) / z if z > TINY else -mpf(1) / 3 + 2 * z / 15


def p_sin(z):
    x = sqrt(z)
    return (sin(x) / x - 1) / z if z > TINY else -mpf(1) / 6 + z / 120


def q_cos(z):
    return (cos(sqrt(z)) - 1 + z / 2) / z**2 if z > TINY else mpf(1) / 24 - z / 720


def turn_sin(z):
    """sin(pi g / 2) = g p(z), z = g^2."""
    g = sqrt(z)
    return sin(pi * g / 2) / g if z > TINY else pi / 2 - z * (pi / 2) ** 3 / 6


def turn_cos(z):
    """cos(pi g / 2) = 1 + z q(z)."""
    return (cos(pi * sqrt(z) / 2) - 1) / z if z > TINY else -(pi**2) / 8 + z * (pi / 2) ** 4 / 24


def of_log(z):
    return z * sqrt(z) / (2 * atanh(sqrt(z))) if z > TINY else z / 2


def turn_sin_rest(z):
    """What remains of turn_sin when pi/2, rounded to float, is taken from it."""
    return turn_sin(z) - to_float(pi / 2)


def of_tanh(z):
    return z * sqrt(z) / tanh(sqrt(z)) if z else z


def normal_ratio(K):
    """(a + 3/4) P(Z > a)/exp(-a^2/2) for a normal Z, by q = (a - K)/(a + K)."""

    @lru_cache(maxsize=None)
    def ratio(q):
        a = K * (1 + q) / (1 - q)
        return (a + mpf("0.75")) * erfc(a / sqrt(mpf(2))) * exp(a * a / 2) / 2

    return ratio


def main():
    reduced = mpf("0.3467")  # half of ln 2, and a little for the rounding of the reduction
    s2 = ((3 - 2 * sqrt(mpf(2))) * mpf("1.001")) ** 2  # s = f / (2 + f) at f = sqrt(2) - 1
    small = mpf("0.56") ** 2
    quarter = mpf("0.2501")
    eighth = (pi / 4) ** 2 * mpf("1.0001")
    of_exp = lambda r: r**2 / exp(r)

    fit("il_expm1_reducedf q", q_exp, of_exp, 4, -reduced, reduced, to_float)
    fit("il_log_reducedf R/z", p_atanh, of_log, 2, 0, s2, to_float)
    fit("il_log1p_unitf R/z", p_atanh, of_log, 3, 0, mpf(1) / 9, to_float)
    fit("il_tanhf P", p_tanh, of_tanh, 4, 0, small, to_float)
    fit("il_sincos_turnf P", turn_sin_rest, lambda z: 1 / turn_sin(z), 3, 0, quarter, to_float)
    fit("il_sincos_turnf Q", turn_cos, lambda z: z / cos(pi * sqrt(z) / 2), 3, 0, quarter, to_float)
    fit("il_expm1_reduced q", q_exp, of_exp, 9, -reduced, reduced, to_double)
    fit("il_log_reduced R/z", p_atanh, of_log, 6, 0, s2, to_double)
    fit("il_tanh P", p_tanh, of_tanh, 10, 0, small, to_double)
    fit("kernel_sin P", p_sin, lambda z: z * sqrt(z) / sin(sqrt(z)) if z else z, 5, 0, eighth, to_double)
    fit("kernel_cos Q", q_cos, lambda z: z * z / cos(sqrt(z)), 5, 0, eighth, to_double)

    ratio, last = normal_ratio(mpf("4.5")), mpf("35.5") / mpf("44.5")  # a = 40
    fit("il_normal_ratio P", ratio, lambda q: 1 / ratio(q), 22, -1, last, to_double, together=True)


if __name__ == "__main__":
    main()
