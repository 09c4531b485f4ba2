/* A thread pool for independent items: workers take the next item from a shared counter, so the order in
 * which items start is fixed and which worker runs one is not. */
#ifndef IL_BASE_POOL_H
#define IL_BASE_POOL_H

#include "initlab/status.h"
#include <stddef.h>

/* Most workers in one pool. */
#define IL_MAX_JOBS 256

/* Processors that this process may use, at least 1. */
size_t il_processors(void);

/* Calls work(context, item, worker) once for each item in 0 … n-1, with up to `jobs` <= IL_MAX_JOBS workers, the calling
 * thread among them; returns when all are done. When a thread cannot be started, the others do its work. A
 * call that returns anything but IL_OK stops further items from starting; the first such status is
 * returned. */
il_status il_pool_run(size_t jobs, size_t n,
                      il_status (*work)(void *context, size_t item, size_t worker), void *context);

#endif
