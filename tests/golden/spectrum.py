"""Writes spectrum.h: the largest singular values of Jacobians for tests/test_spectrum.c.

    pip install numpy scipy
    python3 spectrum.py

Pennington, Schoenholz & Ganguli 2017, section 2, for layers of equal width: S of JJ' is the product of those of the weights,
1/(w2 (1 + z)) Gaussian and 1/w2 orthogonal, and of the squared slopes, (1 + z)/(z x(z)) where E[s/(x - s)] = z; the edge
squared is the least (1 + z)/(z S(z)). Expectations by SciPy's adaptive quadrature, the roots by Brent's method.
"""

from pathlib import Path

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar
from scipy.special import erf, expit

SCALE, ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717

# φ', its largest square, kinks.
SLOPES = {
    "tanh": (lambda u: 1 / np.cosh(u) ** 2, 1, []),
    "relu": (lambda u: float(u > 0), 1, [0]),
    "selu": (lambda u: SCALE if u > 0 else SCALE * ALPHA * np.exp(u), (SCALE * ALPHA) ** 2, [0]),
    "sigmoid": (lambda u: expit(u) * expit(-u), 1 / 16, []),
    "gelu": (lambda u: (1 + erf(u / np.sqrt(2))) / 2 + u * np.exp(-u * u / 2) / np.sqrt(2 * np.pi), None, []),
}


def expectation(f, q, kinks):
    density = lambda z: np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    marks = sorted({-9.0, -3.0, -1.0, 0.0, 1.0, 3.0, 9.0, *(k / np.sqrt(q) for k in kinks)})
    return sum(quad(lambda z: density(z) * f(np.sqrt(q) * z), a, b, epsabs=1e-13, epsrel=1e-12, limit=400)[0]
               for a, b in zip(marks, marks[1:]))


def edge(name, q, w2, layers, orthogonal):
    slope, most, kinks = SLOPES[name]
    if most is None:
        most = max(slope(u) ** 2 for u in np.linspace(0, 3, 30001))

    def x_of(z):
        f = lambda x: expectation(lambda u: slope(u) ** 2 / (x - slope(u) ** 2), q, kinks) - z
        return brentq(f, most * (1 + 1e-6), most * (1 + 1e4 / z), xtol=1e-12, rtol=1e-13)

    def height(log_z):
        z = np.exp(log_z)
        weights = -np.log(w2) - (0 if orthogonal else np.log1p(z))
        slopes = np.log((1 + z) / (z * x_of(z)))
        return np.log((1 + z) / z) - layers * (weights + slopes)

    return np.exp(minimize_scalar(height, bounds=(np.log(0.003), np.log(10)), method="bounded", options={"xatol": 1e-6}).fun / 2)


def main():
    rows = [
        ("tanh", 0.57, 1.7610, 1, 0), ("tanh", 0.57, 1.7610, 10, 0), ("tanh", 2, 4, 3, 0), ("tanh", 0.3, 1.2, 2, 1),
        ("relu", 1, 2, 1, 0), ("relu", 1, 2, 8, 0), ("selu", 1, 1, 4, 0), ("sigmoid", 1, 16, 2, 0),
        ("gelu", 1, 2, 3, 0),
    ]
    out = ["/* Written by spectrum.py with SciPy: see there. */", "/* clang-format off */", "#ifndef GOLDEN_SPECTRUM_H",
           "#define GOLDEN_SPECTRUM_H", "", "static const struct golden_edge {", "    const char *activation;",
           "    double q, sigma_w2;", "    int layers, orthogonal;", "    double largest;", "} golden_edges[] = {"]
    out += ['    {"%s", %.16g, %.16g, %d, %d, %.12g},' % (*row, edge(*row)) for row in rows]
    Path(__file__).with_name("spectrum.h").write_text("\n".join(out + ["};", "", "#endif", ""]))


main()
