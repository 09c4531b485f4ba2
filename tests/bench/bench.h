/* Benchmarks compare two ways of doing the same work in one run: ours, and a floor that does
 * nothing else. The two alternate, and the medians are compared, because the machine's speed
 * drifts.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>

/* Runs `ours` and `floor` (each does `units` units of work per call) alternately, `repetitions`
 * times each, after one round that is not counted; prints name, nanoseconds per unit of both
 * (median) and the ratio of medians. Returns the nanoseconds per unit of `ours`. */
double bench_pair(const char *name, const char *unit, double units, size_t repetitions,
                  void (*ours)(void *), void *ours_context, void (*floor)(void *),
                  void *floor_context);

#endif
