/* Written by spectrum.py with SciPy: see there. */
/* clang-format off */
#ifndef GOLDEN_SPECTRUM_H
#define GOLDEN_SPECTRUM_H

static const struct golden_edge {
    const char *activation;
    double q, sigma_w2;
    int layers, orthogonal;
    double largest;
} golden_edges[] = {
    {"tanh", 0.57, 1.761, 1, 0, 2.20385992482},
    {"tanh", 0.57, 1.761, 10, 0, 6.14460553316},
    {"tanh", 2, 4, 3, 0, 6.89740399746},
    {"tanh", 0.3, 1.2, 2, 1, 1.15917948509},
    {"relu", 1, 2, 1, 0, 2.41421356237},
    {"relu", 1, 2, 8, 0, 6.59916501432},
    {"selu", 1, 1, 4, 0, 4.59648025893},
    {"sigmoid", 1, 16, 2, 0, 1.9638356917},
    {"gelu", 1, 2, 3, 0, 3.65732663976},
};

#endif
