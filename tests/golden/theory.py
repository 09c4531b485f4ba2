"""Writes theory.h: reference values for tests/test_theory.c and tests/test_activation.c.

    pip install mpmath
    python3 theory.py

Activations are written here as in their papers, in 30 digits. A point holds φ(z), φ'(z), and by how much a
relative change of z changes each: |z φ'(z)| and |z φ''(z)|. A moment holds E[φ(u)], E[φ(u)²] and E[φ'(u)²]
for u ~ N(0, q), by Gauss-Legendre quadrature between the kinks. Critical points solve
q = E[φ²]/E[φ'²] + sigma_b2.
"""

from pathlib import Path

from mpmath import mp, mpf

mp.dps = 30
SCALE = mpf("1.0507009873554804934193349852946")
ALPHA = mpf("1.6732632423543772848170429916717")


def elu(scale, alpha):
    return lambda z: scale * z if z > 0 else scale * alpha * mp.expm1(z)


def leaky(slope):
    return lambda z: z if z > 0 else slope * z


def softplus(z):
    return mp.log1p(mp.exp(z)) if z < 0 else z + mp.log1p(mp.exp(-z))


# The text in call notation, the function, its kinks.
ACTIVATIONS = [
    ("linear", lambda z: z, []),
    ("relu", leaky(0), [0]),
    ("leaky_relu", leaky(mpf("0.01")), [0]),
    ("leaky_relu(slope=-0.5)", leaky(mpf("-0.5")), [0]),
    ("prelu", leaky(mpf("0.25")), [0]),
    ("elu", elu(1, 1), [0]),
    ("elu(alpha=0.25)", elu(1, mpf("0.25")), [0]),
    ("selu", elu(SCALE, ALPHA), [0]),
    ("softplus", softplus, []),
    ("silu", lambda z: z / (1 + mp.exp(-z)), []),
    ("gelu", lambda z: z * mp.ncdf(z), []),
    (
        "gelu_tanh",
        lambda z: z / 2 * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (z + mpf("0.044715") * z**3))),
        [],
    ),
    ("mish", lambda z: z * mp.tanh(softplus(z)), []),
    ("tanh", mp.tanh, []),
    ("hard_tanh", lambda z: max(mpf(-1), min(mpf(1), z)), [-1, 1]),
    ("softsign", lambda z: z / (1 + abs(z)), [0]),
    ("sigmoid", lambda z: 1 / (1 + mp.exp(-z)), []),
    ("sine", mp.sin, []),
    ("abs", abs, [0]),
]

# Exact in float; no kink is among them. 505.796 and 52516.4 are the floats below 2^20 nearest to multiples of π/2.
MAGNITUDES = """1e-9 0.001 0.1 0.3465 0.34675 0.6 0.9 1.1 1.5 2.25 3.5 5 7.75 12 20 30 50 83 500
    505.7964172363281 52516.43359375 655362.25 4.5e6 1e19""".split()
POINTS = [s * mpf(p) for s in (1, -1) for p in MAGNITUDES]
QS = ["0.001", "0.25", "1", "3", "40", "2500"]


def as_float(x):
    mp.prec, kept = 24, mp.prec
    y = +x
    mp.prec = kept
    return y


def derivatives(f, z):
    """φ' and φ'': differences in so many digits that a saturated tail keeps its own."""
    with mp.workdps(900):
        h = abs(z) * mpf(10) ** -60
        above, at, below = f(z + h), f(z), f(z - h)
        return (above - below) / (2 * h), (above - 2 * at + below) / (h * h)


RULE = None


def legendre(n):
    """Nodes and weights on [-1, 1]."""
    out = []
    for i in range(n):
        x = mp.cos(mp.pi * (i + mpf(3) / 4) / (n + mpf(1) / 2))
        for _ in range(20):
            p, before = mpf(1), mpf(0)
            for k in range(n):
                p, before = ((2 * k + 1) * x * p - k * before) / (k + 1), p
            slope = n * (x * p - before) / (x * x - 1)
            x -= p / slope
        out.append((x, 2 / ((1 - x * x) * slope * slope)))
    return out


def slope(f, z):
    with mp.workdps(50):
        h = mpf(10) ** -16
        return (f(z + h) - f(z - h)) / (2 * h)


def moments(f, kinks, q):
    s = mp.sqrt(q)
    edges = {mpf(e) / 2 for e in range(-24, 25)} | {k / s for k in kinks}
    edges |= {sign * mpf(u) / s for sign in (1, -1) for u in (1, 2, 4, 8, 16, 32)}
    # An oscillation of u needs panels of its own width.
    edges |= {mpf(u) / s for u in range(-int(12 * s), int(12 * s) + 1)}
    edges = sorted(e for e in edges if abs(e) <= 12)
    total = [mpf(0)] * 3
    for a, b in zip(edges, edges[1:]):
        for x, w in RULE:
            z = (a + b) / 2 + (b - a) / 2 * x
            weight = w * (b - a) / 2 * mp.npdf(z)
            value, d = f(s * z), slope(f, s * z)
            for i, y in enumerate((value, value**2, d**2)):
                total[i] += weight * y
    return total


def critical(f, kinks, bias, start):
    g = lambda q: (lambda m: q - m[1] / m[2] - bias)(moments(f, kinks, q))
    q = mp.findroot(g, start, solver="secant", tol=mpf(10) ** -15, verify=False)
    return 1 / moments(f, kinks, q)[2], q


def number(x):
    return mp.nstr(x, 20, min_fixed=0, max_fixed=0) if x else "0"


def main():
    global RULE
    RULE = legendre(16)
    out = [
        "/* Written by theory.py with mpmath: see there. */",
        "#ifndef GOLDEN_THEORY_H",
        "#define GOLDEN_THEORY_H",
        "",
        "/* φ(z), φ'(z), |z φ'(z)|, |z φ''(z)|. */",
        "static const struct golden_point {",
        "    const char *activation;",
        "    double z, value, slope, value_change, slope_change;",
        "} golden_points[] = {",
    ]
    for name, f, _ in ACTIVATIONS:
        for z in map(as_float, POINTS):
            first, second = derivatives(f, z)
            with mp.workdps(900):
                row = z, f(z), first, abs(z * first), abs(z * second)
            row = [mpf(0) if abs(x) < mpf(10) ** -300 else x for x in row]
            out.append('    {"%s", %s},' % (name, ", ".join(map(number, row))))
    out += [
        "};",
        "",
        "/* E[φ(u)], E[φ(u)²], E[φ'(u)²], u ~ N(0, q). */",
        "static const struct golden_moments {",
        "    const char *activation;",
        "    double q, mean, square, slope_square;",
        "} golden_moments[] = {",
    ]
    for name, f, kinks in ACTIVATIONS:
        for q in QS:
            row = [x if abs(x) > mpf(10) ** -20 else mpf(0) for x in moments(f, kinks, mpf(q))]
            out.append('    {"%s", %s, %s},' % (name, q, ", ".join(map(number, row))))
    out += [
        "};",
        "",
        "/* The smallest stable fixed point with chi1 = 1. */",
        "static const struct golden_critical {",
        "    const char *activation;",
        "    double sigma_b2, sigma_w2, q;",
        "} golden_criticals[] = {",
    ]
    table = {name: (f, kinks) for name, f, kinks in ACTIVATIONS}
    for name, bias, start in [
        ("elu", "0.05", (1.2, 1.4)), ("elu", "2", (50, 60)), ("selu", "0.05", (0.8, 0.9)),
        ("silu", "0.6", (16, 17)), ("gelu", "0.2", (4.4, 4.6)), ("gelu_tanh", "0.2", (4.4, 4.6)), ("mish", "0.1", (1.7, 1.9)),
        ("tanh", "0.05", (0.55, 0.6)), ("tanh", "2", (4.5, 5)), ("hard_tanh", "0.05", (0.45, 0.5)),
        ("softsign", "0.05", (0.4, 0.43)), ("sigmoid", "0", (45, 46)), ("sine", "0.3", (1, 1.1)),
    ]:
        row = critical(*table[name], mpf(bias), start)
        out.append('    {"%s", %s, %s},' % (name, bias, ", ".join(map(number, row))))
    out += ["};", "", "#endif", ""]
    Path(__file__).with_name("theory.h").write_text("\n".join(out))


main()
