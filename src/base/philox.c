/* Philox4x32-10 (Salmon et al. 2011, table 2 and section 4.2).
 *
 * Blocks of even number are in one vector of IL_PHILOX_VECTOR_ROUND and the odd ones in another. At the end, the odd
 * words are moved into the upper halves.
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
        const lanes zero = {0}, low = zero + UINT32_MAX;                                           \
        lanes even = {0}, key0[ROUNDS], key1[ROUNDS];                                              \
        for (int i = 0; i < LANES; i++)                                                            \
            even[i] = s->block + 2 * (uint64_t)i;                                                  \
        uint32_t k0 = s->key[0], k1 = s->key[1];                                                   \
        for (int r = 0; r < ROUNDS; r++, k0 += IL_PHILOX_W0, k1 += IL_PHILOX_W1) {                 \
            key0[r] = zero + k0;                                                                   \
            key1[r] = zero + k1;                                                                   \
        }                                                                                          \
        for (size_t i = 0; i < groups * GROUP; i += BLOCKS, even += BLOCKS) {                      \
            lanes x[2][4] = {{even, even >> 32, zero + s->layer, zero + s->purpose},               \
                             {even + 1, (even + 1) >> 32, zero + s->layer, zero + s->purpose}};    \
            _Pragma("GCC unroll 10") for (int r = 0; r < ROUNDS; r++) for (int j = 0; j < 2; j++)  \
                IL_PHILOX_VECTOR_ROUND(lanes, vector, multiply, x[j], key0[r], key1[r]);           \
            for (int k = 0; k < 4; k++) {                                                          \
                const lanes both = (x[0][k] & low) | (x[1][k] << 32);                              \
                memcpy(&w[i / GROUP][k][i % GROUP], &both, sizeof both);                           \
            }                                                                                      \
        }                                                                                          \
    }

KERNEL(groups_baseline, "sse2", 16, __m128i, _mm_mul_epu32)
KERNEL(groups_avx2, "avx2", 32, __m256i, _mm256_mul_epu32)
KERNEL(groups_avx512f, "avx512f", 64, __m512i, _mm512_mul_epu32)

#else

static void groups_baseline(const il_stream *s, size_t groups, uint32_t (*restrict w)[4][GROUP]) {
    for (size_t i = 0; i < groups * GROUP; i++) {
        uint32_t words[4];
        const uint64_t block = s->block + i;
        const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), s->layer,
                                     s->purpose};
        il_philox4x32(counter, s->key, words);
        for (size_t k = 0; k < 4; k++)
            w[i / GROUP][k][i % GROUP] = words[k];
    }
}

#endif

void il_philox_groups(const il_stream *s, size_t groups, uint32_t (*restrict w)[4][GROUP]) {
    IL_BEST(groups, s, groups, w);
}
