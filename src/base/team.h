/* A team of threads that share the steps of one computation. Steps are some microseconds long and follow each other
 * closely, so threads wait busily for the next one before they sleep.
 *
 * No function may depend on how work is cut: what a team computes is what one thread computes. A team that is NULL
 * is the caller alone.
 */
#ifndef IL_BASE_TEAM_H
#define IL_BASE_TEAM_H

#include <stdbool.h>
#include <stddef.h>

typedef struct il_team il_team;

#define IL_TEAM_MOST 32

/* A team of `threads` >= 1, the caller among them, but at most IL_TEAM_MOST. Where a thread cannot be started the team is
 * smaller. NULL without memory. */
il_team *il_team_new(size_t threads);
void il_team_free(il_team *team);

/* How many there are. */
size_t il_team_threads(const il_team *team);

/* Calls work(context, part) once for each part in 0 … parts-1, parts <= IL_TEAM_MOST, and returns when all are done. The
 * caller does what no other thread is there to do. Only one thread may call at a time, and `work` must not. */
void il_team_run(il_team *team, size_t parts, void (*work)(void *context, size_t part),
                 void *context);

/* Calls work(context, first, last) on slices that together are 0 … n-1, n >= 2 least: one for each thread, but none
 * shorter than `least` >= 1. Long slices begin at multiples of IL_SLICE. */
#define IL_SLICE 8
typedef void il_slice_work(void *context, size_t first, size_t last);
void il_team_cut(il_team *team, size_t n, size_t least, il_slice_work *work, void *context);

/* Where slice i of `slices` of 0 … n-1 begins. */
static inline size_t il_slice_start(size_t n, size_t i, size_t slices) {
    size_t start = n * i / slices;
    return i < slices && n / slices >= 4 * IL_SLICE ? start / IL_SLICE * IL_SLICE : start;
}

/* il_team_cut where there is something to share, and otherwise one call without a detour. */
static inline void il_team_share(il_team *team, size_t n, size_t least, il_slice_work *work,
                                 void *context) {
    if (team && n >= 2 * least)
        il_team_cut(team, n, least, work, context);
    else
        work(context, 0, n);
}

#endif
