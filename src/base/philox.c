/* Philox4x32-10 (Salmon et al. 2011, table 2 and section 4.2).
 *
 * A round is two products of 32 by 32 bits, of which both halves are used. Compilers do not find the instruction for
 * that (pmuludq, on the even 32-bit lanes) in a plain loop, which costs a factor of three, so it is named here for each
 * instruction set; everything else is plain arithmetic on vectors of 64-bit lanes. Blocks of even number are in one
 * such vector and the odd ones in another. A word is the low half of its lane: what is above it is never read and
 * need not be cleared, until at the end the odd words are moved into the upper halves.
 */
#include "base/philox.h"

#include "base/clones.h"

#include <string.h>

#define ROUNDS IL_PHILOX_ROUNDS
#define GROUP IL_PHILOX_GROUP

void il_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t k0 = key[0], k1 = key[1];
    memmove(out, counter, 4 * sizeof *out);
    for (int r = 0; r < ROUNDS; r++, k0 += IL_PHILOX_W0, k1 += IL_PHILOX_W1)
        il_philox_round(&out[0], &out[1], &out[2], &out[3], k0, k1);
}

#ifdef __x86_64__

#include <immintrin.h>

/* `vector` has `bytes` bytes; `multiply` gives the products of the low halves of its lanes. */
#define KERNEL(name, set, bytes, vector, multiply)                                                 \
    typedef uint64_t name##_lanes __attribute__((vector_size(bytes)));                             \
                                                                                                   \
    __attribute__((target(set))) static void name(const il_stream *s, size_t groups,               \
                                                  uint32_t(*restrict w)[4][GROUP]) {               \
        typedef name##_lanes lanes;                                                                \
        enum { LANES = (bytes) / 8, BLOCKS = 2 * LANES };                                          \
        const lanes zero = {0}, m0 = zero + IL_PHILOX_M0, m1 = zero + IL_PHILOX_M1,                \
                    low = zero + UINT32_MAX;                                                       \
        lanes even = {0}, key0[ROUNDS], key1[ROUNDS];                                              \
        for (int i = 0; i < LANES; i++)                                                            \
            even[i] = s->block + 2 * (uint64_t)i;                                                  \
        uint32_t k0 = s->key[0], k1 = s->key[1];                                                   \
        for (int r = 0; r < ROUNDS; r++, k0 += IL_PHILOX_W0, k1 += IL_PHILOX_W1) {                 \
            key0[r] = zero + k0;                                                                   \
            key1[r] = zero + k1;                                                                   \
        }                                                                                          \
        for (size_t i = 0; i < groups * GROUP; i += BLOCKS, even += BLOCKS) {                      \
            lanes x[4][2] = {{even, even + 1},                                                     \
                             {even >> 32, (even + 1) >> 32},                                       \
                             {zero + s->layer, zero + s->layer},                                   \
                             {zero + s->purpose, zero + s->purpose}};                              \
            _Pragma("GCC unroll 10") for (int r = 0; r < ROUNDS; r++) for (int j = 0; j < 2;       \
                                                                           j++) {                  \
                const lanes p0 = (lanes)multiply((vector)x[0][j], (vector)m0);                     \
                const lanes p1 = (lanes)multiply((vector)x[2][j], (vector)m1);                     \
                x[0][j] = (p1 >> 32) ^ x[1][j] ^ key0[r];                                          \
                x[1][j] = p1;                                                                      \
                x[2][j] = (p0 >> 32) ^ x[3][j] ^ key1[r];                                          \
                x[3][j] = p0;                                                                      \
            }                                                                                      \
            for (int k = 0; k < 4; k++) {                                                          \
                const lanes both = (x[k][0] & low) | (x[k][1] << 32);                              \
                memcpy(&w[i / GROUP][k][i % GROUP], &both, sizeof both);                           \
            }                                                                                      \
        }                                                                                          \
    }

KERNEL(groups_sse2, "sse2", 16, __m128i, _mm_mul_epu32)
KERNEL(groups_avx2, "avx2", 32, __m256i, _mm256_mul_epu32)
KERNEL(groups_avx512f, "avx512f", 64, __m512i, _mm512_mul_epu32)

void il_philox_groups(const il_stream *s, size_t groups, uint32_t (*restrict w)[4][GROUP]) {
    if (IL_HAS_AVX512F)
        groups_avx512f(s, groups, w);
    else if (IL_HAS_AVX2)
        groups_avx2(s, groups, w);
    else
        groups_sse2(s, groups, w);
}

#else

void il_philox_groups(const il_stream *s, size_t groups, uint32_t (*restrict w)[4][GROUP]) {
    for (size_t i = 0; i < groups * GROUP; i++) {
        const uint64_t block = s->block + i;
        const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), s->layer,
                                     s->purpose};
        uint32_t words[4];
        il_philox4x32(counter, s->key, words);
        for (size_t k = 0; k < 4; k++)
            w[i / GROUP][k][i % GROUP] = words[k];
    }
}

#endif
