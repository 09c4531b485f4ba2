#include "init/choose.h"

#define BUFFER (sizeof((il_words *)0)->word / sizeof(uint32_t))

uint32_t il_words_next(il_words *w) {
    if (w->left == 0) {
        il_stream_words(&w->stream, BUFFER, w->word);
        w->left = BUFFER;
    }
    return w->word[BUFFER - w->left--];
}

/* The high word of word * n, redrawn for the few low words that would make some results likelier (Lemire, "Fast
 * random integer generation in an interval", 2019). */
uint32_t il_words_below(il_words *w, uint32_t n) {
    uint32_t reject = (0 - n) % n;
    uint64_t product;
    do
        product = (uint64_t)il_words_next(w) * n;
    while ((uint32_t)product < reject);
    return (uint32_t)(product >> 32);
}

il_real il_words_unit(il_words *w) {
    return (il_real)(2 * (int32_t)(il_words_next(w) >> 9) + 1) * (il_real)0x1p-24;
}

/* Floyd's sampling: the t-th step picks among the first t elements, or the t-th where that one is taken (Bentley
 * & Floyd, "A sample of brilliance", 1987). */
void il_choose(il_words *words, size_t k, size_t n, size_t stride, il_real mark, il_real *x) {
    for (size_t t = n - k; t < n; t++) {
        il_real *picked = x + il_words_below(words, (uint32_t)(t + 1)) * stride;
        *(*picked == mark ? x + t * stride : picked) = mark;
    }
}
