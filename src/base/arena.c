#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

void *il_layout_allocate(const il_layout *layout) {
    if (layout->overflow)
        return NULL;
    size_t size = layout->size ? layout->size : IL_ALIGN;
    void *block = aligned_alloc(IL_ALIGN, size);
    return block ? memset(block, 0, size) : NULL;
}
