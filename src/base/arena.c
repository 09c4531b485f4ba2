#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

size_t il_layout_reserve(il_layout *layout, size_t element, size_t a, size_t b, size_t c) {
    size_t offset = layout->size, bytes;
    layout->overflow |= __builtin_mul_overflow(element, a, &bytes);
    layout->overflow |= __builtin_mul_overflow(bytes, b, &bytes);
    layout->overflow |= __builtin_mul_overflow(bytes, c, &bytes);
    layout->overflow |= bytes > SIZE_MAX / 4 - offset;
    if (!layout->overflow)
        layout->size = (offset + bytes + IL_ALIGN - 1) / IL_ALIGN * IL_ALIGN;
    return offset;
}

#define HUGE_PAGE ((size_t)2 << 20)

/* A large block in huge pages, where there are such: streaming over it is some hundredths faster. */
void *il_layout_allocate(const il_layout *layout) {
    if (layout->overflow)
        return NULL;
    size_t align = layout->size < HUGE_PAGE ? IL_ALIGN : HUGE_PAGE;
    size_t size = layout->size ? (layout->size + align - 1) / align * align : align;
    void *block = aligned_alloc(align, size);
#ifdef MADV_HUGEPAGE
    if (block && align == HUGE_PAGE)
        madvise(block, size, MADV_HUGEPAGE);
#endif
    return block ? memset(block, 0, size) : NULL;
}
