#include "initlab/rng.h"

#include "base/clones.h"
#include "base/elementary.h"
#include "base/philox.h"

#include <string.h>

#define CHUNK 16 /* blocks generated side by side: one lane each */

void il_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t k0 = key[0], k1 = key[1];
    for (int i = 0; i < 4; i++)
        out[i] = counter[i];
    for (int r = 0; r < IL_PHILOX_ROUNDS; r++, k0 += IL_PHILOX_W0, k1 += IL_PHILOX_W1)
        il_philox_round(&out[0], &out[1], &out[2], &out[3], k0, k1);
}

il_stream il_stream_open(uint64_t seed, il_purpose purpose, uint32_t layer) {
    return (il_stream){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                       .purpose = (uint32_t)purpose,
                       .layer = layer};
}

/* CHUNK consecutive blocks of the stream, word by word: w[k][i] is word k of block i. */
IL_INLINE void philox_chunk(const il_stream *s, uint32_t (*restrict w)[CHUNK]) {
    for (size_t i = 0; i < CHUNK; i++) {
        uint64_t block = s->block + i;
        w[0][i] = (uint32_t)block;
        w[1][i] = (uint32_t)(block >> 32);
        w[2][i] = s->layer;
        w[3][i] = s->purpose;
    }
    uint32_t k0 = s->key[0], k1 = s->key[1];
    for (int r = 0; r < IL_PHILOX_ROUNDS; r++, k0 += IL_PHILOX_W0, k1 += IL_PHILOX_W1)
        for (size_t i = 0; i < CHUNK; i++)
            il_philox_round(&w[0][i], &w[1][i], &w[2][i], &w[3][i], k0, k1);
}

/* Two normals from two words: the first gives the radius, the second the angle. The half keeps the
 * radius's uniform off zero. Everything is float, so the double build draws the same numbers. */
IL_INLINE void box_muller(const uint32_t (*restrict w)[CHUNK], float (*restrict z)[CHUNK]) {
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

IL_CLONES static void words_chunk(const il_stream *s, uint32_t (*restrict w)[CHUNK]) {
    philox_chunk(s, w);
}

/* Draw 4i + k is made of word k of block i: the chunk's columns become a row. */
IL_INLINE void interleave(const float (*restrict z)[CHUNK], il_real *restrict out) {
    for (size_t i = 0; i < CHUNK; i++) {
        out[4 * i] = (il_real)z[0][i];
        out[4 * i + 1] = (il_real)z[1][i];
        out[4 * i + 2] = (il_real)z[2][i];
        out[4 * i + 3] = (il_real)z[3][i];
    }
}

/* Odd multiples of 2^-23 from the upper 23 bits. */
IL_INLINE void center(const uint32_t (*restrict w)[CHUNK], float (*restrict u)[CHUNK]) {
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < CHUNK; i++)
            u[k][i] = (float)(2 * (int32_t)(w[k][i] >> 9) + 1 - (1 << 23)) * 0x1p-23f;
}

typedef enum distribution { UNIFORM, NORMAL } distribution;

/* One chunk of draws, 4·CHUNK of them. */
IL_CLONES static void draw_chunk(il_stream *at, distribution of, il_real *restrict out) {
    uint32_t w[4][CHUNK];
    float x[4][CHUNK];
    philox_chunk(at, w);
    if (of == NORMAL)
        box_muller(w, x);
    else
        center(w, x);
    interleave(x, out);
    at->block += CHUNK;
}

static void draw(il_stream *s, distribution of, size_t n, il_real *out) {
    il_stream at = *s;
    size_t done = 0;
    for (; done + 4 * CHUNK <= n; done += 4 * CHUNK)
        draw_chunk(&at, of, out + done);
    if (done < n) {
        il_real last[4 * CHUNK];
        draw_chunk(&at, of, last);
        memcpy(out + done, last, (n - done) * sizeof *out);
    }
    s->block += n / 4 + (n % 4 != 0);
}

void il_stream_words(il_stream *s, size_t n, uint32_t *out) {
    il_stream at = *s;
    uint32_t w[4][CHUNK];
    for (size_t done = 0; done < n; done += 4 * CHUNK, at.block += CHUNK) {
        words_chunk(&at, w);
        for (size_t j = 0; j < 4 * CHUNK && done + j < n; j++)
            out[done + j] = w[j % 4][j / 4];
    }
    s->block += n / 4 + (n % 4 != 0);
}

void il_stream_uniform(il_stream *s, size_t n, il_real *out) {
    draw(s, UNIFORM, n, out);
}

void il_stream_normal(il_stream *s, size_t n, il_real *out) {
    draw(s, NORMAL, n, out);
}
