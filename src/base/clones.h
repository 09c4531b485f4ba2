/* IL_CLONES marks a kernel: a function whose loops are compiled once for the baseline instruction set and
 * once each for AVX2 and AVX-512, the best being bound when the program loads. All variants compute the
 * same bits, because contraction is off and no loop reassociates. A test builds each variant apart with
 * -DIL_CLONES= and compares.
 *
 * A kernel's name must be unique in the library even when it is static: clang gives the function that
 * chooses the variant external linkage.
 *
 * Where a kernel is written once for each instruction set, IL_BEST(name, …) calls name_avx512f, name_avx2 or
 * name_baseline, and chooses as IL_CLONES does: what the processor has, or in a variant built apart what that variant is
 * compiled for.
 */
#ifndef IL_BASE_CLONES_H
#define IL_BASE_CLONES_H

#ifndef IL_CLONES
#if defined(__x86_64__) && defined(__linux__)
#define IL_CLONES __attribute__((target_clones("default", "avx2", "avx512f")))
#define IL_HAS_AVX2 __builtin_cpu_supports("avx2")
#define IL_HAS_AVX512F __builtin_cpu_supports("avx512f")
#else
#define IL_CLONES
#endif
#endif

#ifndef IL_HAS_AVX2
#ifdef __AVX2__
#define IL_HAS_AVX2 1
#else
#define IL_HAS_AVX2 0
#endif
#ifdef __AVX512F__
#define IL_HAS_AVX512F 1
#else
#define IL_HAS_AVX512F 0
#endif
#endif

#ifdef __x86_64__
#define IL_BEST(name, ...)                                                                         \
    (IL_HAS_AVX512F ? name##_avx512f(__VA_ARGS__)                                                  \
     : IL_HAS_AVX2  ? name##_avx2(__VA_ARGS__)                                                     \
                    : name##_baseline(__VA_ARGS__))
#else
#define IL_BEST(name, ...) name##_baseline(__VA_ARGS__)
#endif

/* Helpers of kernels must dissolve into each clone. */
#define IL_INLINE static inline __attribute__((always_inline))

#endif
