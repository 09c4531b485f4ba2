#include "base/pool.h"

#include "base/thread.h"

#include <sched.h>
#include <stdatomic.h>

typedef struct pool {
    il_status (*work)(void *context, size_t item, size_t worker);
    void *context;
    size_t n;
    atomic_size_t next;
    atomic_int status; /* the first failure */
} pool;

typedef struct worker {
    pool *pool;
    size_t index;
    pthread_t thread;
} worker;

size_t il_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n < 1 ? 1 : n < IL_MAX_JOBS ? (size_t)n : IL_MAX_JOBS;
}

static void *take_items(void *argument) {
    const worker *me = argument;
    pool *p = me->pool;
    for (;;) {
        size_t item = atomic_fetch_add(&p->next, 1);
        if (item >= p->n || atomic_load(&p->status) != IL_OK)
            return NULL;
        int status = (int)p->work(p->context, item, me->index), ok = IL_OK;
        if (status != IL_OK)
            atomic_compare_exchange_strong(&p->status, &ok, status);
    }
}

il_status il_pool_run(size_t jobs, size_t n,
                      il_status (*work)(void *context, size_t item, size_t worker), void *context) {
    pool p = {.work = work, .context = context, .n = n};
    worker workers[IL_MAX_JOBS];
    size_t count = jobs < n ? jobs : n, started = 1;
    if (count > IL_MAX_JOBS)
        count = IL_MAX_JOBS;

    for (; started < count; started++) {
        workers[started] = (worker){.pool = &p, .index = started};
        if (!il_thread_start(&workers[started].thread, take_items, &workers[started]))
            break;
    }
    take_items(&(worker){.pool = &p, .index = 0});
    for (size_t i = 1; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    return (il_status)atomic_load(&p.status);
}
