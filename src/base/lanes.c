#include "base/lanes.h"

#include "base/philox.h"

#include <string.h>

#define SIDE 16 /* replicas side by side */

/* SIDE replicas, whose streams differ in seed and position. */
typedef struct side {
    const uint64_t *seed, *block; /* [SIDE] */
    il_purpose purpose;
    uint32_t layer;
    size_t R;
    uint32_t *out; /* [blocks][4][R] */
} side;

#ifdef __x86_64__

#include <immintrin.h>

/* As in philox.c, with the replicas in the lanes. */
#define KERNEL(name, set, bytes, vector, multiply)                                                 \
    typedef uint64_t name##_lanes __attribute__((vector_size(bytes)));                             \
    typedef uint32_t name##_words __attribute__((vector_size(bytes / 2)));                         \
                                                                                                   \
    __attribute__((target(set))) static void name(const side *s, size_t blocks) {                  \
        typedef name##_lanes lanes;                                                                \
        enum { LANES = (bytes) / 8 };                                                              \
        for (size_t i = 0; i < blocks; i++)                                                        \
            for (size_t r = 0; r < SIDE; r += LANES) {                                             \
                lanes counter, k0, k1;                                                             \
                memcpy(&counter, s->block + r, sizeof counter);                                    \
                memcpy(&k0, s->seed + r, sizeof k0);                                               \
                counter += i;                                                                      \
                k1 = k0 >> 32;                                                                     \
                lanes x[4] = {counter, counter >> 32, (lanes){0} + s->layer,                       \
                              (lanes){0} + (uint32_t)s->purpose};                                  \
                _Pragma("GCC unroll 10") for (int t = 0; t < IL_PHILOX_ROUNDS; t++) {              \
                    IL_PHILOX_VECTOR_ROUND(lanes, vector, multiply, x, k0, k1);                    \
                    k0 += IL_PHILOX_W0;                                                            \
                    k1 += IL_PHILOX_W1;                                                            \
                }                                                                                  \
                for (size_t k = 0; k < 4; k++) {                                                   \
                    const name##_words word = __builtin_convertvector(x[k], name##_words);         \
                    memcpy(s->out + (4 * i + k) * s->R + r, &word, sizeof word);                   \
                }                                                                                  \
            }                                                                                      \
    }

KERNEL(words_baseline, "sse2", 16, __m128i, _mm_mul_epu32)
KERNEL(words_avx2, "avx2", 32, __m256i, _mm256_mul_epu32)
KERNEL(words_avx512f, "avx512f", 64, __m512i, _mm512_mul_epu32)

#else

static void words_baseline(const side *s, size_t blocks) {
    for (size_t r = 0; r < SIDE; r++) {
        il_stream stream = il_stream_open(s->seed[r], s->purpose, s->layer);
        stream.block = s->block[r];
        for (size_t i = 0; i < blocks; i++) {
            uint32_t words[4];
            il_stream_words(&stream, 4, words);
            for (size_t k = 0; k < 4; k++)
                s->out[(4 * i + k) * s->R + r] = words[k];
        }
    }
}

#endif

void il_words_lanes(size_t R, const uint64_t *seed, const uint64_t *block, il_purpose purpose,
                    uint32_t layer, size_t blocks, uint32_t *out) {
    if (R == 1) {
        il_stream s = il_stream_open(*seed, purpose, layer);
        s.block = *block;
        il_stream_words(&s, 4 * blocks, out);
        return;
    }
    for (size_t r = 0; r < R; r += SIDE) {
        const side s = {seed + r, block + r, purpose, layer, R, out + r};
        IL_BEST(words, &s, blocks);
    }
}
