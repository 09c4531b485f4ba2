#include "initlab/rng.h"

#include "base/clones.h"
#include "base/draw.h"
#include "base/elementary.h"
#include "base/philox.h"

#include <string.h>

#define GROUP IL_PHILOX_GROUP
#define GROUP_DRAWS ((size_t)4 * GROUP)
#define MOST_GROUPS 16 /* at a time: 4 KiB of words, which stay in the first-level cache */

il_stream il_stream_open(uint64_t seed, il_purpose purpose, uint32_t layer) {
    return (il_stream){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                       .purpose = (uint32_t)purpose,
                       .layer = layer};
}

/* Two normals from two words: the first gives the radius, the second the angle. The half keeps the
 * radius's uniform off zero. Everything is float, so the double build draws the same numbers. */
IL_INLINE void box_muller(const uint32_t (*restrict w)[GROUP], float (*restrict z)[GROUP]) {
    for (size_t k = 0; k < 4; k += 2)
        for (size_t i = 0; i < GROUP; i++) {
            float u = ((float)(int32_t)(w[k][i] >> 1) + 0.5f) * 0x1p-31f;
            float v = (float)(int32_t)(w[k + 1][i] >> 8) * 0x1p-24f;
            float radius = __builtin_sqrtf(-2.0f * il_log_normalf(u)), sine, cosine;
            il_sincos_turnf(v, &sine, &cosine);
            z[k][i] = radius * cosine;
            z[k + 1][i] = radius * sine;
        }
}

/* Odd multiples of 2^-23 from the upper 23 bits. */
IL_INLINE void center(const uint32_t (*restrict w)[GROUP], float (*restrict u)[GROUP]) {
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < GROUP; i++)
            u[k][i] = (float)(2 * (int32_t)(w[k][i] >> 9) + 1 - (1 << 23)) * 0x1p-23f;
}

/* Draw 4i + k is made of word k of block i: the group's columns become a row. */
IL_INLINE void interleave(const float (*restrict x)[GROUP], il_real mean, il_real scale,
                          il_real *restrict out) {
    for (size_t i = 0; i < GROUP; i++)
        for (size_t k = 0; k < 4; k++)
            out[4 * i + k] = mean + scale * (il_real)x[k][i];
}

IL_CLONES static void normals_of_words(size_t groups, const uint32_t (*restrict w)[4][GROUP],
                                       il_real mean, il_real scale, il_real *restrict out) {
    _Alignas(IL_PHILOX_ALIGN) float z[4][GROUP];
    for (size_t g = 0; g < groups; g++) {
        box_muller(w[g], z);
        interleave(z, mean, scale, out + g * GROUP_DRAWS);
    }
}

IL_CLONES static void uniforms_of_words(size_t groups, const uint32_t (*restrict w)[4][GROUP],
                                        il_real mean, il_real scale, il_real *restrict out) {
    _Alignas(IL_PHILOX_ALIGN) float u[4][GROUP];
    for (size_t g = 0; g < groups; g++) {
        center(w[g], u);
        interleave(u, mean, scale, out + g * GROUP_DRAWS);
    }
}

typedef void transform(size_t groups, const uint32_t (*restrict w)[4][GROUP], il_real mean,
                       il_real scale, il_real *restrict out);

static void draw(il_stream *s, transform *of_words, size_t n, il_real mean, il_real scale,
                 il_real *out) {
    _Alignas(IL_PHILOX_ALIGN) uint32_t w[MOST_GROUPS][4][GROUP];
    il_stream at = *s;
    s->block += n / 4 + (n % 4 != 0);
    for (size_t groups; n >= GROUP_DRAWS; n -= groups * GROUP_DRAWS) {
        groups = n / GROUP_DRAWS < MOST_GROUPS ? n / GROUP_DRAWS : MOST_GROUPS;
        il_philox_groups(&at, groups, w);
        of_words(groups, w, mean, scale, out);
        at.block += groups * GROUP;
        out += groups * GROUP_DRAWS;
    }
    if (n > 0) {
        il_real last[4 * GROUP];
        il_philox_groups(&at, 1, w);
        of_words(1, w, mean, scale, last);
        memcpy(out, last, n * sizeof *out);
    }
}

void il_stream_words(il_stream *s, size_t n, uint32_t *out) {
    _Alignas(IL_PHILOX_ALIGN) uint32_t w[1][4][GROUP];
    il_stream at = *s;
    for (size_t done = 0; done < n; done += GROUP_DRAWS, at.block += GROUP) {
        il_philox_groups(&at, 1, w);
        for (size_t j = 0; j < GROUP_DRAWS && done + j < n; j++)
            out[done + j] = w[0][j % 4][j / 4];
    }
    s->block += n / 4 + (n % 4 != 0);
}

void il_draw_normal(il_stream *s, size_t n, double mean, double scale, il_real *out) {
    draw(s, normals_of_words, n, (il_real)mean, (il_real)scale, out);
}

void il_draw_uniform(il_stream *s, size_t n, double mean, double scale, il_real *out) {
    draw(s, uniforms_of_words, n, (il_real)mean, (il_real)scale, out);
}

void il_stream_normal(il_stream *s, size_t n, il_real *out) {
    il_draw_normal(s, n, IL_NO_MEAN, 1, out);
}

void il_stream_uniform(il_stream *s, size_t n, il_real *out) {
    il_draw_uniform(s, n, IL_NO_MEAN, 1, out);
}
