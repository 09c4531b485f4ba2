#include "initlab/rng.h"

#include "base/clones.h"
#include "base/elementary.h"

/* Constants of Philox4x32 (Salmon et al. 2011, table 2 and section 4.2). */
#define M0 0xD2511F53u
#define M1 0xCD9E8D57u
#define W0 0x9E3779B9u
#define W1 0xBB67AE85u
#define ROUNDS 10

#define CHUNK 16 /* blocks generated side by side: one lane each */

IL_INLINE void one_round(uint32_t *c0, uint32_t *c1, uint32_t *c2, uint32_t *c3, uint32_t k0,
                         uint32_t k1) {
    uint64_t p0 = (uint64_t)M0 * *c0, p1 = (uint64_t)M1 * *c2;
    *c0 = (uint32_t)(p1 >> 32) ^ *c1 ^ k0;
    *c1 = (uint32_t)p1;
    *c2 = (uint32_t)(p0 >> 32) ^ *c3 ^ k1;
    *c3 = (uint32_t)p0;
}

void il_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t k0 = key[0], k1 = key[1];
    for (int i = 0; i < 4; i++)
        out[i] = counter[i];
    for (int r = 0; r < ROUNDS; r++, k0 += W0, k1 += W1)
        one_round(&out[0], &out[1], &out[2], &out[3], k0, k1);
}

il_stream il_stream_open(uint64_t seed, il_purpose purpose, uint32_t layer) {
    return (il_stream){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                       .purpose = (uint32_t)purpose,
                       .layer = layer};
}

/* CHUNK consecutive blocks of the stream, word by word: w[k][i] is word k of block i. */
IL_CLONES static void philox_chunk(il_stream *s, uint32_t w[restrict 4][CHUNK]) {
    for (size_t i = 0; i < CHUNK; i++) {
        uint64_t block = s->block + i;
        w[0][i] = (uint32_t)block;
        w[1][i] = (uint32_t)(block >> 32);
        w[2][i] = s->layer;
        w[3][i] = s->purpose;
    }
    uint32_t k0 = s->key[0], k1 = s->key[1];
    for (int r = 0; r < ROUNDS; r++, k0 += W0, k1 += W1)
        for (size_t i = 0; i < CHUNK; i++)
            one_round(&w[0][i], &w[1][i], &w[2][i], &w[3][i], k0, k1);
}

/* Two normals from two words: the first gives the radius, the second the angle. The half keeps the
 * radius's uniform off zero. Everything is float, so the double build draws the same numbers. */
IL_CLONES static void box_muller_chunk(uint32_t w[restrict 4][CHUNK], float z[restrict 4][CHUNK]) {
    for (size_t k = 0; k < 4; k += 2)
        for (size_t i = 0; i < CHUNK; i++) {
            float u = ((float)(int32_t)(w[k][i] >> 1) + 0.5f) * 0x1p-31f;
            float v = (float)(int32_t)(w[k + 1][i] >> 8) * 0x1p-24f;
            float radius = __builtin_sqrtf(-2.0f * il_logf(u)), sine, cosine;
            il_sincos_turnf(v, &sine, &cosine);
            z[k][i] = radius * cosine;
            z[k + 1][i] = radius * sine;
        }
}

/* Blocks used by n draws of one word each. */
static void advance(il_stream *s, size_t n) {
    s->block += n / 4 + (n % 4 != 0);
}

void il_stream_words(il_stream *s, size_t n, uint32_t *out) {
    il_stream at = *s;
    uint32_t w[4][CHUNK];
    for (size_t done = 0; done < n; done += 4 * CHUNK, at.block += CHUNK) {
        philox_chunk(&at, w);
        for (size_t j = 0; j < 4 * CHUNK && done + j < n; j++)
            out[done + j] = w[j % 4][j / 4];
    }
    advance(s, n);
}

void il_stream_uniform(il_stream *s, size_t n, il_real *out) {
    il_stream at = *s;
    uint32_t w[4][CHUNK];
    for (size_t done = 0; done < n; done += 4 * CHUNK, at.block += CHUNK) {
        philox_chunk(&at, w);
        for (size_t j = 0; j < 4 * CHUNK && done + j < n; j++) {
            int32_t odd = 2 * (int32_t)(w[j % 4][j / 4] >> 9) + 1 - (1 << 23);
            out[done + j] = (il_real)odd * (il_real)0x1p-23;
        }
    }
    advance(s, n);
}

void il_stream_normal(il_stream *s, size_t n, il_real *out) {
    il_stream at = *s;
    uint32_t w[4][CHUNK];
    float z[4][CHUNK];
    for (size_t done = 0; done < n; done += 4 * CHUNK, at.block += CHUNK) {
        philox_chunk(&at, w);
        box_muller_chunk(w, z);
        for (size_t j = 0; j < 4 * CHUNK && done + j < n; j++)
            out[done + j] = (il_real)z[j % 4][j / 4];
    }
    advance(s, n);
}
