#include "base/team.h"

#include "base/arena.h"
#include "base/thread.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#define LOOKS 20000   /* before a thread sleeps, or gives way: some tenths of a millisecond */
#define PATIENCE 1000 /* before a thread takes the part of another: some microseconds */
#define NONE UINT32_MAX

typedef struct member {
    il_team *team;
    size_t index;
    pthread_t thread;
} member;

struct il_team {
    size_t threads; /* the caller is thread 0 */

    /* The step. Whoever has taken a part of it may read these: they do not change before the part is done. */
    void (*work)(void *context, size_t part);
    void *context;

    atomic_size_t parts;
    _Alignas(IL_ALIGN)
        atomic_uint_fast64_t taken; /* steps so far << 32, and a bit for each part … */
    atomic_size_t asleep;           /* … that is taken, or that there is not */
    atomic_bool closing;
    _Alignas(IL_ALIGN) atomic_size_t left; /* parts that are not done */
    pthread_mutex_t lock;                  /* of `awake`, by which those asleep are woken */
    pthread_cond_t awake;
    member members[]; /* [threads] */
};

static inline void pause_briefly(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static uint32_t free_parts(uint_fast64_t taken) {
    return ~(uint32_t)taken;
}

/* The parts of a thread: the same ones in each step, so that it finds their data in its caches again. */
static uint32_t own_parts(il_team *t, size_t thread) {
    size_t parts = atomic_load(&t->parts), first = parts * thread / t->threads,
           last = parts * (thread + 1) / t->threads;
    return (uint32_t)(((uint64_t)1 << last) - ((uint64_t)1 << first));
}

/* One of `wanted` that nobody has. */
static uint32_t take_part(il_team *t, uint32_t wanted) {
    uint_fast64_t taken = atomic_load(&t->taken);
    for (;;) {
        uint32_t there = free_parts(taken) & wanted;
        if (there == 0)
            return NONE;
        uint32_t part = (uint32_t)__builtin_ctz(there);
        if (atomic_compare_exchange_weak(&t->taken, &taken, taken | (uint_fast64_t)1 << part))
            return part;
    }
}

static void do_some(il_team *t, uint32_t wanted) {
    for (uint32_t part; (part = take_part(t, wanted)) != NONE;) {
        t->work(t->context, part);
        atomic_fetch_sub(&t->left, 1);
    }
}

/* Its own, and after a while those of threads that are not running: nobody is held up by them for long. */
static void do_parts(il_team *t, size_t thread) {
    do_some(t, own_parts(t, thread));
    for (int i = 0; i < PATIENCE && free_parts(atomic_load(&t->taken)) != 0; i++)
        pause_briefly();
    do_some(t, UINT32_MAX);
}

static bool is_wanted(il_team *t) {
    return free_parts(atomic_load(&t->taken)) != 0 || atomic_load(&t->closing);
}

/* Who sleeps says so before it looks for the last time, and who begins a step looks afterwards whether one sleeps: one
 * of the two sees the other. */
static void await_step(il_team *t) {
    for (int i = 0; i < LOOKS; i++) {
        if (is_wanted(t))
            return;
        pause_briefly();
    }
    pthread_mutex_lock(&t->lock);
    atomic_fetch_add(&t->asleep, 1);
    while (!is_wanted(t))
        pthread_cond_wait(&t->awake, &t->lock);
    atomic_fetch_sub(&t->asleep, 1);
    pthread_mutex_unlock(&t->lock);
}

static void wake(il_team *t) {
    if (atomic_load(&t->asleep) == 0)
        return;
    pthread_mutex_lock(&t->lock);
    pthread_cond_broadcast(&t->awake);
    pthread_mutex_unlock(&t->lock);
}

static void *serve(void *argument) {
    const member *me = argument;
    while (!atomic_load(&me->team->closing)) {
        await_step(me->team);
        do_parts(me->team, me->index);
    }
    return NULL;
}

il_team *il_team_new(size_t threads) {
    if (threads > IL_TEAM_MOST)
        threads = IL_TEAM_MOST;
    il_layout layout = {0};
    il_layout_reserve(&layout, 1, sizeof(il_team) + threads * sizeof(member), 1, 1);
    il_team *t = il_layout_allocate(&layout);
    if (!t)
        return NULL;
    atomic_store(&t->taken, UINT32_MAX);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->awake, NULL);
    for (t->threads = 1; t->threads < threads; t->threads++) {
        member *m = &t->members[t->threads];
        *m = (member){.team = t, .index = t->threads};
        if (!il_thread_start(&m->thread, serve, m))
            break;
    }
    return t;
}

void il_team_free(il_team *t) {
    if (!t)
        return;
    atomic_store(&t->closing, true);
    wake(t);
    for (size_t i = 1; i < t->threads; i++)
        pthread_join(t->members[i].thread, NULL);
    pthread_mutex_destroy(&t->lock);
    pthread_cond_destroy(&t->awake);
    free(t);
}

size_t il_team_threads(const il_team *t) {
    return t ? t->threads : 1;
}

/* Whoever waits long gives way, since the processor may be needed by the very thread that is waited for. */
void il_team_run(il_team *t, size_t parts, void (*work)(void *context, size_t part),
                 void *context) {
    if (!t || t->threads == 1 || parts == 1) {
        for (size_t p = 0; p < parts; p++)
            work(context, p);
        return;
    }
    t->work = work;
    t->context = context;
    atomic_store(&t->parts, parts);
    atomic_store(&t->left, parts);
    uint_fast64_t steps = (atomic_load(&t->taken) >> 32) + 1;
    atomic_store(&t->taken, steps << 32 | (parts < 32 ? UINT32_MAX << parts : 0));
    wake(t);
    do_parts(t, 0);
    for (int i = 0; atomic_load(&t->left) > 0; i++)
        if (i < LOOKS)
            pause_briefly();
        else
            sched_yield();
}

typedef struct cutting {
    size_t n, slices;
    il_slice_work *work;
    void *context;
} cutting;

static void do_slice(void *context, size_t part) {
    const cutting *c = context;
    c->work(c->context, il_slice_start(c->n, part, c->slices),
            il_slice_start(c->n, part + 1, c->slices));
}

void il_team_cut(il_team *t, size_t n, size_t least, il_slice_work *work, void *context) {
    size_t most = n / least;
    cutting c = {n, most < t->threads ? most : t->threads, work, context};
    il_team_run(t, c.slices, do_slice, &c);
}
