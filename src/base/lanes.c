#include "base/lanes.h"

#include "base/philox.h"

#define SIDE 16 /* replicas side by side */

/* One block of SIDE streams that differ in seed and position. */
IL_CLONES static void lanes_block(size_t R, const uint64_t *restrict seed,
                                  const uint64_t *restrict block, uint64_t offset, uint32_t purpose,
                                  uint32_t layer, uint32_t *restrict out) {
    uint32_t w[4][SIDE], k0[SIDE], k1[SIDE];
    for (size_t r = 0; r < SIDE; r++) {
        w[0][r] = (uint32_t)(block[r] + offset);
        w[1][r] = (uint32_t)((block[r] + offset) >> 32);
        w[2][r] = layer;
        w[3][r] = purpose;
        k0[r] = (uint32_t)seed[r];
        k1[r] = (uint32_t)(seed[r] >> 32);
    }
    for (int i = 0; i < IL_PHILOX_ROUNDS; i++)
        for (size_t r = 0; r < SIDE; r++) {
            il_philox_round(&w[0][r], &w[1][r], &w[2][r], &w[3][r], k0[r], k1[r]);
            k0[r] += IL_PHILOX_W0;
            k1[r] += IL_PHILOX_W1;
        }
    for (size_t k = 0; k < 4; k++)
        for (size_t r = 0; r < SIDE; r++)
            out[k * R + r] = w[k][r];
}

void il_words_lanes(size_t R, const uint64_t *seed, const uint64_t *block, il_purpose purpose,
                    uint32_t layer, size_t blocks, uint32_t *out) {
    if (R == 1) {
        il_stream s = il_stream_open(*seed, purpose, layer);
        s.block = *block;
        il_stream_words(&s, 4 * blocks, out);
        return;
    }
    for (size_t i = 0; i < blocks; i++)
        for (size_t r = 0; r < R; r += SIDE)
            lanes_block(R, seed + r, block + r, i, (uint32_t)purpose, layer, out + 4 * i * R + r);
}
