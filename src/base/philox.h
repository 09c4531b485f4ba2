/* The generator in bulk: many consecutive blocks of a stream at once, with the widest multiplications that the
 * processor has. The words are the same with all of them.
 */
#ifndef IL_BASE_PHILOX_H
#define IL_BASE_PHILOX_H

#include "base/clones.h"
#include "initlab/rng.h"

#define IL_PHILOX_ROUNDS 10
#define IL_PHILOX_M0 0xD2511F53u
#define IL_PHILOX_M1 0xCD9E8D57u
#define IL_PHILOX_W0 0x9E3779B9u /* added to the keys after each round */
#define IL_PHILOX_W1 0xBB67AE85u

/* One round on one counter. */
IL_INLINE void il_philox_round(uint32_t *c0, uint32_t *c1, uint32_t *c2, uint32_t *c3, uint32_t k0,
                               uint32_t k1) {
    const uint64_t p0 = (uint64_t)IL_PHILOX_M0 * *c0, p1 = (uint64_t)IL_PHILOX_M1 * *c2;
    *c0 = (uint32_t)(p1 >> 32) ^ *c1 ^ k0;
    *c1 = (uint32_t)p1;
    *c2 = (uint32_t)(p0 >> 32) ^ *c3 ^ k1;
    *c3 = (uint32_t)p0;
}

/* One round on vectors of 64-bit lanes x[4], each word in the low half of its lane: what is above it is never read and need
 * not be cleared. `multiply` gives the products of the low halves of two of the type `vector`, which has as many bytes
 * as `lanes`: pmuludq, which compilers do not find in a plain loop, and without it a round costs three times as much. */
#define IL_PHILOX_VECTOR_ROUND(lanes, vector, multiply, x, k0, k1)                                 \
    do {                                                                                           \
        const lanes p0 = (lanes)multiply((vector)(x)[0], (vector)((lanes){0} + IL_PHILOX_M0));     \
        const lanes p1 = (lanes)multiply((vector)(x)[2], (vector)((lanes){0} + IL_PHILOX_M1));     \
        (x)[0] = (p1 >> 32) ^ (x)[1] ^ (k0);                                                       \
        (x)[1] = p1;                                                                               \
        (x)[2] = (p0 >> 32) ^ (x)[3] ^ (k1);                                                       \
        (x)[3] = p0;                                                                               \
    } while (0)

#define IL_PHILOX_GROUP 16 /* blocks that lie side by side, one in each 32-bit lane of a vector */
#define IL_PHILOX_ALIGN                                                                            \
    64 /* what w should be aligned to: vectors that straddle cache lines cost half the speed */

/* Blocks block, block + 1, … of the stream, of which nothing else changes: w[g][k][i] is word k of block
 * GROUP g + i. */
void il_philox_groups(const il_stream *stream, size_t groups,
                      uint32_t (*restrict w)[4][IL_PHILOX_GROUP]);

#endif
