#include "lab/statistics/epochs.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *x, const void *y) {
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

void il_sort_epochs(uint32_t *T, size_t n) {
    if (n > 1)
        qsort(T, n, sizeof *T, compare);
}

uint32_t *il_sorted_epochs(const uint32_t *T, size_t n) {
    uint32_t *sorted = calloc(n, sizeof *sorted);
    if (!sorted)
        return NULL;
    memcpy(sorted, T, n * sizeof *sorted);
    il_sort_epochs(sorted, n);
    return sorted;
}

size_t il_count_below(const uint32_t *sorted, size_t n, uint32_t x) {
    size_t low = 0;
    for (size_t end = n; low < end;) {
        size_t middle = low + (end - low) / 2;
        if (sorted[middle] < x)
            low = middle + 1;
        else
            end = middle;
    }
    return low;
}

size_t il_count_up_to(const uint32_t *sorted, size_t n, uint32_t x) {
    return x == UINT32_MAX ? n : il_count_below(sorted, n, x + 1);
}
