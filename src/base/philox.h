/* The generator in bulk: many consecutive blocks of a stream at once, with the widest multiplications that the
 * processor has. The words are the same with all of them.
 */
#ifndef IL_BASE_PHILOX_H
#define IL_BASE_PHILOX_H

#include "initlab/rng.h"

#define IL_PHILOX_GROUP 16 /* blocks that lie side by side, one in each 32-bit lane of a vector */
#define IL_PHILOX_ALIGN                                                                            \
    64 /* what w should be aligned to: vectors that straddle cache lines cost half the speed */

/* Blocks block, block + 1, … of the stream, of which nothing else changes: w[g][k][i] is word k of block
 * GROUP g + i. */
void il_philox_groups(const il_stream *stream, size_t groups,
                      uint32_t (*restrict w)[4][IL_PHILOX_GROUP]);

#endif
