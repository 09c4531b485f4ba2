"""Writes depth.h: reference values for tests/test_depth.c.

    pip install numpy scipy
    python3 depth.py

Pair moments E[φ(u)φ(v)] and E[φ'(u)φ'(v)], u, v ~ N(0, q) of correlation c, with u = √q x and v = √q (c x + √(1-c²) y)
by Gauss-Legendre panels between the kinks of v at each x. Fixed points by iteration and Brent's method on maps built
from them. Saxe's curves by an implicit integrator on du/dt itself.
"""

from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import expit

SCALE, ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
X, W = np.polynomial.legendre.leggauss(20)


def step(z):
    return (z > 0).astype(float)


def elu(scale, alpha):
    return (
        lambda z: np.where(z > 0, scale * z, scale * alpha * np.expm1(np.minimum(z, 0))),
        lambda z: np.where(z > 0, scale, scale * alpha * np.exp(np.minimum(z, 0))),
    )


# The text in call notation, φ, φ', kinks.
ACTIVATIONS = {
    "linear": (lambda z: z, np.ones_like, []),
    "relu": (lambda z: np.maximum(z, 0), step, [0]),
    "leaky_relu(slope=0.2)": (lambda z: np.where(z > 0, z, 0.2 * z), lambda z: 0.2 + 0.8 * step(z), [0]),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(np.clip(z, -300, 300)) ** 2, []),
    "hard_tanh": (lambda z: np.clip(z, -1, 1), lambda z: (np.abs(z) < 1).astype(float), [-1, 1]),
    "sigmoid": (expit, lambda z: expit(z) * expit(-z), []),
    "selu": (*elu(SCALE, ALPHA), [0]),
    "elu": (*elu(1, 1), [0]),
    "softplus": (lambda z: np.logaddexp(0, z), expit, []),
    "silu": (lambda z: z * expit(z), lambda z: expit(z) * (1 + z * expit(-z)), []),
    "softsign": (lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2, [0]),
    "sine": (np.sin, np.cos, []),
    "abs": (np.abs, np.sign, [0]),
}


def panels(edges):
    """Nodes and weights under the normal density between sorted edges."""
    a, b = edges[:-1, None], edges[1:, None]
    z = (a + b) / 2 + (b - a) / 2 * X
    return z.ravel(), ((b - a) / 2 * W * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)).ravel()


def edges_of(marks, width):
    """A grid over ±9 with the marks, and finer and finer towards each."""
    fine = [m + s * width * 2.0**k for m in marks for s in (-1, 1) for k in range(-8, 30)]
    grid = np.concatenate([np.linspace(-9, 9, 73), marks, fine])
    return np.unique(grid[np.abs(grid) <= 9])


def moments(f, q):
    phi, slope, kinks = f
    z, w = panels(edges_of([k / np.sqrt(q) for k in kinks] + [0.0], 1 / np.sqrt(q)))
    u = np.sqrt(q) * z
    return w @ phi(u) ** 2, w @ slope(u) ** 2, w @ phi(u) ** 4, w @ (phi(u) * slope(u) * z) / np.sqrt(q), w @ slope(u) ** 4


def pair(f, q, c):
    phi, slope, kinks = f
    s, d = np.sqrt(q), np.sqrt(1 - c * c)
    x, w = panels(edges_of([k / s for k in kinks] + [0.0], min(d, 1 / s)))
    total = np.zeros(2)
    for xi, wi in zip(x, w):
        if wi < 1e-30:
            continue
        y, v = panels(edges_of([(k / s - c * xi) / d for k in kinks] + [-c * xi / d], 1 / (s * d)) if kinks else
                      np.unique(np.clip(np.concatenate([np.linspace(-9, 9, 37), np.linspace(-12, 12, 49) / (s * d) - c * xi / d]), -9, 9)))
        at = s * (c * xi + d * y)
        total += wi * np.array([phi(s * xi) * (v @ phi(at)), slope(s * xi) * (v @ slope(at))])
    return total


def mean_field(f, w2, b2, p):
    gain = w2 / (1 - p)
    q = 1.0
    for _ in range(4000):
        q = gain * moments(f, q)[0] + b2
    square, slope2, _, length_slope, _ = moments(f, q)
    correlate = lambda c: (w2 * pair(f, q, c)[0] + b2) / q
    chi1 = gain * slope2
    if p == 0 and chi1 <= 1:
        c, chi_c = 1.0, chi1
    else:
        low = 0.0
        c = low if abs(correlate(low)) < 1e-14 else brentq(lambda c: correlate(c) - c, low, 1 - 1e-6, xtol=1e-13)
        chi_c = w2 * pair(f, q, c)[1]
    return q, chi1, c, chi_c, -1 / np.log(gain * length_slope), -1 / np.log(chi_c)


def saxe(layers, s, start, t):
    rate = lambda _, u: layers * u ** (2 - 2 / layers) * (s - u)
    return solve_ivp(rate, (0, t), [start], method="Radau", rtol=1e-11, atol=1e-14).y[0, -1]


def number(x):
    return "%.16g" % x


def table(out, head, fields, rows):
    out += ["", "static const struct %s {" % head, "    const char *activation;" if fields[0] == "activation" else None]
    out += ["    double %s;" % ", ".join(f for f in fields if f != "activation"), "} %ss[] = {" % head]
    out += ["    {%s}," % ", ".join('"%s"' % x if isinstance(x, str) else number(x) for x in row) for row in rows]
    out.append("};")


def main():
    out = ["/* Written by depth.py with SciPy: see there. */", "/* clang-format off */", "#ifndef GOLDEN_DEPTH_H", "#define GOLDEN_DEPTH_H"]
    rows = []
    for name, f in ACTIVATIONS.items():
        for q in (0.01, 0.57, 1, 9):
            for c in (-0.7, 0, 0.5, 0.99, 0.9999):
                rows.append((name, q, c, *pair(f, q, c)))
    table(out, "golden_pair", ["activation", "q", "c", "product", "slope_product"], rows)
    rows = [(name, q, *moments(f, q)[2:]) for name, f in ACTIVATIONS.items() for q in (0.01, 1, 9)]
    table(out, "golden_higher", ["activation", "q", "fourth", "length_slope", "slope_fourth"], rows)
    rows = []
    for name, w2, b2, p in [
        ("tanh", 1.3, 0.05, 0), ("tanh", 1.7, 0.05, 0), ("tanh", 2, 0.05, 0), ("tanh", 4, 0.05, 0), ("tanh", 2.5, 0, 0),
        ("tanh", 2, 0.05, 0.1), ("tanh", 1.5, 0.05, 0.01), ("hard_tanh", 1.6, 0.05, 0), ("hard_tanh", 3, 0.1, 0),
        ("sigmoid", 1, 0.5, 0), ("sigmoid", 60, 0.1, 0), ("selu", 1, 0, 0), ("selu", 0.9, 0.1, 0.05), ("elu", 1.2, 0.05, 0),
        ("softsign", 3, 0.05, 0), ("sine", 1.5, 0.3, 0), ("sine", 4, 0.1, 0), ("relu", 1.5, 0.1, 0), ("relu", 1.6, 0.1, 0.1),
        ("leaky_relu(slope=0.2)", 1.5, 0.2, 0), ("silu", 1.5, 0.4, 0), ("softplus", 0.7, 0.1, 0),
    ]:
        rows.append((name, w2, b2, p, *mean_field(ACTIVATIONS[name], w2, b2, p)))
    fields = ["activation", "sigma_w2", "sigma_b2", "dropout", "q", "chi1", "c", "chi_c", "xi_q", "xi_c"]
    table(out, "golden_field", fields, rows)
    rows = [(n, s, a, t, saxe(n, s, a, t)) for n in (1, 2, 3, 5, 20) for s, a in ((1, 0.01), (3, 0.2))
            for t in (0.01, 0.1, 0.3, 1, 4)]
    table(out, "golden_saxe", ["layers", "s", "start", "t", "strength"], rows)
    out += ["", "#endif", ""]
    Path(__file__).with_name("depth.h").write_text("\n".join(x for x in out if x is not None))


main()
