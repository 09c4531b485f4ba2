/* Writing memory that other processors have read. An ordinary store waits until each of them has given up its copy of
 * the cache line, one line after the other; a store past the caches does not wait. It costs more where
 * nobody else reads, so only teams of threads do it.
 */
#ifndef IL_BASE_UNCACHED_H
#define IL_BASE_UNCACHED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>

/* memcpy past the caches. What is written is seen by others after il_uncached_end. */
static inline void il_uncached_copy(void *to, const void *from, size_t bytes) {
    char *out = to;
    const char *in = from;
    size_t head = -(uintptr_t)out % sizeof(__m128i);
    head = head < bytes ? head : bytes;
    memcpy(out, in, head);
    size_t i = head;
    for (; i + sizeof(__m128i) <= bytes; i += sizeof(__m128i))
        _mm_stream_si128((__m128i *)(void *)(out + i),
                         _mm_loadu_si128((const __m128i *)(const void *)(in + i)));
    memcpy(out + i, in + i, bytes - i);
}

static inline void il_uncached_end(void) {
    _mm_sfence();
}
#else
static inline void il_uncached_copy(void *to, const void *from, size_t bytes) {
    memcpy(to, from, bytes);
}

static inline void il_uncached_end(void) {}
#endif

#endif
