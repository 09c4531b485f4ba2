/* One aligned block for many arrays. Reserve every array first (each gets an offset), allocate once, then
 * turn offsets into pointers. Sizes that overflow poison the layout, and the allocation fails.
 */
#ifndef IL_BASE_ARENA_H
#define IL_BASE_ARENA_H

#include "initlab/status.h"
#include <stdbool.h>
#include <stddef.h>

#define IL_ALIGN 64 /* a cache line, and the widest vector */

typedef struct il_layout {
    size_t size;
    bool overflow;
} il_layout;

/* Room for a*b*c elements; returns the offset of the first byte, a multiple of IL_ALIGN. */
size_t il_layout_reserve(il_layout *layout, size_t element, size_t a, size_t b, size_t c);

/* A zeroed block of the layout's size, or NULL. Released with free(). */
void *il_layout_allocate(const il_layout *layout);

#endif
