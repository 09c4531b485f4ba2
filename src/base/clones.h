/* IL_CLONES marks a kernel: a function whose loops are compiled once for the baseline instruction set and
 * once each for AVX2 and AVX-512, the best being bound when the program loads. All variants compute the
 * same bits, because contraction is off and no loop reassociates. A test builds each variant apart with
 * -DIL_CLONES= and compares.
 *
 * A kernel's name must be unique in the library even when it is static: clang gives the function that
 * chooses the variant external linkage.
 */
#ifndef IL_BASE_CLONES_H
#define IL_BASE_CLONES_H

#ifndef IL_CLONES
#if defined(__x86_64__) && defined(__linux__)
#define IL_CLONES __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define IL_CLONES
#endif
#endif

/* Helpers of kernels must dissolve into each clone. */
#define IL_INLINE static inline __attribute__((always_inline))

#endif
