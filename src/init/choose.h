/* Unbiased whole numbers and subsets from a stream. */
#ifndef IL_INIT_CHOOSE_H
#define IL_INIT_CHOOSE_H

#include "initlab/rng.h"

/* A stream read word by word; start from {.stream = …}. It reads ahead: draw nothing else from that stream
 * before the last word has been taken. */
typedef struct il_words {
    il_stream stream;
    size_t left; /* words at the end of the buffer that are still to be taken */
    uint32_t word[64];
} il_words;

uint32_t il_words_next(il_words *words);

/* Uniform on 0 … n-1, n >= 1; takes one word, rarely more. */
uint32_t il_words_below(il_words *words, uint32_t n);

/* Uniform on (0, 1): odd multiples of 2^-24. */
il_real il_words_unit(il_words *words);

/* Writes `mark` to k of the n elements x[0], x[stride] …, every subset of k <= n being as likely as any other. No
 * element may hold `mark` before. */
void il_choose(il_words *words, size_t k, size_t n, size_t stride, il_real mark, il_real *x);

#endif
