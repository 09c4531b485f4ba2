/* Hashes (64-bit FNV-1a) of the samples that each request stands for: features, then labels or targets. They change only
 * when a generator does, which is a change of every published number: say so in the commit. */
#ifndef GOLDEN_BITS_DATA_H
#define GOLDEN_BITS_DATA_H

#include <stdint.h>

static const struct {
    const char *data;
    uint64_t hash;
} bits_data[] = {
    {"parity(bits=5, inputs=pm1)", UINT64_C(0xb6605de3b5ee6525)},
    {"spirals(n=1000, noise=0.1, turns=1.5, classes=3)", UINT64_C(0xbaa976f90d53ef7e)},
    {"blobs(n=1000, inputs=5)", UINT64_C(0x416a383ad2fcf357)},
    {"moons(n=1001, noise=0.2, seed=7)", UINT64_C(0xd8015897ab14a6c8)},
    {"circles(n=1001, noise=0.2)", UINT64_C(0xd62b82719f5425ed)},
    {"checkerboard(n=1001, noise=0.1, cells=5)", UINT64_C(0xc92de9f20db649cd)},
    {"gaussian(n=101, inputs=13, classes=3)", UINT64_C(0xbe2c797c294c7bff)},
    {"shapes(n=900)", UINT64_C(0x634af03c028b0529)},
    {"shapes(n=90, size=64, seed=9007199254740992)", UINT64_C(0x7eb7689472472fde)},
    {"teacher(widths=7-20-11-3, activation=tanh, n=500, noise=0.1)", UINT64_C(0x5847a7fa0bda69ba)},
    {"teacher(widths=7-20-3, activation=gelu_tanh, n=500, gain=2, targets=classes)",
     UINT64_C(0xc3fbcaa7c60194fc)},
    {"linear(n=300, inputs=40, outputs=7, rank=5, noise=0.1)", UINT64_C(0xd41caa28e3f4bbcb)},
    {"linear(n=300, inputs=40, outputs=50, rank=35, whitened=false)", UINT64_C(0x7da855922a838454)},
    {"sine(n=1000, noise=0.1, periods=7)", UINT64_C(0x446efaa9fb8c5e32)},
    {"cubic(n=1000, noise=0.1)", UINT64_C(0x2dd6a4a8f0d0024b)},
    {"step(n=1000, noise=0.1)", UINT64_C(0xe67e1af960f94fa5)},
    {"friedman(n=1000)", UINT64_C(0x852e042b2fd197cc)},
};

#endif
