/* R streams side by side, one for each replica. */
#ifndef IL_BASE_LANES_H
#define IL_BASE_LANES_H

#include "initlab/rng.h"

/* Word k of block block[r] + i of the stream (seed[r], purpose, layer) goes to out[(4 i + k) R + r], for i < blocks. R is
 * 1 or a multiple of 16. */
void il_words_lanes(size_t R, const uint64_t *seed, const uint64_t *block, il_purpose purpose,
                    uint32_t layer, size_t blocks, uint32_t *out);

#endif
