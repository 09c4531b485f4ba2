/* Sorted epochs, for the files of this folder. */
#ifndef IL_LAB_STATISTICS_EPOCHS_H
#define IL_LAB_STATISTICS_EPOCHS_H

#include <stddef.h>
#include <stdint.h>

void il_sort_epochs(uint32_t *T, size_t n);

/* A sorted copy of T[n], to be freed; NULL without memory. */
uint32_t *il_sorted_epochs(const uint32_t *T, size_t n);

/* How many of sorted[n] are below x, and at most x. */
size_t il_count_below(const uint32_t *sorted, size_t n, uint32_t x);
size_t il_count_up_to(const uint32_t *sorted, size_t n, uint32_t x);

#endif
