"""Prints the polynomial of src/init/truncated.c: minimax by Remez exchange in 60 digits, as in
elementary_minimax.py.

    pip install mpmath
    python3 truncated_minimax.py

The standard normal cut at +-2 has the quantile z = sqrt(2) erfinv(t) at t = C u, u in (-1, 1), with
C = erf(sqrt(2)). Towards the ends erfinv grows like the root of a logarithm, so z/u is fitted as a
polynomial in w = -log(1 - t^2), where it is nearly straight.
"""

from elementary_minimax import fit, to_float
from mpmath import erf, erfinv, exp, expm1, log, mpf, pi, sqrt

C = erf(sqrt(mpf(2)))


def quantile_over_u(w):
    t = sqrt(-expm1(-w))
    return C * sqrt(mpf(2)) * (erfinv(t) / t if t else sqrt(pi) / 2)


if __name__ == "__main__":
    print(f"1 - C^2: {float(to_float(1 - C * C)).hex()}, C^2: {float(to_float(C * C)).hex()}")
    print(f"std: {float(sqrt(1 - 4 * exp(-2) / sqrt(2 * pi) / C))!r}")
    most = -log(1 - C * C) * mpf("1.00001")
    fit("P", quantile_over_u, lambda w: 1 / quantile_over_u(w), 6, 0, most, to_float)
