/* Hashes (64-bit FNV-1a) of lockstep results, checked by test_bits.c on every build. They change only when
 * an algorithm changes, which is a change of every published number: say so in the commit. */
#ifndef GOLDEN_BITS_H
#define GOLDEN_BITS_H

#define BITS_STREAMS UINT64_C(0xa6f11432967abbf0)
#define BITS_PRODUCTS UINT64_C(0x648771bdad48183c)
#define BITS_ACTIVATIONS UINT64_C(0xb5b1cc2a15ebb673)
#define BITS_LOSSES UINT64_C(0xf4aaf80bfac4e26e)
#define BITS_STUDIES UINT64_C(0x96a9dc48becea43a)

#endif
