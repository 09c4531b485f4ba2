/* Hashes (64-bit FNV-1a) of lockstep results, checked by test_bits.c on every build. They change only when
 * an algorithm changes, which is a change of every published number: say so in the commit. */
#ifndef GOLDEN_BITS_H
#define GOLDEN_BITS_H

#define BITS_STREAMS UINT64_C(0xa6f11432967abbf0)
#define BITS_PRODUCTS UINT64_C(0x648771bdad48183c)
#define BITS_ACTIVATIONS UINT64_C(0x2a131124926af7c3)
#define BITS_LEARNED_SLOPES UINT64_C(0x0ddde7d68c8e464b)
#define BITS_LOSSES UINT64_C(0x6a734c13d80a29f8)
#define BITS_NORMS UINT64_C(0xd3fc1f60df969fda)
#define BITS_DROPOUTS UINT64_C(0xc1ed78af5d7978cd)
#define BITS_STUDIES UINT64_C(0x96a9dc48becea43a)
#define BITS_REGULARIZED_STUDIES UINT64_C(0x12eefeede95f2a93)

#endif
