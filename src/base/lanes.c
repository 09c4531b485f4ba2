#include "base/lanes.h"

void il_words_lanes(size_t R, const uint64_t *seed, const uint64_t *block, il_purpose purpose,
                    uint32_t layer, size_t blocks, uint32_t *out) {
    for (size_t r = 0; r < R; r++)
        for (size_t i = 0; i < blocks; i++) {
            il_stream s = il_stream_open(seed[r], purpose, layer);
            uint32_t words[4];
            s.block = block[r] + i;
            il_stream_words(&s, 4, words);
            for (size_t k = 0; k < 4; k++)
                out[(4 * i + k) * R + r] = words[k];
        }
}
