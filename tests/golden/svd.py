"""Writes svd.h: the largest and smallest singular values of a few matrices, for tests/test_svd.c.

    pip install mpmath numpy
    python3 svd.py

mpmath at 60 digits, from exactly the numbers that the test builds (rounded to float); NumPy agrees to
a part in 1e12 of the largest.
"""

from pathlib import Path

import mpmath
import numpy as np

mpmath.mp.dps = 60


def hilbert(m, n):
    return [[np.float32(1) / np.float32(i + k + 1) for k in range(n)] for i in range(m)]


def integers(m, n):
    """The low digits of a quadratic: no structure that an algorithm could profit from."""
    return [[(i * i * 7 + i * k * 13 + k * k * k * 5 + 3 * k) % 23 - 11 for k in range(n)] for i in range(m)]


lines = [
    "/* Made by svd.py with mpmath %s: do not edit. */" % mpmath.__version__,
    "static const struct {",
    "    bool hilbert; /* else integers */",
    "    size_t m, n;",
    "    double largest, smallest;",
    "} golden[] = {",
]
for name, m, n in [
    ("hilbert", 4, 4),
    ("hilbert", 6, 6),
    ("hilbert", 12, 5),
    ("integers", 7, 7),
    ("integers", 30, 20),
    ("integers", 5, 40),
    ("integers", 9, 1),
]:
    A = (hilbert if name == "hilbert" else integers)(m, n)
    values = mpmath.svd_r(mpmath.matrix([[mpmath.mpf(float(x)) for x in row] for row in A]), compute_uv=False)
    largest, smallest = max(values), min(values)
    theirs = np.linalg.svd(np.array(A, dtype=float), compute_uv=False)
    assert abs(theirs[0] - largest) < 1e-12 * largest and abs(theirs[-1] - smallest) < 1e-12 * largest
    lines.append(
        "    {%s, %d, %d, %s, %s},"
        % ("true" if name == "hilbert" else "false", m, n, repr(float(largest)), repr(float(smallest)))
    )
lines.append("};")
Path(__file__).with_name("svd.h").write_text("\n".join(lines) + "\n")
